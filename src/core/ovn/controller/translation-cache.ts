/**
 * ovn-controller's memory of translated matches: what a logical flow's expression became is kept from pass to pass, with
 * the range of conjunction ids that it was given. OVN 20.12.0 moved the ids of a kept match into that range at every reuse
 * again, in place, so that a flow's `conj_id` drifted away from the `conjunction(...)` clauses that lead to it.
 */
import { FIELDS, copyMatch, matchFieldValue, setMatchField, type Match } from '../../flow/index.ts';
import type { ConjunctionAct } from '../../ofproto/index.ts';
import type { ExprMatch, ExprMatches, PortNumber } from '../expr/index.ts';

/** One flow of a translation: with the logical flow's actions, or with `conjunctions` when there are any. */
export interface TranslatedMatch {
  readonly match: Match;
  readonly conjunctions: readonly ConjunctionAct[];
}

interface Entry {
  /** First id of its range; 0 while it has none. */
  offset: number;
  /** What was translated; another text is another translation. */
  text: string;
  matches: readonly ExprMatch[] | null;
  /** Numbers of ports that went into the matches. */
  ports: ReadonlyMap<string, number | undefined>;
  pass: number;
}

export interface TranslationRequest {
  readonly key: string;
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

export class TranslationCache {
  readonly #entries = new Map<string, Entry>();
  readonly #firstOffset: number;
  #nextOffset: number;
  #pass = 0;
  /** The fault of OVN 20.12.0. */
  drifts = false;

  /** `firstOffset`: what is added to the first id. */
  constructor(firstOffset = 0) {
    this.#firstOffset = firstOffset;
    this.#nextOffset = firstOffset;
  }

  get counts(): CacheCounts {
    let kept = 0;
    for (const entry of this.#entries.values()) if (entry.matches) kept += 1;
    return { entries: this.#entries.size, kept };
  }

  /** Forgets everything, as `ovs-appctl -t ovn-controller lflow-cache/flush` does. */
  flush(): void {
    this.#entries.clear();
    this.#nextOffset = this.#firstOffset;
  }

  beginPass(): void {
    this.#pass += 1;
  }

  /** Drops what the pass had no use for. */
  endPass(): void {
    for (const [key, entry] of this.#entries) if (entry.pass !== this.#pass) this.#entries.delete(key);
  }

  #reusable(entry: Entry, { text, portNumber }: TranslationRequest): boolean {
    if (!entry.matches || entry.text !== text) return false;
    for (const [name, number] of entry.ports) if (portNumber(name) !== number) return false;
    return true;
  }

  /** The matches of a logical flow on one datapath, kept or made; undefined when it cannot be translated. */
  take(request: TranslationRequest): readonly TranslatedMatch[] | undefined {
    const { key, text, keeps } = request;
    const entry = this.#entries.get(key) ?? { offset: -1, text, matches: null, ports: new Map(), pass: 0 };
    entry.pass = this.#pass;
    if (this.#reusable(entry, request)) return this.#moved(entry, entry.matches ?? []);
    const ports = new Map<string, number | undefined>();
    const made = request.translate((name) => {
      const number = request.portNumber(name);
      ports.set(name, number);
      return number;
    });
    if (!made) return undefined;
    if (made.conjunctionCount > 0 && (entry.offset < 0 || entry.text !== text)) {
      entry.offset = this.#nextOffset;
      this.#nextOffset += made.conjunctionCount;
    }
    entry.text = text;
    entry.matches = keeps && made.matches.length > 0 ? made.matches : null;
    entry.ports = ports;
    if (keeps || entry.offset >= 0) this.#entries.set(key, entry);
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
