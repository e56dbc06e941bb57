/**
 * Finds the highest-priority rule for a packet, and the bits of the packet that this depended on.
 *
 * Tuple-space search as in Open vSwitch: one hash look-up for each distinct mask, in falling order of priority, with
 * staged look-up and prefix tries so that the mask stays as wide as the rules allow, and conjunctive matches.
 */
import { FIELDS } from '../../flow/fields.table.ts';
import type { Field } from '../../flow/field.ts';
import type { Flow } from '../../flow/flow.ts';
import { matchesFlow, type Match } from '../../flow/match.ts';
import { meetsPrerequisite } from '../../flow/packet-kind.ts';
import { WORD } from '../../flow/words.table.ts';
import type { ConjunctionAct } from '../actions/ofpact.ts';
import { PrefixTrie, hasLength } from './prefix-trie.ts';
import { PriorityVector } from './priority-vector.ts';
import { Subtable, type ClassifierRule } from './subtable.ts';

/** A rule of a table; `conjunctions` are its conjunction actions, empty for an ordinary rule. */
export interface TableRule extends ClassifierRule {
  readonly conjunctions: readonly ConjunctionAct[];
}

/** Fields with prefix tries, unless a table is configured otherwise. */
const DEFAULT_PREFIX_FIELDS: readonly Field[] = [
  FIELDS.ip_dst,
  FIELDS.ip_src,
  FIELDS.ipv6_dst,
  FIELDS.ipv6_src,
];

/** The state of one trie during one look-up: asked at most once. */
interface TrieState {
  done: boolean;
  bits: number;
  /** All lengths possible: the packet has no such field. */
  all: boolean;
  readonly lengths: Uint32Array;
}

const keyOf = (match: Match): string => {
  let key = '';
  for (let at = 0; at < match.terms.length; at += 3) key += `${match.terms[at]}:${match.terms[at + 2]},`;
  return key;
};

const MAX_CLAUSES = 64;

/** Tables of up to so many rules without conjunctions are gone through rule by rule when no mask is wanted. */
const SMALL = 100;

/** A soft match: a rule that is one clause of conjunctions. */
interface Soft<R> {
  rule: R;
  readonly subtable: Subtable<R & TableRule>;
}

export class Classifier<R extends TableRule> {
  private readonly subtables = new Map<string, Subtable<R>>();
  private readonly order = new PriorityVector<Subtable<R>>();
  private readonly prefixFields: readonly Field[];
  private readonly tries: readonly PrefixTrie[];
  private readonly states: readonly TrieState[];
  private count = 0;
  private conjunctive = 0;
  /** The rules of a small table, best first; null until it is asked for, and after a change. */
  private ranked: readonly R[] | null = null;

  constructor(prefixFields: readonly Field[] = DEFAULT_PREFIX_FIELDS) {
    this.prefixFields = prefixFields;
    this.tries = prefixFields.map(() => new PrefixTrie());
    this.states = prefixFields.map(() => ({ done: false, bits: 0, all: false, lengths: new Uint32Array(4) }));
  }

  get size(): number {
    return this.count;
  }

  /** Number of distinct masks: what a look-up costs at most. */
  get masks(): number {
    return this.subtables.size;
  }

  /** Adds `rule`, in place of the one with the same match and priority, which is returned. */
  insert(rule: R): R | undefined {
    this.ranked = null;
    if (rule.conjunctions.length > 0) this.conjunctive += 1;
    const key = keyOf(rule.match);
    let subtable = this.subtables.get(key);
    const fresh = subtable === undefined;
    if (!subtable) {
      subtable = new Subtable<R>(key, rule.match, this.prefixFields);
      this.subtables.set(key, subtable);
    }
    const { replaced, first } = subtable.insert(rule);
    if (first) this.updateTries(subtable, rule, 'insert');
    if (replaced) {
      if (replaced.conjunctions.length > 0) this.conjunctive -= 1;
      return replaced;
    }
    this.count += 1;
    const raised = subtable.countPriority(rule.priority);
    if (fresh) this.order.insert(subtable, rule.priority);
    else if (raised) this.order.changePriority(subtable, rule.priority);
    return undefined;
  }

  /** Lets `change` give a rule other actions; as a switch makes another flow of it, it is listed as the newest. */
  rework(rule: R, change: () => void): void {
    if (rule.conjunctions.length > 0) this.conjunctive -= 1;
    change();
    if (rule.conjunctions.length > 0) this.conjunctive += 1;
    this.ranked = null;
    this.subtables.get(keyOf(rule.match))?.listLast(rule);
  }

  remove(rule: R): void {
    const subtable = this.subtables.get(keyOf(rule.match));
    if (!subtable) return;
    const { last } = subtable.remove(rule);
    if (last) this.updateTries(subtable, rule, 'remove');
    this.ranked = null;
    if (rule.conjunctions.length > 0) this.conjunctive -= 1;
    this.count -= 1;
    if (subtable.isEmpty) {
      this.subtables.delete(subtable.key);
      this.order.remove(subtable);
    } else if (subtable.uncountPriority(rule.priority)) {
      this.order.changePriority(subtable, subtable.maxPriority);
    }
  }

  private updateTries(subtable: Subtable<R>, rule: R, act: 'insert' | 'remove'): void {
    for (const [index, field] of this.prefixFields.entries()) {
      const length = subtable.triePrefix[index] as number;
      if (length === 0) continue;
      const words = Array.from({ length: field.words }, () => 0);
      const { terms } = rule.match;
      for (let at = 0; at < terms.length; at += 3) {
        const offset = (terms[at] as number) - field.word;
        if (offset >= 0 && offset < field.words) words[offset] = terms[at + 1] as number;
      }
      (this.tries[index] as PrefixTrie)[act](words, 0, length);
    }
  }

  /** The rule with this very match and priority. */
  findExactly(match: Match, priority: number): R | undefined {
    return this.subtables.get(keyOf(match))?.findExactly(match, priority);
  }

  /** All rules, those of one mask together, in the order in which a switch lists them. */
  *rules(): Generator<R> {
    for (let i = 0; i < this.order.size; i += 1) yield* this.order.at(i).rules;
  }

  /**
   * The rule for `flow`, undefined on a miss. `mask`, when given, is widened by every bit that the outcome depended on,
   * so that any packet that agrees in them gets the same rule. `conjunction` receives the clauses of a conjunctive match.
   */
  lookup(flow: Flow, mask?: Flow, conjunction?: R[]): R | undefined {
    if (!mask && this.conjunctive === 0 && this.count <= SMALL) {
      this.ranked ??= [...this.rules()].sort((a, b) => b.priority - a.priority);
      for (const rule of this.ranked) if (matchesFlow(rule.match, flow)) return rule;
      return undefined;
    }
    for (const state of this.states) state.done = false;
    return this.search(flow, mask, true, conjunction);
  }

  private search(
    flow: Flow,
    mask: Flow | undefined,
    soft: boolean,
    conjunction: R[] | undefined,
  ): R | undefined {
    let hard: R | undefined;
    let hardPriority = -1;
    const softMatches: Soft<R>[] = [];
    let softPriority = -1;
    for (let i = 0; i < this.order.size; i += 1) {
      if (this.order.priorityAt(i) <= hardPriority) break;
      const subtable = this.order.at(i);
      const rule = mask ? this.findWithMask(subtable, flow, mask) : this.find(subtable, flow);
      if (!rule || rule.priority <= hardPriority) continue;
      if (rule.conjunctions.length === 0) {
        hard = rule;
        hardPriority = rule.priority;
      } else if (soft) {
        softMatches.push({ rule, subtable });
        softPriority = Math.max(softPriority, rule.priority);
      }
    }
    if (hardPriority >= softPriority) return hard;
    return this.searchSoft(flow, mask, softMatches, hard, conjunction);
  }

  /** From the highest soft priority down: is a conjunction complete, and is there a rule for its id? */
  private searchSoft(
    flow: Flow,
    mask: Flow | undefined,
    found: readonly Soft<R>[],
    hardMatch: R | undefined,
    conjunction: R[] | undefined,
  ): R | undefined {
    let hard = hardMatch;
    let softMatches = found.slice();
    for (;;) {
      const hardPriority = hard?.priority ?? -1;
      softMatches = softMatches.filter(({ rule }) => rule.priority > hardPriority);
      if (softMatches.length === 0) return hard;
      const top = Math.max(...softMatches.map(({ rule }) => rule.priority));
      const best = softMatches.filter(({ rule }) => rule.priority === top);
      const rule = this.completeConjunction(flow, mask, best, conjunction);
      if (rule) return rule;
      const rest: Soft<R>[] = [];
      for (const match of softMatches) {
        if (match.rule.priority !== top) {
          rest.push(match);
          continue;
        }
        const next = match.subtable.nextRule(match.rule);
        if (!next) continue;
        if (next.conjunctions.length > 0) rest.push({ rule: next, subtable: match.subtable });
        else if (next.priority > (hard?.priority ?? -1)) hard = next;
      }
      softMatches = rest;
    }
  }

  private completeConjunction(
    flow: Flow,
    mask: Flow | undefined,
    best: readonly Soft<R>[],
    conjunction: R[] | undefined,
  ): R | undefined {
    const clauses = new Map<number, bigint>();
    for (const { rule } of best) {
      const id = addClauses(rule.conjunctions, best.length, clauses);
      if (id === undefined) continue;
      const saved = flow[WORD.conjId] as number;
      flow[WORD.conjId] = id;
      const action = this.search(flow, mask, false, undefined);
      flow[WORD.conjId] = saved;
      if (!action) continue;
      if (conjunction)
        for (const part of best)
          if (part.rule.conjunctions.some((act) => act.id === id)) conjunction.push(part.rule);
      return action;
    }
    return undefined;
  }

  private find(subtable: Subtable<R>, flow: Flow): R | undefined {
    return subtable.find(flow)?.[0];
  }

  private findWithMask(subtable: Subtable<R>, flow: Flow, mask: Flow): R | undefined {
    const { stageEnds, words, masks } = subtable;
    const last = stageEnds.length - 1;
    const shared = subtable.sharedWords(flow);
    let hash = 0;
    let seen = 0;
    for (let stage = 0; stage <= last; stage += 1) {
      const end = stageEnds[stage] as number;
      if (this.excludedByTrie(subtable, flow, mask, stage)) {
        fold(mask, words, masks, seen);
        return undefined;
      }
      if (shared === null) hash = subtable.hashStage(flow, seen, end, hash);
      seen = end;
      if (stage < last && (shared === null ? !subtable.hasStage(stage, hash) : shared < end)) {
        fold(mask, words, masks, seen);
        return undefined;
      }
    }
    const rule = (
      shared === null
        ? subtable.findHashed(flow, hash)
        : shared === words.length
          ? subtable.find(flow)
          : undefined
    )?.[0];
    if (rule || subtable.portsLength === 0) {
      fold(mask, words, masks, seen);
      return rule;
    }
    // No match although ports were looked at: the ports trie tells how few of their bits are enough to know it.
    const ports = [((flow[WORD.tpPorts] as number) & subtable.portsMask) >>> 0];
    const bits = subtable.portsTrie.lookup(ports, 0, 32, PORT_LENGTHS());
    const kept =
      (mask[WORD.tpPorts] as number) | (subtable.portsMask & (bits === 0 ? 0 : 0xffffffff << (32 - bits)));
    fold(mask, words, masks, seen);
    mask[WORD.tpPorts] = kept;
    return undefined;
  }

  /** Whether a trie shows that no rule of `subtable` can match, at no more cost in bits than the subtable's own mask. */
  private excludedByTrie(subtable: Subtable<R>, flow: Flow, mask: Flow, stage: number): boolean {
    for (const index of subtable.stageTries[stage] ?? []) {
      const length = subtable.triePrefix[index] as number;
      const field = this.prefixFields[index] as Field;
      const state = this.states[index] as TrieState;
      if (!state.done) {
        state.done = true;
        state.all = !meetsPrerequisite(flow, field.prerequisite);
        if (!state.all)
          state.bits = (this.tries[index] as PrefixTrie).lookup(flow, field.word, field.bits, state.lengths);
      }
      if (state.all || hasLength(state.lengths, length)) continue;
      if (state.bits <= length) {
        setPrefixBits(mask, field.word, state.bits);
        return true;
      }
      if (hasPrefixBits(mask, field.word, state.bits)) return true;
    }
    return false;
  }
}

const PORT_LENGTHS = (): Uint32Array => new Uint32Array(1);

/** Adds clauses of `acts`; the id of the conjunction that this completes. */
function addClauses(
  acts: readonly ConjunctionAct[],
  available: number,
  clauses: Map<number, bigint>,
): number | undefined {
  for (const { id, clause, clauses: needed } of acts) {
    if (needed > available || needed > MAX_CLAUSES) continue;
    const have = (clauses.get(id) ?? 0n) | (1n << BigInt(clause));
    clauses.set(id, have);
    if (have === (1n << BigInt(needed)) - 1n) return id;
  }
  return undefined;
}

function fold(mask: Flow, words: readonly number[], masks: readonly number[], to: number): void {
  for (let i = 0; i < to; i += 1) {
    const word = words[i] as number;
    mask[word] = (mask[word] as number) | (masks[i] as number);
  }
}

const leading = (bits: number): number => (bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0);

function setPrefixBits(mask: Flow, word: number, bits: number): void {
  for (let i = 0; i * 32 < bits; i += 1)
    mask[word + i] = (mask[word + i] as number) | leading(Math.min(32, bits - i * 32));
}

function hasPrefixBits(mask: Flow, word: number, bits: number): boolean {
  for (let i = 0; i * 32 < bits; i += 1) {
    const needed = leading(Math.min(32, bits - i * 32));
    if (((mask[word + i] as number) & needed) >>> 0 !== needed) return false;
  }
  return true;
}
