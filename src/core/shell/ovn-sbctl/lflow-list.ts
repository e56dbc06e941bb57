/** `lflow-list`, `dump-flows` and `count-flows`: logical flows by datapath, groups of datapaths expanded. */
import type { Uuid } from '../../base/uuid.ts';
import { mapOrder, type SbRow, type SbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import type { CtlContext } from '../ovsdb/context.ts';
import { DEFAULT_SWITCH } from '../ovsdb/host.ts';
import { findRow, partialUuidLength } from '../ovsdb/row-lookup.ts';
import { fail } from '../ovsdb/stop.ts';
import { INFO_READS, type SbctlContext } from './info.ts';
import { field } from '../ovsdb/pad.ts';

type Datapath = SbRow<'Datapath_Binding'>;

/** A logical flow in one of its datapaths. */
interface PlacedFlow {
  readonly flow: SbRow<'Logical_Flow'>;
  readonly datapath: Datapath;
}

const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

function compareFlows(a: PlacedFlow, b: PlacedFlow): number {
  if (a.datapath !== b.datapath) {
    const name = ({ datapath }: PlacedFlow): string => datapath.external_ids.get('name') ?? '';
    const order = compareText(name(a), name(b)) || compareText(a.datapath._uuid, b.datapath._uuid);
    if (order !== 0) return order;
  }
  const { flow: x } = a;
  const { flow: y } = b;
  return (
    (x.pipeline === y.pipeline ? 0 : x.pipeline === 'ingress' ? -1 : 1) ||
    x.table_id - y.table_id ||
    y.priority - x.priority ||
    compareText(x.match, y.match) ||
    compareText(x.actions, y.actions)
  );
}

/** `"name" aka "name2"`. */
function datapathName({ external_ids }: Datapath): string {
  const names = [external_ids.get('name'), external_ids.get('name2')].filter((name) => name !== undefined);
  return names.map((name) => `"${name}"`).join(' aka ');
}

const uuidPart = (uuid: Uuid, isWanted: boolean): string => (isWanted ? `uuid=0x${uuid.slice(0, 8)}, ` : '');
const stageName = ({ external_ids }: SbRow<'Logical_Flow'>): string => external_ids.get('stage-name') ?? '';
const prompt = (datapath: Datapath, pipeline: string): string =>
  `Datapath: ${datapathName(datapath)} (${datapath._uuid})  Pipeline: ${pipeline}\n`;

function groupHas(ctx: SbctlContext, group: Uuid | null, datapath: Datapath): boolean {
  return ctx.get('Logical_DP_Group', group)?.datapaths.includes(datapath._uuid) ?? false;
}

/** All flows, or those of one datapath, in the order of the list. */
function placedFlows(ctx: SbctlContext, datapath: Datapath | undefined): PlacedFlow[] {
  const found: PlacedFlow[] = [];
  const groups = new Map<Uuid, readonly Datapath[]>();
  const groupOf = (uuid: Uuid): readonly Datapath[] => {
    let members = groups.get(uuid);
    if (members === undefined) {
      members = ctx.targets('Datapath_Binding', ctx.get('Logical_DP_Group', uuid)?.datapaths ?? []);
      groups.set(uuid, members);
    }
    return members;
  };
  for (const flow of ctx.rows('Logical_Flow')) {
    const { logical_datapath: own, logical_dp_group: group } = flow;
    if (datapath !== undefined) {
      if (own === datapath._uuid || groupHas(ctx, group, datapath)) found.push({ flow, datapath });
      continue;
    }
    const single = ctx.get('Datapath_Binding', own);
    if (single !== undefined) found.push({ flow, datapath: single });
    if (group !== null) for (const member of groupOf(group)) found.push({ flow, datapath: member });
  }
  return found.sort(compareFlows);
}

/** True when `text` (with or without `0x`) is the beginning of the uuid, leading zeros aside as in a cookie. */
function isUuidMatch(uuid: Uuid, text: string): boolean {
  const bare = text.replace(/^0x/i, '').replace(/^0+/, '');
  return uuid.replace(/^0+/, '').startsWith(bare);
}

function countText(flows: readonly PlacedFlow[]): string {
  let text = '';
  for (let at = 0; at < flows.length;) {
    const { datapath, flow } = flows[at] as PlacedFlow;
    text += prompt(datapath, flow.pipeline);
    const start = at;
    const isHere = (i: number): boolean =>
      flows[i]?.datapath === datapath && flows[i]?.flow.pipeline === flow.pipeline;
    while (isHere(at)) {
      const first = (flows[at] as PlacedFlow).flow;
      const from = at;
      while (isHere(at) && flows[at]?.flow.table_id === first.table_id) at += 1;
      const last = (flows[at - 1] as PlacedFlow).flow;
      text += `  table=${field(String(first.table_id), 2)}(${field(stageName(last), 19)}) lflows=${at - from}\n`;
    }
    text += `Total number of logical flows in the datapath ${datapathName(datapath)} (${datapath._uuid}) Pipeline: ${flow.pipeline} = ${at - start}\n\n`;
  }
  return `${text}Total number of logical flows = ${flows.length}\n`;
}

/** What stands below a row: the OpenFlow flows that a switch has made of it. */
type Below = (uuid: Uuid) => string;
const NO_FLOWS: Below = () => '';

/** `--ovs`: flows by the first half of a row's uuid, with `--stats` in full. A switch that cannot be reached is told of. */
function flowsBelow(ctx: SbctlContext): Below {
  const remote = ctx.option('--ovs') ?? DEFAULT_SWITCH;
  const peer = ctx.run.openFlow(remote);
  if (!peer.ok) {
    ctx.warn(`${remote}: connection failed (${peer.error})`);
    return NO_FLOWS;
  }
  const isWhole = ctx.has('--stats');
  return (uuid) =>
    peer.value
      .flows(BigInt(`0x${uuid.slice(0, 8)}`))
      .map((row) => `    ${isWhole ? row.withStatistics : row.plain}\n`)
      .join('');
}

function flowText(flows: readonly PlacedFlow[], hasUuid: boolean, below: Below): string {
  let text = '';
  let previous: PlacedFlow | undefined;
  for (const placed of flows) {
    const { flow, datapath } = placed;
    if (previous?.datapath !== datapath || previous.flow.pipeline !== flow.pipeline)
      text += prompt(datapath, flow.pipeline);
    text += `  ${uuidPart(flow._uuid, hasUuid)}table=${field(String(flow.table_id), 2)}(${field(stageName(flow), 19)}), priority=${field(String(flow.priority), 5)}, match=(${flow.match}), action=(${flow.actions})\n${below(flow._uuid)}`;
    previous = placed;
  }
  return text;
}

/** Lines under a heading, or nothing. */
const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `\n${title}:\n${lines.map((line) => `  ${line}`).join('')}`;

/** The rows that ovn-controller makes further flows from (`--vflows`). */
function visibleFlows(
  ctx: SbctlContext,
  datapath: Datapath | undefined,
  hasUuid: boolean,
  below: Below,
): string {
  const named = (uuid: Uuid | null): string => {
    const row = ctx.get('Datapath_Binding', uuid);
    return row === undefined ? '' : `datapath=${datapathName(row)}, `;
  };
  const head = (row: { readonly _uuid: Uuid; readonly datapath: Uuid | null }): string =>
    uuidPart(row._uuid, hasUuid) + (datapath === undefined ? named(row.datapath) : '');
  const isHere = (row: { readonly datapath: Uuid | null }): boolean =>
    datapath === undefined || row.datapath === datapath._uuid;
  const ports = ctx
    .rows('Port_Binding')
    .filter(isHere)
    .map(
      (row) =>
        `${head(row)}logical_port=${row.logical_port}, tunnel_key=${field(String(row.tunnel_key), 5)}\n${below(row._uuid)}`,
    );
  const macs = ctx
    .rows('MAC_Binding')
    .filter(isHere)
    .map(
      (row) =>
        `${head(row)}logical_port=${row.logical_port}, ip=${row.ip}, mac=${row.mac}\n${below(row._uuid)}`,
    );
  const groups = ctx
    .rows('Multicast_Group')
    .filter(isHere)
    .map((row) => {
      const members = ctx.targets('Port_Binding', row.ports).map(({ logical_port }) => logical_port);
      return `${head(row)}name=${row.name}, tunnel_key=${field(String(row.tunnel_key), 5)}, ports=(${members.join(', ')})\n${below(row._uuid)}`;
    });
  const chassis = ctx
    .rows('Chassis')
    .map((row) => `${uuidPart(row._uuid, hasUuid)}name=${row.name}\n${below(row._uuid)}`);
  return (
    section('Port Bindings', ports) +
    section('MAC Bindings', macs) +
    section('MC Groups', groups) +
    section('Chassis', chassis) +
    section('Load Balancers', loadBalancers(ctx, datapath, hasUuid, named, below))
  );
}

function loadBalancers(
  ctx: SbctlContext,
  datapath: Datapath | undefined,
  hasUuid: boolean,
  named: (uuid: Uuid) => string,
  below: Below,
): readonly string[] {
  const isHere = (row: SbRow<'Load_Balancer'>): boolean =>
    datapath === undefined ||
    row.datapaths.includes(datapath._uuid) ||
    groupHas(ctx, row.datapath_group, datapath) ||
    groupHas(ctx, row.ls_datapath_group, datapath);
  const members = (group: Uuid | null): readonly Uuid[] =>
    ctx.get('Logical_DP_Group', group)?.datapaths ?? [];
  return ctx
    .rows('Load_Balancer')
    .filter(isHere)
    .map((row) => {
      const all = [...row.datapaths, ...members(row.datapath_group), ...members(row.ls_datapath_group)];
      const datapaths = datapath === undefined ? all.map(named).join('') : '';
      const vips = mapOrder(row.vips).map(([vip, backends]) => `    ${vip} = ${backends}\n`);
      return `${uuidPart(row._uuid, hasUuid)}name="${row.name}", protocol="${row.protocol ?? '(null)'}", ${datapaths}\n  vips:\n${vips.join('')}\n${below(row._uuid)}`;
    });
}

function lflowList(ctx: SbctlContext): void {
  const isCount = ctx.argument(0) === 'count-flows';
  const [, first] = ctx.argv;
  const row =
    first === undefined ? undefined : findRow(ctx as unknown as CtlContext, 'Datapath_Binding', first);
  const datapath = ctx.get('Datapath_Binding', row?._uuid ?? null);
  if (isCount) {
    const flows = first !== undefined && datapath === undefined ? [] : placedFlows(ctx, datapath);
    return ctx.print(countText(flows));
  }
  const wanted = ctx.argv.slice(datapath === undefined ? 1 : 2);
  for (const text of wanted)
    if (partialUuidLength(text) === 0 && partialUuidLength(text.replace(/^0x/i, '')) === 0)
      fail(`${text} is not a UUID or the beginning of a UUID`);
  const below = ctx.has('--ovs') ? flowsBelow(ctx) : NO_FLOWS;
  const hasUuid = ctx.has('--uuid');
  const flows = placedFlows(ctx, datapath).filter(
    ({ flow }) => wanted.length === 0 || wanted.some((text) => isUuidMatch(flow._uuid, text)),
  );
  ctx.print(flowText(flows, hasUuid, below));
  if (ctx.has('--vflows')) ctx.print(visibleFlows(ctx, datapath, hasUuid, below));
  return undefined;
}

const listCommand = (name: string): Command<SbSchema> => ({
  name,
  least: 0,
  most: Infinity,
  synopsis: '[DATAPATH] [LFLOW...]',
  options: '--uuid,--ovs?,--stats,--vflows?',
  writes: false,
  reads: () => INFO_READS,
  run: lflowList,
});

export const LFLOW_COMMANDS: readonly Command<SbSchema>[] = [
  listCommand('lflow-list'),
  listCommand('dump-flows'),
  { ...listCommand('count-flows'), most: 1, synopsis: '[DATAPATH]', options: '' },
];
