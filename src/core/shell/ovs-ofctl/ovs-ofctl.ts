/** ovs-ofctl(8): OpenFlow requests to the bridges of this machine. */
import { OfctlError } from './error.ts';
import { runBundle } from './bundle.ts';
import { changeFlow, changeFlowsFrom, flowModsOf, parseFlowText } from './change-flows.ts';
import { diffFlows, replaceFlows, type FlowSource } from './compare-flows.ts';
import { dumpAggregate, dumpFlows } from './dump-flows.ts';
import { changeGroup, changeGroupsFrom, dumpGroups, dumpGroupStats } from './groups.ts';
import type { OfctlHost } from './host.ts';
import { utcText } from '../../base/calendar.ts';
import { parseOptions, type OfctlLog, type OfctlOptions } from './options.ts';
import { changeMeter, deleteMeters, dumpMeters, meterStats } from './meters.ts';
import { describeSwitch, groupFeatures, meterFeatures, queueStats } from './features.ts';
import { OFCTL_COMMANDS } from './commands.table.ts';
import { queueConfig } from './queue-config.ts';
import { sendNow, sendPackets, type SendPacket } from './packet-out.ts';
import { parsedGroup, parsedText } from './parse-flow.ts';
import { dumpPorts } from './port-stats.ts';
import { readingOptions } from './reading-options.ts';
import { SwitchError } from './refused-request.ts';
import { describeTables, dumpTables, modifyTable } from './table-stats.ts';
import { dumpTlvMap, portDescriptions, show } from './show.ts';
import {
  addTlvMap,
  deleteTlvMap,
  flushConnections,
  flushZone,
  modifyPort,
  setFragments,
} from './switch-settings.ts';
import { OFCTL_USAGE } from './usage.table.ts';
import type { FlowCommand, FlowMod } from '../../ofproto/flow-parse.ts';
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
  /** Undefined when there is no such file; `-` is standard input. */
  findFile(path: string): string | undefined;
  readonly send: SendPacket;
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

/** Octets of an OpenFlow message behind its header. */
const PAYLOAD_LIMIT = 65_535 - 8;

/** Ten echoes with as much data as is asked for. A request and its reply take no simulated time. */
function pingText(bridge: string, sizeText = '64'): string {
  const size = Number.parseInt(sizeText, 10) || 0;
  if (size < 0 || size > PAYLOAD_LIMIT)
    throw new OfctlError(`payload must be between 0 and ${PAYLOAD_LIMIT} bytes`);
  return Array.from({ length: 10 }, (_, at) => {
    const transaction = (at + 2).toString(16).padStart(8, '0');
    return `${size} bytes from ${bridge}: xid=${transaction} time=0.0 ms\n`;
  }).join('');
}

/** A flow on the command line, or with `-` many on standard input. */
const flowCommand =
  (command: FlowCommand, strict: FlowCommand) =>
  (site: Site): string => {
    const wanted = site.options.strict ? strict : command;
    const text = argument(site, 1);
    // As in a file of `add-flows`, each line may say what it does; the others say it for all.
    const fixed = wanted === 'add' ? null : wanted;
    if (text === '-') changeFlowsFrom(site.bridge, site.stdin, '-', fixed, site.options);
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
  'dump-ports-desc': {
    least: 1,
    most: 2,
    run: ({ bridge, args, options }) => portDescriptions(bridge, args[1], options),
  },
  'dump-ports': {
    least: 1,
    most: 2,
    run: ({ bridge, args, options, now }) => dumpPorts(bridge, args[1], options, now),
  },
  'dump-tables': { least: 1, most: 1, run: ({ bridge, options }) => dumpTables(bridge, options) },
  'dump-table-desc': { least: 1, most: 1, run: ({ bridge, options }) => describeTables(bridge, options) },
  'mod-table': {
    least: 3,
    most: 3,
    run: nothing((site) => modifyTable(site.bridge, argument(site, 1), argument(site, 2), site.options)),
  },
  'dump-desc': { least: 1, most: 1, run: ({ bridge, options }) => describeSwitch(bridge, options) },
  'meter-features': { least: 1, most: 1, run: ({ bridge, options }) => meterFeatures(bridge, options) },
  'dump-group-features': { least: 1, most: 1, run: ({ options }) => groupFeatures(options) },
  'queue-stats': {
    least: 1,
    most: 3,
    run: ({ bridge, args, options }) => queueStats(bridge, args[1], args[2], options),
  },
  'queue-get-config': {
    least: 1,
    most: 3,
    run: ({ bridge, args, options, isTerminal }) => queueConfig(bridge, args.slice(1), options, isTerminal),
  },
  'packet-out': {
    least: 2,
    most: Infinity,
    run: nothing((site) => sendPackets(site.bridge, site.args.slice(1), site.options, site.send)),
  },
  bundle: {
    least: 2,
    most: 2,
    run: nothing((site) => {
      const name = argument(site, 1);
      const { bridge, options, send } = site;
      runBundle(bridge, name, site.findFile(name), options, (packet, version) =>
        sendNow(bridge, packet, version, send),
      );
    }),
  },
  'ct-flush-zone': {
    least: 2,
    most: 2,
    run: nothing((site) => flushZone(site.bridge, argument(site, 1))),
  },
  'ct-flush': {
    least: 1,
    most: 6,
    run: nothing((site) => flushConnections(site.bridge, site.args.slice(1))),
  },
  probe: { least: 1, most: 1, run: () => '' },
  ping: { least: 1, most: 2, run: ({ args }) => pingText(args[0] ?? '', args[1]) },
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
    run: nothing((site) => {
      const name = argument(site, 1);
      replaceFlows(site.bridge, { name, content: site.readFile(name) }, site.options);
    }),
  },
  'add-group': { least: 2, most: 2, run: groupCommand('add') },
  'add-groups': {
    least: 2,
    most: 2,
    run: nothing((site) => {
      const name = argument(site, 1);
      changeGroupsFrom(site.bridge, site.readFile(name), name, site.options);
    }),
  },
  'mod-group': {
    least: 2,
    most: 2,
    run: (site) => groupCommand(site.options.mayCreate ? 'add_or_mod' : 'modify')(site),
  },
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
  'dump-tlv-map': { least: 1, most: 1, run: ({ bridge, options }) => dumpTlvMap(bridge, options) },
  'get-frags': { least: 1, most: 1, run: ({ bridge }) => `${bridge.fragments}\n` },
  'set-frags': { least: 2, most: 2, run: nothing((site) => setFragments(site.bridge, argument(site, 1))) },
  'mod-port': {
    least: 3,
    most: 3,
    run: nothing((site) => modifyPort(site.bridge, argument(site, 1), argument(site, 2))),
  },
};

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
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
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
