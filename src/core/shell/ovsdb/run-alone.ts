/** Runs a program against one database, with no world around it: for texts that a program makes from a file. */
import type { Context } from '../../base/context.ts';
import { createRandom, type Random } from '../../base/random.ts';
import { err, ok } from '../../base/result.ts';
import type { Database } from '../../ovsdb/index.ts';
import type { Program } from '../program.ts';
import type { DatabaseHost } from './host.ts';

/** What a program printed, and its exit status. */
export interface Printed {
  readonly out: string;
  readonly err: string;
  readonly status: number;
}

function stillContext(random: Random): Context {
  return {
    clock: { now: () => 0, wallMs: () => 0, after: () => () => {} },
    random,
    recorder: { active: false, record: () => 0 },
  };
}

/** Runs a program that ends at once against one database. Rows that it names with `--id` get their uuids from `random`. */
export function runOnDatabase(
  program: Program<DatabaseHost>,
  argv: readonly string[],
  database: Database,
  random: Random = createRandom(0x5eed_0000 + database.version),
): Printed {
  let out = '';
  let errors = '';
  const ended = program({
    argv,
    stdin: '',
    namespace: '',
    context: stillContext(random),
    output: {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        errors += text;
      },
    },
    host: {
      connect: (name) => (name === database.schema.name ? ok(database) : err('Connection refused')),
      variable: () => undefined,
    },
  });
  return { out, err: errors, status: 'status' in ended ? ended.status : -1 };
}
