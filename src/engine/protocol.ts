/**
 * The engine protocol: what the page may ask the worker, and what comes back. Plain data only. Every request carries an id,
 * is answered exactly once (unless cancelled), and may be preceded by events that carry the same id.
 */
import type { Step } from '../core/base/step.ts';
import type { HopscopeDocument, MessageStep } from './document.ts';
import type { PlayAsk, PlayOutcome } from './questions/bgp.ts';
import type { QuestionCalls } from './questions.ts';
import type { Fault } from '../core/sim/fault.ts';
export type { Fault } from '../core/sim/fault.ts';
import type { WorldSnapshot } from './snapshot.ts';
import type { NetworkShape } from '../core/sim/network-shape.ts';

export type RequestId = number;

export interface ScenarioEntry {
  readonly shape: NetworkShape;
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly hosts: number;
  /** Commands that one might try next, in order, with a word on each. */
  readonly tryNext: readonly { readonly host: string; readonly line: string; readonly why: string }[];
}

/** A run: the steps that one cause (a ping, an injected frame) led to. */
export interface RunSummary {
  readonly id: number;
  readonly title: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly steps: number;
}

/** A header of a decoded frame, for the header tree. Offsets count octets from the frame's start. */
export interface HeaderRow {
  readonly name: string;
  readonly text: string;
  readonly offset: number;
  readonly size: number;
  readonly problem: string | null;
  readonly children: readonly HeaderRow[];
}

/** One layer of the encapsulation stack, outermost first. `pushedBy` is the step that put it on, if in this run. */
export interface StackLayer {
  readonly name: string;
  readonly text: string;
  readonly offset: number;
  readonly size: number;
  readonly protocol: string;
  readonly pushedBy: number | null;
}

/** A card of the *Decided by* chain: OpenFlow flow, then the logical flow behind it, then the northbound row. */
export interface BecauseCard {
  readonly kind:
    | 'openflow'
    | 'logical-flow'
    | 'northbound'
    | 'southbound'
    | 'open-vswitch'
    | 'route'
    | 'neighbour'
    | 'fdb'
    | 'conntrack'
    | 'address';
  readonly title: string;
  readonly place: string;
  /** First eight digits of a uuid, or a cookie; the whole in `reference`. */
  readonly short: string;
  readonly reference: string;
  readonly lines: readonly string[];
}

export interface StepDetail {
  readonly run: number;
  readonly step: Step;
  /** The packet at the step: its own octets or, where it only looks something up or waits, those of the closest cause on its way. */
  readonly frame: Uint8Array | null;
  readonly headers: readonly HeaderRow[];
  readonly stack: readonly StackLayer[];
  /** Octet ranges that differ from the previous step with a frame, [offset, size]. */
  readonly changed: readonly (readonly [number, number])[];
  readonly because: readonly BecauseCard[];
  /** One sentence of conclusion at a drop, else ''. */
  readonly conclusion: string;
}

export interface TableRequest {
  readonly database: string;
  readonly table: string;
  readonly offset: number;
  readonly limit: number;
  /** Conditions as `find` takes them (`type=router`), and words looked for in every column; '' for all. */
  readonly search: string;
}

export interface TablePage {
  /** What `find` says of conditions that it cannot read; '' otherwise. */
  readonly error: string;
  readonly columns: readonly string[];
  readonly total: number;
  readonly rows: readonly { readonly uuid: string; readonly cells: readonly string[] }[];
}

export interface CaptureSummary {
  readonly id: number;
  readonly host: string;
  readonly namespace: string;
  readonly device: string;
  readonly filter: string;
  readonly packets: number;
  readonly running: boolean;
}

/** Where packets of a list come from: everything that passed a device during a run, or captures. */
export type PacketSource =
  | { readonly kind: 'run'; readonly run: number }
  | { readonly kind: 'captures'; readonly ids: readonly number[] };

/** What a field holds from step `step` of a run on, as far as what follows from that step goes. */
export interface FieldReading {
  readonly step: number;
  /** Of several layers that have it, each one's, the outermost first; none where the packet has no such field. */
  readonly values: readonly string[];
  /** Whether the step gives the packet's field another value or adds the field, not only headers around it or less of them. */
  readonly changed: boolean;
}

/** A packet of a list: what it is in one line, and the step at which it passed. */
export interface PacketRow {
  /** Simulated nanoseconds. */
  readonly time: number;
  readonly host: string;
  readonly namespace: string;
  readonly device: string;
  readonly direction: 'in' | 'out';
  readonly size: number;
  /** Innermost addresses. */
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  /** tcpdump's line, without the link-level header. */
  readonly text: string;
  readonly run: number;
  readonly step: number;
  /** Step that sent the packet first: the same for one packet wherever it passes. */
  readonly journey: number;
}

export interface PacketList {
  readonly rows: readonly PacketRow[];
  /** How the filter was read: as Wireshark's display filters, or as pcap-filter(7). */
  readonly language: 'display' | 'capture';
  /** Packets before the filter. */
  readonly total: number;
}

interface PacketQuestion {
  readonly source: PacketSource;
  readonly filter: string;
}

/** A thing whose details the inspector shows; resolved by the engine to rows of text. */
export type Subject =
  | { readonly kind: 'host'; readonly host: string }
  | { readonly kind: 'namespace'; readonly host: string; readonly namespace: string }
  | { readonly kind: 'link'; readonly host: string; readonly namespace: string; readonly device: string }
  | { readonly kind: 'bridge'; readonly host: string; readonly bridge: string }
  | { readonly kind: 'port'; readonly host: string; readonly bridge: string; readonly port: string }
  | { readonly kind: 'table'; readonly host: string; readonly bridge: string; readonly table: number }
  | { readonly kind: 'tunnel'; readonly id: string }
  | { readonly kind: 'segment'; readonly id: string }
  | { readonly kind: 'logical-switch'; readonly uuid: string }
  | { readonly kind: 'logical-router'; readonly uuid: string }
  | { readonly kind: 'logical-port'; readonly uuid: string }
  /** A BGP instance, by `SpeakerSnapshot.id`. */
  | { readonly kind: 'speaker'; readonly id: string }
  /** By `BgpSessionSnapshot.id`. */
  | { readonly kind: 'bgp-session'; readonly id: string }
  | { readonly kind: 'program'; readonly host: string; readonly name: string; readonly database: string };

/** What a section of the inspector tells of a thing. */
export type SectionKind =
  | 'device'
  | 'addresses'
  | 'routes'
  | 'neighbours'
  | 'fdb'
  | 'openflow'
  | 'logical-flows'
  | 'conntrack'
  | 'database'
  | 'bgp';

/** A section of the inspector: the command that prints it and its text as the real program prints it. */
export interface SubjectSection {
  readonly kind: SectionKind;
  readonly title: string;
  readonly command: string;
  readonly text: string;
}

/** A frame in fields, as a person composes it; addresses as text. */
export interface FrameFields {
  /** `dhcp` is a DHCPDISCOVER: from nobody to everybody, whatever addresses are given. */
  readonly protocol: 'icmp' | 'udp' | 'tcp' | 'arp' | 'dhcp';
  readonly sourceMac: string;
  /** Not looked at for ARP and DHCP, which ask everybody. */
  readonly destinationMac: string;
  readonly source: string;
  readonly destination: string;
  readonly ttl: number;
  readonly port: number;
  readonly data: string;
  readonly vlan: number | null;
}

/** A frame of a capture file with tcpdump's text of it. */
export interface CapturedText {
  readonly octets: Uint8Array;
  readonly text: string;
}

/** A terminal between two lines. */
export interface PromptState {
  /** Whose shell reads the line: another machine's, where one was entered from this terminal. */
  readonly machine: string;
  readonly directory: string;
  /** Of the program that holds the terminal; null at the shell. */
  readonly prompt: string | null;
}

/** Every request by name with its argument and its answer. */
export interface EngineCalls extends QuestionCalls {
  /** One scenario, listed or made to a size that its id says; null when there is none. */
  scenario: { readonly ask: { readonly id: string }; readonly answer: ScenarioEntry | null };
  /** How large a fabric may be. */
  fabricLimits: {
    readonly ask: null;
    readonly answer: { readonly spines: number; readonly leaves: number; readonly cables: number };
  };
  scenarios: { readonly ask: null; readonly answer: readonly ScenarioEntry[] };
  /** Starts a scenario; replaces the world. */
  open: {
    readonly ask: { readonly scenario: string; readonly seed: number };
    readonly answer: WorldSnapshot;
  };
  /** Replays a document; replaces the world only when all of it could be rebuilt. */
  openDocument: { readonly ask: HopscopeDocument; readonly answer: WorldSnapshot };
  /** Opens database files; what was open stays open when they are refused. */
  openFiles: {
    readonly ask: readonly { readonly name: string; readonly octets: Uint8Array }[];
    readonly answer: WorldSnapshot;
  };
  document: { readonly ask: { readonly page: unknown }; readonly answer: HopscopeDocument };
  snapshot: { readonly ask: null; readonly answer: WorldSnapshot };
  /** Runs a shell line; output comes as `output` events. */
  exec: {
    readonly ask: { readonly host: string; readonly line: string };
    readonly answer: { readonly status: number } & PromptState;
  };
  /** What the next line of a machine's terminal will be typed at. */
  prompt: { readonly ask: { readonly host: string }; readonly answer: PromptState };
  complete: {
    readonly ask: { readonly host: string; readonly line: string; readonly cursor: number };
    readonly answer: { readonly from: number; readonly candidates: readonly string[] };
  };
  runs: { readonly ask: null; readonly answer: readonly RunSummary[] };
  /** Steps [from, to) of a run; frames shared between steps are sent once per answer by reference. */
  steps: {
    readonly ask: { readonly run: number; readonly from: number; readonly to: number };
    readonly answer: readonly Step[];
  };
  step: { readonly ask: { readonly run: number; readonly step: number }; readonly answer: StepDetail };
  /** `at`: as it was at that step, worked out by replaying the document; null for now. */
  inspect: {
    readonly ask: {
      readonly subject: Subject;
      readonly at: { readonly run: number; readonly step: number } | null;
    };
    readonly answer: readonly SubjectSection[];
  };
  /** Names of the programs that a machine's shell has. */
  programs: { readonly ask: null; readonly answer: readonly string[] };
  /** The octets of a frame given in fields. */
  composeFrame: { readonly ask: FrameFields; readonly answer: Uint8Array };
  /** The frames in a pcap or pcapng file. */
  capturedFrames: { readonly ask: Uint8Array; readonly answer: readonly CapturedText[] };
  /** Puts a frame on a device; the answer is the run that it began. */
  inject: {
    readonly ask: {
      readonly host: string;
      readonly namespace: string;
      readonly device: string;
      readonly direction: 'in' | 'out';
      readonly octets: Uint8Array;
    };
    readonly answer: { readonly run: number };
  };
  /** Holds BGP messages back, lets them go, or delivers the first that waits at an end. */
  stepMessages: { readonly ask: Omit<MessageStep, 'kind' | 'at'>; readonly answer: null };
  /** Delivers in the order of arrival until something happens; holds all messages from then on. */
  playMessages: { readonly ask: PlayAsk; readonly answer: PlayOutcome };
  /** Switches a fault on or off. */
  fault: { readonly ask: { readonly fault: Fault; readonly on: boolean }; readonly answer: null };
  /** Steps of a run whose frame a display filter lets through, ascending. */
  matchSteps: {
    /** Without a run the filter alone is looked at. */
    readonly ask: { readonly run: number | null; readonly filter: string };
    readonly answer: readonly number[];
  };
  /** What a field holds along a run; without one, whether there is such a field. Refused for what is none. */
  fieldReadings: {
    readonly ask: { readonly run: number | null; readonly field: string };
    readonly answer: readonly FieldReading[];
  };
  /** Names of the stages that tables stand for, logical ones and OVN's own; sorted. */
  stageNames: { readonly ask: null; readonly answer: readonly string[] };
  tables: {
    readonly ask: null;
    readonly answer: readonly {
      readonly database: string;
      readonly tables: readonly { readonly name: string; readonly rows: number }[];
    }[];
  };
  table: { readonly ask: TableRequest; readonly answer: TablePage };
  ovnTrace: {
    readonly ask: {
      readonly options: readonly string[];
      readonly datapath: string;
      readonly microflow: string;
    };
    readonly answer: { readonly text: string; readonly errors: string; readonly status: number };
  };
  captureStart: {
    readonly ask: {
      readonly host: string;
      readonly namespace: string;
      readonly device: string;
      readonly filter: string;
    };
    readonly answer: CaptureSummary;
  };
  captureStop: { readonly ask: { readonly id: number }; readonly answer: CaptureSummary };
  captures: { readonly ask: null; readonly answer: readonly CaptureSummary[] };
  captureText: {
    readonly ask: { readonly id: number; readonly options: readonly string[] };
    readonly answer: string;
  };
  packets: { readonly ask: PacketQuestion; readonly answer: PacketList };
  /** pcapng with an interface for each device, and comments that name the rows that decided. `journey`: of one packet alone. */
  packetsFile: {
    readonly ask: PacketQuestion & { readonly journey: { run: number; step: number } | null };
    readonly answer: Uint8Array;
  };
  captureFile: {
    readonly ask: { readonly id: number };
    readonly answer: Uint8Array;
  };
}

export type CallName = keyof EngineCalls;

export type EngineRequest =
  | {
      [Name in CallName]: {
        readonly kind: 'call';
        readonly id: RequestId;
        readonly name: Name;
        readonly ask: EngineCalls[Name]['ask'];
      };
    }[CallName]
  | { readonly kind: 'cancel'; readonly id: RequestId }
  /** A document will be opened: what makes a world may be read already. */
  | { readonly kind: 'prepare' };

/** Why a call failed. `place` tells file, line or octet; `remedy` what to do instead; `kept` what stayed as it was. */
export interface EngineError {
  readonly kind: 'refused' | 'cancelled' | 'bug';
  readonly message: string;
  readonly place: string;
  readonly remedy: string;
  readonly kept: string;
}

export type EngineReply =
  | { readonly kind: 'answer'; readonly id: RequestId; readonly answer: EngineCalls[CallName]['answer'] }
  | { readonly kind: 'error'; readonly id: RequestId; readonly error: EngineError }
  | { readonly kind: 'output'; readonly id: RequestId; readonly stream: 'out' | 'err'; readonly text: string }
  | {
      readonly kind: 'progress';
      readonly id: RequestId;
      readonly done: number;
      readonly total: number;
      readonly text: string;
    }
  /** The world changed: refetch what carries an older version. */
  | { readonly kind: 'changed'; readonly version: number };
