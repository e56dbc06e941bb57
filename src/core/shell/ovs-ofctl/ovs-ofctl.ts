/** ovs-ofctl(8): OpenFlow requests to the bridges of this machine. */
import { OfctlError } from './error.ts';
import { flowModsOf, parseFlowText } from './change-flows.ts';
import { diffFlows, type FlowSource } from './compare-flows.ts';
import { monitorFlows } from './flow-monitor.ts';
import type { OfctlHost } from './host.ts';
import { utcText } from '../../base/calendar.ts';
import { parseOptions, type OfctlLog, type OfctlOptions } from './options.ts';
import { OFCTL_COMMANDS } from './commands.table.ts';
import { parsedGroup, parsedText } from './parse-flow.ts';
import { readingOptions } from './reading-options.ts';
import { SwitchError } from './refused-request.ts';
import { BRIDGE_COMMANDS } from './bridge-commands.ts';
import { OFCTL_USAGE } from './usage.table.ts';
import type { FlowMod } from '../../ofproto/flow-parse.ts';
import type { Invocation, Program } from '../program.ts';

/** `list-commands`. */
function listedCommands(): string {
  const rows = OFCTL_COMMANDS.map(([name, usage]) => `  ${name.padEnd(23)} ${usage}\n`);
  return `The available commands are:\n${rows.join('')}`;
}

/** Commands that the real program takes for changes, those that only read text included (`OVS_RW`). */
const CHANGES =
  /^(?:(?:add|mod|del)-(?:flows?|groups?|meters?|port|table)|(?:replace|diff|parse)-flows?|parse-group|(?:insert|remove)-buckets|bundle|packet-out|set-frags|ct-flush(?:-zone)?)$/;

interface Outcome {
  readonly out: string;
  readonly status: number;
}

/** Each source is a flow file, or else a bridge. */
function diff({ host }: Invocation<OfctlHost>, args: readonly string[], options: OfctlOptions): Outcome {
  const source = (name: string): FlowSource => {
    const content = host.readFile(name);
    if (content !== undefined) return { kind: 'file', name, content };
    const bridge = host.bridge(name);
    if (bridge === undefined) throw new OfctlError(`${name} is not a bridge or a socket`);
    return { kind: 'bridge', bridge };
  };
  const out = diffFlows(source(args[0] ?? ''), source(args[1] ?? ''), options);
  return { out, status: out === '' ? 0 : 2 };
}

/** Flows that are only read: of no bridge, so that they name no ports. */
function parsedFlows(
  { host, stdin }: Invocation<OfctlHost>,
  name: string,
  text: string,
  options: OfctlOptions,
): FlowMod[] {
  if (name === 'parse-flow') return [parseFlowText(null, text, 'add', options)];
  const file = text === '-' ? stdin : host.readFile(text);
  if (file === undefined) throw new OfctlError(`${text}: open (No such file or directory)`);
  return flowModsOf(file, text, null, readingOptions(null, options));
}

function checkCount(name: string, args: readonly string[], least: number, most: number): void {
  if (args.length < least) throw new OfctlError(`'${name}' command requires at least ${least} arguments`);
  if (args.length > most) throw new OfctlError(`'${name}' command takes at most ${most} arguments`);
}

/** The command that runs on until it is interrupted. */
function monitor(
  { host, output }: Invocation<OfctlHost>,
  options: OfctlOptions,
): ReturnType<Program<OfctlHost>> {
  const [name = '', ...args] = options.words;
  checkCount(name, args, 1, 3);
  const [target = '', ...words] = args;
  const bridge = host.bridge(target);
  if (!bridge) throw new OfctlError(`${target} is not a bridge or a socket`);
  return monitorFlows(bridge, words, options, output);
}

function dispatch(invocation: Invocation<OfctlHost>, options: OfctlOptions): Outcome {
  const [name, ...args] = options.words;
  if (name === undefined) throw new OfctlError('missing command name; use --help for help');
  const checkCall = (least: number, most: number): void => {
    checkCount(name, args, least, most);
    if (options.isReadOnly && CHANGES.test(name))
      throw new OfctlError(`'${name}' command does not work in read only mode`);
  };
  if (name === 'help') return { out: OFCTL_USAGE, status: 0 };
  if (name === 'list-commands') return { out: listedCommands(), status: 0 };
  if (name === 'diff-flows') {
    checkCall(2, 2);
    return diff(invocation, args, options);
  }
  if (name === 'parse-group') {
    checkCall(1, 1);
    return { out: parsedGroup(args[0] ?? '', options), status: 0 };
  }
  if (name === 'parse-flow' || name === 'parse-flows') {
    checkCall(1, 1);
    return { out: parsedText(parsedFlows(invocation, name, args[0] ?? '', options), options), status: 0 };
  }
  const command = Object.hasOwn(BRIDGE_COMMANDS, name) ? BRIDGE_COMMANDS[name] : undefined;
  if (!command) {
    if (OFCTL_COMMANDS.some(([known]) => known === name))
      throw new OfctlError(`${name} is not modelled here`);
    throw new OfctlError(`unknown command '${name}'; use --help for help`);
  }
  checkCall(command.least, command.most);
  const { host, output, stdin, context } = invocation;
  const target = args[command.bridgeAt ?? 0] ?? '';
  const bridge = host.bridge(target);
  if (!bridge) throw new OfctlError(`${target} is not a bridge or a socket`);
  const findFile = (path: string): string | undefined => (path === '-' ? stdin : host.readFile(path));
  const out = command.run({
    bridge,
    args,
    options,
    now: context.clock.now(),
    isTerminal: output.isTerminal ?? false,
    stdin,
    send: (octets, said, actions) => host.packetOut(bridge, octets, said, actions),
    macOf: (port) => host.macOf(port),
    findFile,
    readFile: (path) => {
      const text = findFile(path);
      if (text === undefined) throw new OfctlError(`${path}: open (No such file or directory)`);
      return text;
    },
  });
  return { out, status: 0 };
}

export const ovsOfctl: Program<OfctlHost> = (invocation) => {
  const { output, argv } = invocation;
  let logged = 0;
  const log: OfctlLog = (module, level, text) => {
    logged += 1;
    const head = `${utcText(invocation.context.clock.wallMs())}|${String(logged).padStart(5, '0')}`;
    output.err(`${head}|${module}|${level}|${text}\n`);
  };
  const options = parseOptions(argv.slice(1), { log, complain: output.err });
  if (!options.ok) {
    output.err(`ovs-ofctl: ${options.error}\n`);
    return { status: 1 };
  }
  if (options.value.help || options.value.showVersion) {
    output.out(
      options.value.help ? OFCTL_USAGE : 'ovs-ofctl (Open vSwitch) 3.7.0\nOpenFlow versions 0x1:0x6\n',
    );
    return { status: 0 };
  }
  try {
    if (options.value.words[0] === 'monitor') return monitor(invocation, options.value);
    const { out, status } = dispatch(invocation, options.value);
    output.out(out);
    return { status };
  } catch (error) {
    if (error instanceof SwitchError) {
      output.err(`${error.message}\n`);
      return { status: 1 };
    }
    if (!(error instanceof OfctlError)) throw error;
    output.out(error.printed);
    output.err(`ovs-ofctl: ${error.message}\n`);
    return { status: 1 };
  }
};
