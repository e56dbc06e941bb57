/** `output` and `next`: from table to table, from ingress to egress, from datapath to datapath. */
import { FIELDS } from '../../../flow/fields.table.ts';
import { type Flow, copyFlow } from '../../../flow/flow.ts';
import { WORD } from '../../../flow/words.table.ts';
import { LOG_FLAG } from '../../expr/log-fields.table.ts';
import { type Cursor, type Effect, type TraceRun, type Work, addNode, addPipeline } from '../cursor.ts';
import type { TraceDatapath, TraceGroup, TracePort } from '../network.ts';

/** Registers of the flow that OVN uses. */
const REGISTER_COUNT = 16;
const INPORT = FIELDS.reg14.word;
const OUTPORT = FIELDS.reg15.word;
const FLAGS = FIELDS.reg10.word;

const OMITTED = '/* omitting output because inport == outport && !flags.loopback */';

/** Port keys are 16 bits wide. */
export const inportKey = (flow: Flow): number => (flow[INPORT] as number) & 0xffff;
export const outportKey = (flow: Flow): number => (flow[OUTPORT] as number) & 0xffff;

function setPorts(flow: Flow, inport: number, outport: number): void {
  flow[INPORT] = inport;
  flow[OUTPORT] = outport;
}

/** The name of a port by key: '' for none, `(unnamed)` for a key without port. */
function nameOfKey(run: TraceRun, datapath: TraceDatapath, key: number): string {
  const port = datapath.portsByKey.get(key);
  if (port !== undefined) return run.portNameOf(port);
  return key === 0 ? '' : '(unnamed)';
}

/** The packet leaves a datapath by `port`: to the peer, or out of the logical network. */
function leave(cursor: Cursor, run: TraceRun, port: TracePort | undefined, name: string): Work | undefined {
  addNode(cursor, 'output', `/* output to "${name}", type "${port?.type ?? ''}" */`);
  const peer = port?.peer;
  if (peer === undefined) {
    addNode(cursor, 'modify', `output("${name}")`);
    return undefined;
  }
  const text = `ingress(dp="${run.nameOf(peer.datapath)}", inport="${run.portNameOf(peer)}")`;
  const nodes = addPipeline(cursor, 'ingress', peer.datapath, text);
  const flow = copyFlow(cursor.flow);
  setPorts(flow, peer.tunnelKey, 0);
  return run.traceTable(peer.datapath, flow, 0, 'ingress', nodes);
}

/** The packet on its way to the egress pipeline: registers do not come along. */
function egressFlow(flow: Flow): Flow {
  const egress = copyFlow(flow);
  egress.fill(0, WORD.reg0, WORD.reg0 + REGISTER_COUNT);
  setPorts(egress, flow[INPORT] as number, flow[OUTPORT] as number);
  return egress;
}

interface Egress {
  readonly flow: Flow;
  readonly inport: number;
  readonly loopback: boolean;
}

function* replicate(cursor: Cursor, run: TraceRun, group: TraceGroup, egress: Egress): Work {
  const { datapath, lflow } = cursor;
  const name = run.nameOf(datapath);
  const inport = nameOfKey(run, datapath, egress.inport);
  const text = `multicast(dp="${name}", mcgroup="${group.name}")`;
  const copies = addPipeline(cursor, 'multicast', datapath, text);
  for (const port of group.ports) {
    const line = `egress(dp="${name}", inport="${inport}", outport="${run.portNameOf(port)}")`;
    const goes = port.tunnelKey !== egress.inport || egress.loopback;
    const nodes = addPipeline({ nodes: copies, lflow }, 'egress', datapath, line, goes);
    if (!goes) {
      addNode({ nodes, lflow }, 'output', OMITTED);
      continue;
    }
    // All copies share one packet: what one of them changes, the next one sees, as in the real program.
    egress.flow[OUTPORT] = port.tunnelKey;
    yield run.traceTable(datapath, egress.flow, 0, 'egress', nodes);
  }
}

/** The port that stands for a gateway port on its chassis; undefined with an error node when there is none. */
function distributedPort(cursor: Cursor, run: TraceRun, port: TracePort): TracePort | undefined {
  const name = run.portNameOf(port);
  const { distributed } = port;
  if (distributed === undefined) {
    addNode(
      cursor,
      'error',
      `*** output to type "${port.type}" port "${name}" with no or invalid distributed port`,
    );
    return undefined;
  }
  addNode(
    cursor,
    'output',
    `/* Replacing type "${port.type}" outport "${name}" with distributed port "${run.portNameOf(distributed)}". */`,
  );
  return distributed;
}

function enterEgress(
  cursor: Cursor,
  run: TraceRun,
  found: TracePort | undefined,
  egress: Egress,
): Work | undefined {
  const { datapath } = cursor;
  let port = found;
  if (port?.type === 'chassisredirect') {
    port = distributedPort(cursor, run, port);
    if (port === undefined) return undefined;
    egress.flow[OUTPORT] = port.tunnelKey;
  }
  if (!egress.loopback && (port === undefined || port.tunnelKey === egress.inport)) {
    addNode(cursor, 'output', OMITTED);
    return undefined;
  }
  const inport = nameOfKey(run, datapath, egress.inport);
  const outport = port === undefined ? '(unnamed)' : run.portNameOf(port);
  const text = `egress(dp="${run.nameOf(datapath)}", inport="${inport}", outport="${outport}")`;
  const nodes = addPipeline(cursor, 'egress', datapath, text);
  return run.traceTable(datapath, egress.flow, 0, 'egress', nodes);
}

export const output: Effect<'output'> = (_action, cursor, run) => {
  const { datapath, flow } = cursor;
  const key = outportKey(flow);
  if (key === 0) {
    addNode(cursor, 'error', '*** output to null logical port');
    return undefined;
  }
  const port = datapath.portsByKey.get(key);
  const group = datapath.groups.find((each) => each.tunnelKey === key);
  if (port === undefined && group === undefined)
    addNode(cursor, 'error', `*** unknown port or multicast group ${key}`);
  if (cursor.pipeline === 'egress') {
    const name = port === undefined ? (group?.name ?? '(unnamed)') : run.portNameOf(port);
    return leave(cursor, run, port, name);
  }
  const egress: Egress = {
    flow: egressFlow(flow),
    inport: inportKey(flow),
    loopback: ((flow[FLAGS] as number) & (1 << LOG_FLAG.loopback)) !== 0,
  };
  return group === undefined ? enterEgress(cursor, run, port, egress) : replicate(cursor, run, group, egress);
};

export const next: Effect<'next'> = (action, cursor, run) => {
  const { datapath, flow } = cursor;
  let { nodes } = cursor;
  if (action.pipeline !== cursor.pipeline) {
    const isIngress = action.pipeline === 'ingress';
    const key = isIngress ? inportKey(flow) : outportKey(flow);
    const text = `${action.pipeline}(dp="${run.nameOf(datapath)}", ${isIngress ? 'inport' : 'outport'}="${nameOfKey(run, datapath, key)}")`;
    nodes = addPipeline(cursor, action.pipeline, datapath, text);
  }
  return run.traceTable(datapath, flow, action.table, action.pipeline, nodes);
};

/** A copy to a mirror port, straight into its egress pipeline. */
export const mirror: Effect<'mirror'> = (action, cursor, run) => {
  const port = run.network.ports.get(action.port);
  if (port?.datapath !== cursor.datapath) {
    addNode(cursor, 'error', '/* omitting output because no taget port found. */');
    return undefined;
  }
  const nodes = addNode(cursor, 'transformation', 'clone');
  const flow = copyFlow(cursor.flow);
  setPorts(flow, 0, port.tunnelKey);
  return run.traceTable(cursor.datapath, flow, 0, 'egress', nodes);
};
