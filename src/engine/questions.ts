/**
 * Questions of the page about rows: why a packet stopped, what a bridge's tables and a datapath's stages hold, which row made
 * which flow, and where a described packet would go. Plain data, part of the engine protocol.
 */
import type { MessageEnd } from '../core/sim/index.ts';
export type { MessageEnd } from '../core/sim/index.ts';
import type { NearMiss, RowRef } from '../core/base/step.ts';
import type { PrefixView, SessionView } from '../core/frr/view/router-view.ts';
import type { Subject } from './protocol.ts';

export interface WhyNotAnswer {
  /** Where it was looked up, e.g. `hv1 br-int, table 44 ls_out_acl_eval`. */
  readonly place: string;
  /** The flow that decided; null for a miss. */
  readonly decided: RowRef | null;
  /** Flows that the table had then. */
  readonly considered: number;
  readonly misses: readonly NearMiss[];
  /** The same in the logical network's language, where the table is a logical stage. */
  readonly logical: readonly NearMiss[];
  /** The earlier table that set what the deciding flow looks at, if one did. */
  readonly earlier: WhyNotAnswer | null;
}

/** What is wrong in a bridge's tables, one line each. */
export interface TableFinding {
  readonly kind: string;
  readonly weight: 'fault' | 'remark';
  readonly text: string;
  readonly count: number;
  readonly flows: readonly {
    readonly table: number;
    readonly priority: number;
    readonly cookie: string;
    readonly match: string;
    readonly actions: string;
  }[];
}

export interface BridgeEntry {
  readonly host: string;
  readonly bridge: string;
  readonly flows: number;
  readonly ports: number;
}

/** Which flows of a bridge: `filter` as ovs-ofctl takes it, `search` plain text in match, actions or cookie. */
export interface FlowsRequest {
  readonly host: string;
  readonly bridge: string;
  readonly filter: string;
  readonly search: string;
  /** Only flows of this shape, as `flowShapes` names it. */
  readonly shape: string | null;
  readonly offset: number;
  readonly limit: number;
}

export interface FlowRow {
  readonly table: number;
  readonly stage: string;
  readonly priority: number;
  readonly cookie: string;
  readonly match: string;
  readonly actions: string;
  readonly packets: number;
  readonly bytes: number;
}

export interface FlowsPage {
  readonly total: number;
  readonly mostPackets: number;
  readonly rows: readonly FlowRow[];
  /** What ovs-ofctl says of a filter that it cannot read; '' otherwise. */
  readonly error: string;
}

/** Flows of one table that look at the same fields and do the same kinds of things. */
export interface FlowShape {
  readonly key: string;
  readonly table: number;
  readonly stage: string;
  /** The fields, their values left open. */
  readonly match: string;
  readonly actions: string;
  readonly count: number;
  readonly packets: number;
}

export interface RowReference {
  readonly table: string;
  readonly column: string;
  readonly uuid: string;
  readonly label: string;
}

export interface RowAnswer {
  readonly uuid: string;
  readonly label: string;
  readonly columns: readonly {
    readonly name: string;
    readonly text: string;
    readonly references: readonly RowReference[];
  }[];
  readonly referredBy: readonly RowReference[];
}

/** One row that a command changed. `cells` are columns with what they held before and hold now. */
export interface RowChange {
  readonly database: string;
  readonly table: string;
  readonly kind: 'inserted' | 'updated' | 'deleted';
  readonly uuid: string;
  readonly label: string;
  readonly cells: readonly { readonly column: string; readonly before: string; readonly after: string }[];
}

export interface CommandChanges {
  readonly id: number;
  readonly host: string;
  readonly line: string;
  readonly changes: readonly RowChange[];
  /** Changes that are not told of one by one. */
  readonly more: number;
}

/** Flows of one stage with the same text but for constants. */
export interface StageShape {
  readonly match: string;
  readonly actions: string;
  readonly priorities: readonly [lowest: number, highest: number];
  readonly count: number;
  /** First eight digits of each row's uuid. */
  readonly flows: readonly string[];
}

export interface LadderStage {
  readonly pipeline: 'ingress' | 'egress';
  readonly table: number;
  readonly name: string;
  readonly count: number;
  readonly shapes: readonly StageShape[];
}

export interface Ladder {
  readonly datapath: string;
  readonly name: string;
  readonly kind: 'switch' | 'router';
  readonly stages: readonly LadderStage[];
}

export interface DatapathEntry {
  readonly uuid: string;
  /** The northbound row; '' when it is not told. */
  readonly northbound: string;
  readonly name: string;
  readonly kind: 'switch' | 'router';
  readonly flows: number;
}

export interface LogicalFlowRow {
  readonly uuid: string;
  readonly datapaths: readonly string[];
  readonly pipeline: 'ingress' | 'egress';
  readonly table: number;
  readonly stage: string;
  readonly priority: number;
  readonly match: string;
  readonly actions: string;
}

/** OpenFlow flows that a logical flow became on one machine. */
export interface ChassisCount {
  readonly host: string;
  readonly flows: number;
}

export interface Explained {
  readonly label: string;
  readonly flows: readonly (LogicalFlowRow & { readonly chassis: readonly ChassisCount[] })[];
}

export interface Causes {
  readonly flow: LogicalFlowRow;
  readonly chassis: readonly ChassisCount[];
  readonly causes: readonly { readonly table: string; readonly uuid: string; readonly label: string }[];
}

/** A node of an ovn-trace: its line, the logical flow behind it, and whether it ends the packet's way. */
export interface LogicalTraceNode {
  readonly kind: string;
  readonly text: string;
  readonly lflow: string | null;
  readonly stage: string;
  readonly pipeline: string;
  readonly datapath: string;
  readonly depth: number;
  readonly drop: boolean;
}

export interface LogicalTraceAnswer {
  /** As ovn-trace prints it. */
  readonly text: string;
  readonly errors: string;
  readonly status: number;
  readonly nodes: readonly LogicalTraceNode[];
}

/** A port that a microflow may enter by, with what it would be made of. */
export interface TraceablePort {
  readonly name: string;
  readonly datapath: string;
  readonly macs: readonly string[];
  readonly ips: readonly string[];
}

/** The file that wired a node, and which of its lines made which device. */
export interface NicTemplate {
  readonly node: string;
  readonly role: string;
  readonly file: string;
  readonly text: string;
  readonly devices: readonly {
    /** As the node calls it. */
    readonly name: string;
    /** `ovs_bridge`, `vlan` ... as os-net-config names kinds. */
    readonly kind: string;
    /** From 1. */
    readonly lines: readonly number[];
  }[];
}

interface ProxyServer {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** Of the configuration, from 1. */
  readonly line: number;
  /** False when nothing checks it: it counts as up. */
  readonly checked: boolean;
  readonly up: boolean;
  readonly backup: boolean;
  /** Checks in a row that say otherwise, and how many of them change the state. */
  readonly against: number;
  readonly needed: number;
  readonly sessions: number;
  readonly total: number;
  /** Where that address is now. */
  readonly held: { readonly host: string; readonly device: string } | null;
}

/** A load balancer's frontend with its backends, as one machine runs it. */
export interface Proxy {
  readonly host: string;
  readonly container: string;
  readonly name: string;
  readonly mode: string;
  readonly balance: string;
  /** Lines on which its sections begin. */
  readonly lines: readonly number[];
  readonly binds: readonly {
    readonly address: string;
    readonly port: number;
    readonly line: number;
    /** Where that address is now. */
    readonly held: { readonly host: string; readonly device: string } | null;
  }[];
  readonly servers: readonly ProxyServer[];
  /** The last connections, newest first. */
  readonly choices: readonly {
    /** Simulated nanoseconds. */
    readonly at: number;
    readonly client: string;
    readonly address: string;
    readonly port: number;
    /** Null when no server was up. */
    readonly server: string | null;
  }[];
}

export interface LoadBalancing {
  readonly proxies: readonly Proxy[];
  /** haproxy.cfg of each machine that runs one. */
  readonly files: readonly {
    readonly host: string;
    readonly path: string;
    readonly text: string;
  }[];
}

/** One thing that a prefix needs on its way, in the order in which it comes to be. */
export interface RoadRung {
  readonly kind: 'northbound' | 'option' | 'southbound' | 'vrf' | 'kernel' | 'table' | 'session';
  /** What it is: `Advertised_Route row`. */
  readonly title: string;
  /** Who puts it there: `you`, `northd`, `ovn-controller`, `bgpd`, `zebra`. */
  readonly by: string;
  /** Where it is or would be. */
  readonly place: string;
  /** As the command prints it; empty while it is missing. */
  readonly rows: readonly string[];
  readonly command: { readonly host: string; readonly namespace: string; readonly line: string } | null;
  /** What would make it appear; '' for one that is there, and for those that follow from one before. */
  readonly remedy: string;
  readonly subject: Subject | null;
}

/** How a prefix comes, or would come, to one router. */
export interface PrefixRoad {
  /** The speaker at its end; null where no speaker has anything to do with it. */
  readonly to: string | null;
  /** Why the speaker cannot hear of it from those who have it; '' where it has it, or the rungs say what stops it. */
  readonly why: string;
  readonly rungs: readonly RoadRung[];
}

export interface KnownPrefix {
  readonly prefix: string;
  /** `NAT`, `Advertised_Route`, `BGP`: where it was found first. */
  readonly source: string;
}

export interface BgpTablePage {
  /** Prefixes that the search lets through. */
  readonly total: number;
  /** The first of them, in the order of `show bgp`. */
  readonly prefixes: readonly PrefixView[];
}

/** A BGP message in words: its type, and what it says as tcpdump prints it. */
export interface BgpMessage {
  /** Simulated nanoseconds. */
  readonly at: number;
  readonly direction: 'sent' | 'received';
  readonly type: string;
  readonly lines: readonly string[];
  readonly octets: Uint8Array;
}

/** One end of a session. */
export interface BgpSessionDetail {
  readonly speaker: string;
  readonly view: Omit<SessionView, 'messages'>;
  /** Oldest first. */
  readonly messages: readonly BgpMessage[];
}

export interface HeldMessage {
  readonly end: MessageEnd;
  /** `BgpSessionSnapshot.id`; null for one that is known to neither side any more. */
  readonly session: string | null;
  /** The speaker that sent it, where it is one of this world. */
  readonly from: string | null;
  /** Simulated nanoseconds at which it came. */
  readonly at: number;
  /** How many of its connection are before it. */
  readonly behind: number;
  readonly type: string;
  /** tcpdump's words. */
  readonly lines: readonly string[];
  readonly octets: Uint8Array;
}

/** BGP messages that wait to be delivered. */
export interface HeldMessages {
  /** Those of every session are held. */
  readonly all: boolean;
  /** Ends that are held one by one. */
  readonly ends: readonly MessageEnd[];
  readonly total: number;
  /** In the order in which they came; the first 500. */
  readonly waiting: readonly HeldMessage[];
}

/** What the ways of a prefix should never do. */
export type Invariant = 'loop' | 'blackhole' | 'asymmetric';

export interface PlayAsk {
  readonly until: 'quiet' | 'arrival' | Invariant;
  /** The prefix in question; '' for all (not for `arrival`). */
  readonly prefix: string;
  /** Where it is to arrive; '' anywhere. */
  readonly speaker: string;
}

export interface PlayOutcome {
  readonly why: 'quiet' | 'arrival' | 'broken' | 'stopped';
  readonly delivered: number;
  readonly text: string;
  /** Where a prefix arrived. */
  readonly speaker?: string;
}

export interface QuestionCalls {
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
