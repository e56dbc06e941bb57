/** ovn-trace in the background: it reads the database once, and traces on it when asked by `trace`. */
import { err, ok, type Result } from '../../base/result.ts';
import { copyDatabase, type Database } from '../../ovsdb/index.ts';
import { SouthboundTrace, type TraceForm } from '../../ovn/trace/index.ts';
import type { DaemonCommand } from '../ovs-appctl/reply.ts';
import { DAEMON_UNMODELLED, startService } from '../ovsdb/daemon-mode.ts';
import type { DatabaseHost } from '../ovsdb/host.ts';
import type { Invocation } from '../program.ts';
import type { TraceCommand } from './options.ts';
import { switchAt } from './switch-flows.ts';
import { isForm, traceText, TRACE_FORMS } from './text.ts';

interface Question {
  readonly forms: ReadonlySet<TraceForm>;
  readonly words: readonly string[];
}

/** `[--detailed | --summary | --minimal | --all]... [DATAPATH] MICROFLOW`; no other option, and none shortened. */
function readQuestion(args: readonly string[]): Result<Question> {
  const forms = new Set<TraceForm>();
  const count = args.findIndex((word) => !word.startsWith('-'));
  const options = count < 0 ? args : args.slice(0, count);
  for (const option of options) {
    const name = option.replace(/^--/, '');
    if (option === '--all') for (const form of TRACE_FORMS) forms.add(form);
    else if (option.startsWith('--') && isForm(name)) forms.add(name);
    else return err('unknown option');
  }
  const words = args.slice(options.length);
  if (words.length !== 1 && words.length !== 2) return err('one or two non-option arguments are required');
  return ok({ forms: forms.size === 0 ? new Set(['detailed']) : forms, words });
}

/**
 * Starts the daemon. Connection states that a trace took are gone for the next one, as with the real program. The error
 * is what it ends with, after its name.
 */
export function startTraceDaemon(
  database: Database,
  { daemon, trace, ovs }: TraceCommand,
  remote: string,
  version: string,
  invocation: Invocation<DatabaseHost>,
): Result<string> {
  const { context, host } = invocation;
  if (host.background === undefined) return err('option --detach is not modelled here');
  const southbound = new SouthboundTrace(copyDatabase(database, context.random), { isEager: true });
  let states = trace.ctStates;
  const answer: DaemonCommand<undefined> = {
    name: 'trace',
    usage: '[OPTIONS] [DATAPATH] MICROFLOW',
    least: 1,
    most: Infinity,
    run(_daemon, args) {
      const question = readQuestion(args);
      if (!question.ok) return question;
      const { forms, words } = question.value;
      const [first = '', second] = words;
      const request =
        second === undefined
          ? { datapath: undefined, microflow: first }
          : { datapath: first, microflow: second };
      const openFlow = ovs === undefined ? undefined : switchAt(ovs, () => undefined, host);
      const options = { ...trace, ctStates: states, random: context.random, openFlow };
      const traced = southbound.trace(request, options);
      if (!traced.ok) return ok(traced.error);
      states = states.slice(traced.value.ctStatesUsed);
      return ok(traceText(traced.value, forms));
    },
  };
  return startService(host.background, invocation, daemon, {
    program: 'ovn-trace',
    version,
    remote,
    commands: [answer],
    unmodelled: DAEMON_UNMODELLED,
  });
}
