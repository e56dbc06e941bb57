/** What answers questions about one opened world remember: the read southbound database, causes, listings, changes. */
import { InvariantError } from '../../../core/base/assert.ts';
import { SouthboundTrace } from '../../../core/ovn/trace/index.ts';
import { readSettings } from '../../../core/ovn/controller/index.ts';
import type { SbDatabase } from '../../../core/ovsdb/index.ts';
import type { World } from '../../../core/sim/index.ts';
import type { Databases } from '../because.ts';
import { stageNames, stagesByCookie } from '../stage-names.ts';
import type { BrowsableDatabase } from '../table-page.ts';
import type { CallContext } from '../call.ts';
import { BridgeTables, type StageName } from './bridge-tables.ts';
import { ChangeLog } from './database-rows.ts';
import { CauseSearch } from './cause-search.ts';
import { causesFromFiles, type CauseIndex } from './explain.ts';
import { LogicalTraces } from './logical-trace.ts';

export class Questions {
  readonly bridges: BridgeTables;
  readonly changes: ChangeLog;
  readonly traces = new LogicalTraces();
  readonly #world: World;
  readonly #databases: Databases;
  #southbound: SouthboundTrace | undefined;
  #causes: CauseSearch | undefined;
  #stages: ReadonlyMap<number, string> | undefined;
  #stagesByCookie: ReadonlyMap<number, string> | undefined;

  constructor(world: World, databases: Databases, browsable: readonly BrowsableDatabase[]) {
    this.#world = world;
    this.#databases = databases;
    this.changes = new ChangeLog(browsable);
    databases.sb?.subscribe(() => {
      this.#southbound = undefined;
      this.#stages = undefined;
      this.#stagesByCookie = undefined;
      if (!this.#world.central()?.northd) this.#causes = undefined;
    });
    databases.nb?.subscribe(() => {
      if (!this.#world.central()?.northd) this.#causes = undefined;
    });
    this.bridges = new BridgeTables(world, (bridge) => this.#stageName(bridge));
  }

  /** The stage of a flow: its logical flow's, else that of its table. */
  #stageName(bridge: string): StageName {
    const isIntegration = [...this.#world.hosts.values()].some(
      (host) => host.controller && host.switch && readSettings(host.switch.ovs).integrationBridge === bridge,
    );
    if (!isIntegration) return () => undefined;
    this.#stagesByCookie ??= stagesByCookie(this.#databases.sb);
    const byCookie = this.#stagesByCookie;
    return ({ table, cookie }) => byCookie.get(Number(cookie)) ?? this.stage(table);
  }

  /** What a table of the integration bridge is called. */
  stage(table: number): string | undefined {
    this.#stages ??= stageNames(this.#databases.sb, true);
    return this.#stages.get(table);
  }

  /** The southbound database as traces read it; read again only when it has changed. */
  southbound(): SouthboundTrace | undefined {
    const { sb } = this.#databases;
    // Rows of an older schema lack columns; the trace reads either.
    if (sb) this.#southbound ??= new SouthboundTrace(sb as never);
    return this.#southbound;
  }

  get sb(): SbDatabase {
    const { sb } = this.#databases;
    if (!sb) throw new InvariantError('asked for a southbound database that is not open');
    return sb;
  }

  /** Which rows made which flows; of databases from files that takes a while the first time. */
  async causes(context: Pick<CallContext, 'signal' | 'progress'>): Promise<CauseIndex> {
    const running = this.#world.central()?.northd;
    if (running) return running;
    const { nb, sb } = this.#databases;
    if (!nb || !sb || sb.count('Logical_Flow') === 0) return NOTHING;
    if (!this.#causes || this.#causes.isAbandoned)
      this.#causes = new CauseSearch((search) => causesFromFiles(nb, sb, search));
    return this.#causes.join(context);
  }
}

const NOTHING: CauseIndex = { causesOf: () => [], flowsOf: () => [] };
