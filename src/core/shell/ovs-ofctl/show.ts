/** What a bridge tells of itself: `show`, `dump-ports`, `dump-ports-desc`, `dump-tables`, `dump-tlv-map`. */
import { formatMac } from '../../base/address.ts';
import { OFPP, type OfPort } from '../../flow/index.ts';
import { parsePort } from '../../flow/ofport-text.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import { isLive, type Port } from '../../ofproto/bridge/port.ts';
import { OfctlError } from './error.ts';
import { messageName, messageNames } from './message-names.ts';
import type { OfctlOptions } from './options.ts';

const portName = (port: Port): string => (port.ofPort === OFPP.local ? 'LOCAL' : String(port.ofPort));

/** In order of numbers, the local port last. */
const sortedPorts = (bridge: Bridge): Port[] =>
  [...bridge.ports.values()].toSorted((a, b) => a.ofPort - b.ofPort);

const header = (name: string, options: OfctlOptions, xid: string): string =>
  `${name}${options.version === 1 ? '' : ` (OF1.${options.version - 1})`} (xid=${xid}):`;

/** Port configuration by the names that ofp-print gives its bits. */
function configText({ flags, mayEnable }: Port): string {
  const names = [
    ...(flags.down || !mayEnable ? ['PORT_DOWN'] : []),
    ...(flags.noReceive ? ['NO_RECV'] : []),
    ...(flags.noReceiveStp ? ['NO_RECV_STP'] : []),
    ...(flags.noFlood ? ['NO_FLOOD'] : []),
    ...(flags.noForward ? ['NO_FWD'] : []),
    ...(flags.noPacketIn ? ['NO_PACKET_IN'] : []),
  ];
  return names.length === 0 ? '0' : names.join(' ');
}

/** States of spanning trees that OpenFlow 1.0 tells; listening and discarding are no bit. */
const TREE_STATES: ReadonlyMap<string, string> = new Map([
  ['learning', 'STP_LEARN'],
  ['forwarding', 'STP_FORWARD'],
  ['blocking', 'STP_BLOCK'],
]);

function stateText(port: Port, { version }: OfctlOptions): string {
  const tree = version === 1 ? (TREE_STATES.get(port.stpSeen.state) ?? []) : [];
  const live = version >= 2 && isLive(port) ? ['LIVE'] : [];
  const names = [tree, port.mayEnable ? [] : ['LINK_DOWN'], live].flat();
  return names.length === 0 ? '0' : names.join(' ');
}

/** Speeds that have a name; they are full duplex. */
const SPEEDS: ReadonlyMap<number, string> = new Map([
  [10, '10MB-FD'],
  [100, '100MB-FD'],
  [1000, '1GB-FD'],
  [10_000, '10GB-FD'],
  [40_000, '40GB-FD'],
  [100_000, '100GB-FD'],
  [1_000_000, '1TB-FD'],
]);

/** What a device's driver says of its speed. */
function speedText({ speed, isCopper }: Port): readonly string[] {
  const names = [...(speed === null ? [] : [SPEEDS.get(speed) ?? 'OTHER']), ...(isCopper ? ['COPPER'] : [])];
  return [
    ...(names.length === 0 ? [] : [`     current:    ${names.join(' ')}`]),
    `     speed: ${speed ?? 0} Mbps now, 0 Mbps max`,
  ];
}

/** `macOf`: the address of a port, made by the switch where no device has one. */
type MacOf = (port: Port) => bigint;

function portText(port: Port, options: OfctlOptions, macOf: MacOf): string {
  return [
    ` ${portName(port)}(${messageName(port.name)}): addr:${formatMac(macOf(port))}`,
    `     config:     ${configText(port)}`,
    `     state:      ${stateText(port, options)}`,
    ...speedText(port),
    '',
  ].join('\n');
}

/** Before OpenFlow 1.5 a switch tells of all ports, whichever is asked for. */
export function portDescriptions(
  bridge: Bridge,
  asked: string | undefined,
  options: OfctlOptions,
  macOf: MacOf,
): string {
  const wanted = asked === undefined ? undefined : findPort(bridge, asked);
  const ports = sortedPorts(bridge).filter(
    (port) => wanted === undefined || options.version < 6 || port.ofPort === wanted,
  );
  const head = header('OFPST_PORT_DESC reply', options, '0x2');
  return `${head}\n${ports.map((port) => portText(port, options, macOf)).join('')}`;
}

/** A port by number or name; undefined for all of them (`ANY`). Ends the program when there is none. */
export function findPort(bridge: Bridge, text: string): OfPort | undefined {
  const number = parsePort(text, messageNames(bridge));
  if (number === undefined) throw new OfctlError(`${bridge.name}: unknown port \`${text}'`);
  return number === OFPP.none ? undefined : number;
}

export function show(bridge: Bridge, options: OfctlOptions, macOf: MacOf): string {
  const id = bridge.datapathId.toString(16).padStart(16, '0');
  const ports = sortedPorts(bridge)
    .map((port) => portText(port, options, macOf))
    .join('');
  const isOld = options.version === 1;
  const lines = [
    `${header('OFPT_FEATURES_REPLY', options, '0x2')} dpid:${id}`,
    'n_tables:254, n_buffers:0',
    `capabilities: FLOW_STATS TABLE_STATS PORT_STATS${isOld ? '' : ' GROUP_STATS'} QUEUE_STATS${isOld ? ' ARP_MATCH_IP' : ''}${options.version === 6 ? ' BUNDLES' : ''}`,
  ];
  if (isOld)
    lines.push(
      'actions: output enqueue set_vlan_vid set_vlan_pcp strip_vlan mod_dl_src mod_dl_dst mod_nw_src mod_nw_dst mod_nw_tos mod_tp_src mod_tp_dst',
    );
  else lines.push(header('OFPST_PORT_DESC reply', options, '0x3'));
  return `${lines.join('\n')}\n${ports}${header('OFPT_GET_CONFIG_REPLY', options, isOld ? '0x4' : '0x5')} frags=${bridge.fragments} miss_send_len=0\n`;
}

export function dumpTlvMap(bridge: Bridge, options: OfctlOptions): string {
  const rows = bridge.tlv.entries.map(
    ({ optionClass, type, length, index }) =>
      `  0x${optionClass.toString(16)}  0x${type.toString(16)}  ${String(length).padStart(6)}  tun_metadata${index}\n`,
  );
  const size = bridge.tlv.entries.reduce((sum, entry) => sum + entry.length, 0);
  return [
    header('NXT_TLV_TABLE_REPLY', options, '0x2'),
    ' max option space=256 max fields=64',
    ` allocated option space=${size}`,
    '',
    ' mapping table:',
    '  class  type  length  match field',
    ' ------  ----  ------  --------------',
    rows.join(''),
  ].join('\n');
}
