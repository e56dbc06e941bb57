/** The transmission control block: everything one connection knows (RFC 9293, 3.3.1). */
import type { Recorder, StepId } from '../../base/step.ts';
import type { Errno } from '../errno.ts';
import type { Family } from '../family.ts';
import type { Namespace } from '../namespace.ts';
import type { Stack } from '../stack.ts';
import { SECOND } from '../timing.ts';
import { Reassembly } from './reassembly.ts';
import { plus } from './sequence.ts';

/** As `ss` names them. */
export type TcpState =
  | 'SYN-SENT'
  | 'SYN-RECV'
  | 'ESTAB'
  | 'FIN-WAIT-1'
  | 'FIN-WAIT-2'
  | 'CLOSE-WAIT'
  | 'CLOSING'
  | 'LAST-ACK'
  | 'TIME-WAIT'
  | 'CLOSED';

/** Why a connection is over: both sides finished, or an error of `connect(2)` or `read(2)`. */
export type TcpEnd =
  | 'finished'
  | Extract<Errno, 'ECONNREFUSED' | 'ECONNRESET' | 'ETIMEDOUT' | 'EHOSTUNREACH' | 'ENETUNREACH'>;

/** A segment sent and not yet acknowledged. */
export interface InFlight {
  readonly sequence: number;
  readonly octets: Uint8Array;
  readonly flags: number;
  sentAt: number;
  transmissions: number;
  sacked: boolean;
  lost: boolean;
  parent: StepId | null;
}

/** What the program is told. Each comes in an event of its own, after the segment was dealt with. */
export interface Told {
  connected(parent: StepId | null): void;
  data(octets: Uint8Array, parent: StepId | null): void;
  end(parent: StepId | null): void;
  closed(reason: TcpEnd, parent: StepId | null): void;
}

/** What a socket option sets; all may change while the connection lives. */
export interface TcpSettings {
  /** `IP_TTL`; null: the kernel's default. */
  ttl: number | null;
  /** `IP_MINTTL`: segments with less are dropped (GTSM, RFC 5082). 0: none. */
  minTtl: number;
  tos: number;
  /** `TCP_NODELAY`: small segments do not wait (RFC 9293, 3.7.4). */
  noDelay: boolean;
  /** `TCP_MD5SIG`: what segments are signed with and must be signed with (RFC 2385). */
  key: Uint8Array | null;
}

export interface Tcb extends TcpSettings {
  readonly stack: Stack;
  readonly net: Namespace;
  readonly family: Family;
  readonly local: bigint;
  readonly localPort: number;
  readonly remote: bigint;
  readonly remotePort: number;
  /** `SO_BINDTODEVICE`, or the scope of a link-local address; 0: none. */
  readonly ifindex: number;
  /** What steps and `ss` call the owner. */
  readonly program: string;
  readonly recorder: Recorder;
  readonly told: Told;
  state: TcpState;
  /** Whether the program has closed it (`close(2)`): what arrives now has no reader. */
  orphaned: boolean;
  /** Whether it began by `listen`, and so refuses itself silently while not yet established. */
  readonly passive: boolean;

  // Sending
  iss: number;
  sndUna: number;
  sndNxt: number;
  sndWnd: number;
  sndWl1: number;
  sndWl2: number;
  sndScale: number;
  /** The peer's MSS option. */
  peerMss: number;
  /** Octets not yet cut into segments, as they were written. */
  readonly unsent: { readonly octets: Uint8Array; readonly parent: StepId | null }[];
  /** The program has nothing more to say; the FIN is sent once `unsent` is empty. */
  finishing: boolean;
  finSent: boolean;
  inFlight: InFlight[];
  /** End of the last segment that was smaller than the MSS. */
  smallEnd: number;
  cwnd: number;
  ssthresh: number;
  duplicateAcks: number;
  /** End of the loss recovery in progress; null: none. */
  recover: number | null;
  /** Something of ours was acknowledged: the next segment tells the neighbour table that the way works. */
  confirms: boolean;

  // Receiving
  rcvNxt: number;
  /** Right edge of the window as last advertised. */
  rcvEdge: number;
  rcvScale: number;
  /** How much window is offered, in octets. */
  rcvWindow: number;
  readonly ahead: Reassembly;
  quickAcks: number;
  pingpong: number;
  lastReceived: number;
  unackedOctets: number;
  receivedMss: number;

  // Options in use
  timestamps: boolean;
  sack: boolean;
  tsRecent: number;
  tsOffset: number;

  // Timers
  srtt: number | null;
  rttvar: number;
  rto: number;
  backoff: number;
  /** Retransmissions in a row, and when the first of them was due. */
  timeouts: number;
  cancelRetransmit: (() => void) | null;
  cancelDelayedAck: (() => void) | null;
  cancelPersist: (() => void) | null;
  cancelWait: (() => void) | null;
  /** When those two end. */
  retransmitEnds: number;
  waitEnds: number;
  delayedParent: StepId | null;
  /** Identification field of the next IPv4 datagram. */
  nextId: number;
  readonly flowLabel: number;
  /** Takes the socket out of the namespace's table. */
  release: () => void;
}

export interface TcbIdentity {
  readonly stack: Stack;
  readonly net: Namespace;
  readonly family: Family;
  readonly local: bigint;
  readonly localPort: number;
  readonly remote: bigint;
  readonly remotePort: number;
  readonly ifindex: number;
  readonly program: string;
  readonly recorder: Recorder;
  readonly passive: boolean;
}

const INITIAL_RTO = SECOND;
/** RFC 6928. */
const INITIAL_WINDOW = 10;
/** RFC 9293, 3.7.1: what a peer takes that does not say. */
export const DEFAULT_MSS = { 4: 536, 6: 1220 } as const;

export function newTcb(identity: TcbIdentity, settings: TcpSettings, told: Told): Tcb {
  const { net, family, local, remote, localPort, remotePort } = identity;
  const { random, clock } = net.machine.context;
  const pair = `${net.name} ${local} ${remote}`;
  const draw = random.fork(`tcp ${pair} ${localPort} ${remotePort} ${clock.now()}`);
  const iss = draw.next32();
  return {
    ...identity,
    ...settings,
    told,
    state: 'CLOSED',
    orphaned: false,
    iss,
    sndUna: iss,
    sndNxt: iss,
    sndWnd: 0,
    sndWl1: 0,
    sndWl2: iss,
    sndScale: 0,
    peerMss: DEFAULT_MSS[family],
    unsent: [],
    finishing: false,
    finSent: false,
    inFlight: [],
    smallEnd: iss,
    cwnd: INITIAL_WINDOW,
    ssthresh: Infinity,
    duplicateAcks: 0,
    recover: null,
    confirms: false,
    rcvNxt: 0,
    rcvEdge: 0,
    rcvScale: 0,
    rcvWindow: 0,
    ahead: new Reassembly(),
    quickAcks: 0,
    pingpong: 0,
    lastReceived: -Infinity,
    unackedOctets: 0,
    receivedMss: DEFAULT_MSS[family],
    // Signatures and timestamps do not go together: there is no room for selective acknowledgements beside both.
    timestamps: settings.key === null && net.sysctl.number('net.ipv4.tcp_timestamps') !== 0,
    sack: net.sysctl.number('net.ipv4.tcp_sack') !== 0,
    tsRecent: 0,
    tsOffset: random.fork(`tcp timestamps ${pair}`).next32(),
    srtt: null,
    rttvar: 0,
    rto: INITIAL_RTO,
    backoff: 0,
    timeouts: 0,
    cancelRetransmit: null,
    cancelDelayedAck: null,
    cancelPersist: null,
    cancelWait: null,
    retransmitEnds: 0,
    waitEnds: 0,
    delayedParent: null,
    nextId: draw.below(0x10000),
    flowLabel: family === 6 && net.sysctl.number('net.ipv6.auto_flowlabels') !== 0 ? draw.below(1 << 20) : 0,
    release: () => undefined,
  };
}

export const isSynchronized = (state: TcpState): boolean =>
  state !== 'SYN-SENT' && state !== 'SYN-RECV' && state !== 'CLOSED';

/** Window that the peer may still fill. */
export const receiveWindow = (tcb: Tcb): number => Math.max(0, (tcb.rcvEdge - tcb.rcvNxt) | 0);

/** The end of what the peer allows. */
export const sendEdge = (tcb: Tcb): number => plus(tcb.sndUna, tcb.sndWnd);

export const clockOf = (tcb: Tcb): Namespace['machine']['context']['clock'] => tcb.net.machine.context.clock;

export function stopTimers(tcb: Tcb): void {
  for (const timer of ['cancelRetransmit', 'cancelDelayedAck', 'cancelPersist', 'cancelWait'] as const) {
    tcb[timer]?.();
    tcb[timer] = null;
  }
}
