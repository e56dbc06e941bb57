/**
 * All rules of a table that look at the same bits. A packet's bits under that mask are hashed and looked up once,
 * in stages (metadata, Ethernet, network, transport), so that a packet that fails early leaves later bits free.
 */
import { invariant } from '../../base/assert.ts';
import type { Match } from '../../flow/match.ts';
import type { Flow } from '../../flow/flow.ts';
import { STAGE_ENDS, WORD } from '../../flow/words.table.ts';
import { PrefixTrie } from './prefix-trie.ts';
import { mixHash } from './word-hash.ts';

/** What a classifier needs of a rule. */
export interface ClassifierRule {
  readonly match: Match;
  readonly priority: number;
}

/** Rules with one and the same match, highest priority first, and others whose hash happens to be equal. */
interface Head<R> {
  readonly terms: readonly number[];
  rules: R[];
  next: Head<R> | null;
}

export interface TriePlace {
  readonly word: number;
  readonly words: number;
}

/** Length of the prefix that the masks of `terms` make of a field; 0 when they are no prefix. */
function prefixLength(terms: readonly number[], { word, words }: TriePlace): number {
  let length = 0;
  let ended = false;
  for (let i = 0; i < words; i += 1) {
    const at = terms.findIndex((term, index) => index % 3 === 0 && term === word + i);
    const mask = at < 0 ? 0 : (terms[at + 2] as number);
    if (ended) {
      if (mask !== 0) return 0;
      continue;
    }
    const ones = Math.clz32(~mask);
    if (ones < 32 && (mask << ones) >>> 0 !== 0) return 0;
    length += ones;
    ended = ones < 32;
  }
  return length;
}

/** Up to so many different matches are compared one by one: cheaper than to hash the packet. */
const FEW = 6;

export class Subtable<R extends ClassifierRule> {
  readonly key: string;
  readonly words: readonly number[];
  readonly masks: readonly number[];
  /** Ends of the stages that have any bits, as indexes into `words`; the last is where the rules are. */
  readonly stageEnds: readonly number[];
  /** Prefix length of each trie field. */
  readonly triePrefix: readonly number[];
  /** For each stage the trie fields whose prefixes its words have. */
  readonly stageTries: readonly (readonly number[])[];
  readonly portsMask: number;
  readonly portsLength: number;
  readonly portsTrie = new PrefixTrie();
  /** In order of arrival, for listing. */
  readonly rules: R[] = [];
  maxPriority = -1;
  private maxCount = 0;
  private readonly stages: Map<number, number>[];
  private readonly heads = new Map<number, Head<R>>();
  /** All heads while they are few, else null. */
  private few: Head<R>[] | null = [];

  constructor(key: string, match: Match, tries: readonly TriePlace[]) {
    const { terms } = match;
    this.key = key;
    const words: number[] = [];
    const masks: number[] = [];
    for (let at = 0; at < terms.length; at += 3) {
      words.push(terms[at] as number);
      masks.push(terms[at + 2] as number);
    }
    this.words = words;
    this.masks = masks;
    const ends: number[] = [];
    let before = 0;
    for (const stageEnd of STAGE_ENDS) {
      const end = words.findIndex((word) => word >= stageEnd);
      const index = end < 0 ? words.length : end;
      if (index > before) ends.push(index);
      before = index;
    }
    this.stageEnds = ends;
    this.stages = ends.slice(0, -1).map(() => new Map<number, number>());
    this.triePrefix = tries.map((place) => prefixLength(terms, place));
    this.stageTries = ends.map((end, stage) => {
      const first = words[stage === 0 ? 0 : (ends[stage - 1] as number)] as number;
      const last = words[end - 1] as number;
      return tries.flatMap(({ word }, index) =>
        (this.triePrefix[index] as number) === 0 || word < (first & ~1) || word > (last | 1) ? [] : [index],
      );
    });
    const ports = words.indexOf(WORD.tpPorts);
    this.portsMask = ports < 0 ? 0 : (masks[ports] as number);
    this.portsLength = this.portsMask === 0 ? 0 : Math.clz32(this.portsMask & -this.portsMask) + 1;
  }

  private hashRule(rule: R, stage: (index: number, hash: number) => void): number {
    const { terms } = rule.match;
    let hash = 0;
    let index = 0;
    for (let s = 0; s < this.stageEnds.length; s += 1) {
      const end = this.stageEnds[s] as number;
      for (; index < end; index += 1) hash = mixHash(hash, terms[3 * index + 1] as number);
      if (s < this.stages.length) stage(s, hash);
    }
    return hash;
  }

  private findHead(rule: R, hash: number): Head<R> | null {
    const { terms } = rule.match;
    let head = this.heads.get(hash) ?? null;
    while (head && !sameValues(head.terms, terms)) head = head.next;
    return head;
  }

  /** The rule with this very match and priority. */
  findExactly(match: Match, priority: number): R | undefined {
    const probe = { match, priority } as R;
    const head = this.findHead(
      probe,
      this.hashRule(probe, () => undefined),
    );
    return head?.rules.find((rule) => rule.priority === priority);
  }

  /** Adds `rule`. `replaced` had its match and priority; `first` tells that no rule had the match before. */
  insert(rule: R): { readonly replaced: R | undefined; readonly first: boolean } {
    const hash = this.hashRule(rule, () => undefined);
    const head = this.findHead(rule, hash);
    if (!head) {
      this.hashRule(rule, (index, stageHash) => {
        const stage = this.stages[index] as Map<number, number>;
        stage.set(stageHash, (stage.get(stageHash) ?? 0) + 1);
      });
      const added = { terms: rule.match.terms, rules: [rule], next: this.heads.get(hash) ?? null };
      this.heads.set(hash, added);
      this.few?.push(added);
      if (this.few && this.few.length > FEW) this.few = null;
      if (this.portsLength > 0) this.portsTrie.insert([this.portsOf(rule)], 0, this.portsLength);
      this.rules.push(rule);
      return { replaced: undefined, first: true };
    }
    const at = head.rules.findIndex((other) => other.priority <= rule.priority);
    const other = head.rules[at];
    if (other?.priority === rule.priority) {
      head.rules[at] = rule;
      this.unlist(other);
      this.rules.push(rule);
      return { replaced: other, first: false };
    }
    head.rules.splice(at < 0 ? head.rules.length : at, 0, rule);
    this.rules.push(rule);
    return { replaced: undefined, first: false };
  }

  private unlist(rule: R): void {
    this.rules.splice(this.rules.indexOf(rule), 1);
  }

  /** Lists `rule` as the newest. */
  listLast(rule: R): void {
    this.unlist(rule);
    this.rules.push(rule);
  }

  /** Removes `rule`; `last` tells that no rule has the match any more. */
  remove(rule: R): { readonly last: boolean } {
    const hash = this.hashRule(rule, () => undefined);
    const head = this.findHead(rule, hash);
    invariant(head, 'rule to remove is in its subtable');
    head.rules = head.rules.filter((other) => other !== rule);
    this.unlist(rule);
    if (head.rules.length > 0) return { last: false };
    const first = this.heads.get(hash) as Head<R>;
    if (first !== head) {
      let before = first;
      while (before.next !== head) before = before.next as Head<R>;
      before.next = head.next;
    } else if (head.next) this.heads.set(hash, head.next);
    else this.heads.delete(hash);
    if (this.few) this.few = this.few.filter((other) => other !== head);
    else if (this.heads.size <= FEW / 2) this.few = this.allHeads();
    this.hashRule(rule, (index, stageHash) => {
      const stage = this.stages[index] as Map<number, number>;
      const count = (stage.get(stageHash) as number) - 1;
      if (count === 0) stage.delete(stageHash);
      else stage.set(stageHash, count);
    });
    if (this.portsLength > 0) this.portsTrie.remove([this.portsOf(rule)], 0, this.portsLength);
    return { last: true };
  }

  /** Keeps the highest priority up to date; true when it changed. */
  countPriority(priority: number): boolean {
    if (priority === this.maxPriority) this.maxCount += 1;
    else if (priority > this.maxPriority) {
      this.maxPriority = priority;
      this.maxCount = 1;
      return true;
    }
    return false;
  }

  /** After a removal; true when the highest priority has to be found anew, which it then is. */
  uncountPriority(priority: number): boolean {
    if (priority !== this.maxPriority) return false;
    this.maxCount -= 1;
    if (this.maxCount > 0) return false;
    this.maxPriority = -1;
    for (const rule of this.rules) this.countPriority(rule.priority);
    return true;
  }

  get isEmpty(): boolean {
    return this.heads.size === 0;
  }

  private portsOf(rule: R): number {
    const { terms } = rule.match;
    for (let at = 0; at < terms.length; at += 3)
      if (terms[at] === WORD.tpPorts) return terms[at + 1] as number;
    return 0;
  }

  /** Hash of the words of one stage, continuing `hash`. */
  hashStage(flow: Flow, from: number, to: number, hash: number): number {
    let result = hash;
    for (let i = from; i < to; i += 1)
      result = mixHash(result, ((flow[this.words[i] as number] as number) & (this.masks[i] as number)) >>> 0);
    return result;
  }

  hasStage(stage: number, hash: number): boolean {
    return (this.stages[stage] as Map<number, number>).has(hash);
  }

  private allHeads(): Head<R>[] {
    const all: Head<R>[] = [];
    for (const first of this.heads.values())
      for (let head: Head<R> | null = first; head; head = head.next) all.push(head);
    return all;
  }

  /** The rules that match `flow`, highest priority first. */
  find(flow: Flow): readonly R[] | undefined {
    if (!this.few) return this.findHashed(flow, this.hashStage(flow, 0, this.words.length, 0));
    for (const head of this.few) if (matchesTerms(head.terms, flow)) return head.rules;
    return undefined;
  }

  /**
   * Of a subtable with few matches, the number of leading words that `flow` shares with the match that it shares most
   * with; null when they are many.
   */
  sharedWords(flow: Flow): number | null {
    if (!this.few) return null;
    let most = 0;
    for (const { terms } of this.few) {
      let at = 0;
      while (
        at < terms.length &&
        (((flow[terms[at] as number] as number) ^ (terms[at + 1] as number)) & (terms[at + 2] as number)) ===
          0
      )
        at += 3;
      if (at > most) most = at;
    }
    return most / 3;
  }

  /** `find`, the hash of all words being known. */
  findHashed(flow: Flow, hash: number): readonly R[] | undefined {
    let head = this.heads.get(hash) ?? null;
    while (head) {
      if (matchesTerms(head.terms, flow)) return head.rules;
      head = head.next;
    }
    return undefined;
  }

  /** The lower-priority rules of the same match as `rule`. */
  nextRule(rule: R): R | undefined {
    const head = this.findHead(
      rule,
      this.hashRule(rule, () => undefined),
    );
    return head?.rules[head.rules.indexOf(rule) + 1];
  }
}

function sameValues(a: readonly number[], b: readonly number[]): boolean {
  for (let at = 1; at < a.length; at += 3) if (a[at] !== b[at]) return false;
  return true;
}

function matchesTerms(terms: readonly number[], flow: Flow): boolean {
  for (let at = 0; at < terms.length; at += 3)
    if (
      (((flow[terms[at] as number] as number) ^ (terms[at + 1] as number)) & (terms[at + 2] as number)) !==
      0
    )
      return false;
  return true;
}
