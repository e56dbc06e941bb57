/** Every call of the engine protocol, by name. */
import type { CallName } from '../protocol.ts';
import type { Call } from './call.ts';
import { complete } from './complete.ts';
import { inspect } from './inspect.ts';
import { Refused } from './refused.ts';
import { findRun, runSteps, runSummaries } from './runs.ts';
import { stepDetail } from './step-detail.ts';
import { tableList, tablePage } from './table-page.ts';

type Calls = { readonly [Name in CallName]: Call<Name> };

const TABLE: Calls = {
  scenarios: (session) => session.scenarios(),
  open: (session, ask, context) => session.open(ask.scenario, ask.seed, context),
  openDocument: (session, ask, context) => session.openDocument(ask, context),
  openFiles: (session, ask, context) => session.openFiles(ask, context),
  document: (session, ask) => session.document(ask.page),
  snapshot: (session) => session.snapshot(),
  exec: (session, ask, context) => session.exec(ask.host, ask.line, context),
  complete: (session, ask) => complete(session.world, session.databases(), ask.host, ask.line, ask.cursor),
  runs: (session) => runSummaries(session.world),
  steps: (session, ask) => runSteps(session.world, findRun(session.world, ask.run), ask.from, ask.to),
  step: (session, ask) =>
    stepDetail(session.world, session.databases(), findRun(session.world, ask.run), ask.step),
  inspect: (session, ask) => inspect(session.world, session.databases(), ask),
  tables: (session) => tableList(session.browsable()),
  table: (session, ask) => {
    const database = session.browsable().find((one) => one.schema.name === ask.database);
    if (!database) throw new Refused(`There is no database ${ask.database}.`);
    return tablePage(database, ask);
  },
  ovnTrace: async (session, ask, context) => {
    const text = { out: '', err: '' };
    const host = [...session.world.hosts.values()].find((one) => one.central)?.name ?? '';
    const argv = ['ovn-trace', ...ask.options, ...(ask.datapath === '' ? [] : [ask.datapath]), ask.microflow];
    const { status } = await session.run(host, '', argv, {
      ...context,
      output: (stream, part) => void (text[stream] += part),
    });
    return { text: text.out, errors: text.err, status };
  },
  captureStart: (session, ask) => session.captures.start(ask),
  captureStop: (session, ask) => session.captures.stop(ask.id),
  captures: (session) => session.captures.list(),
  captureText: (session, ask) => session.captures.text(ask.id, ask.options),
  captureFile: (session, ask) => session.captures.file(ask.id, ask.format),
};

/** The table for a name that is known at run time only: the protocol's types have checked each entry. */
export const CALLS = TABLE as unknown as Readonly<Record<CallName, Call<CallName>>>;
