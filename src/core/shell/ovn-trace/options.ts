/** The command line of ovn-trace: options anywhere, each taking effect as it is read. */
import { IN_FOREGROUND, takeDaemonOption, type DaemonOptions } from '../ovsdb/daemon-mode.ts';
import { DEFAULT_SWITCH } from '../ovsdb/host.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { endpointProblem, mappedIpv4, parseEndpoint } from '../../ovn/actions/index.ts';
import {
  DEFAULT_TRACE_OPTIONS,
  type TraceForm,
  type TraceOptions,
  ctStateProblem,
  parseCtState,
} from '../../ovn/trace/index.ts';
import {
  type GivenOption,
  type LongOption,
  type OptionProblem,
  getOptions,
  glibcOptionText,
} from '../ovsdb/getopt.ts';

/** What was asked for. */
export interface TraceCommand {
  readonly instead: 'help' | 'version' | undefined;
  readonly remote: string | undefined;
  readonly forms: ReadonlySet<TraceForm>;
  readonly trace: TraceOptions;
  /** The switch to ask for OpenFlow flows. */
  readonly ovs: string | undefined;
  readonly daemon: DaemonOptions;
  readonly words: readonly string[];
}

/** Where messages go that do not end the program. */
export interface Messages {
  warn(text: string): void;
  error(module: string, text: string): void;
}

const flag = (name: string): LongOption => ({ name, argument: 'none' });
const taking = (name: string, short?: string): LongOption => ({
  name,
  argument: 'required',
  ...(short === undefined ? {} : { short }),
});
const perhaps = (name: string): LongOption => ({ name, argument: 'optional' });

const OPTIONS: readonly LongOption[] = [
  taking('db'),
  flag('leader-only'),
  flag('no-leader-only'),
  taking('unixctl'),
  flag('detailed'),
  flag('summary'),
  flag('minimal'),
  flag('all'),
  perhaps('ovs'),
  taking('ct'),
  flag('friendly-names'),
  flag('no-friendly-names'),
  { name: 'help', argument: 'none', short: 'h' },
  { name: 'version', argument: 'none', short: 'V' },
  taking('lb-dst'),
  taking('select-id'),
  flag('detach'),
  flag('no-self-confinement'),
  flag('no-chdir'),
  perhaps('pidfile'),
  flag('overwrite-pidfile'),
  flag('monitor'),
  taking('user'),
  perhaps('verbose'),
  perhaps('log-file'),
  taking('syslog-method'),
  taking('syslog-target'),
  taking('private-key', 'p'),
  taking('certificate', 'c'),
  taking('ca-cert', 'C'),
  taking('ssl-protocols'),
  taking('ssl-ciphers'),
  taking('ssl-ciphersuites'),
  taking('ssl-server-name'),
];

const FORMS: readonly TraceForm[] = ['detailed', 'summary', 'minimal'];

/** The options in the word at `at`, and where to go on. */
function optionsAt(
  argv: readonly string[],
  at: number,
): Result<{ readonly options: readonly GivenOption[]; readonly next: number }, OptionProblem> {
  const word = argv[at] ?? '';
  if (word.startsWith('-v')) return ok({ options: [], next: at + 1 }); // its argument only comes joined
  const alone = getOptions([word], OPTIONS);
  if (alone.ok) return ok({ options: alone.value.options, next: at + 1 });
  const following = argv[at + 1];
  if (alone.error.kind !== 'argument-missing' || following === undefined) return alone;
  const both = getOptions([word, following], OPTIONS);
  return both.ok ? ok({ options: both.value.options, next: at + 2 }) : both;
}

/** Reads one command line; the error is what the program ends with. */
class CommandReader {
  private instead: TraceCommand['instead'];
  private remote: string | undefined;
  private readonly forms = new Set<TraceForm>();
  private trace = DEFAULT_TRACE_OPTIONS;
  private ovs: string | undefined;
  private daemon = IN_FOREGROUND;
  private readonly messages: Messages;

  constructor(messages: Messages) {
    this.messages = messages;
  }

  read(argv: readonly string[]): Result<TraceCommand> {
    const words: string[] = [];
    for (let at = 0; at < argv.length && this.instead === undefined;) {
      const word = argv[at] ?? '';
      if (word === '--') {
        words.push(...argv.slice(at + 1));
        break;
      }
      if (!word.startsWith('-') || word === '-') {
        words.push(word);
        at += 1;
        continue;
      }
      const given = optionsAt(argv, at);
      if (!given.ok) return err(glibcOptionText(given.error));
      for (const option of given.value.options) {
        const taken = this.take(option);
        if (!taken.ok) return taken;
      }
      at = given.value.next;
    }
    const { instead, remote, forms, trace, ovs, daemon } = this;
    if (forms.size === 0) forms.add('detailed');
    return ok({ instead, remote, forms, trace, ovs, daemon, words });
  }

  private take({ name, argument }: GivenOption): Result<void> {
    const text = argument ?? '';
    switch (name) {
      case 'help':
      case 'version':
        this.instead ??= name;
        break;
      case 'db':
        this.remote = text;
        break;
      case 'detailed':
      case 'summary':
      case 'minimal':
        this.forms.add(name);
        break;
      case 'all':
        for (const form of FORMS) this.forms.add(form);
        break;
      case 'friendly-names':
      case 'no-friendly-names':
        this.trace = { ...this.trace, friendlyNames: name === 'friendly-names' };
        break;
      case 'ct':
        return this.takeCtState(text);
      case 'lb-dst':
        return this.takeDestination(text);
      case 'select-id':
        return this.takeSelectId(text);
      case 'ovs':
        this.ovs = argument ?? DEFAULT_SWITCH;
        break;
      default: // logging and TLS: nothing to model
        this.daemon = takeDaemonOption(this.daemon, name, argument) ?? this.daemon;
    }
    return ok(undefined);
  }

  private takeCtState(text: string): Result<void> {
    const state = parseCtState(text);
    if (!state.ok) return state;
    const problem = ctStateProblem(state.value);
    if (problem !== '') this.messages.warn(problem);
    this.trace = { ...this.trace, ctStates: [...this.trace.ctStates, state.value] };
    return ok(undefined);
  }

  private takeDestination(text: string): Result<void> {
    const parsed = parseEndpoint(text);
    if (parsed === undefined) {
      const problem = endpointProblem(text);
      if (problem !== undefined) this.messages.error('socket_util', problem);
      return err(`${text}: bad address`);
    }
    const { endpoint, family } = parsed;
    const address = family === 4 ? BigInt(mappedIpv4(endpoint) ?? 0) : endpoint.address;
    this.trace = { ...this.trace, lbDestination: { family, address, port: endpoint.port } };
    return ok(undefined);
  }

  private takeSelectId(text: string): Result<void> {
    const [, digits] = /^\s*([+-]?\d+)/.exec(text) ?? [];
    const id = BigInt(digits ?? 0);
    if (id === 0n) return err(`${text}: bad select-id`);
    this.trace = { ...this.trace, selectId: Number(BigInt.asUintN(16, id)) };
    return ok(undefined);
  }
}

/** Reads `argv` without the program's name; the error is what the program ends with, after its name. */
export const readCommand = (argv: readonly string[], messages: Messages): Result<TraceCommand> =>
  new CommandReader(messages).read(argv);
