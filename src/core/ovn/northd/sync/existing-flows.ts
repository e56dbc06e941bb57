/** The Logical_Flow rows that are there when northd starts: those that it would write are taken over with their uuids. */
import type { Uuid } from '../../../base/uuid.ts';
import type { SbDatabase, SbRow } from '../../../ovsdb/index.ts';
import { STAGES } from '../stages.table.ts';
import type { Stage } from '../stages.table.ts';
import { DatapathSet } from './datapath-groups.ts';
import { FlowLookup, type FlowIdentity } from './flow-lookup.ts';

type FlowRow = SbRow<'Logical_Flow'>;

interface ExistingFlow {
  readonly uuid: Uuid;
  /** The datapath that the row names, northbound. */
  readonly datapath: Uuid | undefined;
  /** The group that the row names instead. */
  readonly group: { readonly row: Uuid; readonly members: DatapathSet } | undefined;
}

const sameRow = (row: FlowRow, flow: FlowIdentity): boolean =>
  row.priority === flow.priority &&
  row.actions === flow.actions &&
  row.controller_meter === (flow.meter ?? null) &&
  isTranslated(row) === flow.ctTranslation;

const isTranslated = (row: FlowRow): boolean => row.tags.get('acl_ct_translation') === 'true';

const stageKey = (isRouter: boolean, pipeline: string, table: number): number =>
  table * 4 + (isRouter ? 2 : 0) + (pipeline === 'ingress' ? 1 : 0);

/** Rows that are read between two pauses. */
const ROWS_AT_ONCE = 1000;

/** The rows by what they say. Of several that say the same one is known. */
export class ExistingFlows {
  /** The uuids of all rows. */
  readonly all: Uuid[] = [];
  private readonly rows = new FlowLookup<FlowRow>(sameRow);
  private readonly datapaths = new Map<Uuid, { readonly nb: Uuid | undefined; readonly isRouter: boolean }>();
  private readonly groups = new Map<Uuid, DatapathSet>();

  constructor(sb: SbDatabase) {
    for (const row of sb.rows('Datapath_Binding'))
      this.datapaths.set(row._uuid, {
        nb: row.nb_uuid ?? undefined,
        isRouter: row.type === 'logical-router',
      });
    for (const { _uuid, datapaths } of sb.rows('Logical_DP_Group')) {
      const set = new DatapathSet();
      for (const uuid of datapaths) {
        const nb = this.datapaths.get(uuid)?.nb;
        if (nb !== undefined) set.add(nb);
      }
      this.groups.set(_uuid, set);
    }
  }

  /** Reads the rows, with pauses. */
  *reading(sb: SbDatabase): Generator<void> {
    const stages = new Map<number, Stage>();
    for (const stage of STAGES)
      stages.set(stageKey(stage.datapath === 'router', stage.pipeline, stage.table), stage);
    let read = 0;
    for (const row of sb.rows('Logical_Flow')) {
      this.all.push(row._uuid);
      read += 1;
      if (read % ROWS_AT_ONCE === 0) yield;
      const { logical_datapath: own, logical_dp_group: group } = row;
      const datapath = own ?? (group === null ? undefined : sb.get('Logical_DP_Group', group)?.datapaths[0]);
      const isRouter = datapath !== undefined && this.datapaths.get(datapath)?.isRouter === true;
      const stage = stages.get(stageKey(isRouter, row.pipeline, row.table_id));
      if (stage === undefined) continue;
      const flow: FlowIdentity = {
        stage,
        priority: row.priority,
        match: row.match,
        actions: row.actions,
        meter: row.controller_meter ?? undefined,
        ctTranslation: isTranslated(row),
      };
      if (this.rows.find(flow) === undefined) this.rows.add(flow, row);
    }
  }

  /** The row that says just this. */
  find(flow: FlowIdentity): ExistingFlow | undefined {
    const row = this.rows.find(flow);
    if (row === undefined) return undefined;
    const { _uuid: uuid, logical_datapath: own, logical_dp_group: group } = row;
    const members = group === null ? undefined : this.groups.get(group);
    return {
      uuid,
      datapath: own === null ? undefined : this.datapaths.get(own)?.nb,
      group: group === null || members === undefined ? undefined : { row: group, members },
    };
  }
}
