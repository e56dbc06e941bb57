/** OVSDB: schemas, typed rows, transactions, database files. */
import type { Database, Txn } from './database.ts';
import type { RowOf, TableName } from './schema.ts';
import type { nbSchema } from './schema/northbound.table.ts';
import type { sbSchema } from './schema/southbound.table.ts';
import type { vswitchSchema } from './schema/vswitch.table.ts';

export type NbSchema = typeof nbSchema;
export type SbSchema = typeof sbSchema;
export type OvsSchema = typeof vswitchSchema;
export type NbDatabase = Database<NbSchema>;
export type SbDatabase = Database<SbSchema>;
export type OvsDatabase = Database<OvsSchema>;
export type NbTxn = Txn<NbSchema>;
export type SbTxn = Txn<SbSchema>;
export type NbRow<T extends TableName<NbSchema>> = RowOf<NbSchema, T>;
export type SbRow<T extends TableName<SbSchema>> = RowOf<SbSchema, T>;
export type OvsRow<T extends TableName<OvsSchema>> = RowOf<OvsSchema, T>;

export { nbSchema } from './schema/northbound.table.ts';
export { sbSchema } from './schema/southbound.table.ts';
export { vswitchSchema } from './schema/vswitch.table.ts';
export type * from './schema.ts';
export type * from './database.ts';
export { formatTransactionError } from './database.ts';
export { copyDatabase, createDatabase } from './memory-database.ts';
export type { Atom, Value } from './value.ts';
export { compareAtoms, compareValues, equalValues, isMap, keysOf, lengthOf } from './value.ts';
export { formatAtom, formatBare, formatValue } from './value-text.ts';
export { readDatabaseFile, writeDatabaseFile, type DatabaseFile } from './database-file.ts';
export { asNb, asOvs, asSb, isVersionAtLeast } from './known-schema.ts';
export { columnsInClient, tablesInClient } from './schema-order.ts';
export { schemaJson } from './schema-json.ts';
export { encodeValue, type Json, type JsonObject } from './value-json.ts';
export { HashOrder, hashString, mapOrder, sortedByText, stringOrder } from './hash-order.ts';
export { canonical, defaultValue } from './value.ts';
export { parseAtom, parseToken, parseValue, type Symbols } from './value-parse.ts';
export { jsonText } from './json-text.ts';
export { transactOperations } from './rfc7047/transact.ts';
