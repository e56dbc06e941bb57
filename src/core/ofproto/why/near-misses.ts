/**
 * Why not: the flows of a table that nearly matched a packet and would have let it go on, nearest first, from the table as it
 * was when the packet was looked up.
 */
import type { NearMiss, RowRef } from '../../base/step.ts';
import type { Bridge } from '../bridge/bridge.ts';
import type { FlowRule } from '../bridge/flow-rule.ts';
import { formatMatch, type MatchTextOptions } from '../../flow/match-text.ts';
import { formatActions } from '../actions/act-list.ts';
import type { ActKind } from '../actions/ofpact.ts';
import { conjIdOf, ConjunctionMisses } from './conjunction-miss.ts';
import { distance, failedTerms } from './failed-terms.ts';
import { keyOf } from '../../flow/kept-key.ts';
import type { LookUpRecord } from './look-ups.ts';

/** More than that nobody reads. */
const SHOWN = 8;
/** Flows of other networks (metadata) are no misses of this packet. */
const TOO_FAR = 12;

interface Ranked {
  readonly miss: () => NearMiss;
  readonly distance: number;
  readonly priority: number;
  readonly terms: number;
}

export interface NearMisses {
  /** The flow that decided; null for a miss. */
  readonly decided: RowRef | null;
  readonly misses: readonly NearMiss[];
  /** Flows that the table had. */
  readonly considered: number;
}

const LEADS_ON: ReadonlySet<ActKind> = new Set<ActKind>([
  'output',
  'output_trunc',
  'output_reg',
  'enqueue',
  'bundle',
  'group',
  'controller',
  'resubmit',
  'goto_table',
  'ct',
  'clone',
  'write_actions',
]);

/** A flow that leads nowhere stops a packet just as well. */
const stops = (rule: FlowRule): boolean =>
  rule.conjunctions.length === 0 && !rule.actions.some(({ kind }) => LEADS_ON.has(kind));

export function rowOfRule(host: string, bridge: string, rule: FlowRule, options: MatchTextOptions): RowRef {
  return {
    kind: 'openflow',
    host,
    bridge,
    table: rule.table,
    priority: rule.priority,
    cookie: `0x${rule.cookie.toString(16)}`,
    match: formatMatch(rule.match, options),
    actions: formatActions(rule.actions, options.tlv ? { tlv: options.tlv } : {}),
  };
}

const before = (a: Ranked, b: Ranked): number =>
  a.distance - b.distance || b.terms - a.terms || b.priority - a.priority;

export function nearMisses(bridge: Bridge, record: LookUpRecord): NearMisses {
  const flow = keyOf(record.key);
  const options: MatchTextOptions = { tlv: bridge.tlv };
  const row = (rule: FlowRule): RowRef => rowOfRule(bridge.datapath.host, bridge.name, rule, options);
  const least = record.rule ? record.rule.priority : -1;
  const conjunctions = new ConjunctionMisses(flow, options);
  const near: Ranked[] = [];
  let considered = 0;
  for (const rule of record.tables.rulesAt(record.table, record.version)) {
    considered += 1;
    conjunctions.add(rule);
    if (rule.priority < least || rule === record.rule || rule.conjunctions.length > 0 || stops(rule))
      continue;
    if (conjIdOf(rule) !== null) continue;
    const far = distance(rule.match, flow);
    if (far === 0 || far > TOO_FAR) continue;
    near.push({
      distance: far,
      priority: rule.priority,
      terms: rule.match.terms.length,
      miss: () => ({ kind: 'flow', row: row(rule), failed: failedTerms(rule.match, flow, options) }),
    });
  }
  for (const { miss, distance: far } of conjunctions.misses(row, least))
    near.push({ distance: far, priority: miss.priority, terms: Number.POSITIVE_INFINITY, miss: () => miss });
  return {
    decided: record.rule ? row(record.rule) : null,
    misses: near
      .toSorted(before)
      .slice(0, SHOWN)
      .map(({ miss }) => miss()),
    considered,
  };
}
