/**
 * The flows that units of work ask for. Of several with the same table, priority and match one that does something is
 * installed, else one that drops, else what clauses of conjunctions there are together (`flow_is_preferred`); of equals that
 * of the lowest rank, then of the first owner by name: the outcome does not depend on who came first.
 */
import type { Uuid } from '../../../base/uuid.ts';
import { uuidWord } from '../../../base/uuid.ts';
import { matchKey, type Match } from '../../../flow/index.ts';
import { sameActions, type ConjunctionAct, type FlowSpec, type OfpAct } from '../../../ofproto/index.ts';
import type { FlowSink } from '../physical/flow-builder.ts';

/** Whose flows they are. */
export interface FlowOwner {
  /** Lower ones win. */
  readonly rank: number;
  readonly name: string;
  flows: ReadonlyMap<string, Contribution>;
}

interface Contribution {
  readonly owner: FlowOwner;
  readonly spec: FlowSpec;
  readonly isClause: boolean;
}

/** What is different from the last time. */
export interface FlowChanges {
  readonly put: readonly FlowSpec[];
  readonly gone: readonly FlowSpec[];
}

/** Takes the flows of one owner. */
class OwnerSink implements FlowSink {
  readonly flows = new Map<string, Contribution>();
  readonly #owner: FlowOwner;

  constructor(owner: FlowOwner) {
    this.#owner = owner;
  }

  add(table: number, priority: number, match: Match, actions: readonly OfpAct[], row?: Uuid): void {
    const key = `${table}/${priority}/${matchKey(match)}`;
    if (this.flows.has(key)) return;
    const cookie = row === undefined ? 0n : BigInt(uuidWord(row));
    const spec = { table, priority, cookie, match, actions };
    this.flows.set(key, { owner: this.#owner, spec, isClause: false });
  }

  addConjunctions(
    table: number,
    priority: number,
    match: Match,
    conjunctions: readonly ConjunctionAct[],
  ): void {
    const key = `${table}/${priority}/${matchKey(match)}`;
    const same = this.flows.get(key);
    const actions = same?.isClause ? [...same.spec.actions, ...conjunctions] : conjunctions;
    const spec = { table, priority, cookie: 0n, match, actions };
    this.flows.set(key, { owner: this.#owner, spec, isClause: true });
  }
}

const byRank = (a: Contribution, b: Contribution): number =>
  a.owner.rank - b.owner.rank || (a.owner.name < b.owner.name ? -1 : 1);

/** What the owners of a flow want: nearly always there is one. */
type Slot = Contribution | readonly Contribution[];

const isList = (slot: Slot): slot is readonly Contribution[] => Array.isArray(slot);

/** A slot without what `owner` wants; undefined when nobody else wants the flow. */
function without(slot: Slot | undefined, owner: FlowOwner): Slot | undefined {
  if (slot === undefined || !isList(slot)) return slot?.owner === owner ? undefined : slot;
  const left = slot.filter((one) => one.owner !== owner);
  return left.length > 1 ? left : left[0];
}

/** What comes out when several owners want one flow. */
function resolve(slot: Slot): FlowSpec | undefined {
  if (!isList(slot)) return slot.spec;
  const sorted = slot.toSorted(byRank);
  const plain = sorted.filter((one) => !one.isClause);
  const best = plain.find((one) => one.spec.actions.length > 0) ?? plain[0];
  if (best) return best.spec;
  const [first] = sorted;
  const clauses = sorted.flatMap(({ spec }) => spec.actions.filter((act) => act.kind === 'conjunction'));
  return first && { ...first.spec, actions: clauses.toSorted((a, b) => a.id - b.id) };
}

const isSame = (a: Contribution, b: Contribution): boolean =>
  a.isClause === b.isClause && a.spec.cookie === b.spec.cookie && sameActions(a.spec.actions, b.spec.actions);

export class FlowStore {
  readonly #slots = new Map<string, Slot>();
  readonly #installed = new Map<string, FlowSpec>();
  readonly #changed = new Set<string>();

  /** All flows as of the last `takeChanges`. */
  get flows(): readonly FlowSpec[] {
    return [...this.#installed.values()];
  }

  /** Has `work` give the owner's flows anew. */
  replace(owner: FlowOwner, work: (sink: FlowSink) => void): void {
    const sink = new OwnerSink(owner);
    work(sink);
    const before = owner.flows;
    owner.flows = sink.flows;
    for (const [key, contribution] of sink.flows) {
      const known = before.get(key);
      if (known && isSame(known, contribution)) {
        sink.flows.set(key, known);
        continue;
      }
      const others = without(this.#slots.get(key), owner);
      if (others === undefined) this.#slots.set(key, contribution);
      else this.#slots.set(key, isList(others) ? [...others, contribution] : [others, contribution]);
      this.#changed.add(key);
    }
    for (const key of before.keys()) if (!sink.flows.has(key)) this.#withdraw(key, owner);
  }

  drop(owner: FlowOwner): void {
    for (const key of owner.flows.keys()) this.#withdraw(key, owner);
    owner.flows = new Map();
  }

  #withdraw(key: string, owner: FlowOwner): void {
    const left = without(this.#slots.get(key), owner);
    if (left === undefined) this.#slots.delete(key);
    else this.#slots.set(key, left);
    this.#changed.add(key);
  }

  takeChanges(): FlowChanges {
    const put: FlowSpec[] = [];
    const gone: FlowSpec[] = [];
    for (const key of this.#changed) {
      const before = this.#installed.get(key);
      const slot = this.#slots.get(key);
      const now = slot === undefined ? undefined : resolve(slot);
      if (now) {
        put.push(now);
        this.#installed.set(key, now);
      } else if (before) {
        gone.push(before);
        this.#installed.delete(key);
      }
    }
    this.#changed.clear();
    return { put, gone };
  }
}
