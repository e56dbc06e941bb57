/** Connections as the kernel follows them (`nf_conntrack_core.c`, `nf_conntrack_proto_*.c`). */
import type { Clock } from '../../base/context.ts';
import { TCP_FLAG } from '../../wire/layer/tcp.ts';
import { readU16 } from '../../wire/octets.ts';
import { IPPROTO } from '../ip4/packet.ts';
import { SECOND } from '../timing.ts';
import { citedBy, inverted, isIcmpQuestion, keyOf, readTuple, type Tuple } from './tuple.ts';

type TcpState =
  | 'NONE'
  | 'SYN_SENT'
  | 'SYN_RECV'
  | 'ESTABLISHED'
  | 'FIN_WAIT'
  | 'CLOSE_WAIT'
  | 'LAST_ACK'
  | 'TIME_WAIT'
  | 'CLOSE'
  | 'SYN_SENT2';

export interface Connection {
  readonly original: Tuple;
  reply: Tuple;
  tcp: TcpState;
  hasReply: boolean;
  isAssured: boolean;
  /** In the table, so that other packets find it. */
  isConfirmed: boolean;
  /** Which kinds of address translation are decided, and which of them change something. */
  readonly decided: Set<'source' | 'destination'>;
  readonly changes: Set<'source' | 'destination'>;
  readonly startedAt: number;
  expires: number;
}

/** A packet's place: which connection, in which direction, and how it is told in rules. */
export interface Tracked {
  readonly connection: Connection;
  readonly direction: 'original' | 'reply';
  readonly state: 'NEW' | 'ESTABLISHED' | 'RELATED';
  /** It is an ICMP error about the connection. */
  readonly isError: boolean;
}

/** What a datagram carries from hook to hook. `tracked` null: INVALID; undefined: no connections are followed. */
export interface Flowing {
  readonly mark: number;
  readonly tracked: Tracked | null | undefined;
}

const TCP_SECONDS: Readonly<Record<TcpState, number>> = {
  NONE: 120,
  SYN_SENT: 120,
  SYN_RECV: 60,
  ESTABLISHED: 432_000,
  FIN_WAIT: 120,
  CLOSE_WAIT: 60,
  LAST_ACK: 30,
  TIME_WAIT: 120,
  CLOSE: 10,
  SYN_SENT2: 120,
};
const UDP = 30 * SECOND;
const UDP_STREAM = 120 * SECOND;
/** A UDP exchange that lasts longer is a stream. */
const STREAM_AFTER = 2 * SECOND;
const ICMP = 30 * SECOND;
const GENERIC = 600 * SECOND;
/** `nf_conntrack_max` of a small machine: the oldest unassured entry gives way. */
const MOST = 65_536;

export class Conntrack {
  readonly #clock: Clock;
  readonly #byKey = new Map<
    string,
    { readonly connection: Connection; readonly direction: Tracked['direction'] }
  >();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Those that have not ended, newest first. */
  entries(): Connection[] {
    const now = this.#clock.now();
    const all = new Set([...this.#byKey.values()].map(({ connection }) => connection));
    for (const connection of all)
      if (connection.expires <= now) {
        this.remove(connection);
        all.delete(connection);
      }
    return [...all].reverse();
  }

  clear(): void {
    this.#byKey.clear();
  }

  remove(connection: Connection): void {
    this.#byKey.delete(keyOf(connection.original));
    this.#byKey.delete(keyOf(connection.reply));
  }

  find(
    tuple: Tuple,
  ): { readonly connection: Connection; readonly direction: Tracked['direction'] } | undefined {
    const found = this.#byKey.get(keyOf(tuple));
    if (found === undefined || found.connection.expires > this.#clock.now()) return found;
    this.remove(found.connection);
    return undefined;
  }

  /** Finds or begins the connection of a packet; null: the packet is INVALID. */
  track(datagram: Uint8Array): Tracked | null {
    const cited = citedBy(datagram);
    if (cited !== undefined) {
      const inner = readTuple(cited);
      const about = inner === undefined ? undefined : this.find(inverted(inner));
      return about === undefined
        ? null
        : { connection: about.connection, direction: about.direction, state: 'RELATED', isError: true };
    }
    const tuple = readTuple(datagram);
    if (tuple === undefined) return null;
    const found = this.find(tuple);
    if (found === undefined) return this.#begin(tuple, datagram);
    const { connection, direction } = found;
    if (direction === 'reply') connection.hasReply = true;
    if (!this.#advance(connection, direction, datagram)) return null;
    const state = connection.hasReply ? 'ESTABLISHED' : 'NEW';
    return { connection, direction, state, isError: false };
  }

  /** What went out through the loopback comes in again: its connection, which has advanced already. */
  known(datagram: Uint8Array): Tracked | null {
    const tuple = readTuple(datagram);
    if (tuple === undefined || citedBy(datagram) !== undefined) return this.track(datagram);
    const as = this.find(tuple);
    // After translation the packet is what the other direction's tuple says, turned round.
    const back = as === undefined ? this.find(inverted(tuple)) : undefined;
    const connection = (as ?? back)?.connection;
    if (connection === undefined) return this.track(datagram);
    const direction = as?.direction ?? (back?.direction === 'reply' ? 'original' : 'reply');
    return { connection, direction, state: connection.hasReply ? 'ESTABLISHED' : 'NEW', isError: false };
  }

  #begin(tuple: Tuple, datagram: Uint8Array): Tracked | null {
    if (tuple.protocol === IPPROTO.icmp && !isIcmpQuestion(tuple.icmpType)) return null;
    const connection: Connection = {
      original: tuple,
      reply: inverted(tuple),
      tcp: 'NONE',
      hasReply: false,
      isAssured: false,
      isConfirmed: false,
      decided: new Set(),
      changes: new Set(),
      startedAt: this.#clock.now(),
      expires: 0,
    };
    if (!this.#advance(connection, 'original', datagram)) return null;
    return { connection, direction: 'original', state: 'NEW', isError: false };
  }

  /** The first packet leaves the machine or reaches its program: from now on the connection is known. */
  confirm(connection: Connection): void {
    if (connection.isConfirmed) return;
    connection.isConfirmed = true;
    if (this.#byKey.size >= 2 * MOST) this.#makeRoom();
    this.#byKey.set(keyOf(connection.original), { connection, direction: 'original' });
    this.#byKey.set(keyOf(connection.reply), { connection, direction: 'reply' });
  }

  #makeRoom(): void {
    const all = this.entries();
    const oldest = all.findLast((each) => !each.isAssured) ?? all.at(-1);
    if (oldest !== undefined) this.remove(oldest);
  }

  /** State and end of life after a packet. False when the packet does not fit the connection. */
  #advance(connection: Connection, direction: Tracked['direction'], datagram: Uint8Array): boolean {
    const now = this.#clock.now();
    switch (connection.original.protocol) {
      case IPPROTO.tcp: {
        const headerSize = ((datagram[0] as number) & 15) * 4;
        const next = nextTcp(connection.tcp, direction, readU16(datagram, headerSize + 12) & 0x3f);
        if (next === null) return false;
        if (next === 'again') {
          // A new connection between the same ends: it begins as the first did.
          connection.tcp = 'SYN_SENT';
          connection.isAssured = false;
        } else connection.tcp = next;
        if (connection.tcp === 'ESTABLISHED' && connection.hasReply) connection.isAssured = true;
        connection.expires = now + TCP_SECONDS[connection.tcp] * SECOND;
        return true;
      }
      case IPPROTO.udp:
        if (connection.hasReply && now > connection.startedAt + STREAM_AFTER) connection.isAssured = true;
        connection.expires = now + (connection.isAssured ? UDP_STREAM : UDP);
        return true;
      case IPPROTO.icmp:
        connection.expires = now + ICMP;
        return true;
      default:
        connection.expires = now + GENERIC;
        return true;
    }
  }
}

/** The next state of a TCP connection; null: the segment is invalid there. */
function nextTcp(state: TcpState, direction: Tracked['direction'], flags: number): TcpState | 'again' | null {
  const isOriginal = direction === 'original';
  if (flags & TCP_FLAG.rst) return state === 'NONE' || state === 'SYN_SENT2' ? null : 'CLOSE';
  if (flags & TCP_FLAG.syn) {
    if (flags & TCP_FLAG.ack) {
      if (state === 'NONE') return null;
      return !isOriginal && (state === 'SYN_SENT' || state === 'SYN_SENT2') ? 'SYN_RECV' : state;
    }
    if (state === 'NONE' || state === 'SYN_SENT') return isOriginal ? 'SYN_SENT' : 'SYN_SENT2';
    return isOriginal && (state === 'TIME_WAIT' || state === 'CLOSE' || state === 'LAST_ACK')
      ? 'again'
      : state;
  }
  if (flags & TCP_FLAG.fin) {
    if (state === 'NONE' || state === 'SYN_SENT') return null;
    if (state === 'SYN_RECV' || state === 'ESTABLISHED') return 'FIN_WAIT';
    return state === 'FIN_WAIT' || state === 'CLOSE_WAIT' ? 'LAST_ACK' : state;
  }
  if (!(flags & TCP_FLAG.ack)) return null;
  switch (state) {
    case 'NONE':
      return 'ESTABLISHED';
    case 'SYN_SENT':
      return isOriginal ? null : state;
    case 'SYN_RECV':
      return isOriginal ? 'ESTABLISHED' : state;
    case 'FIN_WAIT':
      return 'CLOSE_WAIT';
    case 'LAST_ACK':
      return 'TIME_WAIT';
    default:
      return state;
  }
}
