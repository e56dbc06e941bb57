/**
 * The connection table of one datapath, as the kernel's conntrack keeps it for Open vSwitch: zones, states, translation,
 * related ICMP errors, expiry. A connection is in the table once a `ct(commit)` put it there.
 */
import type { Clock } from '../../base/context.ts';
import type { Random } from '../../base/random.ts';
import { IP_PROTOCOL, updateChecksum } from '../../wire/index.ts';
import { readU16, writeU16 } from '../../wire/octets.ts';
import type { NatAct } from '../actions/ofpact.ts';
import { assure, isTranslated, refresh, shorten, type Connection } from './connection.ts';
import { Expectations } from './expectations.ts';
import { FragmentQueues } from './fragments.ts';
import { KEPT_SOURCE, translate } from './nat.ts';
import { Senders } from './senders.ts';
import { isSound } from './sound-packet.ts';
import { segmentOf, type TcpSegment } from './tcp-segment.ts';
import { beginTrack, passSegment, type TcpTrack } from './tcp-track.ts';
import { ZoneLimits } from './zone-limits.ts';
import { ZoneTimeouts, type Timeouts } from './zone-timeouts.ts';
import {
  isIcmp,
  readQuotedTuple,
  readTuple,
  reverseTuple,
  tupleKey,
  writeTuple,
  type Tuple,
  type TuplePlace,
} from './tuple.ts';

/** Bits of ct_state. */
export const CT_STATE = {
  new: 0x01,
  established: 0x02,
  related: 0x04,
  reply: 0x08,
  invalid: 0x10,
  tracked: 0x20,
  sourceNat: 0x40,
  destinationNat: 0x80,
} as const;

export interface CtOptions {
  readonly zone: number;
  readonly commit: boolean;
  readonly force: boolean;
  readonly nat: NatAct | null;
  /** Written on commit: value under mask. */
  readonly mark: { readonly value: number; readonly mask: number } | null;
  readonly label: { readonly value: bigint; readonly mask: bigint } | null;
  readonly helper: string;
  /** How long the connection is kept, where its zone says so. */
  readonly timeouts: Timeouts | null;
}

export interface CtResult {
  /** The frame after translation; the same array when nothing was rewritten. */
  readonly octets: Uint8Array;
  readonly state: number;
  readonly zone: number;
  readonly mark: number;
  readonly label: bigint;
  /** The original direction of the connection, or of its master, for ct_nw_src and the like; null when the packet belongs to none. */
  readonly original: Tuple | null;
  /** The connection of the table that the packet belongs to: it stays with the packet on its way. */
  readonly held: Found | null;
  /** Why the connection could not be kept; the packet goes no further. */
  readonly refusal?: string;
}

/** A connection, and whether a packet goes against its original direction. */
interface Found {
  readonly connection: Connection;
  readonly reply: boolean;
}

const NAT_FLAGS = CT_STATE.sourceNat | CT_STATE.destinationNat;
/** As many as the userspace datapath keeps unless told otherwise. */
const MOST_CONNECTIONS = 3_000_000;

export class Conntrack {
  readonly #clock: Clock;
  readonly #random: Random;
  /** Both directions of every connection. */
  readonly #table = new Map<string, Found>();
  readonly #senders = new Senders();
  readonly #expectations = new Expectations();
  readonly limits = new ZoneLimits();
  readonly timeouts = new ZoneTimeouts();
  /** Datagrams that did not arrive in one piece. */
  readonly fragments = new FragmentQueues();
  /** Connections that are kept at most, as `ct-set-maxconns` sets it. */
  most = MOST_CONNECTIONS;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /**
   * `ct(...)`: tracks the frame in a zone, commits and translates as asked. `before` is what an earlier `ct` of the same
   * packet gave: in the same zone it is not looked up again, since translation may have made it another packet.
   */
  execute(octets: Uint8Array, options: CtOptions, before: Omit<CtResult, 'octets'> | null = null): CtResult {
    const place = readTuple(octets);
    if (!place || !isSound(octets, place)) return this.#invalid(octets, options.zone);
    if (place.quoted >= 0) return this.#related(octets, place, options);
    const { tuple } = place;
    const held = before?.held ?? null;
    if (before && held && held.connection.zone === options.zone && !(held.reply && options.force))
      return this.#again(octets, place, held, before.state, options);
    let found = this.#find(options.zone, tuple);
    if (found?.reply && options.force && options.commit) {
      this.#remove(found.connection);
      found = undefined;
    }
    const segment = segmentOf(octets, place);
    if (!found) return this.#first(octets, place, segment, options);
    return this.#later(octets, place, segment, found, options);
  }

  /** Connections that have not expired, oldest first. */
  connections(zone?: number): Connection[] {
    const now = this.#clock.now();
    const all = [...this.#table.values()].filter((found) => !found.reply).map((found) => found.connection);
    return all.filter((one) => one.expires > now && (zone === undefined || one.zone === zone));
  }

  /** Forgets the connections of a zone, or of all, that `fits` holds for. */
  flush(zone?: number, fits?: (connection: Connection) => boolean): void {
    for (const connection of this.connections(zone)) if (fits?.(connection) ?? true) this.#remove(connection);
    if (zone !== undefined || fits) return;
    this.#table.clear();
    this.#senders.clear();
  }

  /** Those that have expired count only until it matters. */
  #isFull(): boolean {
    return this.#table.size / 2 >= this.most && this.connections().length >= this.most;
  }

  #find(zone: number, tuple: Tuple): Found | undefined {
    const found = this.#table.get(tupleKey(zone, tuple));
    if (found && found.connection.expires <= this.#clock.now()) {
      this.#remove(found.connection);
      return undefined;
    }
    return found;
  }

  #remove(connection: Connection): void {
    this.#table.delete(tupleKey(connection.zone, connection.original));
    this.#table.delete(tupleKey(connection.zone, connection.reply));
    this.#expectations.forget(connection);
    this.#senders.remove(connection);
  }

  #refused(octets: Uint8Array, { zone }: CtOptions, refusal: string): CtResult {
    return { ...this.#invalid(octets, zone), refusal };
  }

  #invalid(octets: Uint8Array, zone: number): CtResult {
    const state = CT_STATE.tracked | CT_STATE.invalid;
    return { octets, state, zone, mark: 0, label: 0n, original: null, held: null };
  }

  /** Only a packet that was to be translated says that its connection is. */
  #result(
    octets: Uint8Array,
    connection: Connection,
    state: number,
    { nat }: Pick<CtOptions, 'nat'>,
    held: Found | null,
  ): CtResult {
    const flags =
      (connection.sourceNat ? CT_STATE.sourceNat : 0) |
      (connection.destinationNat ? CT_STATE.destinationNat : 0);
    return {
      octets,
      state: CT_STATE.tracked | state | (nat ? flags : 0),
      zone: connection.zone,
      mark: connection.mark,
      label: connection.label,
      original: (connection.master ?? connection).original,
      held,
    };
  }

  #create(tuple: Tuple, reply: Tuple, tcp: TcpTrack | null, options: CtOptions): Connection {
    const now = this.#clock.now();
    const master = this.#expectations.masterOf(options.zone, tuple, now, options.commit) ?? null;
    const connection: Connection = {
      zone: options.zone,
      original: tuple,
      reply,
      seenReply: false,
      isAssured: false,
      asked: null,
      sourceNat: false,
      destinationNat: false,
      mark: master?.mark ?? 0,
      label: master?.label ?? 0n,
      helper: options.helper,
      timeouts: options.timeouts,
      master,
      tcp,
      expires: now,
      started: now,
      packets: [0, 0],
      bytes: [0, 0],
    };
    refresh(connection, now);
    return connection;
  }

  /** A packet that no connection of the zone knows. */
  #first(octets: Uint8Array, place: TuplePlace, segment: TcpSegment | null, options: CtOptions): CtResult {
    const { tuple } = place;
    const reply = reverseTuple(tuple);
    const tcp = segment && beginTrack(segment);
    const startsNone = (segment !== null && tcp === null) || this.#isAnswer(tuple);
    if (reply === undefined || startsNone) return this.#invalid(octets, options.zone);
    const connection = this.#create(tuple, reply, tcp, options);
    const state = CT_STATE.new | (connection.master ? CT_STATE.related : 0);
    if (!options.commit) return this.#result(octets, connection, state, options, null);
    const limit = this.limits.of(options.zone);
    if (limit > 0 && this.connections(options.zone).length >= limit)
      return this.#refused(octets, options, `zone ${options.zone} holds as many connections as it may`);
    if (this.#isFull()) return this.#result(octets, connection, state, options, null);
    const sent = options.nat?.direction ? this.#translateFirst(connection, options.nat, options) : tuple;
    if (this.#find(options.zone, connection.reply) || this.#find(options.zone, tuple))
      return this.#refused(octets, options, 'another connection has the same answers');
    this.#mark(connection, options);
    this.#table.set(tupleKey(options.zone, connection.original), { connection, reply: false });
    this.#table.set(tupleKey(options.zone, connection.reply), { connection, reply: true });
    if (connection.sourceNat) this.#senders.add(connection);
    this.#account(connection, octets, false);
    const translated = sent === tuple ? octets : writeTuple(octets, place, sent);
    const found = { connection, reply: false };
    this.#listen(octets, place, found);
    return this.#result(translated, connection, state, options, found);
  }

  /** Gives a connection the helper of a later commit; whether it had none. */
  #takeHelper(connection: Connection, { commit, helper }: CtOptions): boolean {
    if (!commit || helper === '' || connection.helper !== '') return false;
    connection.helper = helper;
    return true;
  }

  /** A helper rewrites what translated connections announce; that is not done here, and the step of the packet says so. */
  #listen(octets: Uint8Array, place: TuplePlace, { connection, reply }: Found): void {
    if (connection.helper === '' || isTranslated(connection)) return;
    this.#expectations.listen(octets, place, connection, reply, this.#clock.now());
  }

  /** Settles what a new connection is translated to, giving its tuple as it is sent on. */
  #translateFirst(connection: Connection, nat: NatAct, { zone }: CtOptions): Tuple {
    const choice = {
      random: this.#random,
      taken: (answer: Tuple) => this.#find(zone, answer) !== undefined,
      known: (one: Tuple) => this.#senders.known(zone, one, this.#clock.now()),
    };
    connection.asked = nat.direction;
    let sent = translate(connection.original, nat, choice);
    // Where the new destination has such a connection already, the sender gets another port.
    if (nat.direction === 'dst') sent = translate(sent, KEPT_SOURCE, choice);
    const { original } = connection;
    connection.sourceNat = sent.source !== original.source || sent.sourcePort !== original.sourcePort;
    connection.destinationNat =
      sent.destination !== original.destination ||
      (!isIcmp(sent.protocol) && sent.destinationPort !== original.destinationPort);
    connection.reply = reverseTuple(sent) ?? connection.reply;
    return sent;
  }

  /** An ICMP reply begins no connection. */
  #isAnswer(tuple: Tuple): boolean {
    return (
      (tuple.protocol === IP_PROTOCOL.icmp && [0, 14, 16, 18].includes(tuple.icmpType)) ||
      (tuple.protocol === IP_PROTOCOL.icmpv6 && [129, 140].includes(tuple.icmpType))
    );
  }

  /** A packet of a connection that the zone has. */
  #later(
    octets: Uint8Array,
    place: TuplePlace,
    segment: TcpSegment | null,
    found: Found,
    options: CtOptions,
  ): CtResult {
    const { connection, reply } = found;
    const { tcp, seenReply } = connection;
    const now = this.#clock.now();
    const before = tcp?.state;
    const verdict = tcp && segment ? passSegment(tcp, segment, { ...connection, reply }) : 'accepted';
    if (verdict === 'ending') shorten(connection, now);
    if (verdict === 'invalid' || verdict === 'ending') return this.#invalid(octets, options.zone);
    if (verdict === 'again') {
      this.#remove(connection);
      return this.#first(octets, place, segment, options);
    }
    // A connection that is refused or given up before it was answered is forgotten at once.
    const isRefused = verdict === 'accepted' && segment?.kind === 'rst' && !seenReply;
    const isRepeated = segment?.kind === 'syn' && before === 'SYN_SENT' && !seenReply;
    if (verdict === 'accepted' && !isRepeated) {
      refresh(connection, now);
      assure(connection, before);
    }
    if (reply) connection.seenReply = true;
    this.#account(connection, octets, reply);
    if (options.commit) this.#mark(connection, options);
    this.#takeHelper(connection, options);
    this.#listen(octets, place, found);
    if (isRefused) this.#remove(connection);
    const direction = reply
      ? CT_STATE.established | CT_STATE.reply
      : connection.seenReply
        ? CT_STATE.established
        : CT_STATE.new;
    // Related to its master for as long as it lives.
    const state = direction | (connection.master ? CT_STATE.related : 0);
    const sent = options.nat ? this.#translated(octets, place, found) : octets;
    return this.#result(sent, connection, state, options, found);
  }

  /** A packet that the zone has seen in this very pass: its state is what it was, and it is translated once. */
  #again(octets: Uint8Array, place: TuplePlace, held: Found, state: number, options: CtOptions): CtResult {
    if (options.commit) this.#mark(held.connection, options);
    if (this.#takeHelper(held.connection, options)) this.#listen(octets, place, held);
    const isDone = (state & NAT_FLAGS) !== 0;
    const sent = options.nat && !isDone ? this.#translated(octets, place, held) : octets;
    return this.#result(sent, held.connection, state, options, held);
  }

  #translated(octets: Uint8Array, place: TuplePlace, { connection, reply }: Found): Uint8Array {
    const target = reverseTuple(reply ? connection.original : connection.reply);
    return isTranslated(connection) && target ? writeTuple(octets, place, target) : octets;
  }

  /** An ICMP error belongs to the connection whose packet it quotes, and travels against that packet. */
  #related(octets: Uint8Array, place: TuplePlace, options: CtOptions): CtResult {
    const quoted = readQuotedTuple(octets, place);
    const answer = quoted && reverseTuple(quoted.tuple);
    const about = answer && this.#find(options.zone, answer);
    if (!quoted || !answer || !about) return this.#invalid(octets, options.zone);
    const { connection, reply } = about;
    const state = CT_STATE.related | (reply ? CT_STATE.reply : 0);
    // Errors that go along with the connection are translated by the action that commits it alone.
    const isRewritten = options.nat !== null && isTranslated(connection) && (reply || options.commit);
    const target = isRewritten ? reverseTuple(reply ? connection.original : connection.reply) : undefined;
    const inside = target && reverseTuple(target);
    if (!target || !inside)
      return this.#result(octets, connection, state, isRewritten ? options : { nat: null }, null);
    // Whoever sent it: of the outer header only the end that the translation is about changes.
    const outer =
      connection.sourceNat === reply
        ? { ...place.tuple, destination: target.destination }
        : { ...place.tuple, source: target.source };
    return this.#result(
      writeTuple(this.#quote(octets, place, quoted, inside), place, outer),
      connection,
      state,
      options,
      null,
    );
  }

  /** The frame with its quoted packet rewritten; the ICMP checksum covers that too. */
  #quote(octets: Uint8Array, place: TuplePlace, quoted: TuplePlace, wanted: Tuple): Uint8Array {
    const changed = writeTuple(octets, quoted, wanted);
    let checksum = readU16(changed, place.transport + 2);
    for (let at = quoted.network; at + 1 < octets.length; at += 2)
      checksum = updateChecksum(checksum, readU16(octets, at), readU16(changed, at));
    writeU16(changed, place.transport + 2, checksum);
    return changed;
  }

  #mark(connection: Connection, { mark, label }: CtOptions): void {
    if (mark) connection.mark = ((connection.mark & ~mark.mask) | (mark.value & mark.mask)) >>> 0;
    if (label) connection.label = (connection.label & ~label.mask) | (label.value & label.mask);
  }

  #account(connection: Connection, octets: Uint8Array, reply: boolean): void {
    const side = reply ? 1 : 0;
    connection.packets[side] += 1;
    connection.bytes[side] += octets.length;
  }
}
