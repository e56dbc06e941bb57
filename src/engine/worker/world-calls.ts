/** The calls of the engine protocol that need a world or what makes one, by name. */
import type { CallName } from '../protocol.ts';
import type { Call, CallOfName } from './call.ts';
import { PROGRAM_NAMES } from '../../core/shell/programs.ts';
import { capturedFrames, composeFrame } from './compose-frame.ts';
import { complete } from './complete.ts';
import { fieldReadings } from './field-readings.ts';
import { inspect } from './inspect.ts';
import type { ListCallName } from './list-calls.ts';
import { QUESTION_CALLS } from './questions/calls.ts';
import { packetList, packetsFile } from './packets.ts';
import { Refused } from './refused.ts';
import { Session } from './session.ts';
import { findRun, runSteps, runSummaries } from './runs.ts';
import { matchSteps } from './match-steps.ts';
import { stepDetail } from './step-detail.ts';
import { tableList, tablePage } from './table-page.ts';

type Calls = { readonly [Name in Exclude<CallName, ListCallName>]: Call<Name> };

const TABLE: Calls = {
  ...QUESTION_CALLS,
  open: (session, ask, context) => session.open(ask.scenario, ask.seed, context),
  openDocument: (session, ask, context) => session.openDocument(ask, context),
  openFiles: (session, ask, context) => session.openFiles(ask, context),
  document: (session, ask) => session.document(ask.page),
  snapshot: (session) => session.snapshot(),
  exec: (session, ask, context) => session.exec(ask.host, ask.line, context),
  prompt: (session, ask) => session.terminal(ask.host).state,
  complete: (session, { host, line, cursor }) => {
    const terminal = session.terminal(host);
    const held = terminal.complete(line.slice(0, cursor));
    return held
      ? { from: line.slice(0, cursor).search(/\S*$/), candidates: held }
      : complete(session.world, session.databases(), terminal.state.machine, line, cursor);
  },
  runs: (session) => runSummaries(session.world),
  steps: (session, ask) => {
    const stages = session.stages();
    const run = findRun(session.world, ask.run);
    return runSteps(session.world, run, ask.from, ask.to).map((step) => stages.name(step));
  },
  step: (session, ask) => {
    const run = findRun(session.world, ask.run);
    const detail = stepDetail(session.world, session.databases(), run, ask.step);
    return { ...detail, step: session.stages().name(detail.step) };
  },
  inspect: (session, { subject, at }, context) => {
    const look = (then: Pick<Session, 'world' | 'databases'>) =>
      inspect(then.world, then.databases(), subject);
    return at === null ? look(session) : session.past(at, look, context);
  },
  programs: () => PROGRAM_NAMES,
  composeFrame: (_session, ask) => composeFrame(ask),
  capturedFrames: (_session, ask) => capturedFrames(ask),
  inject: async (session, ask) => ({ run: await session.inject(ask, ask.octets) }),
  fault: async (session, ask) => {
    await session.fault(ask.fault, ask.on);
    return null;
  },
  stepMessages: async (session, ask) => {
    await session.stepMessages(ask.act, ask.end);
    return null;
  },
  playMessages: (session, ask, context) => session.playMessages(ask, context),
  matchSteps: (session, { run, filter }) =>
    matchSteps(session.world, run === null ? null : findRun(session.world, run), filter),
  fieldReadings: (session, { run, field }) =>
    fieldReadings(session.world, run === null ? null : findRun(session.world, run), field),
  stageNames: (session) => session.stages().names(),
  tables: (session) => tableList(session.browsable()),
  table: (session, ask) => {
    const database = session.browsable().find((one) => one.name === ask.database);
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
  packets: (session, ask) => packetList(session, ask),
  packetsFile: (session, ask) => packetsFile(session, ask),
  captureFile: (session, ask) => session.captures.file(ask.id),
};

/** A session of its own, and the calls on it. */
export function startSession(changed: (version: number) => void): CallOfName {
  const session = new Session(changed);
  // The name is known at run time only: the protocol's types have checked each entry.
  const table = TABLE as unknown as Readonly<Record<CallName, Call<CallName>>>;
  return (name, ask, context) => table[name](session, ask, context);
}
