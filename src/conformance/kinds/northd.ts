/**
 * Logical flows: a case's northbound database and what its chassis report go in, and the flows that northd makes are
 * held against the recorded ones. `lflow` counts flows, of what was recorded or made; `lflow-case` counts whole cases.
 */
import type { Context } from '../../core/base/context.ts';
import { createRandom } from '../../core/base/random.ts';
import type { Uuid } from '../../core/base/uuid.ts';
import { asNb, asSb, createDatabase, readDatabaseFile, sbSchema } from '../../core/ovsdb/index.ts';
import type { NbDatabase, SbDatabase, SbRow } from '../../core/ovsdb/index.ts';
import { Northd, STAGES } from '../../core/ovn/northd/index.ts';
import type { GoldenFolder, Point, Runner } from '../runner.ts';

/** One logical flow as `lflows.json` has it. */
export interface FlowRecord {
  readonly datapath: string;
  readonly pipeline: string;
  readonly table: number;
  readonly stage: string;
  readonly priority: number;
  readonly match: string;
  readonly actions: string;
}

const WALL_MS = 1_700_000_000_000;

/** A context in which no time passes. */
function stillContext(): Context {
  return {
    clock: { now: () => 0, wallMs: () => WALL_MS, after: () => () => undefined },
    random: createRandom(1),
    recorder: { isRecording: false, record: () => undefined } as unknown as Context['recorder'],
  };
}

/** The northbound database as it was at the end of the recording. */
function recordedNorthbound(folder: GoldenFolder, name: string): NbDatabase {
  const file = readDatabaseFile(folder.octets(`ovn/${name}/ovnnb_db.db`));
  const database = file.ok ? asNb(file.value.database) : file;
  if (!database.ok) throw new Error(`${name}: ${JSON.stringify(database.error)}`);
  return database.value;
}

/** The recorded southbound database. */
function recordedSouthbound(folder: GoldenFolder, name: string): SbDatabase {
  const file = readDatabaseFile(folder.octets(`ovn/${name}/ovnsb_db.db`));
  const database = file.ok ? asSb(file.value.database) : file;
  if (!database.ok) throw new Error(`${name}: ${JSON.stringify(database.error)}`);
  return database.value;
}

/** Tables of which chassis and other zones are the authors. */
const REPORTED = [
  'Chassis',
  'Encap',
  'Chassis_Private',
  'MAC_Binding',
  'FDB',
  'IGMP_Group',
  'Learned_Route',
  'BFD',
  'ACL_ID',
  'ECMP_Nexthop',
] as const;

/**
 * A southbound database with nothing in it but what northd finds when it starts again: what chassis reported, and the
 * keys that datapaths and ports have.
 */
function seededSouthbound(recorded: SbDatabase): SbDatabase {
  const database = createDatabase(sbSchema, createRandom(2));
  const result = database.transact((txn) => {
    for (const table of REPORTED)
      for (const row of recorded.rows(table)) {
        const { _uuid, ...values } = row;
        txn.insert(table, values as never, _uuid);
      }
    for (const row of recorded.rows('Datapath_Binding')) {
      const { _uuid, load_balancers: _lbs, ...values } = row;
      txn.insert('Datapath_Binding', values, _uuid);
    }
    for (const row of recorded.rows('Port_Binding')) txn.insert('Port_Binding', portSeed(row), row._uuid);
    for (const row of recorded.rows('Service_Monitor')) {
      const { _uuid, ...values } = row;
      txn.insert('Service_Monitor', values, _uuid);
    }
  });
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return database;
}

function portSeed(row: SbRow<'Port_Binding'>): Partial<SbRow<'Port_Binding'>> {
  return {
    logical_port: row.logical_port,
    datapath: row.datapath,
    tunnel_key: row.tunnel_key,
    type: row.type,
    parent_port: row.parent_port,
    chassis: row.chassis,
    additional_chassis: row.additional_chassis,
    encap: row.encap,
    up: row.up,
    virtual_parent: row.virtual_parent,
    options: row.options,
  };
}

/** The flows of a southbound database, one record for each datapath of a flow. */
function flowsOf(sb: SbDatabase): FlowRecord[] {
  const names = new Map<Uuid, string>();
  const kinds = new Map<Uuid, string>();
  for (const row of sb.rows('Datapath_Binding')) {
    names.set(row._uuid, row.external_ids.get('name') ?? '');
    kinds.set(row._uuid, row.type === 'logical-router' ? 'router' : 'switch');
  }
  const stages = new Map(
    STAGES.map((stage) => [`${stage.datapath} ${stage.pipeline} ${stage.table}`, stage.name]),
  );
  const records: FlowRecord[] = [];
  for (const row of sb.rows('Logical_Flow')) {
    const group =
      row.logical_dp_group === null ? undefined : sb.get('Logical_DP_Group', row.logical_dp_group);
    const datapaths = [
      ...(row.logical_datapath === null ? [] : [row.logical_datapath]),
      ...(group?.datapaths ?? []),
    ];
    for (const datapath of datapaths) {
      const stage = stages.get(`${kinds.get(datapath) ?? ''} ${row.pipeline} ${row.table_id}`) ?? '';
      records.push({
        datapath: names.get(datapath) ?? '',
        pipeline: row.pipeline,
        table: row.table_id,
        stage,
        priority: row.priority,
        match: row.match,
        actions: row.actions,
      });
    }
  }
  return records;
}

/** Runs northd over a recorded northbound database. */
function runRecorded(folder: GoldenFolder, name: string): SbDatabase {
  const sb = seededSouthbound(recordedSouthbound(folder, name));
  const northd = new Northd(recordedNorthbound(folder, name), sb, stillContext());
  northd.run();
  northd.close();
  return sb;
}

const keyOf = (flow: FlowRecord): string =>
  JSON.stringify([
    flow.datapath,
    flow.pipeline,
    flow.table,
    flow.stage,
    flow.priority,
    flow.match,
    flow.actions,
  ]);

/** How often each flow is there. */
function counted(flows: readonly FlowRecord[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const flow of flows) counts.set(keyOf(flow), (counts.get(keyOf(flow)) ?? 0) + 1);
  return counts;
}

/** The points of one case. */
export function* comparePoints(
  name: string,
  expected: readonly FlowRecord[],
  actual: readonly FlowRecord[],
): Generator<Point> {
  const want = counted(expected);
  const have = counted(actual);
  let differences = 0;
  for (const key of new Set([...want.keys(), ...have.keys()])) {
    const wanted = want.get(key) ?? 0;
    const made = have.get(key) ?? 0;
    for (let i = 0; i < Math.max(wanted, made); i += 1) {
      const pass = i < Math.min(wanted, made);
      if (!pass) differences += 1;
      const why = i < wanted ? 'missing' : 'not recorded';
      yield { kind: 'lflow', id: `${name} ${key}`, pass, ...(pass ? {} : { why }) };
    }
  }
  const whole = { kind: 'lflow-case', id: name, pass: differences === 0 };
  yield differences === 0 ? whole : { ...whole, why: `${differences} flows differ` };
}

export const northdRunner: Runner = {
  kinds: ['lflow', 'lflow-case'],
  *run(folder, wanted) {
    for (const name of folder.list('ovn')) {
      if (!folder.exists(`ovn/${name}/lflows.json`)) continue;
      const expected = JSON.parse(folder.text(`ovn/${name}/lflows.json`)) as FlowRecord[];
      let actual: FlowRecord[] = [];
      let problem: string | undefined;
      try {
        actual = flowsOf(runRecorded(folder, name));
      } catch (error) {
        problem = String(error);
      }
      for (const point of comparePoints(name, expected, actual))
        if (wanted(point.kind))
          yield point.kind === 'lflow-case' && problem !== undefined ? { ...point, why: problem } : point;
    }
  },
};
