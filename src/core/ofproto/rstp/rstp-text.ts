/** What `rstp/show` prints, and the columns `rstp_status` and `rstp_statistics` of bridges and ports. */
import { formatMac } from '../../base/address.ts';
import type { Port } from '../bridge/port.ts';
import type { Rstp } from './rstp.ts';
import type { RstpRole, RstpState, RstpTimes } from './rstp-port.ts';

const MAC_BITS = (1n << 48n) - 1n;

const ROLE_NAMES: Readonly<Record<RstpRole, string>> = {
  root: 'Root',
  designated: 'Designated',
  alternate: 'Alternate',
  backup: 'Backup',
  disabled: 'Disabled',
};
const STATE_NAMES: Readonly<Record<RstpState, string>> = {
  disabled: 'Disabled',
  learning: 'Learning',
  forwarding: 'Forwarding',
  discarding: 'Discarding',
};

const idText = (id: bigint, { helloTime, maxAge, forwardDelay }: RstpTimes): string =>
  [
    `  stp-priority    ${id >> 48n}`,
    `  stp-system-id   ${formatMac(id & MAC_BITS)}`,
    `  stp-hello-time  ${helloTime}s`,
    `  stp-max-age     ${maxAge}s`,
    `  stp-fwd-delay   ${forwardDelay}s\n`,
  ].join('\n');

const cell = (text: string): string => text.slice(0, 10).padEnd(11);

/** `rstp/show` of one bridge. */
export function rstpDetails(tree: Rstp): string {
  const { root } = tree;
  let text = `---- ${tree.name} ----\nRoot ID:\n`;
  if (tree.isRoot) text += `${idText(tree.bridgeId, tree.ownTimes)}  This bridge is the root\n`;
  else if (!root.port || !tree.ports.includes(root.port)) return `${text}unknown root port\n`;
  else
    text +=
      idText(root.vector.root, root.port.designatedTimes) +
      `  root-port       ${root.port.name ?? '(null)'}\n  root-path-cost  ${root.vector.cost}\n`;
  const ports = tree.ports.map(
    (port) =>
      `  ${cell(port.name ?? 'null')}${cell(ROLE_NAMES[port.role])}${cell(STATE_NAMES[port.state])}` +
      `${String(port.pathCost).padEnd(9)}${port.priority}.${port.number}\n`,
  );
  return [
    `${text}\nBridge ID:\n`,
    idText(tree.bridgeId, tree.ownTimes),
    `\n  ${cell('Interface')}${cell('Role')}${cell('State')}${'Cost'.padEnd(9)}${'Pri.Nbr'.padEnd(8)}\n`,
    '  ---------- ---------- ---------- -------- -------\n',
    ...ports,
    '\n',
  ].join('');
}

const hex = (value: bigint | number, width: number): string => value.toString(16).padStart(width, '0');

const formatId = (id: bigint): string =>
  `${hex(id >> 60n, 1)}.${hex((id >> 48n) & 0xfffn, 3)}.${hex(id & MAC_BITS, 12)}`;

/** `Bridge.rstp_status`. */
export const rstpBridgeStatus = (tree: Rstp | null): ReadonlyMap<string, string> =>
  new Map(
    tree
      ? [
          ['rstp_bridge_id', formatId(tree.bridgeId)],
          ['rstp_bridge_port_id', hex(tree.root.vector.receiver, 4)],
          ['rstp_designated_id', formatId(tree.root.vector.bridge)],
          ['rstp_designated_port_id', hex(tree.root.vector.port, 4)],
          ['rstp_root_id', formatId(tree.root.vector.root)],
          ['rstp_root_path_cost', String(tree.root.vector.cost)],
        ]
      : [],
  );

/** `Port.rstp_status`. */
export const rstpPortStatus = ({ rstp }: Port): ReadonlyMap<string, string> =>
  new Map(
    rstp
      ? [
          ['rstp_designated_bridge_id', formatId(rstp.portVector.bridge)],
          ['rstp_designated_path_cost', String(rstp.portVector.cost)],
          ['rstp_designated_port_id', hex(rstp.portVector.port, 4)],
          ['rstp_port_id', hex(rstp.id, 4)],
          ['rstp_port_role', ROLE_NAMES[rstp.role]],
          ['rstp_port_state', STATE_NAMES[rstp.state]],
        ]
      : [],
  );

/** `Port.rstp_statistics`. */
export const rstpPortStatistics = ({ rstp }: Port): ReadonlyMap<string, number> =>
  new Map(
    rstp
      ? [
          ['rstp_error_count', rstp.errors],
          ['rstp_rx_count', rstp.received],
          ['rstp_tx_count', rstp.txCount],
          ['rstp_uptime', rstp.uptime],
        ]
      : [],
  );
