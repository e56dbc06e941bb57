/** What `stp/show` prints of a spanning tree, and the columns `status` and `statistics` of bridges and ports. */
import { formatMac } from '../../base/address.ts';
import type { Port } from '../bridge/port.ts';
import type { Stp } from './stp.ts';
import { milliseconds } from './stp-settings.ts';

const MAC_BITS = (1n << 48n) - 1n;

interface Times {
  readonly helloTime: number;
  readonly maxAge: number;
  readonly forwardDelay: number;
}

const seconds = (time: number): number => Math.floor(milliseconds(time) / 1000);

const idText = (id: bigint, { helloTime, maxAge, forwardDelay }: Times): string =>
  [
    `  stp-priority  ${id >> 48n}`,
    `  stp-system-id   ${formatMac(id & MAC_BITS)}`,
    `  stp-hello-time  ${seconds(helloTime)}s`,
    `  stp-max-age     ${seconds(maxAge)}s`,
    `  stp-fwd-delay   ${seconds(forwardDelay)}s\n`,
  ].join('\n');

const cell = (text: string): string => text.slice(0, 10).padEnd(11);

/** `stp/show`. The times in force stand under the bridge, its own ones under the root, as the real one has it. */
export function stpDetails(stp: Stp): string {
  const way =
    stp.isRoot || !stp.rootPort
      ? '  This bridge is the root\n'
      : `  root-port       ${stp.rootPort.name}\n  root-path-cost  ${stp.rootPathCost}\n`;
  const ports = stp.enabledPorts.map(
    (port) =>
      `  ${cell(port.name)}${cell(stp.roleOf(port))}${cell(port.state)}${String(port.pathCost).padEnd(6)}` +
      `${port.id >> 8}.${port.id & 0xff}\n`,
  );
  return [
    `---- ${stp.name} ----\nRoot ID:\n`,
    idText(stp.root, stp.own),
    way,
    '\nBridge ID:\n',
    idText(stp.bridgeId, stp.times),
    `\n  ${cell('Interface')}${cell('Role')}${cell('State')}${'Cost'.padEnd(6)}${'Pri.Nbr'.padEnd(8)}\n`,
    '  ---------- ---------- ---------- ----- -------\n',
    ...ports,
    '\n',
  ].join('');
}

const formatId = (id: bigint): string =>
  `${(id >> 48n).toString(16).padStart(4, '0')}.${(id & MAC_BITS).toString(16).padStart(12, '0')}`;

/** `Bridge.status`. */
export const bridgeStatus = (stp: Stp | null): ReadonlyMap<string, string> =>
  new Map(
    stp
      ? [
          ['stp_bridge_id', formatId(stp.bridgeId)],
          ['stp_designated_root', formatId(stp.root)],
          ['stp_root_path_cost', String(stp.rootPathCost)],
        ]
      : [],
  );

/** `Port.status` at `now` (nanoseconds). */
export function portStatus({ bridge, stp, stpSeen }: Port, now: number): ReadonlyMap<string, string> {
  if (!bridge.stp || !stp) return new Map();
  return new Map([
    ['stp_port_id', String(stp.id)],
    ['stp_role', bridge.stp.roleOf(stp)],
    ['stp_sec_in_state', String(Math.floor((now - stpSeen.since) / 1e9))],
    ['stp_state', stp.state],
  ]);
}

/** `Port.statistics`. */
export const portStatistics = ({ stp }: Port): ReadonlyMap<string, number> =>
  new Map(
    stp
      ? [
          ['stp_error_count', stp.errors],
          ['stp_rx_count', stp.received],
          ['stp_tx_count', stp.sent],
        ]
      : [],
  );
