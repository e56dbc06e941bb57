/**
 * ovn-controller's memory of translated matches: what a logical flow's expression became is kept from pass to pass, with
 * the range of conjunction ids that it was given. OVN 20.12.0 moved the ids of a kept match into that range at every reuse
 * again, in place, so that a flow's `conj_id` drifted away from the `conjunction(...)` clauses that lead to it.
 */
import { hashInt } from '../../base/ovs-hash.ts';
import { uuidWord, type Uuid } from '../../base/uuid.ts';
import { FIELDS, copyMatch, matchFieldValue, setMatchField, type Match } from '../../flow/index.ts';
import type { ConjunctionAct } from '../../ofproto/index.ts';
import type { ExprMatch, ExprMatches, PortNumber } from '../expr/index.ts';

/** One flow of a translation: with the logical flow's actions, or with `conjunctions` when there are any. */
export interface TranslatedMatch {
  readonly match: Match;
  readonly conjunctions: readonly ConjunctionAct[];
}

interface Entry {
  /** Less by one than the first id of its range; negative while it has none. */
  offset: number;
  /** Length of its range. */
  ids: number;
  /** What was translated; another text is another translation. */
  text: string;
  matches: readonly ExprMatch[] | null;
  /** Numbers of ports that went into the matches. */
  ports: ReadonlyMap<string, number | undefined>;
  /** The round in which it was last of use. */
  round: number;
}

export interface TranslationRequest {
  readonly flow: Uuid;
  readonly datapath: Uuid;
  readonly text: string;
  /** False for what depends on more than the text and port numbers: address sets, port groups, residence of ports. */
  readonly keeps: boolean;
  readonly portNumber: PortNumber;
  readonly translate: (portNumber: PortNumber) => ExprMatches | undefined;
}

export interface CacheCounts {
  readonly entries: number;
  /** Entries whose matches are kept. */
  readonly kept: number;
}

/** How ids are chosen: by the flow and its datapath, so that a restart gives the same ones, or one after the other. */
export type ConjunctionIds =
  | { readonly kind: 'hashed' }
  | { readonly kind: 'in turn'; readonly after: number };

const LAST_ID = 0xffffffff;

/** Conjunction ids of a logical flow on one datapath. */
export interface ConjunctionRange {
  readonly flow: Uuid;
  readonly datapath: Uuid;
  readonly first: number;
  readonly count: number;
  readonly wanted: number;
}

const firstChoice = (flow: Uuid, datapath: Uuid): number => hashInt(uuidWord(flow), uuidWord(datapath)) >>> 0;

export class TranslationCache {
  readonly #entries = new Map<Uuid, Map<Uuid, Entry>>();
  readonly #ids: ConjunctionIds;
  readonly #taken = new Set<number>();
  #nextOffset: number;
  #round = 0;
  /** The fault of OVN 20.12.0. */
  drifts = false;

  constructor(ids: ConjunctionIds = { kind: 'hashed' }) {
    this.#ids = ids;
    this.#nextOffset = ids.kind === 'in turn' ? ids.after : 0;
  }

  get counts(): CacheCounts {
    let entries = 0;
    let kept = 0;
    for (const one of this.#entries.values())
      for (const entry of one.values()) {
        entries += 1;
        if (entry.matches) kept += 1;
      }
    return { entries, kept };
  }

  /** Ranges of conjunction ids that logical flows have, each with the id that it would begin at were all free. */
  *ranges(): Generator<ConjunctionRange> {
    for (const [flow, entries] of this.#entries)
      for (const [datapath, { offset, ids }] of entries)
        if (offset >= 0)
          yield { flow, datapath, first: offset + 1, count: ids, wanted: firstChoice(flow, datapath) };
  }

  /** Forgets everything, as `ovs-appctl -t ovn-controller lflow-cache/flush` does. */
  flush(): void {
    this.#entries.clear();
    this.#taken.clear();
    this.#nextOffset = this.#ids.kind === 'in turn' ? this.#ids.after : 0;
  }

  /** Runs `translate`, which takes anew what a logical flow needs; the rest of it is forgotten. */
  renew(flow: Uuid, translate: () => void): void {
    this.#round += 1;
    translate();
    const entries = this.#entries.get(flow);
    for (const [datapath, entry] of entries ?? [])
      if (entry.round !== this.#round) {
        this.#release(entry);
        entries?.delete(datapath);
      }
    if (entries?.size === 0) this.#entries.delete(flow);
  }

  drop(flow: Uuid): void {
    this.renew(flow, () => undefined);
  }

  #release(entry: Entry): void {
    if (entry.offset >= 0 && this.#ids.kind === 'hashed')
      for (let id = 1; id <= entry.ids; id += 1) this.#taken.delete(entry.offset + id);
    entry.offset = -1;
    entry.ids = 0;
  }

  /** A range of ids that nobody has. */
  #reserve(entry: Entry, flow: Uuid, datapath: Uuid, count: number): void {
    this.#release(entry);
    entry.ids = count;
    if (this.#ids.kind === 'in turn') {
      entry.offset = this.#nextOffset;
      this.#nextOffset += count;
      return;
    }
    let first = firstChoice(flow, datapath) || 1;
    for (let id = first; id < first + count; id += 1)
      if (id > LAST_ID || this.#taken.has(id)) {
        first = id >= LAST_ID ? 1 : id + 1;
        id = first - 1;
      }
    for (let id = first; id < first + count; id += 1) this.#taken.add(id);
    entry.offset = first - 1;
  }

  #reusable(entry: Entry, { text, portNumber }: TranslationRequest): boolean {
    if (!entry.matches || entry.text !== text) return false;
    let same = true;
    // Each is asked for, so that whoever takes the matches knows what they depend on.
    for (const [name, number] of entry.ports) same = portNumber(name) === number && same;
    return same;
  }

  /** The matches of a logical flow on one datapath, kept or made; undefined when it cannot be translated. */
  take(request: TranslationRequest): readonly TranslatedMatch[] | undefined {
    const { flow, datapath, text, keeps } = request;
    const entry = this.#entries.get(flow)?.get(datapath) ?? {
      offset: -1,
      ids: 0,
      text,
      matches: null,
      ports: new Map(),
      round: 0,
    };
    entry.round = this.#round;
    if (this.#reusable(entry, request)) return this.#moved(entry, entry.matches ?? []);
    const ports = new Map<string, number | undefined>();
    const made = request.translate((name) => {
      const number = request.portNumber(name);
      ports.set(name, number);
      return number;
    });
    if (!made) return undefined;
    const isOther =
      entry.text !== text || (this.#ids.kind === 'hashed' && entry.ids !== made.conjunctionCount);
    if (made.conjunctionCount > 0 && (entry.offset < 0 || isOther))
      this.#reserve(entry, flow, datapath, made.conjunctionCount);
    entry.text = text;
    entry.matches = keeps && made.matches.length > 0 ? made.matches : null;
    entry.ports = ports;
    if (keeps || entry.offset >= 0) {
      const entries = this.#entries.get(flow) ?? new Map<Uuid, Entry>();
      this.#entries.set(flow, entries.set(datapath, entry));
    }
    return this.#moved(entry, made.matches);
  }

  /** The matches with their ids in the entry's range. */
  #moved(entry: Entry, matches: readonly ExprMatch[]): readonly TranslatedMatch[] {
    const offset = Math.max(0, entry.offset);
    return matches.map(({ match, conjunctions }) => {
      const own = this.drifts ? match : copyMatch(match);
      const id = Number(matchFieldValue(own, FIELDS.conj_id));
      if (id !== 0) setMatchField(own, FIELDS.conj_id, id + offset);
      return {
        match: this.drifts ? copyMatch(own) : own,
        conjunctions: conjunctions.map(({ id: one, clause, clauses }) => ({
          kind: 'conjunction',
          id: one + offset,
          clause,
          clauses,
        })),
      };
    });
  }
}
