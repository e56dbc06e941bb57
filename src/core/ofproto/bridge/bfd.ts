/**
 * One BFD session over a port, as ovs-vswitchd runs it (RFC 5880, asynchronous mode): when to send what, and what a
 * received control packet changes. `decay_min_rx` and `forwarding_if_rx` have no effect here.
 */
import { parseIpv4, parseMac } from '../../base/address.ts';
import type { Context } from '../../base/context.ts';
import { FIELDS } from '../../flow/fields.table.ts';
import { getField, getFieldNumber, type Flow } from '../../flow/flow.ts';
import { fragmentOf, ipProtoOf, rawEthTypeOf, tpDstOf, ttlOf } from '../../flow/packet-kind.ts';
import { ETH_TYPE, IP_PROTO } from '../../flow/protocol.table.ts';
import { encodeBfd, encodeEthernet, encodeIpv4, ETHERTYPE, type LayerOf } from '../../wire/index.ts';
import { writeU16 } from '../../wire/octets.ts';

export type BfdState = LayerOf<'bfd'>['state'];

/** RFC 5880 4.1. */
const DIAGNOSTIC = {
  none: 0,
  expired: 1,
  remoteDown: 3,
  pathDown: 5,
  concatenatedPathDown: 6,
  reverseConcatenatedPathDown: 8,
} as const;

export const BFD_FLAG = { poll: 0x20, final: 0x10, authentication: 0x04, multipoint: 0x01 } as const;

const MILLISECOND = 1_000_000;
const PORT = 3784;
const FIRST_SOURCE_PORT = 49_152;
const TTL = 255;
const INTERNETWORK_CONTROL = 0xc0;
const DESTINATION = 0x0023_2000_0001n;
const SOURCE_IP = 0xa9fe0101;
const DESTINATION_IP = 0xa9fe0100;
const DEFAULTS = { multiplier: 3, minTx: 100, minRx: 1000 } as const;
/** A session that is not up sends no faster than this. */
const SLOW = 1000;
const PATH_DOWN: ReadonlySet<number> = new Set([
  DIAGNOSTIC.pathDown,
  DIAGNOSTIC.concatenatedPathDown,
  DIAGNOSTIC.reverseConcatenatedPathDown,
]);

const RANK: Readonly<Record<BfdState, number>> = { AdminDown: 0, Down: 1, Init: 2, Up: 3 };

/** The checksum stays zero, which says that there is none. */
function udpWithoutChecksum(source: number, destination: number, payload: Uint8Array): Uint8Array {
  const octets = new Uint8Array(8 + payload.length);
  writeU16(octets, 0, source);
  writeU16(octets, 2, destination);
  writeU16(octets, 4, octets.length);
  octets.set(payload, 8);
  return octets;
}

/** All times in milliseconds of the world's clock. */
export class BfdSession {
  readonly name: string;
  readonly discriminator: number;
  readonly #context: Context;
  readonly #sourcePort: number;
  #settings: ReadonlyMap<string, string> = new Map();
  #lastForwarding = false;
  #changed = true;
  #cfgMinTx = 0;
  #cfgMinRx = 0;
  #pollMinTx = 0;
  #pollMinRx = 0;
  multiplier: number = DEFAULTS.multiplier;
  /** Called when a packet changed when the session wants to run. */
  onWake: () => void = () => undefined;
  minTx = SLOW;
  minRx = 0;
  state: BfdState = 'Down';
  diagnostic: number = DIAGNOSTIC.none;
  flags = 0;
  flapCount = 0;
  remoteState: BfdState = 'Down';
  remoteDiagnostic: number = DIAGNOSTIC.none;
  remoteFlags = 0;
  remoteDiscriminator = 0;
  remoteMultiplier = 0;
  remoteMinRx = 1;
  remoteMinTx = 0;
  lastTx = 0;
  nextTx = 0;
  detectTime = 0;

  /** `index`: how many sessions this switch had before; it gives the UDP source port. */
  constructor(name: string, index: number, context: Context) {
    this.name = name;
    this.#context = context;
    this.#sourcePort = FIRST_SOURCE_PORT + (index % 16_384);
    this.discriminator = context.random.fork(`bfd ${name}`).next32() || 1;
  }

  get now(): number {
    return Math.floor(this.#context.clock.now() / MILLISECOND);
  }

  get pathIsDown(): boolean {
    return this.#settings.get('cpath_down') === 'true';
  }

  /** Takes `Interface.bfd`. */
  configure(settings: ReadonlyMap<string, string>): void {
    this.#settings = settings;
    const number = (key: string, otherwise: number): number => {
      const value = Number(settings.get(key) ?? Number.NaN);
      return Number.isInteger(value) ? value : otherwise;
    };
    const multiplier = number('mult', DEFAULTS.multiplier);
    this.multiplier = multiplier < 1 || multiplier > 255 ? DEFAULTS.multiplier : multiplier;
    const isUp = this.state === 'Up';
    const minTx = Math.max(1, number('min_tx', DEFAULTS.minTx));
    const minRx = Math.max(1, number('min_rx', DEFAULTS.minRx));
    if (this.#cfgMinTx === minTx && this.#cfgMinRx === minRx) return;
    this.#cfgMinTx = minTx;
    this.#cfgMinRx = minRx;
    if (!isUp || (!this.isInPoll && minTx < this.minTx)) this.minTx = minTx;
    if (!isUp || (!this.isInPoll && minRx > this.minRx)) this.minRx = minRx;
    this.#poll();
  }

  get isInPoll(): boolean {
    return (this.flags & BFD_FLAG.poll) !== 0;
  }

  /** RFC 5880 6.8.3: slow until the session is up. */
  get localMinTx(): number {
    return this.state === 'Up' ? this.minTx : Math.max(this.minTx, SLOW);
  }

  get txInterval(): number {
    return Math.max(this.localMinTx, this.remoteMinRx);
  }

  get rxInterval(): number {
    return Math.max(this.minRx, this.remoteMinTx);
  }

  /** Whether packets may be sent over the port. */
  get forwarding(): boolean {
    return this.state === 'Up' && !PATH_DOWN.has(this.remoteDiagnostic);
  }

  /** Whether something that the database shows changed since the last call. */
  takeChange(): boolean {
    const changed = this.#changed;
    this.#changed = false;
    return changed;
  }

  /** Whether a packet that came in through the port is for the session. */
  accepts(flow: Flow): boolean {
    const remoteMac = this.#mac('bfd_remote_dst_mac', 0n);
    if (remoteMac !== 0n && getField(flow, FIELDS.eth_dst) !== remoteMac) return false;
    if (rawEthTypeOf(flow) !== ETH_TYPE.ip || ipProtoOf(flow) !== IP_PROTO.udp) return false;
    if ((fragmentOf(flow) & 2) !== 0 || tpDstOf(flow) !== PORT) return false;
    const source = this.#ip('bfd_src_ip', SOURCE_IP);
    if (source !== SOURCE_IP && getFieldNumber(flow, FIELDS.ip_dst) !== source) return false;
    return this.#settings.get('check_tnl_key') !== 'true' || getField(flow, FIELDS.tun_id) === 0n;
  }

  #mac(key: string, otherwise: bigint): bigint {
    return parseMac(this.#settings.get(key) ?? '') ?? otherwise;
  }

  #ip(key: string, otherwise: number): number {
    return parseIpv4(this.#settings.get(key) ?? '') ?? otherwise;
  }

  /** RFC 5880 6.8.6: reception of a control packet. */
  process(flow: Flow, message: LayerOf<'bfd'> | undefined): void {
    if (!message || ttlOf(flow) !== TTL || message.version !== 1 || message.multiplier === 0) return;
    if (message.size < message.length || message.myDiscriminator === 0) return;
    if ((message.flags & (BFD_FLAG.authentication | BFD_FLAG.multipoint)) !== 0) return;
    if (message.yourDiscriminator === 0) {
      if (RANK[message.state] > RANK.Down) return;
    } else if (message.yourDiscriminator !== this.discriminator) return;
    this.#changed ||= this.remoteState !== message.state;
    this.remoteDiscriminator = message.myDiscriminator;
    this.remoteState = message.state;
    this.remoteFlags = message.flags;
    this.remoteDiagnostic = message.diagnostic;
    this.#negotiate(message);
    this.detectTime = this.rxInterval * this.remoteMultiplier + this.now;
    this.#follow(message.state);
    this.#noteForwarding();
    this.onWake();
  }

  #negotiate(message: LayerOf<'bfd'>): void {
    if ((message.flags & BFD_FLAG.final) !== 0 && this.isInPoll) {
      this.minTx = this.#pollMinTx;
      this.minRx = this.#pollMinRx;
      this.flags &= ~BFD_FLAG.poll;
    }
    if ((message.flags & BFD_FLAG.poll) !== 0) this.flags = (this.flags & ~BFD_FLAG.poll) | BFD_FLAG.final;
    this.remoteMultiplier = message.multiplier;
    const minRx = Math.max(1, Math.floor(message.requiredMinRx / 1000));
    if (minRx !== this.remoteMinRx) {
      this.remoteMinRx = minRx;
      if (this.nextTx !== 0) this.#scheduleTx();
    }
    this.remoteMinTx = Math.max(1, Math.floor(message.desiredMinTx / 1000));
  }

  #follow(remote: BfdState): void {
    if (this.state === 'AdminDown') return;
    if (remote === 'AdminDown') {
      if (this.state !== 'Down') this.#setState('Down', DIAGNOSTIC.remoteDown);
    } else if (this.state === 'Down') {
      if (remote === 'Down') this.#setState('Init', this.diagnostic);
      else if (remote === 'Init') this.#setState('Up', this.diagnostic);
    } else if (this.state === 'Init') {
      if (RANK[remote] > RANK.Down) this.#setState('Up', this.diagnostic);
    } else if (RANK[remote] <= RANK.Down) this.#setState('Down', DIAGNOSTIC.remoteDown);
  }

  #setState(state: BfdState, diagnostic: number): void {
    this.diagnostic = this.pathIsDown ? DIAGNOSTIC.concatenatedPathDown : diagnostic;
    this.state = state;
    this.#changed = true;
    if (RANK[state] > RANK.Down) return;
    this.remoteState = 'Down';
    this.remoteDiagnostic = DIAGNOSTIC.none;
    this.remoteMinRx = 1;
    this.remoteFlags = 0;
    this.remoteDiscriminator = 0;
    this.remoteMinTx = 0;
  }

  #noteForwarding(): void {
    if (this.forwarding === this.#lastForwarding) return;
    this.#lastForwarding = this.forwarding;
    this.flapCount += 1;
    this.#changed = true;
  }

  #poll(): void {
    if (RANK[this.state] <= RANK.Down || this.isInPoll || (this.flags & BFD_FLAG.final) !== 0) return;
    this.#pollMinTx = this.#cfgMinTx;
    this.#pollMinRx = this.#cfgMinRx;
    this.flags |= BFD_FLAG.poll;
    this.nextTx = 0;
  }

  #scheduleTx(): void {
    const { random } = this.#context;
    const part = this.multiplier === 1 ? 10 + random.below(16) : random.below(26);
    this.nextTx = this.lastTx + this.txInterval - Math.floor((this.txInterval * part) / 100);
  }

  /** When `run` and `packet` are wanted next. */
  get wakeTime(): number {
    if ((this.flags & BFD_FLAG.final) !== 0) return this.now;
    return RANK[this.state] > RANK.Down ? Math.min(this.detectTime, this.nextTx) : this.nextTx;
  }

  /** What time alone changes. */
  run(): void {
    if (RANK[this.state] > RANK.Down && this.now >= this.detectTime)
      this.#setState('Down', DIAGNOSTIC.expired);
    this.#noteForwarding();
    if (this.minTx !== this.#cfgMinTx || this.minRx !== this.#cfgMinRx) this.#poll();
  }

  get shouldSend(): boolean {
    return (this.flags & BFD_FLAG.final) !== 0 || this.now >= this.nextTx;
  }

  /** The packet that is due, from `mac`. */
  packet(mac: bigint): Uint8Array {
    const isPolling = this.isInPoll;
    const message = encodeBfd({
      diagnostic: this.diagnostic,
      state: this.state,
      flags: this.flags,
      multiplier: this.multiplier,
      myDiscriminator: this.discriminator,
      yourDiscriminator: this.remoteDiscriminator,
      desiredMinTx: (isPolling ? this.#pollMinTx : this.localMinTx) * 1000,
      requiredMinRx: (isPolling ? this.#pollMinRx : this.minRx) * 1000,
      requiredMinEchoRx: 0,
    });
    this.flags &= ~BFD_FLAG.final;
    this.lastTx = this.now;
    this.#scheduleTx();
    return encodeEthernet(
      {
        destination: this.#mac('bfd_local_dst_mac', DESTINATION),
        source: this.#mac('bfd_local_src_mac', mac),
        type: ETHERTYPE.ipv4,
      },
      encodeIpv4(
        {
          source: this.#ip('bfd_src_ip', SOURCE_IP),
          destination: this.#ip('bfd_dst_ip', DESTINATION_IP),
          protocol: IP_PROTO.udp,
          ttl: TTL,
          tos: INTERNETWORK_CONTROL,
        },
        udpWithoutChecksum(this.#sourcePort, PORT, message),
      ),
    );
  }
}
