/** Traces on one southbound database: from a microflow to a tree, or to why there is none. */
import type { Uuid } from '../../base/uuid.ts';
import type { Pipeline } from '../actions/action.ts';
import { lookUpInStage, type LogicalLookUp } from './near-misses.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type Flow, copyFlow } from '../../flow/flow.ts';
import { expandTemplates } from '../expr/lexer.ts';
import { findInport, parseMicroflow } from '../expr/microflow.ts';
import { parseExpr } from '../expr/parse.ts';
import type { TraceOptions } from './cursor.ts';
import { inportKey } from './effects/output.ts';
import { readLearned } from './learned.ts';
import { LflowIndex } from './lflow-index.ts';
import { type TraceDatapath, type TraceNetwork, type Warn, readNetwork } from './network.ts';
import type { Trace } from './node.ts';
import { findDatapath } from './port-lookup.ts';
import type { SouthboundRows } from './row-value.ts';
import { type TraceLimits, Tracer } from './tracer.ts';

export const DEFAULT_TRACE_OPTIONS: TraceOptions = {
  ctStates: [],
  lbDestination: undefined,
  selectId: 0,
  friendlyNames: true,
  random: undefined,
};

/** The real program crashes when it has nested about as deep. */
const FULL: TraceLimits = { tables: 100_000, depth: 40_000 };
/** What is shown of a trace without end. */
const SHORT: TraceLimits = { tables: 500, depth: 1000 };

type LogError = (module: string, message: string) => void;

/** A packet and where it enters. */
export interface TraceRequest {
  /** Name or UUID of the datapath; undefined to take that of the input port. */
  readonly datapath: string | undefined;
  /** The packet as an expression: `inport == "a" && ip4 && ip4.dst == 10.0.0.1`. */
  readonly microflow: string;
}

export interface ReadOptions {
  /** Gets what the real program would log. */
  readonly warn?: Warn;
  /** Gets what it would log as an error of one of its modules. */
  readonly error?: LogError;
  /** Parses all logical flows at once, so that those that cannot be parsed are told of, visited or not. */
  readonly isEager?: boolean;
}

/** The database as traces need it, read once: make a new one when the database has changed. */
export class SouthboundTrace {
  readonly network: TraceNetwork;
  readonly lflows: LflowIndex;
  private readonly warn: Warn;
  private readonly error: LogError;

  constructor(
    database: SouthboundRows,
    { warn = () => undefined, error = () => undefined, isEager = false }: ReadOptions = {},
  ) {
    this.warn = warn;
    this.error = error;
    this.network = readNetwork(database, warn);
    this.lflows = new LflowIndex(database, this.network, warn, isEager);
    readLearned(database, this.network, warn);
  }

  /** Errors are what the real program prints in place of a trace, end of line included where it prints one. */
  trace(request: TraceRequest, options: TraceOptions = DEFAULT_TRACE_OPTIONS): Result<Trace> {
    const tracer = this.tracer(options, FULL);
    const text = expandTemplates(request.microflow, () => undefined);
    if (text === undefined) return err(`failed to parse flow expression "${request.microflow}"`);
    const datapath = this.datapathOf(request.datapath, text);
    if (!datapath.ok) return datapath;
    const number = (name: string): number | undefined => tracer.portNumber(datapath.value, name);
    const parsed = parseMicroflow(text, this.lflows.symbols, number, this.lflows.names(0));
    if (!parsed.ok) return err(`error parsing flow: ${parsed.error}\n`);
    return this.follow(options, datapath.value, parsed.value);
  }

  /**
   * The flow of a stage that a packet meets, and those that it nearly met. `datapath` is the Datapath_Binding row or its
   * tunnel key; undefined when there is none.
   */
  lookUp(datapath: Uuid | number, pipeline: Pipeline, table: number, flow: Flow): LogicalLookUp | undefined {
    const found =
      typeof datapath === 'number'
        ? [...this.network.datapaths.values()].find(({ tunnelKey }) => tunnelKey === datapath)
        : this.network.datapaths.get(datapath);
    if (found === undefined) return undefined;
    const tracer = this.tracer(DEFAULT_TRACE_OPTIONS, FULL);
    const number = (name: string): number | undefined => tracer.portNumber(found, name);
    return lookUpInStage(this.lflows, { datapath: found, pipeline, table }, flow, number);
  }

  private tracer(options: TraceOptions, limits: TraceLimits): Tracer {
    return new Tracer(this.network, this.lflows, options, { warn: this.warn, error: this.error }, limits);
  }

  private follow(options: TraceOptions, datapath: TraceDatapath, flow: Flow): Result<Trace> {
    const key = inportKey(flow);
    if (key === 0 && !this.network.release.needsNoInport)
      return err('microflow does not specify ingress port');
    if (key === 0) this.warn('microflow does not specify ingress port');
    const packet = this.network.release.packetText(flow);
    const inport = datapath.portsByKey.get(key);
    const tracer = this.tracer(options, FULL);
    const root = tracer.run(datapath, copyFlow(flow), inport);
    const { ctStatesUsed } = tracer;
    if (!tracer.wasCut) return ok({ packet, root, ctStatesUsed });
    const short = this.tracer(options, SHORT).run(datapath, copyFlow(flow), inport);
    return ok({ packet, root: short, ctStatesUsed });
  }

  private datapathOf(name: string | undefined, microflow: string): Result<TraceDatapath> {
    if (name !== undefined) {
      const datapath = findDatapath(this.network, name, this.warn);
      return datapath === undefined ? err(`unknown datapath "${name}"\n`) : ok(datapath);
    }
    const parsed = parseExpr(microflow, this.lflows.symbols, this.lflows.names(0));
    const inport = parsed.ok ? findInport(parsed.value) : parsed;
    if (!inport.ok) return err(`error parsing flow: ${inport.error}\n`);
    const port = this.network.ports.get(inport.value);
    return port === undefined ? err(`unknown port "${inport.value}"\n`) : ok(port.datapath);
  }
}
