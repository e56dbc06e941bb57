/** A flow in a table of a bridge: its content, and what has happened to it so far. */
import type { Match } from '../../flow/match.ts';
import type { ConjunctionAct, OfpAct } from '../actions/ofpact.ts';
import type { FlowFlags, FlowSpec } from '../flow-entry.ts';
import type { TableRule } from '../table/classifier.ts';

const conjunctionsOf = (actions: readonly OfpAct[]): readonly ConjunctionAct[] =>
  actions.filter((act) => act.kind === 'conjunction');

export class FlowRule implements FlowSpec, TableRule {
  readonly table: number;
  readonly priority: number;
  readonly match: Match;
  cookie: bigint;
  actions: readonly OfpAct[];
  conjunctions: readonly ConjunctionAct[];
  idleTimeout: number;
  hardTimeout: number;
  importance: number;
  flags: FlowFlags;
  /** Simulated times in nanoseconds. */
  created: number;
  modified: number;
  used: number;
  packets = 0;
  bytes = 0;
  /** One of a bridge's own rules (a table miss), which no listing shows. */
  readonly internal: boolean;
  removed = false;
  /** Versions of the tables from which and up to which (not with it) the flow is as it is. */
  since = 0;
  until = Number.POSITIVE_INFINITY;

  constructor(spec: FlowSpec, now: number, internal = false) {
    this.table = spec.table;
    this.priority = spec.priority;
    this.match = spec.match;
    this.cookie = spec.cookie;
    this.actions = spec.actions;
    this.conjunctions = conjunctionsOf(spec.actions);
    this.idleTimeout = spec.idleTimeout ?? 0;
    this.hardTimeout = spec.hardTimeout ?? 0;
    this.importance = spec.importance ?? 0;
    this.flags = spec.flags ?? {};
    this.created = now;
    this.modified = now;
    this.used = now;
    this.internal = internal;
  }

  setActions(actions: readonly OfpAct[]): void {
    this.actions = actions;
    this.conjunctions = conjunctionsOf(actions);
  }

  /** Another flow of the same content, counters and ages, in no table yet. */
  copy(): FlowRule {
    const copy = new FlowRule(this, this.created, this.internal);
    copy.takeCounters(this);
    return copy;
  }

  /** Has counted what `other` has. */
  takeCounters({ modified, used, packets, bytes }: FlowRule): void {
    this.modified = modified;
    this.used = used;
    this.packets = packets;
    this.bytes = bytes;
  }

  /** The flow as it is now, to be kept when it changes; it ends with version `until`. */
  asItWas(until: number): FlowRule {
    const kept = new FlowRule(this, this.created, this.internal);
    kept.since = this.since;
    kept.until = until;
    kept.removed = true;
    return kept;
  }

  /** Counts packets of this flow. */
  credit(packets: number, bytes: number, now: number): void {
    this.packets += packets;
    this.bytes += bytes;
    this.used = now;
  }

  /** What an idle or hard timeout has come to; undefined while the flow lives on. */
  expiry(now: number): 'idle' | 'hard' | undefined {
    if (this.hardTimeout > 0 && now >= this.modified + this.hardTimeout * 1e9) return 'hard';
    return this.idleTimeout > 0 && now >= this.used + this.idleTimeout * 1e9 ? 'idle' : undefined;
  }
}
