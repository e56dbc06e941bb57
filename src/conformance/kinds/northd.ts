/**
 * Logical flows: a case's setup is typed into an empty world, and the flows that northd has made there are held against the
 * recorded ones. `lflow` counts flows, of what was recorded or made; `lflow-case` counts whole cases.
 */

import type { Uuid } from '../../core/base/uuid.ts';
import { asSb, readDatabaseFile, type SbDatabase, type SbRow } from '../../core/ovsdb/index.ts';
import { STAGES } from '../../core/ovn/northd/index.ts';
import type { GoldenFolder, Point, Runner } from '../runner.ts';
import { recordedNetwork } from './recorded-network.ts';

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

/**
 * What guests answered to the health checks of load balancers. None runs in the replay; the recording has what chassis
 * reported of them.
 */
function takeHealth(folder: GoldenFolder, name: string, sb: SbDatabase): void {
  const file = readDatabaseFile(folder.octets(`ovn/${name}/ovnsb_db.db`));
  const recorded = file.ok ? asSb(file.value.database) : file;
  if (!recorded.ok) throw new Error(JSON.stringify(recorded.error));
  const keyOfMonitor = ({ ip, port, protocol, logical_port }: SbRow<'Service_Monitor'>): string =>
    JSON.stringify([ip, port, protocol, logical_port]);
  const status = new Map(
    [...recorded.value.rows('Service_Monitor')].map((row) => [keyOfMonitor(row), row.status]),
  );
  sb.transact((txn) => {
    for (const row of sb.rows('Service_Monitor'))
      txn.update('Service_Monitor', row._uuid, { status: status.get(keyOfMonitor(row)) ?? row.status });
  });
}

interface Replayed {
  readonly flows: readonly FlowRecord[];
  readonly problem: string | undefined;
}

/** The flows of a case whose setup has been typed again. */
function replayedFlows(folder: GoldenFolder, name: string): Replayed {
  const { world, failed } = recordedNetwork(folder, name);
  const central = world.central();
  if (!central) throw new Error('no machine runs ovn-nbctl');
  takeHealth(folder, name, central.sb);
  world.settle();
  return { flows: orderMembers(flowsOf(central.sb)), problem: failed[0] };
}

/**
 * Equal members of a multipath route are numbered in the order of the routes' uuids, which are drawn by chance: here in
 * the order of what they do. Which numbers there are, and what each member does, stays.
 */
export function orderMembers(flows: readonly FlowRecord[]): FlowRecord[] {
  const MEMBER = /^(reg8\[0\.\.15\] == \d+ && reg8\[16\.\.31\] == )(\d+)$/;
  const groups = new Map<string, { readonly at: number; readonly number: number }[]>();
  flows.forEach(({ datapath, stage, match }, at) => {
    const [, group, number] = MEMBER.exec(match) ?? [];
    if (stage !== 'lr_in_ip_routing_ecmp' || group === undefined) return;
    const key = `${datapath} ${group}`;
    groups.set(key, [...(groups.get(key) ?? []), { at, number: Number(number) }]);
  });
  const ordered = [...flows];
  for (const members of groups.values()) {
    const numbers = members.map(({ number }) => number).toSorted((a, b) => a - b);
    const actions = members.map(({ at }) => flows[at]?.actions ?? '').toSorted();
    members
      .toSorted((a, b) => a.number - b.number)
      .forEach(({ at }, place) => {
        const flow = flows[at];
        if (flow)
          ordered[at] = {
            ...flow,
            match: flow.match.replace(MEMBER, `$1${numbers[place]}`),
            actions: actions[place] ?? '',
          };
      });
  }
  return ordered;
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
      let actual: Replayed;
      try {
        actual = replayedFlows(folder, name);
      } catch (error) {
        actual = { flows: [], problem: String(error) };
      }
      const { flows, problem } = actual;
      for (const point of comparePoints(name, orderMembers(expected), flows))
        if (wanted(point.kind))
          yield !point.pass && problem !== undefined ? { ...point, why: problem } : point;
    }
  },
};
