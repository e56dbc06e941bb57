/** Transactions as database files hold them: tables, rows by uuid, columns; `null` deletes a row; `_is_diff` marks differences. */
import type { Result } from '../base/result.ts';
import { parseUuid, type Uuid } from '../base/uuid.ts';
import type { TransactionError } from './database.ts';
import type { MemoryDatabase } from './memory-database.ts';
import { jsonText } from './json-text.ts';
import { defaultRow } from './memory-database.ts';
import type { ColumnType, Row, Schema } from './schema.ts';
import { canonical, equalValues, isMap, isSet, defaultValue, type Atom, type Value } from './value.ts';
import {
  decodeWith,
  encodeValue,
  isObject,
  refuseJson,
  syntaxError,
  valueDecoder,
  type DecodeValue,
  type Json,
  type JsonObject,
} from './value-json.ts';

/** What a record says about itself. `date` is milliseconds since 1970. */
export interface TransactionNote {
  readonly date: number | undefined;
  readonly comment: string | undefined;
}

/** The other of two sets: what is in one but not in both. Pairs whose key is in both are replaced unless they are equal. */
export function applyDifference(before: Value, difference: Value): Value {
  if (isSet(before) && isSet(difference)) {
    const left = new Set<Atom>(before);
    for (const atom of difference) if (!left.delete(atom)) left.add(atom);
    return canonical([...left]);
  }
  if (isMap(before) && isMap(difference)) {
    const left = new Map(before);
    for (const [key, value] of difference) {
      if (left.has(key) && left.get(key) === value) left.delete(key);
      else left.set(key, value);
    }
    return canonical(left);
  }
  return difference;
}

interface TableCodec {
  readonly template: Omit<Row, '_uuid'>;
  readonly whole: ReadonlyMap<string, DecodeValue>;
  readonly difference: ReadonlyMap<string, DecodeValue>;
}

/** Reads the transactions of one file into a database. Decoders are made once a table. */
export class TransactionReader {
  private readonly database: MemoryDatabase;
  private readonly codecs = new Map<string, TableCodec>();

  constructor(database: MemoryDatabase) {
    this.database = database;
  }

  /** Applies one transaction whole, or gives the error and applies nothing. */
  apply(record: JsonObject): Result<TransactionNote, TransactionError> {
    const undo: (() => void)[] = [];
    const result = decodeWith(() => {
      const isDifference = record['_is_diff'] === true;
      for (const [name, rows] of Object.entries(record)) {
        if (Object.hasOwn(this.database.schema.tables, name)) this.applyTable(name, rows, isDifference, undo);
        else if (name !== '_date' && name !== '_is_diff' && name !== '_comment')
          refuseJson({
            error: 'unknown table',
            details: `No table named ${name}.`,
            syntax: jsonText(record),
          });
      }
      const { _date: date, _comment: comment } = record;
      return {
        date: typeof date === 'number' ? date : undefined,
        comment: typeof comment === 'string' ? comment : undefined,
      };
    });
    if (!result.ok) for (const step of undo.toReversed()) step();
    return result;
  }

  private codec(table: string): TableCodec {
    let codec = this.codecs.get(table);
    if (codec === undefined) {
      const definition = this.database.schema.tables[table];
      const columns = Object.entries(definition?.columns ?? {});
      // A difference may have any number of elements.
      const loose = (type: ColumnType): ColumnType =>
        type.max > 1 ? { ...type, min: 0, max: Infinity } : { ...type, min: 0 };
      codec = {
        template: definition === undefined ? {} : defaultRow(definition),
        whole: new Map(columns.map(([name, { type }]) => [name, valueDecoder(type)])),
        difference: new Map(columns.map(([name, { type }]) => [name, valueDecoder(loose(type))])),
      };
      this.codecs.set(table, codec);
    }
    return codec;
  }

  private applyTable(table: string, rows: Json, isDifference: boolean, undo: (() => void)[]): void {
    if (!isObject(rows)) return refuseJson(syntaxError('object expected', rows));
    const codec = this.codec(table);
    const { database } = this;
    for (const [text, json] of Object.entries(rows)) {
      const uuid = parseUuid(text) ?? refuseJson(syntaxError(`"${text}" is not a valid UUID`, rows));
      const before = database.get(table, uuid);
      if (json === null) {
        if (before === undefined)
          return refuseJson(syntaxError(`transaction deletes row ${uuid} that does not exist`));
        database.unload(table, uuid);
        undo.push(() => database.load(table, before));
        continue;
      }
      database.load(table, decodeRow(table, codec, uuid, before, isDifference, json));
      undo.push(() => (before === undefined ? database.unload(table, uuid) : database.load(table, before)));
    }
    return undefined;
  }
}

function decodeRow(
  table: string,
  codec: TableCodec,
  uuid: Uuid,
  before: Row | undefined,
  isDifference: boolean,
  json: Json,
): Row {
  if (!isObject(json)) return refuseJson(syntaxError('row must be JSON object', json));
  const row: Record<string, Value> = { ...(before ?? codec.template), _uuid: uuid };
  const decoders = before !== undefined && isDifference ? codec.difference : codec.whole;
  for (const name in json) {
    const decode = decoders.get(name);
    if (decode === undefined)
      return refuseJson({
        error: 'unknown column',
        details: `No column ${name} in table ${table}.`,
        syntax: jsonText(json),
      });
    const value = decode(json[name] as Json);
    row[name] = decoders === codec.difference ? applyDifference(row[name] as Value, value) : value;
  }
  return row as Row;
}

/** All rows as one transaction: columns at their default and ephemeral ones are left out. */
export function wholeTransaction(
  schema: Schema,
  rowsOf: (table: string) => Iterable<Row>,
  note: TransactionNote,
): JsonObject {
  const record: Record<string, Json> = {};
  for (const [table, { columns }] of Object.entries(schema.tables)) {
    const kept = Object.entries(columns).filter(([, column]) => !column.ephemeral);
    const defaults = new Map(kept.map(([name, { type }]) => [name, defaultValue(type)]));
    const rows: Record<string, Json> = {};
    for (const row of rowsOf(table)) {
      const values: Record<string, Json> = {};
      for (const [name, { type }] of kept) {
        const value = row[name] as Value;
        if (!equalValues(value, defaults.get(name) ?? null)) values[name] = encodeValue(value, type);
      }
      rows[row._uuid] = values;
    }
    if (Object.keys(rows).length > 0) record[table] = rows;
  }
  if (note.comment !== undefined) record['_comment'] = note.comment;
  if (note.date !== undefined) record['_date'] = note.date;
  return record;
}
