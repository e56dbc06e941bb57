/** A bridge's spanning tree: set up from the database, and its port states brought into forwarding and learning. */
import { parseMac } from '../../base/address.ts';
import { hashBytes } from '../../base/ovs-hash.ts';
import { encodeUtf8 } from '../../base/utf8.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { hashTableOrder } from '../bridge/flood-order.ts';
import { isMirrorOutput } from '../bridge/mirror.ts';
import { isFloodable, type Port } from '../bridge/port.ts';
import type { BridgeConfig, PortConfig } from '../vswitch/config.ts';
import {
  costOfSpeed,
  DEFAULT_BRIDGE_PRIORITY,
  DEFAULT_PORT_PRIORITY,
  forwardsIn,
  learnsIn,
  MAX_STP_PORTS,
  type StpPort,
} from './stp-port.ts';
import { Stp } from './stp.ts';
import type { StpSettings } from './stp-settings.ts';

/** What a device is taken for that tells no speed, in Mb/s. */
const DEFAULT_SPEED = 10_000;

interface PortSettings {
  readonly index: number;
  readonly priority: number;
  readonly pathCost: number;
}

/** A number as C's strtoul reads it: leading digits, 0 without any. */
const leadingNumber = (text: string, allowsHex: boolean): number => {
  const found = (allowsHex ? /^\s*(0x[0-9a-f]+|\d+)/i : /^\s*(\d+)/).exec(text)?.[1];
  return found === undefined ? 0 : Number(found);
};

function bridgeSettings(bridge: Bridge, other: ReadonlyMap<string, string>): StpSettings {
  const number = (key: string, otherwise: number): number => {
    const text = other.get(key);
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : otherwise;
  };
  return {
    systemId: parseMac(other.get('stp-system-id') ?? '') ?? bridge.datapathId,
    priority: number('stp-priority', DEFAULT_BRIDGE_PRIORITY) & 0xffff,
    // The hello time alone is taken as milliseconds, so that one of a few seconds ends at the least possible.
    helloTime: number('stp-hello-time', 2000),
    maxAge: number('stp-max-age', 20) * 1000,
    forwardDelay: number('stp-forward-delay', 15) * 1000,
  };
}

/** Settings of the ports that take part, by name; null when numbers were given to some of them only. */
function portSettings(
  bridge: Bridge,
  configs: readonly PortConfig[],
): ReadonlyMap<string, PortSettings> | null {
  const byName = new Map(configs.map((config) => [config.name, config]));
  const names = hashTableOrder(
    bridge.bundles.map(({ name }) => name),
    (name) => hashBytes(encodeUtf8(name), 0),
  );
  const settings = new Map<string, PortSettings>();
  const given = new Set<number>();
  let counted = 0;
  for (const name of names) {
    const config = byName.get(name);
    const bundle = bridge.bundles.find((one) => one.name === name);
    const iface = config?.interfaces[0];
    if (!config || !bundle || !iface || config.interfaces.length > 1) continue;
    const other = config.stp ?? new Map<string, string>();
    if (other.get('stp-enable') === 'false' || iface.type === 'internal') continue;
    if (isMirrorOutput(bridge.mirrors, bundle)) continue;
    const wanted = other.get('stp-port-num');
    let index = counted;
    if (wanted !== undefined) {
      index = leadingNumber(wanted, true) - 1;
      if (index < 0 || index >= MAX_STP_PORTS || given.has(index)) continue;
      given.add(index);
    } else if (counted >= MAX_STP_PORTS) continue;
    else counted += 1;
    const cost = other.get('stp-path-cost');
    const priority = other.get('stp-port-priority');
    settings.set(iface.name, {
      index,
      pathCost:
        cost === undefined
          ? costOfSpeed(iface.device?.speed ?? DEFAULT_SPEED)
          : leadingNumber(cost, false) & 0xffff,
      priority: priority === undefined ? DEFAULT_PORT_PRIORITY : leadingNumber(priority, true) & 0xff,
    });
  }
  return given.size > 0 && counted > 0 ? null : settings;
}

function configurePort(port: Port, stp: Stp, settings: PortSettings | undefined): void {
  if (!settings) {
    leave(port, stp);
    return;
  }
  const own = stp.port(settings.index);
  if (port.stp && port.stp !== own && port.stp.name === port.name) stp.disable(port.stp);
  port.stp = own;
  own.name = port.name;
  if (port.mayEnable) stp.enable(own);
  else stp.disable(own);
  stp.setPriority(own, settings.priority);
  stp.setPathCost(own, settings.pathCost);
}

function leave(port: Port, stp: Stp): void {
  const { stp: own } = port;
  port.stp = null;
  if (own?.name === port.name) stp.disable(own);
}

/** Makes the bridge's spanning tree what its configuration says; `send` gets the BPDUs. */
export function configureStp(
  bridge: Bridge,
  config: BridgeConfig,
  send: (port: Port, bpdu: Uint8Array) => void,
): void {
  const settings = config.stp ? portSettings(bridge, config.ports) : null;
  if (!config.stp || !settings) {
    if (!bridge.stp) return;
    for (const port of bridge.ports.values()) leave(port, bridge.stp);
    followStates(bridge);
    bridge.stp = null;
    return;
  }
  const wanted = bridgeSettings(bridge, config.stp);
  bridge.stp ??= new Stp(bridge.name, wanted, (own, bpdu) => {
    const port = portOf(bridge, own);
    if (port) send(port, bpdu);
  });
  bridge.stp.configure(wanted);
  for (const port of bridge.ports.values()) configurePort(port, bridge.stp, settings.get(port.name));
  // A port that left the bridge has left its number behind.
  for (const own of bridge.stp.enabledPorts) if (!portOf(bridge, own)) bridge.stp.disable(own);
  followStates(bridge);
}

const portOf = (bridge: Bridge, own: StpPort): Port | undefined =>
  [...bridge.ports.values()].find((port) => port.stp === own);

/** Ports of links that went take no part; those whose link came back do. */
export function followLinks(bridge: Bridge): void {
  for (const { stp: own, mayEnable } of bridge.ports.values())
    if (own && bridge.stp) {
      if (mayEnable) bridge.stp.enable(own);
      else bridge.stp.disable(own);
    }
}

/** Lets the bridge act on new states: addresses are forgotten where learning starts or ends, floods follow forwarding. */
export function followStates(bridge: Bridge): void {
  if (bridge.rstp) return;
  for (const port of bridge.ports.values()) {
    const state = port.stp?.state ?? 'disabled';
    const before = port.stpSeen.state;
    if (state === before) continue;
    if (learnsIn(state) !== learnsIn(before)) bridge.macs.flush();
    port.stpSeen = { state, since: bridge.clock.now() };
    if (forwardsIn(state) !== forwardsIn(before) && port.bundle) {
      port.bundle.floodable = isFloodable(port.bundle);
      bridge.portsChanged();
    }
  }
  if (!bridge.stp?.needsFlush) return;
  bridge.stp.needsFlush = false;
  bridge.macs.flush();
}
