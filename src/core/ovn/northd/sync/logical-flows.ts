/**
 * The Logical_Flow table: the flows of all subjects, equal ones merged into one row with all their datapaths, and the
 * differences written. A row keeps its uuid as long as anybody wants it.
 */
import type { Random } from '../../../base/random.ts';
import { randomUuid } from '../../../base/uuid.ts';
import type { Uuid } from '../../../base/uuid.ts';
import type { SbDatabase, SbTxn } from '../../../ovsdb/index.ts';
import type { LogicalFlow } from '../flows.ts';
import { DatapathGroups, DatapathSet } from './datapath-groups.ts';
import { ExistingFlows } from './existing-flows.ts';
import { FlowLookup, type FlowIdentity } from './flow-lookup.ts';

interface Entry {
  readonly uuid: Uuid;
  /** The flow that came first: its hint, source and description are in the row. */
  readonly flow: LogicalFlow;
  readonly datapaths: DatapathSet;
  readonly causes: Causes;
  isNew: boolean;
  touched: boolean;
  /** What the row says: one datapath, or a group. */
  datapath: Uuid | undefined;
  group: string | undefined;
}

/** Flows that are compared between two pauses. */
const FLOWS_AT_ONCE = 2000;

const sameEntry = ({ flow }: Entry, other: FlowIdentity): boolean =>
  flow.priority === other.priority &&
  flow.actions === other.actions &&
  flow.meter === other.meter &&
  flow.ctTranslation === other.ctTranslation;

/** The rows that gave rise to an entry, each as often as a flow says so. Nearly always there is one flow, whose list is lent. */
class Causes {
  private list: readonly Uuid[];
  private own: Uuid[] | undefined;

  constructor(first: readonly Uuid[]) {
    this.list = first;
  }

  add(causes: readonly Uuid[]): void {
    this.owned().push(...causes);
  }

  remove(causes: readonly Uuid[]): void {
    const own = this.owned();
    for (const cause of causes) {
      const at = own.indexOf(cause);
      if (at >= 0) own.splice(at, 1);
    }
  }

  has(cause: Uuid): boolean {
    return this.list.includes(cause);
  }

  get all(): readonly Uuid[] {
    return [...new Set(this.list)];
  }

  private owned(): Uuid[] {
    if (this.own === undefined) {
      this.own = [...this.list];
      this.list = this.own;
    }
    return this.own;
  }
}

export class LogicalFlows {
  private readonly entries = new FlowLookup<Entry>(sameEntry);
  private readonly byUuid = new Map<Uuid, Entry>();
  private touched: Entry[] = [];
  /** Where rows may be that are to be taken over; undefined once they are read. */
  private unread: SbDatabase | undefined;
  /** Rows that no flow stands behind, found by `comparing`. */
  private strays: Uuid[] = [];
  /** The rows that are there at the start, until `comparing` has met them. */
  private existing: ExistingFlows | undefined;
  private readonly groups: { readonly switch: DatapathGroups; readonly router: DatapathGroups };
  private readonly ids = new Map<string, ReadonlyMap<string, string>>();
  private readonly random: Random;
  private readonly rowOf: (datapath: Uuid) => Uuid;

  /** `rowOf` gives the Datapath_Binding of a datapath. Rows that `sb` has already are taken over when they fit. */
  constructor(sb: SbDatabase, random: Random, rowOf: (datapath: Uuid) => Uuid) {
    this.random = random;
    this.rowOf = rowOf;
    this.groups = { switch: new DatapathGroups(random), router: new DatapathGroups(random) };
    this.unread = sb;
  }

  /** Reads the rows that are there already, with pauses: to be called before the first flow comes. */
  *adopting(): Generator<void> {
    const sb = this.unread;
    this.unread = undefined;
    if (sb === undefined || sb.count('Logical_Flow') === 0) return;
    this.existing = new ExistingFlows(sb);
    yield* this.existing.reading(sb);
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
    return this.touched.length > 0 || this.strays.length > 0 || this.existing !== undefined;
  }

  /** The first time, finds the rows that are right already and those that nobody wants, with pauses: then `write` has little to do. */
  *comparing(): Generator<void> {
    const { existing } = this;
    if (existing === undefined) return;
    this.existing = undefined;
    const { touched } = this;
    this.touched = [];
    let seen = 0;
    for (const entry of touched) {
      entry.touched = false;
      if (!this.isWritten(entry)) this.touch(entry);
      seen += 1;
      if (seen % FLOWS_AT_ONCE === 0) yield;
    }
    for (const uuid of existing.all) {
      if (!this.byUuid.has(uuid)) this.strays.push(uuid);
      seen += 1;
      if (seen % FLOWS_AT_ONCE === 0) yield;
    }
  }

  write(txn: SbTxn): void {
    for (const entry of this.touched) this.writeEntry(txn, entry);
    this.touched = [];
    for (const uuid of this.strays)
      if (txn.get('Logical_Flow', uuid) !== undefined) txn.delete('Logical_Flow', uuid);
    this.strays = [];
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
      this.entries.add(flow, entry);
      this.byUuid.set(entry.uuid, entry);
    } else {
      entry.causes.add(flow.causes);
    }
    for (const datapath of flow.datapaths) entry.datapaths.add(datapath);
    this.touch(entry);
  }

  private enter(flow: LogicalFlow): Entry {
    const found = this.existing?.find(flow);
    const groups = this.groups[flow.stage.datapath];
    if (found?.group !== undefined) groups.adopt(found.group.members, found.group.row);
    return {
      uuid: found?.uuid ?? randomUuid(this.random),
      flow,
      datapaths: new DatapathSet(),
      causes: new Causes(flow.causes),
      isNew: found === undefined,
      touched: false,
      datapath: found?.datapath,
      group: found?.group === undefined ? undefined : groups.use(found.group.members),
    };
  }

  private remove(flow: LogicalFlow): void {
    const entry = this.entries.find(flow);
    if (entry === undefined) return;
    for (const datapath of flow.datapaths) entry.datapaths.remove(datapath);
    entry.causes.remove(flow.causes);
    this.touch(entry);
  }

  private touch(entry: Entry): void {
    if (entry.touched) return;
    entry.touched = true;
    this.touched.push(entry);
  }

  private writeEntry(txn: SbTxn, entry: Entry): void {
    const groups = this.groups[entry.flow.stage.datapath];
    entry.touched = false;
    if (entry.datapaths.size === 0) {
      this.entries.delete(entry.flow, entry);
      this.byUuid.delete(entry.uuid);
      if (entry.group !== undefined) groups.release(entry.group);
      if (!entry.isNew && txn.get('Logical_Flow', entry.uuid) !== undefined)
        txn.delete('Logical_Flow', entry.uuid);
      return;
    }
    if (this.isWritten(entry)) return;
    const only = entry.datapaths.only;
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

  /** Whether the row is there and names the right datapaths. */
  private isWritten({ isNew, datapaths, datapath, group }: Entry): boolean {
    if (isNew || datapaths.size === 0) return false;
    const { only } = datapaths;
    return only === undefined ? group === datapaths.fingerprint : only === datapath;
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
}

const NO_TAGS: ReadonlyMap<string, string> = new Map();

function tagsOf(flow: LogicalFlow): ReadonlyMap<string, string> {
  if (!flow.ctTranslation && flow.port === undefined) return NO_TAGS;
  const tags = new Map<string, string>();
  if (flow.ctTranslation) tags.set('acl_ct_translation', 'true');
  if (flow.port !== undefined) tags.set('in_out_port', flow.port);
  return tags;
}
