/**
 * ovn-northd: turns the northbound database into southbound tables, and brings back what chassis report. Everything is
 * derived in a graph of remembered values, so a run costs what has changed, and a run without a change writes nothing.
 */
import type { Context } from '../../base/context.ts';
import { InvariantError } from '../../base/assert.ts';
import type { Uuid } from '../../base/uuid.ts';
import type { NbDatabase, NbSchema, SbDatabase, SbSchema } from '../../ovsdb/index.ts';
import { Graph } from './incremental/graph.ts';
import { Source } from './incremental/source.ts';
import { defineModel } from './model/model.ts';
import type { Model } from './model/model.ts';
import { syncAdvertised } from './sync/advertised.ts';
import { syncAddressSets } from './sync/address-sets.ts';
import { syncBfd } from './sync/bfd.ts';
import { syncCleanup } from './sync/cleanup.ts';
import type { Northbound } from './sync/column-sync.ts';
import { syncCopies } from './sync/copies.ts';
import { syncDatapaths } from './sync/datapaths.ts';
import { syncFixedRows } from './sync/fixed-rows.ts';
import { Globals } from './sync/globals.ts';
import { syncHaGroups } from './sync/ha-groups.ts';
import { syncLoadBalancers } from './sync/load-balancers.ts';
import { LogicalFlows } from './sync/logical-flows.ts';
import { syncMeters } from './sync/meters.ts';
import { syncMulticast } from './sync/multicast.ts';
import { syncNorthbound } from './sync/northbound.ts';
import { syncPorts } from './sync/ports.ts';
import { syncAclIds, syncNextHops } from './sync/routing-rows.ts';
import { Sync } from './sync/rows.ts';
import { syncServiceMonitors } from './sync/service-monitors.ts';
import { defineUnits } from './units.ts';

/** What is written may change what is read; it comes to rest after a few rounds. */
const MAX_ROUNDS = 20;

export class Northd {
  private readonly graph = new Graph();
  private readonly nb: Source<NbSchema>;
  private readonly sb: Source<SbSchema>;
  private readonly model: Model;
  private readonly sync: Sync;
  private readonly northbound: Northbound;
  private readonly flows: LogicalFlows;
  private readonly globals: Globals;

  constructor(nb: NbDatabase, sb: SbDatabase, context: Context) {
    const random = context.random.fork('northd');
    this.nb = new Source<NbSchema>('northbound', nb, this.graph);
    this.sb = new Source<SbSchema>('southbound', sb, this.graph);
    this.model = defineModel({ graph: this.graph, nb: this.nb, sb: this.sb, random });
    this.sync = new Sync(this.model, sb, random.fork('rows'));
    this.globals = new Globals(nb, sb, context, random.fork('globals'));

    const { sync } = this;
    syncFixedRows(sync);
    const datapaths = syncDatapaths(sync);
    const references = { ...datapaths, ...syncHaGroups(sync) };
    const rows = { ...references, port: syncPorts(sync, references) };
    syncMulticast(sync, rows);
    syncAddressSets(sync);
    syncCopies(sync, rows);
    syncMeters(sync);
    syncLoadBalancers(sync, rows);
    syncServiceMonitors(sync);
    syncBfd(sync, random.fork('bfd'));
    syncAdvertised(sync, rows);
    syncNextHops(sync, rows);
    syncAclIds(sync);
    syncCleanup(sync, rows);
    this.northbound = syncNorthbound(this.model);
    this.flows = new LogicalFlows(sb, random.fork('flows'), rows.datapath);
    sync.join(this.flows);
    defineUnits(this.model, this.flows);
  }

  /** Brings the southbound database in line with the northbound one, and what chassis report the other way. */
  run(): void {
    for (const _pause of this.running());
  }

  /** As `run`, with pauses between parts of the work; neither database may change before the end. */
  *running(): Generator<void> {
    yield* this.flows.adopting();
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      this.advance();
      if (this.globals.prepare(this.model)) this.advance();
      yield* this.graph.settling();
      if (!this.sync.isDirty && !this.northbound.isDirty) {
        this.globals.finish(this.model);
        return;
      }
      yield* this.sync.comparing();
      if (this.sync.isDirty) this.sb.write((txn) => this.sync.write(txn));
      if (this.northbound.isDirty) this.nb.write((txn) => this.northbound.write(txn));
    }
    throw new InvariantError('northd does not come to rest');
  }

  /** How many logical flows have been made so far. */
  get flowCount(): number {
    return this.flows.size;
  }

  /** The northbound rows that gave rise to a Logical_Flow row. */
  causesOf(flow: Uuid): readonly Uuid[] {
    return this.flows.causesOf(flow);
  }

  /** The Logical_Flow rows that a northbound row gave rise to. */
  flowsOf(cause: Uuid): readonly Uuid[] {
    return this.flows.flowsOf(cause);
  }

  /** How many values have been computed since the start: the measure of what a run costs. */
  get work(): number {
    return this.graph.computed;
  }

  /** Ends the subscriptions to the databases. */
  close(): void {
    this.nb.close();
    this.sb.close();
  }

  private advance(): void {
    this.nb.advance();
    this.sb.advance();
  }
}
