/** A datapath's pipeline as a ladder of stages, the flows of each folded into those of the same shape. */
import type { Uuid } from '../../../core/base/uuid.ts';
import type { SbDatabase, SbRow } from '../../../core/ovsdb/index.ts';
import type {
  DatapathEntry,
  Ladder,
  LadderStage,
  LogicalFlowRow,
  StageShape,
} from '../../questions/logical-flows.ts';

type Flow = SbRow<'Logical_Flow'>;

const kindOf = (row: SbRow<'Datapath_Binding'>): 'switch' | 'router' =>
  row.external_ids.has('logical-router') || row.type === 'logical-router' ? 'router' : 'switch';

const datapathName = (row: SbRow<'Datapath_Binding'>): string =>
  row.external_ids.get('name2') ?? row.external_ids.get('name') ?? row._uuid.slice(0, 8);

function* flowsOf(sb: SbDatabase, datapath: Uuid): Generator<Flow> {
  yield* sb.find('Logical_Flow', 'logical_datapath', datapath);
  for (const group of sb.find('Logical_DP_Group', 'datapaths', datapath))
    yield* sb.find('Logical_Flow', 'logical_dp_group', group._uuid);
}

/** The datapaths of a flow. */
function datapathsOf(sb: SbDatabase, flow: Flow): readonly Uuid[] {
  const group =
    flow.logical_dp_group === null ? undefined : sb.get('Logical_DP_Group', flow.logical_dp_group);
  return [...(flow.logical_datapath === null ? [] : [flow.logical_datapath]), ...(group?.datapaths ?? [])];
}

export function datapathEntries(sb: SbDatabase): DatapathEntry[] {
  const counts = new Map<Uuid, number>();
  const groups = new Map([...sb.rows('Logical_DP_Group')].map((row) => [row._uuid, row.datapaths]));
  for (const flow of sb.rows('Logical_Flow')) {
    const all = [
      ...(flow.logical_datapath === null ? [] : [flow.logical_datapath]),
      ...(flow.logical_dp_group === null ? [] : (groups.get(flow.logical_dp_group) ?? [])),
    ];
    for (const uuid of all) counts.set(uuid, (counts.get(uuid) ?? 0) + 1);
  }
  return [...sb.rows('Datapath_Binding')]
    .map((row) => ({
      uuid: row._uuid as string,
      northbound:
        row.nb_uuid ?? row.external_ids.get('logical-switch') ?? row.external_ids.get('logical-router') ?? '',
      name: datapathName(row),
      kind: kindOf(row),
      flows: counts.get(row._uuid) ?? 0,
    }))
    .toSorted((a, b) => (a.kind === b.kind ? (a.name < b.name ? -1 : 1) : a.kind === 'switch' ? -1 : 1));
}

/** A text with its constants left open: names, addresses, numbers. Registers keep theirs. */
const open = (text: string): string =>
  text
    .replaceAll(/"[^"]*"/g, '"…"')
    .replaceAll(/\$\w+/g, '$…')
    .replaceAll(/@\w+/g, '@…')
    .replaceAll(/\{[^{}]*\}/g, (list) => (list.includes(';') ? list : '{…}'))
    .replaceAll(
      /(?<![\w.[])(?:[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){2,}(?:\/\S+)?|0x[0-9a-f]+|\d+(?:\.\d+)*(?:\/\d[\d.]*)?)(?![\w.])/gi,
      '…',
    );

const stageNameOf = (flow: Flow): string => flow.external_ids.get('stage-name') ?? `table ${flow.table_id}`;

function shapesOf(flows: readonly Flow[]): StageShape[] {
  const shapes = new Map<
    string,
    { first: Flow; match: string; actions: string; priorities: [number, number]; flows: string[] }
  >();
  for (const flow of flows) {
    const match = open(flow.match);
    const actions = open(flow.actions);
    const key = `${match}\n${actions}`;
    const known = shapes.get(key);
    if (!known) {
      shapes.set(key, {
        first: flow,
        match,
        actions,
        priorities: [flow.priority, flow.priority],
        flows: [flow._uuid.slice(0, 8)],
      });
      continue;
    }
    known.flows.push(flow._uuid.slice(0, 8));
    known.priorities[0] = Math.min(known.priorities[0], flow.priority);
    known.priorities[1] = Math.max(known.priorities[1], flow.priority);
  }
  return [...shapes.values()]
    .map(({ first, match, actions, priorities, flows: uuids }) => ({
      match: uuids.length === 1 ? first.match : match,
      actions: uuids.length === 1 ? first.actions : actions,
      priorities,
      count: uuids.length,
      flows: uuids,
    }))
    .toSorted((a, b) => b.priorities[1] - a.priorities[1]);
}

export function ladderOf(sb: SbDatabase, datapath: Uuid): Ladder | null {
  const row = sb.get('Datapath_Binding', datapath);
  if (!row) return null;
  const stages = new Map<string, Flow[]>();
  for (const flow of flowsOf(sb, datapath)) {
    const key = `${flow.pipeline} ${flow.table_id}`;
    const list = stages.get(key);
    if (list) list.push(flow);
    else stages.set(key, [flow]);
  }
  return {
    datapath,
    name: datapathName(row),
    kind: kindOf(row),
    stages: [...stages.values()]
      .map((flows): LadderStage => {
        const first = flows[0] as Flow;
        return {
          pipeline: first.pipeline === 'egress' ? 'egress' : 'ingress',
          table: first.table_id,
          name: stageNameOf(first),
          count: flows.length,
          shapes: shapesOf(flows),
        };
      })
      .toSorted((a, b) =>
        a.pipeline === b.pipeline ? a.table - b.table : a.pipeline === 'ingress' ? -1 : 1,
      ),
  };
}

export function logicalFlowRow(sb: SbDatabase, flow: Flow): LogicalFlowRow {
  return {
    uuid: flow._uuid,
    datapaths: datapathsOf(sb, flow).map((uuid) => {
      const row = sb.get('Datapath_Binding', uuid);
      return row ? datapathName(row) : uuid.slice(0, 8);
    }),
    pipeline: flow.pipeline === 'egress' ? 'egress' : 'ingress',
    table: flow.table_id,
    stage: stageNameOf(flow),
    priority: flow.priority,
    match: flow.match,
    actions: flow.actions,
  };
}

/** The flows of one stage, highest priority first. */
export function stageFlows(
  sb: SbDatabase,
  ask: { readonly datapath: string; readonly pipeline: string; readonly table: number },
): LogicalFlowRow[] {
  return [...flowsOf(sb, ask.datapath as Uuid)]
    .filter((flow) => flow.pipeline === ask.pipeline && flow.table_id === ask.table)
    .toSorted((a, b) => b.priority - a.priority)
    .map((flow) => logicalFlowRow(sb, flow));
}
