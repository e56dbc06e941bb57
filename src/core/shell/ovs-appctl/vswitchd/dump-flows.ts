/** `dpctl/dump-flows` and `dpif/dump-flows`: the megaflows of the datapath, all or those that are asked for. */
import { err, ok, type Result } from '../../../base/result.ts';
import { parseExactMatch, type ExactMatch } from '../../../flow/exact-flow.ts';
import { word } from '../../../flow/packet-kind.ts';
import { WORD } from '../../../flow/words.table.ts';
import type { Datapath } from '../../../ofproto/bridge/datapath.ts';
import type { Megaflow } from '../../../ofproto/datapath/flow-cache.ts';
import { currentMegaflows } from '../../../ofproto/datapath/revalidate.ts';
import { formatMegaflow } from '../../../ofproto/dp-flow-text.ts';
import type { DaemonCommand, Reply } from '../reply.ts';
import { NO_DATAPATH, namesDatapath, readOptions } from './dpctl-options.ts';
import { withBridge } from './fdb.ts';

/** The threads of a userspace datapath, and what stands for none. */
const [MAIN_THREAD, NO_THREAD] = [-1, 0x7fffffff];

const portName = (datapath: Datapath) => (port: number) => datapath.ports.get(port)?.name;

interface Wanted {
  readonly filter?: string;
  readonly types?: string;
  readonly thread?: string;
  /** What is left in front: a datapath. */
  readonly rest: readonly string[];
}

/** `filter=`, `type=` and `pmd=` are taken from the end, each at most once but the last. */
function readWanted(args: readonly string[]): Wanted {
  let wanted: Omit<Wanted, 'rest'> = {};
  let count = args.length;
  for (; count > 0; count -= 1) {
    const arg = args[count - 1] as string;
    const value = arg.slice(arg.indexOf('=') + 1);
    if (arg.startsWith('filter=') && wanted.filter === undefined) wanted = { ...wanted, filter: value };
    else if (arg.startsWith('type=') && wanted.types === undefined) wanted = { ...wanted, types: value };
    else if (arg.startsWith('pmd=')) {
      wanted = { ...wanted, thread: value };
      if (threadOf(value) === undefined) break;
    } else break;
  }
  return { ...wanted, rest: args.slice(0, count) };
}

function threadOf(text: string): number | undefined {
  const number = /^\s*([+-]?\d+)/.exec(text)?.[1];
  return number === undefined ? undefined : Number(number);
}

const HELD_HERE: ReadonlySet<string> = new Set(['ovs', 'non-offloaded', 'all']);
const HELD_ELSEWHERE: ReadonlySet<string> = new Set(['tc', 'dpdk', 'offloaded', 'partially-offloaded']);

/** Whether flows of the datapath itself are among `types`: nothing is carried by hardware. */
function readTypes(types: string | undefined): Result<boolean> {
  if (types === undefined) return ok(true);
  const names = types.replace(/,$/, '').split(',');
  if (types === '') return ok(false);
  const unknown = names.find((name) => !HELD_HERE.has(name) && !HELD_ELSEWHERE.has(name));
  if (unknown !== undefined) return err(`ovs-vswitchd: Failed to parse type (${unknown}) (Invalid argument)`);
  return ok(names.some((name) => HELD_HERE.has(name)));
}

function readFilter(datapath: Datapath, text: string): Result<ExactMatch> {
  const names = { nameOf: portName(datapath), portOf: (name: string) => datapath.portNumber(name) };
  const parsed = parseExactMatch(text, { names });
  return parsed.ok ? parsed : err(`ovs-vswitchd: Failed to parse filter (${parsed.error})`);
}

/** Whether the megaflow has the values of the filter, as far as it looks at them. Ports are the datapath's. */
const passes = ({ flow, mask, dpPort }: Megaflow, filter: ExactMatch): boolean =>
  filter.mask.every((looked, at) =>
    at === WORD.inPort
      ? (((dpPort ?? 0) ^ word(filter.flow, at)) & looked) === 0
      : ((word(flow, at) ^ word(filter.flow, at)) & word(mask, at) & looked) === 0,
  );

function dumpDatapath(datapath: Datapath, args: readonly string[]): Reply {
  const options = readOptions(args);
  if (!options.ok) return options;
  const { filter: filterText, types, thread: threadText, rest } = readWanted(options.value.rest);
  const thread = threadText === undefined ? undefined : threadOf(threadText);
  if (threadText !== undefined && thread === undefined) return err('');
  if (rest.length === 1 && !namesDatapath(rest[0])) return err(NO_DATAPATH);
  const filter = filterText === undefined ? undefined : readFilter(datapath, filterText);
  if (filter && !filter.ok) return filter;
  const shown = readTypes(types);
  if (!shown.ok) return shown;
  const { userspace } = datapath;
  const now = datapath.context.clock.now();
  const here = thread === undefined || thread === (userspace ? MAIN_THREAD : NO_THREAD);
  const rows = currentMegaflows(datapath)
    .filter((flow) => shown.value && here && (filter === undefined || passes(flow, filter.value)))
    .map((flow) =>
      formatMegaflow(flow, now, {
        portName: options.value.named ? portName(datapath) : undefined,
        userspace,
        verbose: options.value.verbose ? 'datapath' : undefined,
      }),
    );
  // The userspace datapath tells which of its threads holds the flows.
  const head =
    userspace && rows.length > 0 && thread === undefined ? 'flow-dump from the main thread:\n' : '';
  return ok(head + rows.map((row) => `${row}\n`).join(''));
}

function dumpBridge(datapath: Datapath, args: readonly string[]): Reply {
  const now = datapath.context.clock.now();
  const verbose = args.includes('-m');
  const named = args.findLast((arg) => arg === '--names' || arg === '--no-names');
  return withBridge(datapath, args.at(-1), (bridge) =>
    ok(
      currentMegaflows(datapath)
        .filter(
          ({ dpPort, flow }) => dpPort !== null && datapath.receivingPort(dpPort, flow)?.bridge === bridge,
        )
        .map((flow) => {
          const text = formatMegaflow(flow, now, {
            portName: (named === undefined ? verbose : named === '--names') ? portName(datapath) : undefined,
            userspace: datapath.userspace,
            verbose: verbose ? 'bridge' : undefined,
          });
          return `${text}\n`;
        })
        .join(''),
    ),
  );
}

export const DUMP_FLOWS_COMMANDS: readonly DaemonCommand<Datapath>[] = [
  {
    name: 'dpctl/dump-flows',
    usage: '[-m] [--names] [dp] [filter=..] [type=..] [pmd=..]',
    least: 0,
    most: 6,
    run: dumpDatapath,
  },
  {
    name: 'dpif/dump-flows',
    usage: '[-m] [--names | --no-names] bridge',
    least: 1,
    most: Infinity,
    run: dumpBridge,
  },
];
