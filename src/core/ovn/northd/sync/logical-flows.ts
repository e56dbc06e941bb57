/**
 * The Logical_Flow table: the flows of all subjects, equal ones merged into one row with all their datapaths, and the
 * differences written. A row keeps its uuid as long as anybody wants it.
 */
import type { Random } from '../../../base/random.ts';
import { randomUuid } from '../../../base/uuid.ts';
import type { Uuid } from '../../../base/uuid.ts';
import type { SbDatabase, SbTxn } from '../../../ovsdb/index.ts';
import type { LogicalFlow } from '../flows.ts';
import { STAGES } from '../stages.table.ts';
import { DatapathGroups, DatapathSet } from './datapath-groups.ts';
import { FlowLookup, type FlowIdentity } from './flow-lookup.ts';

interface Entry {
  readonly uuid: Uuid;
  /** The flow that came first: its hint, source and description are in the row. */
  readonly flow: LogicalFlow;
  readonly datapaths: DatapathSet;
  readonly causes: Causes;
  isNew: boolean;
  /** What the row says: one datapath, or a group. */
  datapath: Uuid | undefined;
  group: string | undefined;
}

interface Existing {
  readonly flow: FlowIdentity;
  readonly uuid: Uuid;
  readonly datapath: Uuid | undefined;
  readonly members: DatapathSet | undefined;
  readonly groupRow: Uuid | null;
}

/** Causes with the number of flows that each has added; nearly always there is one. */
class Causes {
  private first: Uuid | undefined;
  private count = 0;
  private more: Map<Uuid, number> | undefined;

  add(cause: Uuid): void {
    if (this.count === 0 || this.first === cause) {
      this.first = cause;
      this.count += 1;
      return;
    }
    this.more ??= new Map();
    this.more.set(cause, (this.more.get(cause) ?? 0) + 1);
  }

  remove(cause: Uuid): void {
    if (this.count > 0 && this.first === cause) {
      this.count -= 1;
      return;
    }
    const count = this.more?.get(cause);
    if (count === undefined) return;
    if (count > 1) this.more?.set(cause, count - 1);
    else this.more?.delete(cause);
  }

  has(cause: Uuid): boolean {
    return (this.count > 0 && this.first === cause) || this.more?.has(cause) === true;
  }

  get all(): readonly Uuid[] {
    const first = this.count > 0 && this.first !== undefined ? [this.first] : [];
    return [...new Set([...first, ...(this.more?.keys() ?? [])])];
  }
}

export class LogicalFlows {
  private readonly entries = new FlowLookup<Entry>();
  private readonly byUuid = new Map<Uuid, Entry>();
  private readonly touched = new Set<Entry>();
  private readonly existing = new FlowLookup<Existing>();
  private readonly strays = new Set<Uuid>();
  private readonly groups: { readonly switch: DatapathGroups; readonly router: DatapathGroups };
  private readonly ids = new Map<string, ReadonlyMap<string, string>>();
  private readonly random: Random;
  private readonly rowOf: (datapath: Uuid) => Uuid;

  /** `rowOf` gives the Datapath_Binding of a datapath. Rows that `sb` has already are taken over when they fit. */
  constructor(sb: SbDatabase, random: Random, rowOf: (datapath: Uuid) => Uuid) {
    this.random = random;
    this.rowOf = rowOf;
    this.groups = { switch: new DatapathGroups(random), router: new DatapathGroups(random) };
    this.adopt(sb);
  }

  /** Takes the flows of one subject as they are now in place of those it had before. */
  replace(before: readonly LogicalFlow[], now: readonly LogicalFlow[]): void {
    for (const flow of now) this.add(flow);
    for (const flow of before) this.remove(flow);
  }

  /** How many flows there are. */
  get size(): number {
    return this.byUuid.size;
  }

  /** Whether `write` has anything to do. */
  get isDirty(): boolean {
    return this.touched.size > 0 || this.strays.size > 0;
  }

  write(txn: SbTxn): void {
    for (const entry of this.touched) this.writeEntry(txn, entry);
    this.touched.clear();
    for (const uuid of this.strays)
      if (txn.get('Logical_Flow', uuid) !== undefined) txn.delete('Logical_Flow', uuid);
    this.strays.clear();
    this.existing.clear();
  }

  /** The northbound rows that gave rise to a Logical_Flow row. */
  causesOf(uuid: Uuid): readonly Uuid[] {
    return this.byUuid.get(uuid)?.causes.all ?? [];
  }

  /** The Logical_Flow rows that a northbound row gave rise to. */
  flowsOf(cause: Uuid): readonly Uuid[] {
    const uuids: Uuid[] = [];
    for (const entry of this.byUuid.values()) if (entry.causes.has(cause)) uuids.push(entry.uuid);
    return uuids;
  }

  private add(flow: LogicalFlow): void {
    let entry = this.entries.find(flow);
    if (entry === undefined) {
      entry = this.enter(flow);
      this.entries.add(entry);
      this.byUuid.set(entry.uuid, entry);
    }
    for (const datapath of flow.datapaths) entry.datapaths.add(datapath);
    for (const cause of flow.causes) entry.causes.add(cause);
    this.touched.add(entry);
  }

  private enter(flow: LogicalFlow): Entry {
    const found = this.existing.find(flow);
    const entry: Entry = {
      uuid: found?.uuid ?? randomUuid(this.random),
      flow,
      datapaths: new DatapathSet(),
      causes: new Causes(),
      isNew: found === undefined,
      datapath: found?.datapath,
      group: undefined,
    };
    if (found !== undefined) {
      this.existing.delete(found);
      this.strays.delete(found.uuid);
      if (found.members !== undefined && found.groupRow !== null) {
        this.groups[flow.stage.datapath].adopt(found.members, found.groupRow);
        entry.group = this.groups[flow.stage.datapath].use(found.members);
      }
    }
    return entry;
  }

  private remove(flow: LogicalFlow): void {
    const entry = this.entries.find(flow);
    if (entry === undefined) return;
    for (const datapath of flow.datapaths) entry.datapaths.remove(datapath);
    for (const cause of flow.causes) entry.causes.remove(cause);
    this.touched.add(entry);
  }

  private writeEntry(txn: SbTxn, entry: Entry): void {
    const groups = this.groups[entry.flow.stage.datapath];
    if (entry.datapaths.size === 0) {
      this.entries.delete(entry);
      this.byUuid.delete(entry.uuid);
      if (entry.group !== undefined) groups.release(entry.group);
      if (!entry.isNew && txn.get('Logical_Flow', entry.uuid) !== undefined)
        txn.delete('Logical_Flow', entry.uuid);
      return;
    }
    const only = entry.datapaths.only;
    if (!entry.isNew) {
      if (only !== undefined && only === entry.datapath) return;
      if (only === undefined && entry.group === entry.datapaths.fingerprint) return;
    }
    const group = only === undefined ? groups.use(entry.datapaths) : undefined;
    if (entry.group !== undefined) groups.release(entry.group);
    entry.group = group;
    entry.datapath = only;
    const where = {
      logical_datapath: only === undefined ? null : this.rowOf(only),
      logical_dp_group: group === undefined ? null : groups.write(txn, group, this.rowOf),
    };
    if (!entry.isNew) {
      txn.update('Logical_Flow', entry.uuid, where);
      return;
    }
    entry.isNew = false;
    const { flow } = entry;
    txn.insert(
      'Logical_Flow',
      {
        ...where,
        pipeline: flow.stage.pipeline,
        table_id: flow.stage.table,
        priority: flow.priority,
        match: flow.match,
        actions: flow.actions,
        controller_meter: flow.meter ?? null,
        flow_desc: flow.description ?? null,
        tags: tagsOf(flow),
        external_ids: this.externalIds(flow),
      },
      entry.uuid,
    );
  }

  private externalIds(flow: LogicalFlow): ReadonlyMap<string, string> {
    const hint = flow.hint?.slice(0, 8);
    const key = `${flow.line} ${flow.stage.name} ${hint ?? ''}`;
    let ids = this.ids.get(key);
    if (ids === undefined) {
      ids = new Map([
        ['source', `northd.c:${flow.line}`],
        ...(hint === undefined ? [] : ([['stage-hint', hint]] as const)),
        ['stage-name', flow.stage.name],
      ]);
      if (hint === undefined) this.ids.set(key, ids);
    }
    return ids;
  }

  private adopt(sb: SbDatabase): void {
    if (sb.count('Logical_Flow') === 0) return;
    const datapaths = new Map(
      [...sb.rows('Datapath_Binding')].map((row) => [row._uuid, { nb: row.nb_uuid, kind: row.type }]),
    );
    const sets = new Map<Uuid, DatapathSet>();
    for (const row of sb.rows('Logical_DP_Group')) {
      const set = new DatapathSet();
      for (const uuid of row.datapaths) {
        const nb = datapaths.get(uuid)?.nb;
        if (nb !== undefined && nb !== null) set.add(nb);
      }
      sets.set(row._uuid, set);
    }
    const names = new Map(
      STAGES.map((stage) => [`${stage.datapath} ${stage.pipeline} ${stage.table}`, stage]),
    );
    for (const row of sb.rows('Logical_Flow')) {
      this.strays.add(row._uuid);
      const group = row.logical_dp_group;
      const members = group === null ? undefined : sets.get(group);
      const datapath = row.logical_datapath === null ? undefined : datapaths.get(row.logical_datapath);
      const first = group === null ? undefined : sb.get('Logical_DP_Group', group)?.datapaths[0];
      const kind = (datapath ?? (first === undefined ? undefined : datapaths.get(first)))?.kind;
      const stage = names.get(
        `${kind === 'logical-router' ? 'router' : 'switch'} ${row.pipeline} ${row.table_id}`,
      );
      if (stage === undefined) continue;
      const flow: FlowIdentity = {
        stage,
        priority: row.priority,
        match: row.match,
        actions: row.actions,
        meter: row.controller_meter ?? undefined,
        ctTranslation: row.tags.get('acl_ct_translation') === 'true',
      };
      if (this.existing.find(flow) !== undefined) continue;
      this.existing.add({
        flow,
        uuid: row._uuid,
        datapath: datapath?.nb ?? undefined,
        members,
        groupRow: group,
      });
    }
  }
}

const NO_TAGS: ReadonlyMap<string, string> = new Map();

function tagsOf(flow: LogicalFlow): ReadonlyMap<string, string> {
  if (!flow.ctTranslation && flow.port === undefined) return NO_TAGS;
  const tags = new Map<string, string>();
  if (flow.ctTranslation) tags.set('acl_ct_translation', 'true');
  if (flow.port !== undefined) tags.set('in_out_port', flow.port);
  return tags;
}
