/** A bridge's rapid spanning tree: set up from the database, and its port states brought into forwarding and learning. */
import { parseMac } from '../../base/address.ts';
import { hashBytes } from '../../base/ovs-hash.ts';
import { encodeUtf8 } from '../../base/utf8.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { hashTableOrder } from '../bridge/flood-order.ts';
import { isMirrorOutput } from '../bridge/mirror.ts';
import { isFloodable, isLive, type Port } from '../bridge/port.ts';
import { forwardsIn, learnsIn } from '../spanning-tree/stp-port.ts';
import type { BridgeConfig, PortConfig } from '../vswitch/config.ts';
import { Rstp, type RstpSettings } from './rstp.ts';
import {
  RSTP_DEFAULT_PORT_PRIORITY,
  RSTP_DEFAULT_PRIORITY,
  RSTP_MAX_PORTS,
  rstpCostOfSpeed,
  type RstpPort,
  type RstpPortSettings,
} from './rstp-port.ts';

/** What a device is taken for that tells no speed, in Mb/s. */
const DEFAULT_SPEED = 10_000;

type Settings = ReadonlyMap<string, string>;

/** A whole number, or `otherwise` where there is none. */
function number(other: Settings, key: string, otherwise: number): number {
  const text = other.get(key) ?? '';
  return /^\d+$/.test(text) ? Number(text) : otherwise;
}

/** A number as C's strtoul reads it: leading digits, 0 without any; with base 0 hexadecimal and octal as well. */
function leading(text: string, base: 0 | 10): number {
  const found = /^\s*(?:(0x[0-9a-f]+)|(0[0-7]*)|(\d+))/i.exec(
    base === 0 ? text : text.replace(/^\s*0+(?=\d)/, ''),
  );
  if (!found) return 0;
  if (found[1] !== undefined) return base === 0 ? Number.parseInt(found[1], 16) : 0;
  return found[2] === undefined ? Number(found[3]) : Number.parseInt(found[2], 8);
}

const bridgeSettings = (bridge: Bridge, other: Settings): RstpSettings => ({
  address: parseMac(other.get('rstp-address') ?? '') ?? bridge.datapathId,
  // Kept in sixteen bits, as the other numbers are.
  priority: number(other, 'rstp-priority', RSTP_DEFAULT_PRIORITY) & 0xffff,
  version: number(other, 'rstp-force-protocol-version', 2),
  maxAge: number(other, 'rstp-max-age', 20) & 0xffff,
  forwardDelay: number(other, 'rstp-forward-delay', 15) & 0xffff,
  holdCount: number(other, 'rstp-transmit-hold-count', 6) & 0xffff,
});

/** The settings of a port; null when it takes no part. */
function portSettings(bridge: Bridge, config: PortConfig): RstpPortSettings | null {
  const other: Settings = config.stp ?? new Map();
  const [iface] = config.interfaces;
  const bundle = bridge.bundles.find(({ name }) => name === config.name);
  if (!iface || !bundle || config.interfaces.length > 1 || iface.type === 'internal') return null;
  if (other.get('rstp-enable') === 'false' || isMirrorOutput(bridge.mirrors, bundle)) return null;
  const wanted = other.get('rstp-port-num');
  const portNumber = wanted === undefined ? 0 : leading(wanted, 0);
  if (wanted !== undefined && (portNumber < 1 || portNumber > RSTP_MAX_PORTS)) return null;
  const cost = other.get('rstp-path-cost');
  const priority = other.get('rstp-port-priority');
  return {
    number: portNumber,
    pathCost: cost === undefined ? rstpCostOfSpeed(iface.device?.speed || DEFAULT_SPEED) : leading(cost, 10),
    priority: priority === undefined ? RSTP_DEFAULT_PORT_PRIORITY : leading(priority, 0) & 0xff,
    pointToPoint: number(other, 'rstp-admin-p2p-mac', 1),
    adminUp: other.get('rstp-admin-port-state') !== 'false',
    adminEdge: other.get('rstp-port-admin-edge') === 'true',
    autoEdge: other.get('rstp-port-auto-edge') !== 'false',
    checkMigration: other.get('rstp-port-mcheck') === 'true',
  };
}

function leave(port: Port, tree: Rstp): void {
  if (port.rstp) tree.removePort(port.rstp);
  port.rstp = null;
}

const portOf = (bridge: Bridge, own: RstpPort): Port | undefined =>
  [...bridge.ports.values()].find((port) => port.rstp === own);

/** Makes the bridge's rapid spanning tree what its configuration says; `send` gets the BPDUs. */
export function configureRstp(
  bridge: Bridge,
  config: BridgeConfig,
  send: (port: Port, bpdu: Uint8Array) => void,
): void {
  if (!config.rstp) {
    if (!bridge.rstp) return;
    for (const port of bridge.ports.values()) leave(port, bridge.rstp);
    followRstpStates(bridge);
    bridge.rstp = null;
    return;
  }
  const wanted = bridgeSettings(bridge, config.rstp);
  bridge.rstp ??= new Rstp(bridge.name, wanted, (own, bpdu) => {
    const port = portOf(bridge, own);
    if (port) send(port, bpdu);
  });
  const tree = bridge.rstp;
  tree.configure(wanted);
  // A port that left the bridge left its number behind.
  for (const own of tree.ports) if (!portOf(bridge, own)) tree.removePort(own);
  const byName = new Map(config.ports.map((one) => [one.name, one]));
  const names = hashTableOrder(
    bridge.bundles.map(({ name }) => name),
    (name) => hashBytes(encodeUtf8(name), 0),
  );
  for (const one of names.flatMap((name) => byName.get(name) ?? [])) {
    const settings = portSettings(bridge, one);
    for (const { name } of one.interfaces) {
      const port = bridge.portByName(name);
      if (!port) continue;
      if (!settings) {
        leave(port, tree);
        continue;
      }
      port.rstp ??= tree.addPort();
      tree.setPort(port.rstp, one.name, settings);
      tree.setOperational(port.rstp, isLive(port));
    }
  }
  followRstpStates(bridge);
}

/** Ports of links that went take no part; those whose link came back do. */
export function followRstpLinks(bridge: Bridge): void {
  for (const port of bridge.ports.values())
    if (port.rstp) bridge.rstp?.setOperational(port.rstp, isLive(port));
}

/** Lets the bridge act on new states: addresses are forgotten or moved, floods follow forwarding. */
export function followRstpStates(bridge: Bridge): void {
  const { rstp: tree } = bridge;
  if (!tree) return;
  const isMoved = (port: Port): boolean => tree.shift !== null && tree.shift.from === port.rstp;
  for (const port of bridge.ports.values()) {
    const state = port.rstp?.state ?? 'disabled';
    const before = port.stpSeen.state;
    if (state !== before) {
      if (learnsIn(state) !== learnsIn(before) && port.bundle && !isMoved(port))
        bridge.macs.flush(port.bundle);
      port.stpSeen = { state, since: bridge.clock.now() };
      if (forwardsIn(state) !== forwardsIn(before) && port.bundle) {
        port.bundle.floodable = isFloodable(port.bundle);
        bridge.portsChanged();
      }
    }
    if (port.rstp?.fdbFlush !== true) continue;
    port.rstp.fdbFlush = false;
    if (port.bundle && !isMoved(port)) bridge.macs.flush(port.bundle);
  }
  if (!tree.shift) return;
  const from = portOf(bridge, tree.shift.from)?.bundle;
  const to = portOf(bridge, tree.shift.to)?.bundle;
  if (from && to) bridge.macs.move(from, to);
  tree.shift = null;
}
