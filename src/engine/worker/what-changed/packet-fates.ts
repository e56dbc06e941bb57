/**
 * What became of the packets that users sent: each begins with the step that says so, and arrived when one of its branches
 * ended at a receiver. Read from the record as far as it has come; packets of the protocols that run by themselves are left out.
 */
import { formatIpv4, formatIpv6 } from '../../../core/base/address.ts';
import { toBigInt } from '../../../core/base/bytes.ts';
import type { Step, StepId } from '../../../core/base/step.ts';
import { BACKGROUND, type RunId, type World } from '../../../core/sim/index.ts';

export interface PacketFate {
  /** When it was sent. */
  readonly at: number;
  readonly run: RunId;
  /** '' for one that was refused before it had one. */
  readonly source: string;
  readonly destination: string;
  readonly kind: string;
  /** Machine and namespace that sent it. */
  readonly from: string;
  /** Branches that ended at a receiver. */
  arrivals: number;
  /** The step at which a branch was dropped; one that was addressed to somebody else only if nothing else was. */
  drop: Step | null;
}

const KEPT = 50_000;

export class PacketFates {
  readonly #world: World;
  /** Oldest first. */
  readonly #packets: PacketFate[] = [];
  /** The packet of each step that belongs to one. */
  readonly #of = new Map<StepId, PacketFate>();
  /** Steps at which a packet was handed to somebody, as long as nothing follows. */
  readonly #delivered = new Set<StepId>();
  #read: StepId;

  constructor(world: World) {
    this.#world = world;
    this.#read = world.recorder.length;
  }

  /** Those that have arrived or were dropped, oldest first. */
  all(): readonly PacketFate[] {
    const { recorder } = this.#world;
    for (; this.#read < recorder.length; this.#read += 1) {
      const run = recorder.runOf(this.#read);
      if (run !== BACKGROUND) this.#take(run, recorder.step(this.#read));
    }
    return this.#packets.filter(({ arrivals, drop }) => arrivals > 0 || drop !== null);
  }

  #take(run: RunId, step: Step): void {
    const { id, parent, what } = step;
    if (what.kind === 'originated') {
      const packet = packetOf(run, step);
      if (packet === null) return;
      this.#of.set(id, packet);
      this.#packets.push(packet);
      if (this.#packets.length > 1.25 * KEPT) this.#forget();
      return;
    }
    const packet = parent === null ? undefined : this.#of.get(parent);
    if (packet === undefined) return;
    this.#of.set(id, packet);
    // What a tunnel carried goes on after it was handed to the tunnel's port.
    if (parent !== null && this.#delivered.delete(parent)) packet.arrivals -= 1;
    if (what.kind === 'delivered') {
      this.#delivered.add(id);
      packet.arrivals += 1;
    } else if (what.kind === 'dropped') {
      const { drop } = packet;
      const isBetter = drop?.what.kind === 'dropped' && drop.what.reason.kind === 'not-for-us';
      if (drop === null || (isBetter && what.reason.kind !== 'not-for-us')) packet.drop = step;
    }
  }

  #forget(): void {
    const gone = new Set(this.#packets.splice(0, this.#packets.length - KEPT));
    for (const [id, packet] of this.#of)
      if (gone.has(packet)) {
        this.#of.delete(id);
        this.#delivered.delete(id);
      }
  }
}

const ICMP = 1;
const TCP = 6;
const UDP = 17;
const ICMPV6 = 58;
/** BGP; BFD in its three forms. */
const OWN_PORTS: ReadonlySet<number> = new Set([179, 3784, 3785, 4784]);
/** Router and neighbour discovery (RFC 4861). */
const DISCOVERY_FIRST = 133;
const DISCOVERY_LAST = 137;
/** Errors tell of other packets, which are counted themselves (RFC 792; in ICMPv6 all types below 128). */
const ICMP_ERRORS: ReadonlySet<number> = new Set([3, 4, 5, 11, 12]);
const FIRST_ICMPV6_INFORMATION = 128;
const HEADER4 = 20;
const HEADER6 = 40;

/** Null for what is no packet of a user: other protocols than IP, ICMP's errors, discovery, BGP and BFD. */
function packetOf(run: RunId, step: Step): PacketFate | null {
  const { time, where, what, frame } = step;
  if (what.kind !== 'originated') return null;
  const kind = what.text.replace(/( to [\da-f.:]+)?(, .*)?$/, '');
  const from = [where.host, where.namespace ?? ''].filter((word) => word !== '').join(' ');
  const unsent = { at: time, run, kind, from, arrivals: 0, drop: null };
  if (frame === null) {
    // One that its own machine refused was never made: only the text says where it was to go.
    const destination = / to ([\da-f.:]+)/.exec(what.text)?.[1];
    return destination === undefined || where.device !== undefined
      ? null
      : { ...unsent, source: '', destination };
  }
  if (where.device !== undefined || where.bridge !== undefined || frame.length < HEADER4) return null;
  const version = (frame[0] as number) >> 4;
  if (version !== 4 && (version !== 6 || frame.length < HEADER6)) return null;
  const size = version === 4 ? ((frame[0] as number) & 15) * 4 : HEADER6;
  const protocol = frame[version === 4 ? 9 : 6];
  const first = frame[size] ?? 0;
  if (protocol === ICMP && ICMP_ERRORS.has(first)) return null;
  if (
    protocol === ICMPV6 &&
    (first < FIRST_ICMPV6_INFORMATION || (first >= DISCOVERY_FIRST && first <= DISCOVERY_LAST))
  )
    return null;
  if (protocol === TCP || protocol === UDP) {
    const ports = [
      first * 256 + (frame[size + 1] ?? 0),
      (frame[size + 2] ?? 0) * 256 + (frame[size + 3] ?? 0),
    ];
    if (ports.some((port) => OWN_PORTS.has(port))) return null;
  }
  const address = (at: number): string =>
    version === 4
      ? formatIpv4(Number(toBigInt(frame.subarray(at, at + 4))))
      : formatIpv6(toBigInt(frame.subarray(at, at + 16)));
  const ends = version === 4 ? ([12, 16] as const) : ([8, 24] as const);
  return { ...unsent, source: address(ends[0]), destination: address(ends[1]) };
}
