/** A layer-2 segment that cables lead to: a switch that learns addresses and delivers after its delay. With two ends it is a plain cable. */
import { toBigInt } from '../base/bytes.ts';
import type { Clock } from '../base/context.ts';
import type { Random } from '../base/random.ts';
import type { DropReason, Recorder, StepId } from '../base/step.ts';
import type { SegmentSpec } from './machine.ts';

/** One plugged-in NIC. */
export interface SegmentEnd {
  readonly host: string;
  readonly device: string;
  /** False while the NIC is down: nothing is delivered. */
  isUp(): boolean;
  receive(octets: Uint8Array, parent: StepId | null): void;
}

/** How a lossy cable chooses. */
interface Loss {
  readonly percent: number;
  readonly random: Random;
}

/** Of a frame that a segment carries: Ethernet header, and at most one tag beside it. */
const HEADER_SIZE = 14;
const TAG_SIZE = 4;

const GROUP_BIT = 1n << 40n;

/** Of a tagged frame; one that was cut off in its tag has none. A tag with the number 0 gives a priority, no VLAN. */
const vlanOf = (octets: Uint8Array): number | null =>
  (((octets[14] ?? 0) & 0x0f) << 8) | (octets[15] ?? 0) || null;

export class Segment {
  readonly spec: SegmentSpec;
  readonly #clock: Clock;
  readonly #ends: SegmentEnd[] = [];
  readonly #learned = new Map<bigint, SegmentEnd>();
  readonly #recorder: Recorder;
  readonly #cut = new Set<SegmentEnd>();
  readonly #loss = new Map<SegmentEnd, Loss>();
  readonly #foreign = new Map<SegmentEnd, Set<number | null>>();
  #limit: number | null = null;

  constructor(spec: SegmentSpec, clock: Clock, recorder: Recorder) {
    this.spec = spec;
    this.#clock = clock;
    this.#recorder = recorder;
  }

  get ends(): readonly SegmentEnd[] {
    return this.#ends;
  }

  plug(end: SegmentEnd): void {
    this.#ends.push(end);
  }

  unplug(end: SegmentEnd): void {
    this.#ends.splice(this.#ends.indexOf(end), 1);
    for (const [mac, at] of this.#learned) if (at === end) this.#learned.delete(mac);
  }

  /** Pulls the cable of an end out, or puts it back. */
  cut(end: SegmentEnd, on: boolean): void {
    if (on) this.#cut.add(end);
    else this.#cut.delete(end);
  }

  /** Frames of an end's cable are lost from now on; null: none is. */
  lose(end: SegmentEnd, loss: Loss | null): void {
    if (loss) this.#loss.set(end, loss);
    else this.#loss.delete(end);
  }

  /** Frames of a VLAN (null: without a tag) do not pass an end's port from now on, or pass it again. */
  misplace(end: SegmentEnd, vlan: number | null, on: boolean): void {
    const vlans = this.#foreign.get(end) ?? new Set();
    if (on) vlans.add(vlan);
    else vlans.delete(vlan);
    this.#foreign.set(end, vlans);
  }

  /** Packets larger than `mtu` are lost; null: what the NICs send is carried. */
  limit(mtu: number | null): void {
    this.#limit = mtu;
  }

  /** Why a frame does not pass an end's cable, if it does not. */
  #obstacle(end: SegmentEnd, octets: Uint8Array): DropReason | null {
    if (this.#cut.has(end)) return { kind: 'fault', problem: `the cable of ${end.device} is out` };
    const loss = this.#loss.get(end);
    if (loss && loss.random.below(100) < loss.percent)
      return { kind: 'fault', problem: `lost on the cable of ${end.device} (${loss.percent} %)` };
    const tagged = octets[12] === 0x81 && octets[13] === 0;
    const vlan = tagged ? vlanOf(octets) : null;
    if (this.#foreign.get(end)?.has(vlan) === true)
      return {
        kind: 'fault',
        problem:
          vlan === null
            ? `the switch port of ${end.device} is in another VLAN`
            : `the switch port of ${end.device} does not carry VLAN ${vlan}`,
      };
    const size = octets.length - HEADER_SIZE - (tagged ? TAG_SIZE : 0);
    if (this.#limit !== null && size > this.#limit) return { kind: 'mtu', size, mtu: this.#limit };
    return null;
  }

  #lost(end: SegmentEnd, reason: DropReason, octets: Uint8Array, parent: StepId | null): void {
    if (!this.#recorder.active) return;
    const where = { host: end.host, device: end.device };
    this.#recorder.record({ parent, where, what: { kind: 'dropped', reason }, frame: octets, because: [] });
  }

  /** Takes a frame from one end; it arrives at the end that owns the destination, or at all others. */
  transmit(from: SegmentEnd, octets: Uint8Array, parent: StepId | null): void {
    if (octets.length < 14) return;
    const obstacle = this.#obstacle(from, octets);
    if (obstacle) {
      this.#lost(from, obstacle, octets, parent);
      return;
    }
    const to = this.#ends.length === 2 ? this.#ends : this.#switched(from, octets);
    for (const end of to)
      if (end !== from)
        this.#clock.after(this.spec.delay, () => {
          if (!end.isUp()) return;
          const behind = this.#obstacle(end, octets);
          if (behind) this.#lost(end, behind, octets, parent);
          else end.receive(octets, parent);
        });
  }

  #switched(from: SegmentEnd, octets: Uint8Array): readonly SegmentEnd[] {
    const destination = toBigInt(octets.subarray(0, 6));
    this.#learned.set(toBigInt(octets.subarray(6, 12)), from);
    const known = (destination & GROUP_BIT) === 0n ? this.#learned.get(destination) : undefined;
    return known ? [known] : this.#ends;
  }
}
