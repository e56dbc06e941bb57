/** Questions of the page about rows, tables and routes: what each asks and what comes back. Plain data, part of the engine protocol. */
import type { NearMiss } from '../core/base/step.ts';
import type { BgpSessionDetail, BgpTablePage, HeldMessages } from './questions/bgp.ts';
import type {
  BridgeEntry,
  FlowShape,
  FlowsPage,
  FlowsRequest,
  TableFinding,
} from './questions/bridge-flows.ts';
import type { LoadBalancing, NicTemplate } from './questions/deployment.ts';
import type { Causes, DatapathEntry, Explained, Ladder, LogicalFlowRow } from './questions/logical-flows.ts';
import type { LogicalTraceAnswer, TraceablePort } from './questions/logical-trace.ts';
import type { KnownPrefix, PrefixRoad } from './questions/prefix-road.ts';
import type { CommandChanges, FoundRows, RowAnswer } from './questions/rows.ts';
import type { Consequences } from './questions/what-changed.ts';
import type { WhyNotAnswer } from './questions/why-not.ts';

export interface QuestionCalls {
  /** Newest first. */
  whatChanged: { readonly ask: null; readonly answer: readonly Consequences[] };
  heldMessages: { readonly ask: null; readonly answer: HeldMessages };
  /** `search`: a part of a prefix, next hop or AS path; '' for all. */
  bgpTable: {
    readonly ask: { readonly speaker: string; readonly family: 4 | 6 | 'evpn'; readonly search: string };
    readonly answer: BgpTablePage;
  };
  /** Both ends of a session, the near one first; none when it is gone. */
  bgpSession: { readonly ask: { readonly id: string }; readonly answer: readonly BgpSessionDetail[] };
  /** Null for a machine that no template wired. */
  nicTemplate: { readonly ask: { readonly node: string }; readonly answer: NicTemplate | null };
  /** The TripleO files that the world was made from; none for a world that was not. */
  deploymentFiles: {
    readonly ask: null;
    readonly answer: readonly { readonly name: string; readonly text: string }[];
  };
  loadBalancing: { readonly ask: null; readonly answer: LoadBalancing };
  /** Prefixes of northbound rows that can be advertised, of Advertised_Route rows, and of BGP tables; at most 1,000. */
  prefixes: { readonly ask: null; readonly answer: readonly KnownPrefix[] };
  /** The road to each speaker that has the prefix or could hear of it. `error` for what is no prefix. */
  prefixRoads: {
    readonly ask: { readonly prefix: string };
    readonly answer: { readonly roads: readonly PrefixRoad[]; readonly error: string };
  };
  /** Null for a step that no table decided. */
  whyNot: {
    readonly ask: { readonly run: number; readonly step: number };
    readonly answer: WhyNotAnswer | null;
  };
  bridges: { readonly ask: null; readonly answer: readonly BridgeEntry[] };
  checkBridge: {
    readonly ask: { readonly host: string; readonly bridge: string };
    readonly answer: readonly TableFinding[];
  };
  flows: { readonly ask: FlowsRequest; readonly answer: FlowsPage };
  flowShapes: {
    readonly ask: Pick<FlowsRequest, 'host' | 'bridge' | 'filter' | 'search'>;
    readonly answer: { readonly shapes: readonly FlowShape[]; readonly error: string };
  };
  /** Null when there is no such row (any more). */
  row: {
    readonly ask: { readonly database: string; readonly table: string; readonly uuid: string };
    readonly answer: RowAnswer | null;
  };
  /** Of every database. `start`: a uuid in lower case, whole or its first digits with the hyphens between them. */
  findRows: { readonly ask: { readonly start: string }; readonly answer: FoundRows };
  /** What each command changed, newest first. */
  changes: { readonly ask: null; readonly answer: readonly CommandChanges[] };
  datapaths: { readonly ask: null; readonly answer: readonly DatapathEntry[] };
  ladder: { readonly ask: { readonly datapath: string }; readonly answer: Ladder | null };
  stageFlows: {
    readonly ask: {
      readonly datapath: string;
      readonly pipeline: 'ingress' | 'egress';
      readonly table: number;
    };
    readonly answer: readonly LogicalFlowRow[];
  };
  /** The logical flows that a northbound row makes. */
  explain: {
    readonly ask: { readonly table: string; readonly uuid: string };
    readonly answer: Explained | null;
  };
  /** The northbound rows that made a logical flow; `uuid` may be its first digits. */
  causes: { readonly ask: { readonly uuid: string }; readonly answer: Causes | null };
  tracePorts: { readonly ask: null; readonly answer: readonly TraceablePort[] };
  /** '' for a microflow that can be traced, else what ovn-trace says of it. */
  checkMicroflow: { readonly ask: { readonly microflow: string }; readonly answer: string };
  traceMicroflow: {
    readonly ask: { readonly microflow: string; readonly options: readonly string[] };
    readonly answer: LogicalTraceAnswer;
  };
  /** Near misses of a node of the last `traceMicroflow`. */
  traceWhyNot: { readonly ask: { readonly node: number }; readonly answer: readonly NearMiss[] };
  /** A packet pasted as octets (hex) as a microflow. */
  packetMicroflow: {
    readonly ask: { readonly hex: string; readonly inport: string };
    readonly answer: { readonly microflow: string; readonly error: string };
  };
}
