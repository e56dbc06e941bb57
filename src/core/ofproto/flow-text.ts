/** A row of `ovs-ofctl dump-flows`, as text. */
import { formatMatch } from '../flow/match-text.ts';
import { formatActions } from './actions/act-list.ts';
import { formatTable, type ActTextOptions } from './actions/act-text.ts';
import type { FlowFlags, FlowSpec } from './flow-entry.ts';

/** What a row shows besides its content. Times in nanoseconds, ages in seconds. */
export interface FlowStats {
  readonly packets: number;
  readonly bytes: number;
  readonly duration: number;
  /** -1: not known. */
  readonly idleAge: number;
  readonly hardAge: number;
}

/** `12`, `12.345`, `12.345678`: as many decimals as needed, three when milliseconds do. */
export function formatDuration(nanoseconds: number): string {
  const seconds = Math.floor(nanoseconds / 1e9);
  const rest = nanoseconds - seconds * 1e9;
  if (rest === 0) return String(seconds);
  if (rest % 1e6 === 0) return `${seconds}.${String(rest / 1e6).padStart(3, '0')}`;
  return `${seconds}.${String(rest).padStart(9, '0').replace(/0+$/, '')}`;
}

/** Flags as they stand in a row, each followed by a blank. */
export function formatFlowFlags(flags: FlowFlags): string {
  let text = '';
  if (flags.sendFlowRemoved) text += 'send_flow_rem ';
  if (flags.checkOverlap) text += 'check_overlap ';
  if (flags.resetCounts) text += 'reset_counts ';
  if (flags.noPacketCounts) text += 'no_packet_counts ';
  if (flags.noByteCounts) text += 'no_byte_counts ';
  return text;
}

/** Match and actions with what stands before them; statistics only when given. Without leading blank or newline. */
export function formatFlow(
  flow: FlowSpec,
  options: ActTextOptions & { readonly stats?: FlowStats } = {},
): string {
  const { stats, names, tables, tlv } = options;
  let text = '';
  if (stats || flow.cookie !== 0n) text += `cookie=0x${flow.cookie.toString(16)}, `;
  if (stats) text += `duration=${formatDuration(stats.duration)}s, `;
  if (stats || flow.table !== 0 || tables?.nameOf(flow.table) !== undefined)
    text += `table=${formatTable(flow.table, tables)}, `;
  if (stats) text += `n_packets=${stats.packets}, n_bytes=${stats.bytes}, `;
  if (flow.idleTimeout) text += `idle_timeout=${flow.idleTimeout}, `;
  if (flow.hardTimeout) text += `hard_timeout=${flow.hardTimeout}, `;
  if (flow.flags) text += formatFlowFlags(flow.flags);
  if (flow.importance) text += `importance=${flow.importance}, `;
  if (stats && stats.idleAge >= 0) text += `idle_age=${stats.idleAge}, `;
  if (stats && stats.hardAge >= 0 && stats.hardAge !== Math.floor(stats.duration / 1e9))
    text += `hard_age=${stats.hardAge}, `;
  const match = formatMatch(flow.match, {
    priority: flow.priority,
    ...(names ? { names } : {}),
    ...(tlv ? { tlv } : {}),
  });
  return `${text}${match}${match === '' ? '' : ' '}actions=${formatActions(flow.actions, options)}`;
}
