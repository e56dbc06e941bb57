/** ovs-ofctl(8): OpenFlow requests to the bridges of this machine. */
import { OfctlError } from './error.ts';
import {
  changeFlow,
  changeFlowsFrom,
  diffFlows,
  replaceFlows,
  SwitchError,
  type FlowSource,
} from './change-flows.ts';
import { dumpAggregate, dumpFlows } from './dump-flows.ts';
import { changeGroup, dumpGroups, dumpGroupStats } from './groups.ts';
import type { OfctlHost } from './host.ts';
import { parseOptions, type OfctlOptions } from './options.ts';
import { changeMeter, deleteMeters, dumpMeters, meterStats } from './meters.ts';
import { dumpTlvMap, portDescriptions, show } from './show.ts';
import { addTlvMap, deleteTlvMap, modifyPort, setFragments } from './switch-settings.ts';
import type { FlowCommand } from '../../ofproto/flow-parse.ts';
import type { GroupCommand } from '../../ofproto/group-text.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import type { Invocation, Program } from '../program.ts';

interface Site {
  readonly bridge: Bridge;
  readonly args: readonly string[];
  readonly options: OfctlOptions;
  readonly now: number;
  readonly isTerminal: boolean;
  readonly stdin: string;
  readFile(path: string): string;
}

interface Command {
  /** Arguments after the command's name, the bridge included. */
  readonly least: number;
  readonly most: number;
  /** Which argument names the bridge. */
  readonly bridgeAt?: number;
  /** Text for standard output. */
  run(site: Site): string;
}

const argument = (site: Site, at: number): string => site.args[at] ?? '';
const nothing =
  (act: (site: Site) => void) =>
  (site: Site): string => {
    act(site);
    return '';
  };

/** A flow on the command line, or with `-` many on standard input. */
const flowCommand =
  (command: FlowCommand, strict: FlowCommand) =>
  (site: Site): string => {
    const wanted = site.options.strict ? strict : command;
    const text = argument(site, 1);
    if (text === '-') changeFlowsFrom(site.bridge, site.stdin, '-', wanted, site.options);
    else changeFlow(site.bridge, text, wanted, site.options);
    return '';
  };

const groupCommand =
  (command: GroupCommand) =>
  (site: Site): string => {
    changeGroup(site.bridge, argument(site, 1), command, site.options);
    return '';
  };

const COMMANDS: Readonly<Record<string, Command>> = {
  show: { least: 1, most: 1, run: ({ bridge, options }) => show(bridge, options) },
  'dump-flows': {
    least: 1,
    most: 2,
    run: (site) => dumpFlows(site.bridge, argument(site, 1), site.options, site.now, site.isTerminal),
  },
  'dump-aggregate': {
    least: 1,
    most: 2,
    run: (site) => dumpAggregate(site.bridge, argument(site, 1), site.options),
  },
  'dump-ports-desc': { least: 1, most: 2, run: ({ bridge, options }) => portDescriptions(bridge, options) },
  'add-flow': { least: 2, most: 2, run: flowCommand('add', 'add') },
  'mod-flows': { least: 2, most: 2, run: flowCommand('modify', 'modify_strict') },
  'del-flows': { least: 1, most: 2, run: flowCommand('delete', 'delete_strict') },
  'add-flows': {
    least: 2,
    most: 2,
    run: nothing((site) =>
      changeFlowsFrom(site.bridge, site.readFile(argument(site, 1)), argument(site, 1), null, site.options),
    ),
  },
  'replace-flows': {
    least: 2,
    most: 2,
    run: nothing((site) => replaceFlows(site.bridge, site.readFile(argument(site, 1)), site.options)),
  },
  'add-group': { least: 2, most: 2, run: groupCommand('add') },
  'mod-group': { least: 2, most: 2, run: groupCommand('modify') },
  'del-groups': { least: 1, most: 2, run: groupCommand('delete') },
  'insert-buckets': { least: 2, most: 2, run: groupCommand('insert_bucket') },
  'remove-buckets': { least: 2, most: 2, run: groupCommand('remove_bucket') },
  'dump-groups': {
    least: 1,
    most: 2,
    run: (site) => dumpGroups(site.bridge, site.args[1], site.options, site.isTerminal),
  },
  'dump-group-stats': {
    least: 1,
    most: 2,
    run: (site) => dumpGroupStats(site.bridge, site.args[1], site.options, site.now),
  },
  'add-meter': {
    least: 2,
    most: 2,
    run: nothing((site) => changeMeter(site.bridge, argument(site, 1), 'add', site.options)),
  },
  'mod-meter': {
    least: 2,
    most: 2,
    run: nothing((site) => changeMeter(site.bridge, argument(site, 1), 'modify', site.options)),
  },
  'del-meter': {
    least: 1,
    most: 2,
    run: nothing((site) => deleteMeters(site.bridge, site.args[1], site.options)),
  },
  'del-meters': {
    least: 1,
    most: 2,
    run: nothing((site) => deleteMeters(site.bridge, site.args[1], site.options)),
  },
  'dump-meter': { least: 1, most: 2, run: (site) => dumpMeters(site.bridge, site.args[1], site.options) },
  'dump-meters': { least: 1, most: 2, run: (site) => dumpMeters(site.bridge, site.args[1], site.options) },
  'meter-stats': {
    least: 1,
    most: 2,
    run: (site) => meterStats(site.bridge, site.args[1], site.options, site.now),
  },
  'add-tlv-map': {
    least: 2,
    most: 2,
    run: nothing((site) => addTlvMap(site.bridge, argument(site, 1), site.options)),
  },
  'del-tlv-map': { least: 1, most: 2, run: nothing((site) => deleteTlvMap(site.bridge, site.args[1])) },
  'dump-tlv-map': { least: 1, most: 1, run: ({ bridge }) => dumpTlvMap(bridge) },
  'get-frags': { least: 1, most: 1, run: ({ bridge }) => `${bridge.fragments}\n` },
  'set-frags': { least: 2, most: 2, run: nothing((site) => setFragments(site.bridge, argument(site, 1))) },
  'mod-port': {
    least: 3,
    most: 3,
    run: nothing((site) => modifyPort(site.bridge, argument(site, 1), argument(site, 2))),
  },
};

/** Commands of the real program that are not modelled. */
const UNMODELLED: ReadonlySet<string> = new Set([
  'dump-desc',
  'dump-tables',
  'dump-table-features',
  'dump-table-desc',
  'mod-table',
  'queue-stats',
  'queue-get-config',
  'dump-ports',
  'monitor',
  'snoop',
  'packet-out',
  'meter-features',
  'dump-group-features',
  'add-groups',
  'ct-flush',
  'ct-flush-zone',
  'bundle',
  'probe',
  'ping',
  'dump-ipfix-bridge',
  'dump-ipfix-flow',
  'benchmark',
  'parse-flow',
  'parse-flows',
]);

interface Outcome {
  readonly out: string;
  readonly status: number;
}

/** Each source is a flow file, or else a bridge. */
function diff({ host }: Invocation<OfctlHost>, args: readonly string[], options: OfctlOptions): Outcome {
  const source = (name: string): FlowSource => {
    const found = host.readFile(name) ?? host.bridge(name);
    if (found === undefined) throw new OfctlError(`${name} is not a bridge or a socket`);
    return found;
  };
  const out = diffFlows(source(args[0] ?? ''), source(args[1] ?? ''), options);
  return { out, status: out === '' ? 0 : 2 };
}

function checkCount(name: string, args: readonly string[], least: number, most: number): void {
  if (args.length < least) throw new OfctlError(`'${name}' command requires at least ${least} arguments`);
  if (args.length > most) throw new OfctlError(`'${name}' command takes at most ${most} arguments`);
}

function dispatch(invocation: Invocation<OfctlHost>, options: OfctlOptions): Outcome {
  const [name, ...args] = options.words;
  if (name === undefined) throw new OfctlError('missing command name; use --help for help');
  if (name === 'diff-flows') {
    checkCount(name, args, 2, 2);
    return diff(invocation, args, options);
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    if (UNMODELLED.has(name)) throw new OfctlError(`${name} is not modelled here`);
    throw new OfctlError(`unknown command '${name}'; use --help for help`);
  }
  checkCount(name, args, command.least, command.most);
  const { host, output, stdin, context } = invocation;
  const target = args[command.bridgeAt ?? 0] ?? '';
  const bridge = host.bridge(target);
  if (!bridge) throw new OfctlError(`${target} is not a bridge or a socket`);
  const out = command.run({
    bridge,
    args,
    options,
    now: context.clock.now(),
    isTerminal: output.isTerminal ?? false,
    stdin,
    readFile: (path) => {
      const text = path === '-' ? stdin : host.readFile(path);
      if (text === undefined) throw new OfctlError(`${path}: open (No such file or directory)`);
      return text;
    },
  });
  return { out, status: 0 };
}

const HELP = `ovs-ofctl: OpenFlow switch management utility
usage: ovs-ofctl [OPTIONS] COMMAND [ARG...]

For OpenFlow switches:
${Object.keys(COMMANDS)
  .map((name) => `  ${name}`)
  .join('\n')}
`;

export const ovsOfctl: Program<OfctlHost> = (invocation) => {
  const { output, argv } = invocation;
  const options = parseOptions(argv.slice(1));
  if (!options.ok) {
    output.err(`ovs-ofctl: ${options.error}\n`);
    return { status: 1 };
  }
  if (options.value.help || options.value.showVersion) {
    output.out(options.value.help ? HELP : 'ovs-ofctl (Open vSwitch) 3.7.0\nOpenFlow versions 0x1:0x6\n');
    return { status: 0 };
  }
  try {
    const { out, status } = dispatch(invocation, options.value);
    output.out(out);
    return { status };
  } catch (error) {
    if (error instanceof SwitchError) {
      output.err(`${error.message}\n`);
      return { status: 1 };
    }
    if (!(error instanceof OfctlError)) throw error;
    output.err(`ovs-ofctl: ${error.message}\n`);
    return { status: 1 };
  }
};
