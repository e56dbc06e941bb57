/** `ovsdb-client`: a server's databases, schemas and contents, and transactions as JSON. */
import {
  jsonText,
  schemaJson,
  transactOperations,
  type Database,
  type Json,
  type JsonObject,
} from '../../ovsdb/index.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Exit, Invocation, Program, RunningProgram } from '../program.ts';
import { getOptions, glibcOptionText } from '../ovsdb/getopt.ts';
import type { DatabaseHost } from '../ovsdb/host.ts';
import { CLIENT_OPTIONS, programSettings, type ProgramSettings } from '../ovsdb/program-options.ts';
import { runOn } from '../ovsdb/run-on.ts';
import { CtlError, fail } from '../ovsdb/stop.ts';
import { TablePrinter, type ResultTable } from '../ovsdb/table-text.ts';
import { Log } from '../ovsdb/vlog.ts';
import { databasesAt, DEFAULT_REMOTE, defaultDatabase } from './server.ts';
import { columnsOf, dumpOf, tablesOf } from './show-tables.ts';
import { CLIENT_USAGE } from './usage.table.ts';

interface Call {
  readonly invocation: Invocation<DatabaseHost>;
  readonly settings: ProgramSettings;
  /** The words after the command, the server and the database taken off. */
  readonly words: readonly string[];
  readonly remote: string;
}

/** `needs` tells whether a database may be named before the words. */
interface ClientCommand {
  readonly needs: 'nothing' | 'server' | 'database';
  readonly least: number;
  readonly most: number;
  run(call: Call, database: Database | undefined): Exit | RunningProgram;
}

const DONE: Exit = { status: 0 };
const isRemote = (word: string): boolean => /^[A-Za-z].*:/.test(word);

function printTables({ invocation, settings }: Call, tables: readonly ResultTable[]): Exit {
  const printer = new TablePrinter(settings.style);
  for (const table of tables) invocation.output.out(printer.print(table));
  return DONE;
}

const ofDatabase = (run: (call: Call, database: Database) => Exit, most = 0): ClientCommand => ({
  needs: 'database',
  least: 0,
  most,
  run: (call, database) => (database === undefined ? fail('no database') : run(call, database)),
});

const printing = (text: (database: Database) => string): ClientCommand =>
  ofDatabase(({ invocation }, database) => {
    invocation.output.out(`${text(database)}\n`);
    return DONE;
  });

function parseJson(text: string): Result<Json> {
  try {
    return ok(JSON.parse(text) as Json);
  } catch (error) {
    const keyword = /^[a-z]+/.exec(text)?.[0];
    const place = keyword?.length ?? 0;
    const reason =
      keyword === undefined || ['true', 'false', 'null'].includes(keyword)
        ? error instanceof Error
          ? error.message
          : 'syntax error'
        : `line 0, column ${place}, byte ${place}: invalid keyword '${keyword}'`;
    return err(`"${text}": ${reason}`);
  }
}

const isAborted = (json: Json | undefined): boolean =>
  typeof json === 'object' && json !== null && (json as JsonObject)['error'] === 'aborted';

/** `transact`, or `query`, which takes back what it did. */
function transaction(isQuery: boolean): ClientCommand {
  return {
    needs: 'nothing',
    least: 1,
    most: 2,
    run({ invocation, settings, words }) {
      const { context, host, output } = invocation;
      const parsed = parseJson(words.at(-1) ?? '');
      if (!parsed.ok) return fail(parsed.error);
      const request = Array.isArray(parsed.value) ? (parsed.value as readonly Json[]) : [];
      const [name, ...given] = request;
      if (typeof name !== 'string') return fail('not a valid OVSDB query');
      const [first = ''] = words;
      const database = databasesAt(host, words.length > 1 && isRemote(first) ? first : DEFAULT_REMOTE).get(
        name,
      );
      if (database === undefined) {
        const error: JsonObject = {
          error: 'unknown database',
          details: `transact request specifies unknown database ${name}`,
          syntax: jsonText(request),
        };
        return fail(`transaction returned error: ${jsonText(error)}`);
      }
      const operations = isQuery ? [...given, { op: 'abort' }] : given;
      const begun = context.clock.now();
      let wake = Infinity;
      const step = (): number | null => {
        const elapsed = Math.floor((context.clock.now() - begun) / 1e6);
        const outcome = transactOperations(database, operations, context.random, elapsed);
        if (outcome.kind === 'waiting') {
          wake = outcome.timeout * 1e6;
          return null;
        }
        const { results } = outcome;
        const shown = isQuery && isAborted(results[given.length]) ? results.slice(0, -1) : results;
        output.out(`${jsonText(shown, settings.style.isPretty)}\n`);
        return 0;
      };
      const status = step();
      if (status !== null) return { status };
      const log = new Log(
        (line) => output.err(line),
        () => context.clock.wallMs(),
      );
      return runOn(database, step, { timeout: settings.timeout, wait: 'none' }, log, context, wake);
    },
  };
}

const COMMANDS: Readonly<Record<string, ClientCommand>> = {
  'list-dbs': {
    needs: 'server',
    least: 0,
    most: 0,
    run({ invocation, remote }) {
      const names = [...databasesAt(invocation.host, remote).keys(), '_Server'];
      invocation.output.out(names.map((name) => `${name}\n`).join(''));
      return DONE;
    },
  },
  'get-schema': {
    ...ofDatabase(({ invocation, settings }, { schema }) => {
      invocation.output.out(`${jsonText(schemaJson(schema), settings.style.isPretty)}\n`);
      return DONE;
    }),
  },
  'get-schema-version': printing(({ schema }) => schema.version),
  'get-schema-cksum': printing(({ schema }) => schema.cksum ?? ''),
  'list-tables': ofDatabase((call, database) => printTables(call, [tablesOf(database)])),
  'list-columns': ofDatabase((call, database) => printTables(call, [columnsOf(database, call.words[0])]), 1),
  dump: ofDatabase((call, database) => printTables(call, dumpOf(database, call.words)), Infinity),
  transact: transaction(false),
  query: transaction(true),
};

const NOT_MODELLED = [
  'monitor',
  'monitor-cond',
  'monitor-cond-since',
  'wait',
  'convert',
  'needs-conversion',
  'backup',
  'restore',
  'lock',
  'steal',
  'unlock',
];

/** Words and options apart: this program takes options anywhere. */
function separate(argv: readonly string[]): Result<{ options: readonly string[]; words: readonly string[] }> {
  const options: string[] = [];
  const words: string[] = [];
  let rest = argv;
  while (rest.length > 0) {
    const head = getOptions(rest, CLIENT_OPTIONS);
    if (!head.ok) return err(glibcOptionText(head.error));
    options.push(...rest.slice(0, head.value.rest).filter((word) => word !== '--'));
    if (rest[head.value.rest - 1] === '--')
      return ok({ options, words: [...words, ...rest.slice(head.value.rest)] });
    words.push(...rest.slice(head.value.rest, head.value.rest + 1));
    rest = rest.slice(head.value.rest + 1);
  }
  return ok({ options, words });
}

function start(invocation: Invocation<DatabaseHost>): Exit | RunningProgram {
  const separated = separate(invocation.argv.slice(1));
  if (!separated.ok) return fail(separated.error);
  const settings = programSettings(
    separated.value.options,
    {
      program: 'ovsdb-client',
      words: 'glibc',
      options: CLIENT_OPTIONS,
      waits: ['none'],
      firstWait: 'none',
      format: 'table',
    },
    [],
  );
  const { output, host } = invocation;
  if (settings.instead !== null) {
    output.out(settings.instead === 'version' ? 'ovsdb-client (Open vSwitch) 3.7.0\n' : CLIENT_USAGE);
    return DONE;
  }
  if (settings.daemon.isDetached) return fail('option --detach is not modelled here');
  const [name, ...given] = separated.value.words;
  if (name === undefined) return fail('missing command name; use --help for help');
  if (NOT_MODELLED.includes(name)) return fail(`${name} is not modelled here`);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) return fail(`unknown command '${name}'; use --help for help`);
  let words: readonly string[] = given;
  let remote = DEFAULT_REMOTE;
  let database: Database | undefined;
  if (command.needs !== 'nothing') {
    const [first = ''] = words;
    if (words.length > command.least && isRemote(first)) {
      remote = first;
      words = words.slice(1);
    }
    const databases = databasesAt(host, remote);
    if (command.needs === 'database') {
      const [next = ''] = words;
      database = words.length > command.least ? databases.get(next) : undefined;
      if (database === undefined) {
        const chosen = defaultDatabase(databases);
        if (!chosen.ok) return fail(chosen.error);
        database = chosen.value;
      } else words = words.slice(1);
    }
  }
  if (words.length < command.least || words.length > command.most)
    return fail(`invalid syntax for '${name}' (use --help for help)`);
  return command.run({ invocation, settings, words, remote }, database);
}

export const ovsdbClient: Program<DatabaseHost> = (invocation) => {
  try {
    return start(invocation);
  } catch (stop) {
    if (!(stop instanceof CtlError)) throw stop;
    invocation.output.err(`ovsdb-client: ${stop.message}\n`);
    return { status: stop.status };
  }
};
