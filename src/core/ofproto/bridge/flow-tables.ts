/** The flow tables of a bridge, 0 to 253, and the flow_mod requests that change them. */
import { matchCovers, setMatchWord, copyMatch, type Match } from '../../flow/match.ts';
import type { OfPort } from '../../flow/ofport.table.ts';
import { WORD } from '../../flow/words.table.ts';
import type { OfpAct } from '../actions/ofpact.ts';
import { sameActions } from '../actions/same-actions.ts';
import type { FlowSpec } from '../flow-entry.ts';
import { Classifier } from '../table/classifier.ts';
import { FlowFeed, type RemovalReason } from './flow-feed.ts';
import { FlowRule } from './flow-rule.ts';

/** Tables that OpenFlow can name. */
export const TABLES = 254;

/** Flows that went are kept for questions about the past, up to so many. */
const MAX_PAST = 200_000;

interface TableStats {
  matched: number;
  missed: number;
}

/** Which flows a request is about. */
export interface FlowSelection {
  /** null: all tables. */
  readonly table: number | null;
  readonly match: Match;
  /** Given for strict requests: exactly this match and priority. */
  readonly priority?: number;
  readonly cookie?: bigint;
  readonly cookieMask?: bigint;
  readonly outPort?: OfPort | null;
  readonly outGroup?: number | null;
}

/** OpenFlow error names of flow_mod requests. */
export type FlowModError = 'OFPFMFC_OVERLAP' | 'OFPFMFC_TABLE_FULL';

/** Whether an action that is `wanted` stands in a list, action sets included. */
export function outputsTo(actions: readonly OfpAct[], wanted: (act: OfpAct) => boolean): boolean {
  return actions.some(
    (act) => wanted(act) || (act.kind === 'write_actions' && outputsTo(act.actions, wanted)),
  );
}

/** Whether an action names a port to send to. */
export function sendsToPort(act: OfpAct, port: OfPort): boolean {
  switch (act.kind) {
    case 'output':
    case 'output_trunc':
    case 'enqueue':
      return act.port === port;
    case 'controller':
      return port === 0xfffd;
    default:
      return false;
  }
}

/** Fields that only Ethernet packets have are matched only on them: said outright, so that others never match. */
function withPacketType(match: Match): Match {
  const { terms } = match;
  let needs = false;
  for (let at = 0; at < terms.length; at += 3) {
    const word = terms[at] as number;
    if (word === WORD.packetType) return match;
    if (word >= WORD.ethDst && word < WORD.mpls) needs = true;
  }
  if (!needs) return match;
  const whole = copyMatch(match);
  setMatchWord(whole, WORD.packetType, 0, 0xffffffff);
  return whole;
}

export class FlowTables {
  private readonly classifiers = new Map<number, Classifier<FlowRule>>();
  readonly stats = new Map<number, TableStats>();
  readonly feed = new FlowFeed();
  /** Rises with every change. */
  version = 0;
  private rules = 0;
  /** Flows that are no longer there, or no longer as they were, in the order in which they went. */
  private readonly past: FlowRule[] = [];
  private timeouts = 0;
  private counted: { readonly version: number; readonly counts: ReadonlyMap<bigint, number> } = {
    version: -1,
    counts: new Map(),
  };

  classifier(table: number): Classifier<FlowRule> | undefined {
    return this.classifiers.get(table);
  }

  statsOf(table: number): TableStats {
    let stats = this.stats.get(table);
    if (!stats) {
      stats = { matched: 0, missed: 0 };
      this.stats.set(table, stats);
    }
    return stats;
  }

  get size(): number {
    return this.rules;
  }

  /** Whether any flow has a timeout: otherwise nothing need be watched. */
  get hasTimeouts(): boolean {
    return this.timeouts > 0;
  }

  /** Number of flows of each table that has any, by table. */
  sizes(): (readonly [number, number])[] {
    return [...this.classifiers]
      .filter(([, classifier]) => classifier.size > 0)
      .map(([table, classifier]) => [table, classifier.size] as const)
      .toSorted(([a], [b]) => a - b);
  }

  /** Number of flows with a cookie. Counted over once a version. */
  countOfCookie(cookie: bigint): number {
    if (this.counted.version !== this.version) {
      const counts = new Map<bigint, number>();
      for (const rule of this.all()) counts.set(rule.cookie, (counts.get(rule.cookie) ?? 0) + 1);
      this.counted = { version: this.version, counts };
    }
    return this.counted.counts.get(cookie) ?? 0;
  }

  *all(): Generator<FlowRule> {
    const tables = [...this.classifiers.keys()].toSorted((a, b) => a - b);
    for (const table of tables) yield* this.classifiers.get(table)?.rules() ?? [];
  }

  /** Adds a flow, in place of one with the same match and priority, whose counters it keeps unless told otherwise. */
  add(spec: FlowSpec, now: number): FlowRule | FlowModError {
    const match = withPacketType(spec.match);
    const rule = new FlowRule(match === spec.match ? spec : { ...spec, match }, now);
    if (spec.flags?.checkOverlap && !this.ruleOf(rule) && this.overlaps(rule)) return 'OFPFMFC_OVERLAP';
    this.put(rule);
    return rule;
  }

  private put(rule: FlowRule): void {
    let classifier = this.classifiers.get(rule.table);
    if (!classifier) {
      classifier = new Classifier<FlowRule>();
      this.classifiers.set(rule.table, classifier);
    }
    const old = classifier.insert(rule);
    this.version += 1;
    rule.since = this.version;
    this.rules += 1;
    this.countTimeouts(rule, 1);
    this.feed.note({ kind: 'added', rule });
    if (!old) return;
    this.rules -= 1;
    this.countTimeouts(old, -1);
    old.removed = true;
    this.keep(old);
    if (!rule.flags.resetCounts) {
      rule.packets = old.packets;
      rule.bytes = old.bytes;
    }
  }

  private countTimeouts(rule: FlowRule, by: number): void {
    if (rule.idleTimeout > 0 || rule.hardTimeout > 0) this.timeouts += by;
  }

  private overlaps(rule: FlowRule): boolean {
    const other = this.classifiers.get(rule.table);
    if (!other) return false;
    for (const candidate of other.rules())
      if (candidate.priority === rule.priority && overlap(candidate.match, rule.match)) return true;
    return false;
  }

  remove(rule: FlowRule, reason: RemovalReason = 'delete'): void {
    if (rule.removed) return;
    rule.removed = true;
    this.feed.note({ kind: 'deleted', rule, reason });
    this.classifiers.get(rule.table)?.remove(rule);
    this.version += 1;
    this.keep(rule);
    this.rules -= 1;
    this.countTimeouts(rule, -1);
  }

  private keep(rule: FlowRule): void {
    rule.until = this.version;
    this.past.push(rule);
    if (this.past.length > MAX_PAST) this.past.splice(0, MAX_PAST / 4);
  }

  /** The flows of a table as they were at a version; those that went long ago are forgotten. */
  *rulesAt(table: number, version: number): Generator<FlowRule> {
    for (const rule of this.classifiers.get(table)?.rules() ?? []) if (rule.since <= version) yield rule;
    for (let at = this.past.length - 1; at >= 0; at -= 1) {
      const rule = this.past[at] as FlowRule;
      if (rule.until <= version) return;
      if (rule.table === table && rule.since <= version) yield rule;
    }
  }

  /** The flows that a request means, in listing order. */
  select(selection: FlowSelection): FlowRule[] {
    const { table, priority, outPort, outGroup } = selection;
    const match = priority === undefined ? selection.match : withPacketType(selection.match);
    const found: FlowRule[] = [];
    for (const [id, classifier] of [...this.classifiers].toSorted(([a], [b]) => a - b)) {
      if (table !== null && id !== table) continue;
      if (priority !== undefined) {
        const rule = classifier.findExactly(match, priority);
        if (rule) found.push(rule);
        continue;
      }
      for (const rule of classifier.rules()) if (matchCovers(match, rule.match)) found.push(rule);
    }
    const mask = selection.cookieMask ?? 0n;
    const cookie = (selection.cookie ?? 0n) & mask;
    return found.filter(
      (rule) =>
        (rule.cookie & mask) === cookie &&
        (outPort === undefined ||
          outPort === null ||
          outputsTo(rule.actions, (act) => sendsToPort(act, outPort))) &&
        (outGroup === undefined ||
          outGroup === null ||
          outputsTo(rule.actions, (act) => act.kind === 'group' && act.group === outGroup)),
    );
  }

  /** Gives flows other actions; counters stay unless `flags.resetCounts`. */
  modify(rules: readonly FlowRule[], change: FlowSpec, newCookie: bigint | null, now: number): void {
    this.version += 1;
    for (const rule of rules) {
      const before = rule.asItWas(this.version);
      this.past.push(before);
      rule.since = this.version;
      this.classifiers.get(rule.table)?.rework(rule, () => rule.setActions(change.actions));
      if (newCookie !== null) rule.cookie = newCookie;
      if (rule.cookie !== before.cookie || !sameActions(rule.actions, before.actions))
        this.feed.note({ kind: 'modified', rule, before });
      if (change.flags?.resetCounts) {
        rule.packets = 0;
        rule.bytes = 0;
      }
      rule.modified = now;
    }
  }

  /** As `modify` of one flow, which only begins its time anew where it is as it should be. */
  refresh(rule: FlowRule, spec: FlowSpec, now: number): void {
    if (isSame(rule, spec)) rule.modified = now;
    else this.modify([rule], spec, spec.cookie, now);
  }

  /** Remembers all flows; the function that it gives puts them back as they were, with counters and ages. */
  checkpoint(): () => void {
    const kept = [...this.all()].map((rule) => ({ rule, copy: rule.copy() }));
    return () => {
      const before = new Set(kept.map(({ rule }) => rule));
      for (const rule of [...this.all()]) if (!before.has(rule)) this.remove(rule);
      for (const { rule, copy } of kept) {
        if (!rule.removed && rule.actions === copy.actions && rule.cookie === copy.cookie) {
          rule.takeCounters(copy);
          continue;
        }
        this.remove(rule);
        this.put(copy.copy());
      }
      this.feed.forget();
    };
  }

  /** Makes the tables hold exactly `specs`. Flows that stay as they are keep counters and age. */
  replace(specs: readonly FlowSpec[], now: number): { readonly added: number; readonly removed: number } {
    const found = new Map<FlowRule, FlowSpec>();
    const rules = specs.map((spec) => {
      const rule = this.ruleOf(spec);
      if (rule) found.set(rule, spec);
      return rule;
    });
    let removed = 0;
    for (const rule of [...this.all()]) {
      if (found.has(rule)) continue;
      this.remove(rule);
      removed += 1;
    }
    let added = 0;
    for (const [index, spec] of specs.entries()) {
      const rule = rules[index];
      if (rule && (found.get(rule) !== spec || isSame(rule, spec))) continue;
      this.add(spec, now);
      added += 1;
    }
    return { added, removed };
  }

  /** Puts some flows as `replace` does, and removes those with the table, match and priority of others. */
  change(put: readonly FlowSpec[], gone: readonly FlowSpec[], now: number): void {
    for (const spec of gone) {
      const rule = this.ruleOf(spec);
      if (rule) this.remove(rule);
    }
    for (const spec of put) {
      const rule = this.ruleOf(spec);
      if (!rule || !isSame(rule, spec)) this.add(spec, now);
    }
  }

  private ruleOf(spec: FlowSpec): FlowRule | undefined {
    return this.classifiers.get(spec.table)?.findExactly(withPacketType(spec.match), spec.priority);
  }

  /** Removes the flows whose time is up, and tells why. */
  expire(now: number): readonly { readonly rule: FlowRule; readonly reason: 'idle' | 'hard' }[] {
    if (this.timeouts === 0) return [];
    const expired: { rule: FlowRule; reason: 'idle' | 'hard' }[] = [];
    for (const rule of this.all()) {
      const reason = rule.expiry(now);
      if (reason) expired.push({ rule, reason });
    }
    for (const { rule, reason } of expired)
      this.remove(rule, reason === 'idle' ? 'idle_timeout' : 'hard_timeout');
    this.feed.announce();
    return expired;
  }

  /** Shortens the timeouts of a flow, as `fin_timeout` does; never lengthens them. */
  reduceTimeouts(rule: FlowRule, idle: number, hard: number): void {
    if (rule.removed || rule.internal) return;
    this.countTimeouts(rule, -1);
    if (idle > 0 && (rule.idleTimeout === 0 || rule.idleTimeout > idle)) rule.idleTimeout = idle;
    if (hard > 0 && (rule.hardTimeout === 0 || rule.hardTimeout > hard)) rule.hardTimeout = hard;
    this.countTimeouts(rule, 1);
  }
}

/** Whether some packet matches both. */
function overlap(a: Match, b: Match): boolean {
  let at = 0;
  let bt = 0;
  while (at < a.terms.length && bt < b.terms.length) {
    const wa = a.terms[at] as number;
    const wb = b.terms[bt] as number;
    if (wa === wb) {
      const both = (a.terms[at + 2] as number) & (b.terms[bt + 2] as number);
      if ((((a.terms[at + 1] as number) ^ (b.terms[bt + 1] as number)) & both) !== 0) return false;
    }
    if (wa <= wb) at += 3;
    if (wb <= wa) bt += 3;
  }
  return true;
}

const isSame = (rule: FlowRule, spec: FlowSpec): boolean =>
  rule.cookie === spec.cookie && sameActions(spec.actions, rule.actions);
