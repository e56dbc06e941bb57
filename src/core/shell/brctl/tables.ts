/** The tables of `brctl show`, `showmacs` and `showstp`. */
import { formatMac } from '../../base/address.ts';
import { fdbEntries, hasExpired } from '../../linux/bridge/fdb.ts';
import { portId } from '../../linux/bridge/election.ts';
import type { Bridge, BridgePort, FdbEntry, TimerState } from '../../linux/bridge/state.ts';
import { timeLeft } from '../../linux/bridge/timer.ts';
import type { Link, Namespace } from '../../linux/index.ts';

/** `8000.02bb00000001`. */
const idText = (id: bigint): string =>
  `${(id >> 48n).toString(16).padStart(4, '0')}.${(id & 0xffffffffffffn).toString(16).padStart(12, '0')}`;

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const portNames = (net: Namespace, bridge: Bridge): string[] =>
  bridge.ports.map((port) => net.links.get(port.ifindex)?.name ?? '').sort(byName);

export function listBridges(net: Namespace, bridges: readonly Link[]): string {
  if (bridges.length === 0) return '';
  let text = 'bridge name\tbridge id\t\tSTP enabled\tinterfaces\n';
  for (const master of bridges.toSorted((a, b) => byName(a.name, b.name))) {
    const { bridge } = master;
    if (bridge === null) continue;
    text += `${master.name}\t\t${idText(bridge.bridgeId)}\t${bridge.stp ? 'yes' : 'no'}\t\t${portNames(net, bridge).join('\n\t\t\t\t\t\t\t')}\n`;
  }
  return text;
}

/** Seconds and hundredths, four places for the seconds. */
const seconds = (time: number): string => {
  const hundredths = Math.floor(Math.max(0, time) / 1e7);
  return `${String(Math.floor(hundredths / 100)).padStart(4)}.${String(hundredths % 100).padStart(2, '0')}`;
};

const number = (value: number): string => String(value).padStart(4);

export function listMacs(bridge: Bridge, now: number): string {
  const entries = fdbEntries(bridge).filter(
    (entry) => entry.port !== null && !hasExpired(bridge, entry, now),
  );
  const order = (a: FdbEntry, b: FdbEntry): number => (a.mac < b.mac ? -1 : a.mac > b.mac ? 1 : 0);
  let text = 'port no\tmac addr\t\tis local?\tageing timer\n';
  for (const entry of entries.sort(order)) {
    const port = bridge.ports.find((each) => each.ifindex === entry.port)?.number ?? 0;
    const age = entry.isStatic || entry.isLocal ? 0 : now - entry.updated;
    text += `${String(port).padStart(3)}\t${formatMac(entry.mac)}\t${entry.isLocal ? 'yes' : 'no'}\t\t${seconds(age)}\n`;
  }
  return text;
}

export function listSpanningTree(net: Namespace, master: Link, bridge: Bridge): string {
  const { clock } = net.machine.context;
  const left = (timer: TimerState): string => seconds(timeLeft(clock, timer));
  let text = `${master.name}\n`;
  text += ` bridge id\t\t${idText(bridge.bridgeId)}\n`;
  text += ` designated root\t${idText(bridge.designatedRoot)}\n`;
  text += ` root port\t\t${number(bridge.rootPort)}\t\t\tpath cost\t\t${number(bridge.rootPathCost)}\n`;
  text += ` max age\t\t${seconds(bridge.maxAge)}\t\t\tbridge max age\t\t${seconds(bridge.bridgeMaxAge)}\n`;
  text += ` hello time\t\t${seconds(bridge.helloTime)}\t\t\tbridge hello time\t${seconds(bridge.bridgeHelloTime)}\n`;
  text += ` forward delay\t\t${seconds(bridge.forwardDelay)}\t\t\tbridge forward delay\t${seconds(bridge.bridgeForwardDelay)}\n`;
  text += ` ageing time\t\t${seconds(bridge.ageingTime)}\n`;
  text += ` hello timer\t\t${left(bridge.helloTimer)}\t\t\ttcn timer\t\t${left(bridge.tcnTimer)}\n`;
  text += ` topology change timer\t${left(bridge.topologyChangeTimer)}\t\t\tgc timer\t\t${left(bridge.gcTimer)}\n`;
  text += ` flags\t\t\t${bridge.topologyChange ? 'TOPOLOGY_CHANGE ' : ''}${bridge.topologyChangeDetected ? 'TOPOLOGY_CHANGE_DETECTED ' : ''}\n\n\n`;
  const named = bridge.ports.map((port) => ({ port, name: net.links.get(port.ifindex)?.name ?? '' }));
  for (const { port, name } of named.sort((a, b) => byName(a.name, b.name)))
    text += portText(port, name, left);
  return text;
}

function portText(port: BridgePort, name: string, left: (timer: TimerState) => string): string {
  const flags = `${port.configPending ? 'CONFIG_PENDING ' : ''}${port.topologyChangeAck ? 'TOPOLOGY_CHANGE_ACK ' : ''}`;
  return (
    `${name} (${port.number})\n` +
    ` port id\t\t${portId(port).toString(16).padStart(4, '0')}\t\t\tstate\t\t${port.state.padStart(15)}\n` +
    ` designated root\t${idText(port.designatedRoot)}\tpath cost\t\t${number(port.pathCost)}\n` +
    ` designated bridge\t${idText(port.designatedBridge)}\tmessage age timer\t${left(port.messageAgeTimer)}\n` +
    ` designated port\t${port.designatedPort.toString(16).padStart(4, '0')}\t\t\tforward delay timer\t${left(port.forwardDelayTimer)}\n` +
    ` designated cost\t${number(port.designatedCost)}\t\t\thold timer\t\t${left(port.holdTimer)}\n` +
    ` flags\t\t\t${flags}\n${port.hairpin ? ` hairpin mode\t\t${number(1)}\n` : ''}\n`
  );
}
