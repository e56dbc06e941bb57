/** The operations of a transaction (RFC 7047, section 5.2), one function each: what it does and its result. */
import { present } from '../../base/assert.ts';
import { parseUuid, randomUuid, type Uuid } from '../../base/uuid.ts';
import type { Random } from '../../base/random.ts';
import { checkValue } from '../constraint.ts';
import type { Txn } from '../database.ts';
import { columnsWithoutDefault } from '../row-store.ts';
import { columnsInServer } from '../schema-order.ts';
import type { Row, Schema } from '../schema.ts';
import {
  encodeValue,
  isObject,
  refuseJson,
  syntaxError,
  valueDecoder,
  type Json,
  type JsonObject,
} from '../value-json.ts';
import { compareValues, defaultValue, equalValues, type Value } from '../value.ts';
import { columnOf, requireColumn, type NamedColumn, type NamedTable } from './column.ts';
import { parseCondition } from './condition.ts';
import type { Members } from './members.ts';
import { parseMutations } from './mutation.ts';

/** A `wait` that does not hold yet; `timeout` is in milliseconds. */
export class MustWait extends Error {
  readonly timeout: number;

  constructor(timeout: number) {
    super();
    this.timeout = timeout;
  }
}

/** What operations share: the transaction, and the rows that they name. */
export class Execution {
  readonly txn: Txn;
  readonly schema: Schema;
  /** Milliseconds since the transaction was first tried. */
  readonly elapsed: number;
  private readonly random: Random;
  private readonly names = new Map<string, { uuid: Uuid; isCreated: boolean }>();

  constructor(txn: Txn, schema: Schema, random: Random, elapsed: number) {
    this.txn = txn;
    this.schema = schema;
    this.random = random;
    this.elapsed = elapsed;
  }

  /** What `["named-uuid", name]` stands for, also before the row is inserted. */
  readonly named = (name: string): Uuid => this.symbol(name).uuid;

  /** The uuid of a new row that calls itself `name`. */
  create(name: string | undefined, given: Uuid | undefined): Uuid {
    if (name === undefined) return given ?? randomUuid(this.random);
    const symbol = this.symbol(name);
    if (symbol.isCreated)
      return refuseJson({
        ...syntaxError('This "uuid-name" appeared on an earlier "insert" operation.', name),
        error: 'duplicate uuid-name',
      });
    symbol.isCreated = true;
    symbol.uuid = given ?? symbol.uuid;
    return symbol.uuid;
  }

  private symbol(name: string): { uuid: Uuid; isCreated: boolean } {
    const symbol = this.names.get(name) ?? { uuid: randomUuid(this.random), isCreated: false };
    this.names.set(name, symbol);
    return symbol;
  }
}

type Operation = (execution: Execution, members: Members) => JsonObject;

function tableIn({ schema }: Execution, members: Members): NamedTable {
  const name = members.required('table', 'id');
  if (!Object.hasOwn(schema.tables, name)) return members.fail(`No table named ${name}.`);
  return { name, table: present(schema.tables[name]) };
}

function parseRow(json: Json, table: NamedTable, { named }: Execution): Map<NamedColumn, Value> {
  if (!isObject(json)) return refuseJson(syntaxError('row must be JSON object', json));
  return new Map(
    Object.entries(json).map(([name, value]) => {
      const column = requireColumn(table, name, json);
      return [column, valueDecoder(column.type, named)(value)];
    }),
  );
}

const namedValues = (values: ReadonlyMap<NamedColumn, Value>): Record<string, Value> =>
  Object.fromEntries([...values].map(([{ name }, value]) => [name, value]));

/** Columns that an operation names, or all. */
function columnsIn(json: readonly Json[] | undefined, table: NamedTable): readonly NamedColumn[] {
  const expected = 'array of distinct column names expected';
  if (json === undefined) return columnsInServer(table.table).flatMap((name) => columnOf(table, name) ?? []);
  if (new Set(json).size !== json.length) return refuseJson(syntaxError(expected, json));
  return json.map((name) => {
    if (typeof name !== 'string') return refuseJson(syntaxError(expected, json));
    return columnOf(table, name) ?? refuseJson(syntaxError(`${name} is not a valid column name`, json));
  });
}

function rowsMeant(execution: Execution, table: NamedTable, where: readonly Json[]): readonly Row[] {
  const condition = parseCondition(where, table, execution.named);
  return [...execution.txn.rows(table.name)].filter(condition);
}

const sameIn =
  (columns: readonly NamedColumn[]) =>
  (a: Row, b: Row): boolean =>
    columns.every(({ name }) => equalValues(a[name] as Value, b[name] as Value));

/** Rows that differ in some of the columns. */
function distinct(rows: readonly Row[], columns: readonly NamedColumn[]): readonly Row[] {
  if (columns.some(({ name }) => name === '_uuid')) return rows;
  const same = sameIn(columns);
  return rows.filter((row, i) => rows.findIndex((other) => same(row, other)) === i);
}

const insert: Operation = (execution, members) => {
  const table = tableIn(execution, members);
  const uuidText = members.optional('uuid', 'string');
  const name = members.optional('uuid-name', 'id');
  const json = members.required('row', 'object');
  const given = uuidText === undefined ? undefined : parseUuid(uuidText);
  if (uuidText !== undefined && given === undefined) return refuseJson(syntaxError('bad uuid', uuidText));
  if (given !== undefined && execution.txn.get(table.name, given) !== undefined)
    return refuseJson({
      ...syntaxError(
        'This UUID would duplicate a UUID already present within the table or deleted within the same transaction.',
        given,
      ),
      error: 'duplicate uuid',
    });
  const uuid = execution.create(name, given);
  const values = namedValues(parseRow(json, table, execution));
  for (const { name: column, type } of columnsWithoutDefault(table.table)) {
    const error = column in values ? undefined : checkValue(defaultValue(type), type);
    if (error !== undefined) return refuseJson(error);
  }
  execution.txn.insert(table.name, values, uuid);
  return { uuid: ['uuid', uuid] };
};

const select: Operation = (execution, members) => {
  const table = tableIn(execution, members);
  const where = members.required('where', 'array');
  const columnsJson = members.optional('columns', 'array');
  const sortJson = members.optional('sort', 'array');
  const meant = rowsMeant(execution, table, where);
  const columns = columnsIn(columnsJson, table);
  const sort = columnsIn(sortJson, table);
  const rows = distinct(meant, columns).toSorted((a, b) => {
    for (const { name } of sort) {
      const order = compareValues(a[name] as Value, b[name] as Value);
      if (order !== 0) return order;
    }
    return 0;
  });
  return {
    rows: rows.map((row) =>
      Object.fromEntries(columns.map(({ name, type }) => [name, encodeValue(row[name] as Value, type)])),
    ),
  };
};

const update: Operation = (execution, members) => {
  const table = tableIn(execution, members);
  const where = members.required('where', 'array');
  const json = members.required('row', 'object');
  const values = parseRow(json, table, execution);
  for (const { name, isMutable } of values.keys())
    if (!isMutable)
      return refuseJson({
        ...syntaxError(`Cannot update immutable column ${name} in table ${table.name}.`, members.json),
        error: 'constraint violation',
      });
  const rows = rowsMeant(execution, table, where);
  for (const { _uuid } of rows) execution.txn.update(table.name, _uuid, namedValues(values));
  return { count: rows.length };
};

const mutate: Operation = (execution, members) => {
  const table = tableIn(execution, members);
  const where = members.required('where', 'array');
  const mutations = parseMutations(members.required('mutations', 'array'), table, execution.named);
  const rows = rowsMeant(execution, table, where);
  for (const row of rows) {
    const values: Record<string, Value> = {};
    for (const { column, apply } of mutations)
      values[column] = apply(values[column] === undefined ? (row[column] as Value) : values[column]);
    execution.txn.update(table.name, row._uuid, values);
  }
  return { count: rows.length };
};

const remove: Operation = (execution, members) => {
  const where = members.required('where', 'array');
  const table = tableIn(execution, members);
  const rows = rowsMeant(execution, table, where);
  for (const { _uuid } of rows) execution.txn.delete(table.name, _uuid);
  return { count: rows.length };
};

const wait: Operation = (execution, members) => {
  const timeout = members.optional('timeout', 'integer');
  const where = members.required('where', 'array');
  const columnsJson = members.optional('columns', 'array');
  const until = members.required('until', 'string');
  const rowsJson = members.required('rows', 'array');
  const table = tableIn(execution, members);
  const meant = rowsMeant(execution, table, where);
  const columns = columnsIn(columnsJson, table);
  if (timeout !== undefined && timeout < 0)
    return refuseJson(syntaxError('timeout must be nonnegative', timeout));
  if (until !== '==' && until !== '!=') return refuseJson(syntaxError('"until" must be "==" or "!="', until));
  const defaults = Object.fromEntries(
    Object.entries(table.table.columns).map(([name, { type }]) => [name, defaultValue(type)]),
  );
  const expected = distinct(
    rowsJson.map(
      (json) => ({ ...defaults, ...namedValues(parseRow(json, table, execution)) }) as unknown as Row,
    ),
    columns,
  );
  const actual = distinct(meant, columns);
  const same = sameIn(columns);
  const isEqual =
    actual.length === expected.length && actual.every((row) => expected.some((other) => same(row, other)));
  if (isEqual === (until === '==')) return {};
  if (timeout === undefined || execution.elapsed < timeout) throw new MustWait(timeout ?? Infinity);
  return refuseJson({
    error: 'timed out',
    details:
      execution.elapsed > 0 ? `"wait" timed out after ${execution.elapsed} ms` : '"where" clause test failed',
  });
};

const assert: Operation = (_, members) => {
  const lock = members.required('lock', 'id');
  return refuseJson({ error: 'not owner', details: `Asserted lock ${lock} not held.` });
};

const OPERATIONS: Readonly<Record<string, Operation>> = {
  insert,
  select,
  update,
  mutate,
  delete: remove,
  wait,
  commit: (_, members) => {
    members.optional('durable', 'boolean');
    return {};
  },
  abort: () => refuseJson({ error: 'aborted', details: 'aborted by request' }),
  comment: ({ txn }, members) => {
    txn.comment(members.required('comment', 'string'));
    return {};
  },
  assert,
};

/** Carries out one operation. Errors leave as those of decoders do. */
export function operate(execution: Execution, members: Members): JsonObject {
  const name = members.required('op', 'id');
  const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  if (operation === undefined) return members.fail(`No operation "${name}"`);
  return operation(execution, members);
}
