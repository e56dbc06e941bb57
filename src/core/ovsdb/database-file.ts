/** Database files, standalone and clustered, to databases with the file's own schema, and back. */
import { createRandom, type Random } from '../base/random.ts';
import { err, ok, type Problem, type Result } from '../base/result.ts';
import { followCluster, type ClusterServer } from './cluster-log.ts';
import type { Database, TransactionError } from './database.ts';
import { TransactionReader, wholeTransaction, type TransactionNote } from './file-transaction.ts';
import { readLog, writeLog } from './log-file.ts';
import { MemoryDatabase } from './memory-database.ts';
import { parseSchema, schemaJson } from './schema-json.ts';
import type { Schema } from './schema.ts';
import type { JsonObject } from './value-json.ts';

/** A file that was read, at least in part. */
export interface DatabaseFile {
  readonly kind: 'standalone' | 'clustered';
  /** All that was valid, under the file's own schema. */
  readonly database: Database;
  /** Records that were applied, the one with the schema included. */
  readonly recordCount: number;
  /** What each transaction says about itself, in order. */
  readonly notes: readonly TransactionNote[];
  /** Damage: `database` holds what came before it. */
  readonly problem: Problem | undefined;
  /** Who wrote a clustered file. */
  readonly server: ClusterServer | undefined;
}

export interface ReadOptions {
  /** The file's name, for messages. */
  readonly name?: string;
  /** Where uuids of rows that are inserted later come from. */
  readonly random?: Random;
}

/** An error as ovsdb-tool prints it. */
function errorText(error: TransactionError): string {
  const syntax = error.syntax === undefined ? '' : `syntax "${error.syntax}": `;
  return `${syntax}${error.error}: ${error.details}`;
}

interface Entry {
  readonly offset: number;
  readonly schema: JsonObject | null;
  readonly transaction: JsonObject | null;
}

function replay(
  entries: readonly Entry[],
  random: Random,
  name: string,
): Pick<DatabaseFile, 'recordCount' | 'notes' | 'problem'> & {
  readonly database: MemoryDatabase | undefined;
} {
  let database: MemoryDatabase | undefined;
  let reader: TransactionReader | undefined;
  const notes: TransactionNote[] = [];
  let recordCount = 0;
  for (const { offset, schema, transaction } of entries) {
    const stop = (error: TransactionError): ReturnType<typeof replay> => ({
      database,
      notes,
      recordCount,
      problem: { message: errorText(error), place: { offset, file: name } },
    });
    if (schema !== null) {
      const parsed = parseSchema(schema);
      if (!parsed.ok) return stop(parsed.error);
      database = new MemoryDatabase(parsed.value, random);
      reader = new TransactionReader(database);
    }
    if (transaction !== null) {
      const applied = reader?.apply(transaction);
      if (applied === undefined)
        return stop({ error: 'ovsdb error', details: 'a transaction comes before any schema' });
      if (!applied.ok) return stop(applied.error);
      notes.push(applied.value);
    }
    recordCount += 1;
  }
  return { database, notes, recordCount, problem: undefined };
}

/**
 * Reads a standalone or clustered database file. An error means that nothing could be read; damage further on is
 * `problem`, and the database then holds all that came before it, as ovsdb-server does with a torn file.
 */
export function readDatabaseFile(
  octets: Uint8Array,
  options: ReadOptions = {},
): Result<DatabaseFile, Problem> {
  const { name = 'database', random = createRandom(1) } = options;
  const log = readLog(octets, name);
  const nothing: Problem = {
    message: 'unexpected end of file reading schema',
    place: { offset: octets.length, file: name },
  };
  if (log.records.length === 0) return err(log.problem ?? nothing);
  if (log.magic === 'CLUSTER') {
    const cluster = followCluster(log.records, name);
    const { database, ...read } = replay(cluster.entries, random, name);
    const problem = read.problem ?? cluster.problem ?? log.problem;
    if (database === undefined)
      return err(
        problem ?? {
          message: `${name}: the server has not joined its cluster yet: the file holds no data`,
          place: { offset: 0, file: name },
        },
      );
    return ok({ kind: 'clustered', database, ...read, problem, server: cluster.server });
  }
  const [schema, ...transactions] = log.records;
  const entries = [
    { offset: 0, schema: schema?.json ?? null, transaction: null },
    ...transactions.map(({ offset, json }) => ({ offset, schema: null, transaction: json })),
  ];
  const { database, ...read } = replay(entries, random, name);
  const problem = read.problem ?? log.problem;
  if (database === undefined) return err(problem ?? nothing);
  return ok({ kind: 'standalone', database, ...read, problem, server: undefined });
}

/** A compacted standalone file: the schema, then all rows as one transaction. */
export function writeDatabaseFile<S extends Schema>(
  database: Database<S>,
  note: TransactionNote = { date: undefined, comment: undefined },
): Uint8Array {
  const plain = database as unknown as Database;
  return writeLog('JSON', [
    schemaJson(plain.schema),
    wholeTransaction(plain.schema, (table) => plain.rows(table), note),
  ]);
}
