/** Logical flows by datapath, pipeline and table, in the order in which they are tried; parsed when first looked at. */
import { err } from '../../base/result.ts';
import type { Uuid } from '../../base/uuid.ts';
import type { Row } from '../../ovsdb/schema.ts';
import type { Action, Pipeline } from '../actions/action.ts';
import { parseActions } from '../actions/actions.ts';
import { PIPELINE_LENGTH } from '../actions/oftable.table.ts';
import { annotate } from '../expr/annotate.ts';
import type { ConstantNames } from '../expr/constants.ts';
import { type Expr, combine } from '../expr/expr.ts';
import { expandTemplates } from '../expr/lexer.ts';
import { parseExpr } from '../expr/parse.ts';
import { evaluateConditions, simplify } from '../expr/simplify.ts';
import type { SymbolTable } from '../expr/symbol.ts';
import { modernActions } from './legacy-action.ts';
import { type TraceDatapath, type TraceNetwork, type Warn, replicaOrder } from './network.ts';
import { type SouthboundRows, mapOf, numberOf, rowsOf, textOf, uuidsOf } from './row-value.ts';

/** A row that applies to a datapath, before it is parsed. */
export interface LflowEntry {
  readonly uuid: Uuid;
  readonly pipeline: Pipeline;
  readonly table: number;
  readonly priority: number;
  readonly match: string;
  readonly actions: string;
  readonly stage: string | undefined;
  readonly source: string | undefined;
}

/** A parsed flow: what must hold of a packet, with the prerequisites of the actions, and what then happens. */
export interface Lflow {
  readonly entry: LflowEntry;
  readonly match: Expr;
  readonly actions: readonly Action[];
}

function entryOf(row: Row): LflowEntry {
  const ids = mapOf(row, 'external_ids');
  return {
    uuid: row._uuid,
    pipeline: textOf(row, 'pipeline') === 'ingress' ? 'ingress' : 'egress',
    table: numberOf(row, 'table_id'),
    priority: numberOf(row, 'priority'),
    match: textOf(row, 'match'),
    actions: textOf(row, 'actions'),
    stage: ids.get('stage-name'),
    source: ids.get('source'),
  };
}

const tableKey = (datapath: Uuid, pipeline: Pipeline, table: number): string =>
  `${datapath}/${pipeline}/${table}`;

export class LflowIndex {
  readonly symbols: SymbolTable;
  private readonly network: TraceNetwork;
  private readonly warn: Warn;
  private readonly tables = new Map<string, LflowEntry[]>();
  private readonly sorted = new Set<string>();
  /** Parsed flows by row, and by datapath too where a port group's meaning depends on it; null: not to be understood. */
  private readonly parsed = new Map<string, Lflow | null>();

  /** `isEager`: all are parsed at once, in the order in which the real program does. */
  constructor(database: SouthboundRows, network: TraceNetwork, warn: Warn, isEager = false) {
    this.network = network;
    this.symbols = network.release.symbols();
    this.warn = warn;
    const groups = new Map<Uuid, readonly Uuid[]>();
    for (const row of rowsOf(database, 'Logical_DP_Group')) groups.set(row._uuid, uuidsOf(row, 'datapaths'));
    for (const row of replicaOrder(rowsOf(database, 'Logical_Flow'))) {
      const entry = entryOf(row);
      const direct = uuidsOf(row, 'logical_datapath');
      const grouped = uuidsOf(row, 'logical_dp_group').flatMap((group) => groups.get(group) ?? []);
      if (direct.length + grouped.length === 0) warn('logical flow missing datapath');
      for (const datapath of [...direct, ...grouped]) this.add(datapath, entry, isEager);
    }
  }

  private add(uuid: Uuid, entry: LflowEntry, isEager: boolean): void {
    const datapath = this.network.datapaths.get(uuid);
    if (datapath === undefined) {
      this.warn('logical flow missing datapath');
      return;
    }
    if (isEager) this.parse(entry, datapath);
    const key = tableKey(uuid, entry.pipeline, entry.table);
    const entries = this.tables.get(key);
    if (entries === undefined) this.tables.set(key, [entry]);
    else entries.push(entry);
  }

  /** The flows of one table by falling priority. */
  entries(datapath: TraceDatapath, pipeline: Pipeline, table: number): readonly LflowEntry[] {
    const key = tableKey(datapath.uuid, pipeline, table);
    const entries = this.tables.get(key) ?? [];
    if (!this.sorted.has(key)) {
      entries.sort((a, b) => b.priority - a.priority);
      this.sorted.add(key);
    }
    return entries;
  }

  /** The parsed form of `entry` for `datapath`; null, with a warning the first time, when it cannot be understood. */
  parse(entry: LflowEntry, datapath: TraceDatapath): Lflow | null {
    const key = entry.match.includes('@') ? `${entry.uuid}/${datapath.uuid}` : entry.uuid;
    const known = this.parsed.get(key);
    if (known !== undefined) return known;
    const flow = this.parseNew(entry, datapath);
    this.parsed.set(key, flow);
    return flow;
  }

  /** What `$NAME` and `@NAME` mean on a datapath; port groups are kept by datapath. */
  names(tunnelKey: number): ConstantNames {
    return {
      addressSet: this.network.addressSets,
      portGroup: (name) => this.network.portGroups.get(`${tunnelKey}_${name}`),
    };
  }

  /** A part of a match as an expression; null when it is none by itself. */
  expression(text: string, datapath: TraceDatapath): Expr | null {
    const parsed = parseExpr(expand(text) ?? '', this.symbols, this.names(datapath.tunnelKey));
    const annotated = parsed.ok ? annotate(parsed.value, this.symbols) : parsed;
    return annotated.ok
      ? evaluateConditions(simplify(annotated.value), (port) => port === '' || this.network.ports.has(port))
      : null;
  }

  private parseNew(entry: LflowEntry, datapath: TraceDatapath): Lflow | null {
    const { match, actions } = entry;
    const filled = expand(match);
    // Nothing is left of a match with a template, and that is no match either.
    if (filled === undefined) this.warn(`${match}: parsing expression failed`);
    const parsed = parseExpr(filled ?? '', this.symbols, this.names(datapath.tunnelKey));
    if (!parsed.ok) {
      this.warn(`${match}: parsing expression failed (${parsed.error})`);
      return null;
    }
    const parsedActions = this.parseActions(entry);
    if (!parsedActions.ok) {
      const why = parsedActions.error === UNFILLED ? '' : ` (${parsedActions.error})`;
      this.warn(`${actions}: parsing actions failed${why}`);
      return null;
    }
    const { prerequisites } = parsedActions.value;
    const whole = prerequisites === undefined ? parsed.value : combine('and', parsed.value, prerequisites);
    const annotated = annotate(whole, this.symbols);
    if (!annotated.ok) {
      this.warn(`match annotation failed (${annotated.error})`);
      return null;
    }
    const resident = (port: string): boolean => this.isResident(port);
    return {
      entry,
      match: evaluateConditions(simplify(annotated.value), resident),
      actions: parsedActions.value.actions,
    };
  }

  private parseActions({ pipeline, table, actions }: LflowEntry): ReturnType<typeof parseActions> {
    const env = {
      pipeline,
      table,
      tableCount: PIPELINE_LENGTH[pipeline],
      dhcpOptions: (name: string) => this.network.dhcpOptions.get(name),
      dhcpv6Options: (name: string) => this.network.dhcpv6Options.get(name),
    };
    const filled = expand(actions);
    if (filled === undefined) return err(UNFILLED);
    const parsed = parseActions(filled, this.symbols, env);
    if (parsed.ok) return parsed;
    const modern = modernActions(actions);
    if (modern === undefined) return parsed;
    const again = parseActions(modern, this.symbols, env);
    return again.ok ? again : err(parsed.error);
  }

  /** A trace knows no chassis: every port that exists is here. */
  private isResident(port: string): boolean {
    if (port === '' || this.network.ports.has(port)) return true;
    this.warn(`${port}: unknown logical port\n`);
    return false;
  }
}

/** Why actions with a template fail; the real program gives no reason. */
const UNFILLED = 'a template has no value';

/** Templates have no values here, so a text that uses one cannot be understood. */
const expand = (text: string): string | undefined => expandTemplates(text, () => undefined);
