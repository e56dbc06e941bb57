/**
 * The flows of a chassis, kept from pass to pass: each row that gives flows is a unit of work, run again only when a fact
 * that it read has changed. What comes out is what a computation from nothing gives.
 */
import { InvariantError } from '../../../base/assert.ts';
import type { Uuid } from '../../../base/uuid.ts';
import type { FlowSpec } from '../../../ofproto/index.ts';
import type { Changes, SbDatabase, SbSchema } from '../../../ovsdb/index.ts';
import type { ChassisState } from '../chassis-state.ts';
import { LogicalTranslator, type LogicalFlowProblem } from '../logical-flows.ts';
import type { Numbers } from '../numbers.ts';
import type { FlowSink } from '../physical/flow-builder.ts';
import type { RowFlows } from '../release/release.ts';
import { fillTemplates } from '../template-values.ts';
import type { TranslationCache } from '../translation-cache.ts';
import { ChassisFacts } from './chassis-facts.ts';
import { Facts, type Reader } from './facts.ts';
import { FlowStore, type FlowChanges, type FlowOwner } from './flow-store.ts';
import { TrackedSouthbound } from './tracked-southbound.ts';

interface FlowUnit extends Reader, FlowOwner {
  readonly work: () => void;
  readonly forget: () => void;
}

/** What translations share from pass to pass. */
export interface TranslationMemory {
  /** Numbers of OpenFlow groups and meters, by what they are for. */
  readonly groups: Numbers;
  readonly meters: Numbers;
  readonly cache: TranslationCache;
}

const outside = (): never => {
  throw new InvariantError('a flow of nobody');
};
const NOWHERE: FlowSink = { add: outside, addConjunctions: outside };
const nothing = (): void => undefined;

export class DesiredFlows {
  /** Where the rows come from. */
  readonly database: SbDatabase;
  readonly #memory: TranslationMemory;
  readonly #rowFlows: ReadonlyMap<string, RowFlows>;
  readonly #isIncremental: boolean;
  readonly #facts = new Facts<FlowUnit>();
  readonly #store = new FlowStore();
  readonly #units = new Map<string, FlowUnit>();
  readonly #problems = new Map<Uuid, string>();
  readonly #chassis: ChassisFacts;
  readonly #translator: LogicalTranslator;
  readonly #stop: () => void;
  #pending: Changes<SbSchema>[] = [];
  /** How many units were run so far: the measure of what a change costs. */
  work = 0;

  /** Begins with nothing for the southbound database of `state`. */
  constructor(state: ChassisState, memory: TranslationMemory) {
    const { sb, release } = state;
    this.database = sb;
    this.#memory = memory;
    this.#isIncremental = release.isIncremental;
    this.#chassis = new ChassisFacts(state, new TrackedSouthbound(sb, this.#facts), this.#facts, NOWHERE);
    this.#translator = new LogicalTranslator(this.#chassis, memory, release);
    this.#stop = sb.subscribe((changes) => this.#pending.push(changes));
    for (const [at, add] of release.flows.fixed.entries())
      this.#enter(`fixed/${at}`, at, () => add(this.#chassis, this.#fill));
    const logical: RowFlows = {
      table: 'Logical_Flow',
      rank: Number.MAX_SAFE_INTEGER,
      add: (_, uuid) => this.#translate(uuid),
    };
    this.#rowFlows = new Map([...release.flows.rows, logical].map((flows) => [flows.table, flows]));
    for (const flows of this.#rowFlows.values())
      for (const { _uuid } of sb.rows(flows.table)) this.#enterRow(flows, _uuid);
  }

  /** All flows as of the last pass; no two have the same table, priority and match. */
  get flows(): readonly FlowSpec[] {
    return this.#store.flows;
  }

  /** Logical flows that could not be translated. */
  get problems(): readonly LogicalFlowProblem[] {
    return [...this.#problems].map(([flow, message]) => ({ flow, message }));
  }

  close(): void {
    this.#stop();
  }

  /** Has the next pass run every unit again, whatever has changed. */
  spoil(): void {
    for (const unit of this.#units.values()) this.#facts.spoil(unit);
  }

  /** Brings the flows in line with the databases and with what the pass found. Gives what is different now. */
  run(state: ChassisState): FlowChanges {
    const pending = this.#pending;
    this.#pending = [];
    for (const changes of pending) this.#take(changes);
    this.#chassis.update(state);
    if (!this.#isIncremental) this.spoil();
    // A fault of the older release depends on the order in which translations are taken from the cache.
    for (const unit of this.#facts.takeDirty())
      this.#store.replace(unit, (sink) => {
        this.#chassis.sink = sink;
        this.#facts.read(unit, unit.work);
        this.work += 1;
      });
    this.#chassis.sink = NOWHERE;
    return this.#store.takeChanges();
  }

  readonly #fill = (text: string): string => fillTemplates(text, this.#chassis.templates);

  #take(changes: Changes<SbSchema>): void {
    this.#chassis.apply(changes);
    for (const flows of this.#rowFlows.values()) {
      const change = changes.tables[flows.table];
      for (const { _uuid } of change?.deleted ?? []) this.#leave(`${flows.table}/${_uuid}`);
      for (const { _uuid } of change?.inserted ?? []) this.#enterRow(flows, _uuid);
    }
  }

  #translate(uuid: Uuid): void {
    const { groups, meters, cache } = this.#memory;
    const flow = this.#chassis.sb.get('Logical_Flow', uuid);
    this.#problems.delete(uuid);
    groups.renew(uuid, () =>
      meters.renew(uuid, () =>
        cache.renew(uuid, () => {
          const problem = flow && this.#translator.translate(flow);
          if (problem !== undefined) this.#problems.set(uuid, problem);
        }),
      ),
    );
  }

  #forget(uuid: Uuid): void {
    this.#problems.delete(uuid);
    this.#memory.groups.drop(uuid);
    this.#memory.meters.drop(uuid);
    this.#memory.cache.drop(uuid);
  }

  #enterRow(flows: RowFlows, uuid: Uuid): void {
    const forget = flows.table === 'Logical_Flow' ? () => this.#forget(uuid) : nothing;
    const work = (): void => flows.add(this.#chassis, uuid, this.#fill);
    this.#enter(`${flows.table}/${uuid}`, flows.rank, work, forget);
  }

  #enter(name: string, rank: number, work: () => void, forget: () => void = nothing): void {
    const unit: FlowUnit = { name, rank, work, forget, facts: [], flows: new Map() };
    this.#units.set(name, unit);
    this.#facts.spoil(unit);
  }

  #leave(name: string): void {
    const unit = this.#units.get(name);
    if (!unit) return;
    this.#units.delete(name);
    this.#facts.forget(unit);
    this.#store.drop(unit);
    unit.forget();
  }
}
