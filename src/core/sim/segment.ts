/** A layer-2 segment that cables lead to: a switch that learns addresses and delivers after its delay. */
import { toBigInt } from '../base/bytes.ts';
import type { Clock } from '../base/context.ts';
import type { StepId } from '../base/step.ts';
import type { SegmentSpec } from './machine.ts';

/** One plugged-in NIC. */
export interface SegmentEnd {
  readonly host: string;
  readonly device: string;
  /** False while the NIC is down: nothing is delivered. */
  isUp(): boolean;
  receive(octets: Uint8Array, parent: StepId | null): void;
}

const GROUP_BIT = 1n << 40n;

export class Segment {
  readonly spec: SegmentSpec;
  readonly #clock: Clock;
  readonly #ends: SegmentEnd[] = [];
  readonly #learned = new Map<bigint, SegmentEnd>();

  constructor(spec: SegmentSpec, clock: Clock) {
    this.spec = spec;
    this.#clock = clock;
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

  /** Takes a frame from one end; it arrives at the end that owns the destination, or at all others. */
  transmit(from: SegmentEnd, octets: Uint8Array, parent: StepId | null): void {
    if (octets.length < 14) return;
    const destination = toBigInt(octets.subarray(0, 6));
    this.#learned.set(toBigInt(octets.subarray(6, 12)), from);
    const known = (destination & GROUP_BIT) === 0n ? this.#learned.get(destination) : undefined;
    const to = known ? [known] : this.#ends;
    for (const end of to)
      if (end !== from)
        this.#clock.after(this.spec.delay, () => {
          if (end.isUp()) end.receive(octets, parent);
        });
  }
}
