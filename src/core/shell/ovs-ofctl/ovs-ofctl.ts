/** ovs-ofctl(8): OpenFlow requests to the bridges of this machine. */
import { OfctlError } from './error.ts';
import { addFlow, addFlows, deleteFlows, diffFlows, modifyFlows, replaceFlows } from './change-flows.ts';
import { dumpFlows } from './dump-flows.ts';
import type { OfctlHost } from './host.ts';
import { parseOptions, type OfctlOptions } from './options.ts';
import { dumpTlvMap, portDescriptions, show } from './show.ts';
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
/** `-` is standard input. */
const flowsFrom = (site: Site, text: string, one: (text: string) => void): string => {
  if (text === '-') addFlows(site.bridge, site.stdin, 'stdin');
  else one(text);
  return '';
};

const COMMANDS: Readonly<Record<string, Command>> = {
  show: { least: 1, most: 1, run: ({ bridge, options }) => show(bridge, options) },
  'dump-flows': {
    least: 1,
    most: 2,
    run: (site) => dumpFlows(site.bridge, argument(site, 1), site.options, site.now, site.isTerminal),
  },
  'dump-ports-desc': { least: 1, most: 2, run: ({ bridge, options }) => portDescriptions(bridge, options) },
  'dump-tlv-map': { least: 1, most: 1, run: ({ bridge }) => dumpTlvMap(bridge) },
  'add-flow': {
    least: 1,
    most: 2,
    run: (site) => flowsFrom(site, argument(site, 1), (text) => addFlow(site.bridge, text)),
  },
  'add-flows': {
    least: 2,
    most: 2,
    run: (site) => {
      addFlows(site.bridge, site.readFile(argument(site, 1)), argument(site, 1));
      return '';
    },
  },
  'mod-flows': {
    least: 2,
    most: 2,
    run: (site) =>
      flowsFrom(site, argument(site, 1), (text) => modifyFlows(site.bridge, text, site.options.strict)),
  },
  'del-flows': {
    least: 1,
    most: 2,
    run: (site) =>
      flowsFrom(site, argument(site, 1), (text) => deleteFlows(site.bridge, text, site.options.strict)),
  },
  'replace-flows': {
    least: 2,
    most: 2,
    run: (site) => {
      replaceFlows(site.bridge, site.readFile(argument(site, 1)));
      return '';
    },
  },
  'diff-flows': {
    least: 2,
    most: 2,
    run: (site) => diffFlows(site.bridge, site.readFile(argument(site, 1))),
  },
};

/** Commands of the real program that are not modelled. */
const UNMODELLED: ReadonlySet<string> = new Set([
  'dump-desc',
  'dump-tables',
  'dump-table-features',
  'dump-table-desc',
  'mod-table',
  'get-frags',
  'set-frags',
  'dump-aggregate',
  'queue-stats',
  'queue-get-config',
  'dump-ports',
  'mod-port',
  'monitor',
  'snoop',
  'packet-out',
  'add-meter',
  'mod-meter',
  'del-meter',
  'del-meters',
  'dump-meter',
  'dump-meters',
  'meter-stats',
  'meter-features',
  'mod-group',
  'insert-buckets',
  'remove-buckets',
  'dump-groups',
  'add-group',
  'del-groups',
  'dump-group-features',
  'dump-group-stats',
  'add-tlv-map',
  'del-tlv-map',
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

function dispatch(invocation: Invocation<OfctlHost>, options: OfctlOptions): string {
  const [name, ...args] = options.words;
  if (name === undefined) throw new OfctlError('missing command name; use --help for help');
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    if (UNMODELLED.has(name)) throw new OfctlError(`${name} is not modelled here`);
    throw new OfctlError(`unknown command '${name}'; use --help for help`);
  }
  if (args.length < command.least)
    throw new OfctlError(`'${name}' command requires at least ${command.least} arguments`);
  if (args.length > command.most)
    throw new OfctlError(`'${name}' command takes at most ${command.most} arguments`);
  const { host, output, stdin, context } = invocation;
  const target = args[command.bridgeAt ?? 0] ?? '';
  const bridge = host.bridge(target);
  if (!bridge) throw new OfctlError(`${target} is not a bridge or a socket`);
  return command.run({
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
    output.out(dispatch(invocation, options.value));
    return { status: 0 };
  } catch (error) {
    if (!(error instanceof OfctlError)) throw error;
    output.err(`ovs-ofctl: ${error.message}\n`);
    return { status: 1 };
  }
};
