/** Transactions as data: the `transact` method of RFC 7047, section 4.1.3, on a database in memory. */
import type { Random } from '../../base/random.ts';
import type { Database, TransactionError } from '../database.ts';
import { decodeWith, type Json, type JsonObject } from '../value-json.ts';
import { Members } from './members.ts';
import { Execution, MustWait, operate } from './operations.ts';

/** `waiting` when a `wait` does not hold: nothing was done; try again when the database changes. */
export type TransactOutcome =
  | { readonly kind: 'done'; readonly results: readonly Json[] }
  | { readonly kind: 'waiting'; readonly timeout: number };

function errorJson({ error, details, syntax }: TransactionError): JsonObject {
  return { error, details, ...(syntax === undefined ? {} : { syntax }) };
}

/**
 * Carries out all operations or none. There is one result an operation, `null` after the one that failed, and one more
 * when the transaction as a whole was refused. `elapsed` is how many milliseconds it has waited already.
 */
export function transactOperations(
  database: Database,
  operations: readonly Json[],
  random: Random,
  elapsed = 0,
): TransactOutcome {
  const results: Json[] = [];
  let hasFailed = false;
  try {
    const committed = database.transact((txn) => {
      const execution = new Execution(txn, database.schema, random, elapsed);
      for (const [i, json] of operations.entries()) {
        const members = new Members(json, `ovsdb operation ${i + 1} of ${operations.length}`);
        const result = decodeWith(() => operate(execution, members));
        const problem = members.problem() ?? (result.ok ? undefined : result.error);
        if (problem !== undefined) {
          results.push(errorJson(problem));
          hasFailed = true;
          txn.abort(problem);
        }
        if (result.ok) results.push(result.value);
      }
    });
    if (!committed.ok && !hasFailed) results.push(errorJson(committed.error));
  } catch (thrown) {
    if (thrown instanceof MustWait) return { kind: 'waiting', timeout: thrown.timeout };
    throw thrown;
  }
  while (results.length < operations.length) results.push(null);
  return { kind: 'done', results };
}
