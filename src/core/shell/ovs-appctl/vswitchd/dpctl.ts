/** `dpctl/...`, `revalidator/...`: the datapath below the bridges. What the kernel counts of masks and caches is left out. */
import { err, ok } from '../../../base/result.ts';
import type { Datapath } from '../../../ofproto/bridge/datapath.ts';
import { FLOW_LIMIT } from '../../../ofproto/datapath/flow-cache.ts';
import { currentMegaflows } from '../../../ofproto/datapath/revalidate.ts';
import type { DaemonCommand, Reply } from '../reply.ts';

/** The datapath's name, and its own port. */
const NAME = 'system@ovs-system';
const DEVICE = 'ovs-system';
/** What the datapath may be called. */
export const DATAPATH_NAMES: ReadonlySet<string> = new Set([NAME, DEVICE]);

function show(datapath: Datapath, [name]: readonly string[]): Reply {
  if (name !== undefined && name !== NAME && name !== DEVICE)
    return err(`ovs-vswitchd: opening datapath ${name} failed (No such device)`);
  const { hits, misses, lost } = datapath.cache;
  const ports = [...datapath.ports.values()].toSorted((a, b) => a.number - b.number);
  const typeText = (type: string): string =>
    type === '' ? '' : ` (${type === 'internal' ? datapath.internalType : type})`;
  return ok(
    [
      `${NAME}:`,
      `  lookups: hit:${hits} missed:${misses} lost:${lost}`,
      `  flows: ${currentMegaflows(datapath).length}`,
      `  port 0: ${DEVICE} (${datapath.internalType})`,
      ...ports.map(({ number, name: port, type }) => `  port ${number}: ${port}${typeText(type)}`),
      '',
    ].join('\n'),
  );
}

/** Number of the thread that checks megaflows. */
const REVALIDATOR = 4;

/** The megaflows that ovs-vswitchd looks after. */
function showUpcalls(datapath: Datapath): string {
  const { length } = currentMegaflows(datapath);
  const { average, most } = datapath.cache.count.figures(datapath.context.clock.now());
  return [
    `${NAME}:`,
    `  flows         : (current ${length}) (avg ${average}) (max ${most}) (limit ${FLOW_LIMIT})`,
    '  dump duration : 1ms',
    '  ufid enabled : true',
    '',
    `  ${REVALIDATOR}: (keys ${length})`,
    '',
  ].join('\n');
}

const fixed = (name: string, usage: string, text: string, most = 1): DaemonCommand<Datapath> => ({
  name,
  usage,
  least: 0,
  most,
  run: () => ok(text),
});

export const DPCTL_COMMANDS: readonly DaemonCommand<Datapath>[] = [
  { name: 'dpctl/show', usage: '[-s] [dp...]', least: 0, most: Infinity, run: show },
  {
    name: 'dpctl/dump-dps',
    usage: '',
    least: 0,
    most: 0,
    run: () => ok(NAME),
  },
  fixed('revalidator/wait', '', '', 0),
  { name: 'upcall/show', usage: '', least: 0, most: 0, run: (datapath) => ok(showUpcalls(datapath)) },
  {
    name: 'revalidator/purge',
    usage: '',
    least: 0,
    most: 0,
    run: (datapath) => {
      datapath.cache.clear(datapath.context.clock.now());
      return ok('');
    },
  },
  fixed('tnl/egress_port_range', 'min max', 'Tunnel UDP source port range: 32768-61000', 2),
];
