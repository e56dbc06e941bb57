/** From a northbound row to the logical flows that it makes, their OpenFlow flows on each machine, and back. */
import { createRandom } from '../../../core/base/random.ts';
import { parseUuid, uuidWord, type Uuid } from '../../../core/base/uuid.ts';
import { Northd } from '../../../core/ovn/northd/index.ts';
import {
  copyDatabase,
  nbSchema,
  type NbDatabase,
  type SbDatabase,
  type SbRow,
} from '../../../core/ovsdb/index.ts';
import type { World } from '../../../core/sim/index.ts';
import type { Causes, ChassisCount, Explained } from '../../questions/logical-flows.ts';
import { browsable } from '../table-page.ts';
import { logicalFlowRow } from './ladder.ts';
import { rowLabel } from './row-label.ts';

/** Knows which rows made which flows. */
export interface CauseIndex {
  causesOf(flow: Uuid): readonly Uuid[];
  flowsOf(cause: Uuid): readonly Uuid[];
}

/** Milliseconds of work between two chances for others. */
const TURN = 30;

const nextTask = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 0));

/**
 * For databases from files nobody has kept the causes: northd runs once over copies of both, where it takes over the flows
 * that are there, so that they keep their uuids. It lets others have their turn meanwhile; `progress` gets the share that
 * is done, and an aborted `signal` ends it with an exception. Where only the southbound database is there, hints of stages
 * must do.
 */
export async function causesFromFiles(
  nb: NbDatabase,
  sb: SbDatabase,
  { signal, progress }: { readonly signal: AbortSignal; readonly progress: (share: number) => void },
): Promise<CauseIndex> {
  const expected = Math.max(sb.count('Logical_Flow'), 1);
  const copies = [copyDatabase(nb, createRandom(1)), copyDatabase(sb, createRandom(2))] as const;
  await nextTask();
  const northd = new Northd(...copies, {
    clock: { now: () => 0, wallMs: () => 0, after: () => () => undefined },
    random: createRandom(1),
    recorder: { active: false, record: () => 0 },
  });
  await nextTask();
  let began = performance.now();
  for (const _pause of northd.running()) {
    if (performance.now() - began < TURN) continue;
    progress(Math.min(northd.flowCount / expected, 1));
    await nextTask();
    signal.throwIfAborted();
    began = performance.now();
  }
  return northd;
}

/** OpenFlow flows by cookie on each machine. */
function chassisCounts(world: World, flow: Uuid): ChassisCount[] {
  const cookie = BigInt(uuidWord(flow));
  return [...world.hosts.values()].flatMap((host) => {
    let flows = 0;
    for (const bridge of host.switch?.vswitch.bridges.values() ?? [])
      flows += bridge.tables.countOfCookie(cookie);
    return flows > 0 ? [{ host: host.name, flows }] : [];
  });
}

export function explain(
  world: World,
  { nb, sb }: { readonly nb: NbDatabase; readonly sb: SbDatabase },
  causes: CauseIndex,
  ask: { readonly table: string; readonly uuid: string },
): Explained | null {
  const uuid = parseUuid(ask.uuid);
  const row = uuid === undefined ? undefined : browsable(nb).get(ask.table, uuid);
  if (uuid === undefined || row === undefined) return null;
  const found = new Set(causes.flowsOf(uuid));
  // What the flow itself says counts as well: other northds than ours made those of a file.
  const flows: SbRow<'Logical_Flow'>[] = [];
  const hint = ask.uuid.slice(0, 8);
  for (const flow of sb.rows('Logical_Flow'))
    if (found.has(flow._uuid) || flow.external_ids.get('stage-hint') === hint) flows.push(flow);
  return {
    label: rowLabel(browsable(nb), ask.table, row),
    flows: flows
      .map((flow) => ({ ...logicalFlowRow(sb, flow), chassis: chassisCounts(world, flow._uuid) }))
      .toSorted(
        (a, b) =>
          (a.pipeline === b.pipeline ? 0 : a.pipeline === 'ingress' ? -1 : 1) ||
          a.table - b.table ||
          b.priority - a.priority,
      ),
  };
}

/** The table of a northbound row. */
function tableOf(
  nb: NbDatabase,
  matches: (uuid: string) => boolean,
): { table: string; uuid: string; label: string } | undefined {
  const database = browsable(nb);
  for (const table of Object.keys(nbSchema.tables))
    for (const row of database.rows(table))
      if (matches(row._uuid)) return { table, uuid: row._uuid, label: rowLabel(database, table, row) };
  return undefined;
}

export function causesOf(
  world: World,
  { nb, sb }: { readonly nb: NbDatabase | undefined; readonly sb: SbDatabase },
  causes: CauseIndex,
  text: string,
): Causes | null {
  const exact = parseUuid(text);
  let flow = exact === undefined ? undefined : sb.get('Logical_Flow', exact);
  if (!flow && text.length >= 8)
    for (const row of sb.rows('Logical_Flow'))
      if (row._uuid.startsWith(text)) {
        flow = row;
        break;
      }
  if (!flow) return null;
  const known = new Set<string>(causes.causesOf(flow._uuid));
  const hint = flow.external_ids.get('stage-hint');
  const rows = nb
    ? [...known]
        .map((uuid) => tableOf(nb, (other) => other === uuid))
        .concat(hint === undefined ? [] : [tableOf(nb, (other) => other.startsWith(hint))])
    : [];
  const unique = new Map(rows.flatMap((row) => (row ? [[row.uuid, row] as const] : [])));
  return {
    flow: logicalFlowRow(sb, flow),
    chassis: chassisCounts(world, flow._uuid),
    causes: [...unique.values()],
  };
}
