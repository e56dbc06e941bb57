/** The commands of ovs-ofctl that are about one bridge and end at once. */
import { OfctlError } from './error.ts';
import { runBundle } from './bundle.ts';
import { changeFlow, changeFlowsFrom } from './change-flows.ts';
import { replaceFlows } from './compare-flows.ts';
import { dumpAggregate, dumpFlows } from './dump-flows.ts';
import { changeGroup, changeGroupsFrom, dumpGroups, dumpGroupStats } from './groups.ts';
import { type OfctlOptions } from './options.ts';
import { changeMeter, deleteMeters, dumpMeters, meterStats } from './meters.ts';
import { describeSwitch, groupFeatures, meterFeatures, queueStats } from './features.ts';
import { queueConfig } from './queue-config.ts';
import { sendNow, sendPackets, type SendPacket } from './packet-out.ts';
import { dumpPorts } from './port-stats.ts';
import { modifyTable } from './modify-table.ts';
import { describeTables, dumpTableFeatures, dumpTables } from './table-stats.ts';
import { dumpTlvMap, portDescriptions, show } from './show.ts';
import {
  addTlvMap,
  deleteTlvMap,
  flushConnections,
  flushZone,
  modifyPort,
  setFragments,
} from './switch-settings.ts';
import type { FlowCommand } from '../../ofproto/flow-parse.ts';
import type { GroupCommand } from '../../ofproto/group-text.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import type { Port } from '../../ofproto/bridge/port.ts';

/** What a command about one bridge is given. */
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
  /** The address of a port. */
  macOf(port: Port): bigint;
}

interface BridgeCommand {
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

/** By name. */
export const BRIDGE_COMMANDS: Readonly<Record<string, BridgeCommand>> = {
  show: { least: 1, most: 1, run: ({ bridge, options, macOf }) => show(bridge, options, macOf) },
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
    run: ({ bridge, args, options, macOf }) => portDescriptions(bridge, args[1], options, macOf),
  },
  'dump-ports': {
    least: 1,
    most: 2,
    run: ({ bridge, args, options, now }) => dumpPorts(bridge, args[1], options, now),
  },
  'dump-tables': { least: 1, most: 1, run: ({ bridge, options }) => dumpTables(bridge, options) },
  'dump-table-features': { least: 1, most: 1, run: ({ options }) => dumpTableFeatures(options) },
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
