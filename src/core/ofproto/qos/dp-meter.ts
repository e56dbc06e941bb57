/**
 * A meter of the datapath: one token bucket a band, filled by the simulated clock in whole milliseconds. A packet that
 * finds a bucket without enough tokens is over that band's rate (ovs-vswitchd's and the kernel's datapath agree in this).
 */
import type { MeterSpec } from '../bridge/meter.ts';

const MILLISECOND = 1_000_000;
/** Tokens of a packet where packets are counted; where bits are, a packet costs its bits. */
const PACKET = 1000;

interface Bucket {
  /** Tokens a millisecond: packets or kilobits a second. */
  readonly rate: number;
  readonly size: number;
  tokens: number;
}

export class DpMeter {
  readonly number: number;
  readonly #countsPackets: boolean;
  readonly #buckets: readonly Bucket[];
  /** No more milliseconds count than fill the slowest bucket, rounded down: a bucket may stay short of full. */
  readonly #longest: number;
  /** Milliseconds of the last filling. */
  #filled: number;
  packets = 0;
  bytes = 0;
  /** What each band has dropped. */
  readonly bandStats: readonly { packets: number; bytes: number }[];

  /** Begins with full buckets; `now` in nanoseconds. A band without a burst size holds the tokens of a second. */
  constructor(number: number, spec: MeterSpec, now: number) {
    this.number = number;
    this.#countsPackets = spec.unit === 'pktps';
    this.#filled = Math.floor(now / MILLISECOND);
    this.#buckets = spec.bands.map(({ rate, burst }) => {
      const size = (burst > 0 ? burst : rate) * PACKET;
      return { rate, size, tokens: size };
    });
    this.#longest = Math.max(...this.#buckets.map(({ rate, size }) => Math.floor(size / rate)));
    this.bandStats = spec.bands.map(() => ({ packets: 0, bytes: 0 }));
  }

  /** Counts a packet and takes its tokens; false when it is over a rate, that is to be dropped. */
  admits(bytes: number, now: number): boolean {
    const time = Math.floor(now / MILLISECOND);
    const passed = Math.min(time - this.#filled, this.#longest);
    this.#filled = time;
    this.packets += 1;
    this.bytes += bytes;
    const cost = this.#countsPackets ? PACKET : bytes * 8;
    let over: { readonly rate: number; readonly band: number } | undefined;
    for (const [band, bucket] of this.#buckets.entries()) {
      bucket.tokens = Math.min(bucket.size, bucket.tokens + passed * bucket.rate);
      if (bucket.tokens >= cost) bucket.tokens -= cost;
      else if (bucket.rate > (over?.rate ?? 0)) over = { rate: bucket.rate, band };
    }
    const dropped = over && this.bandStats[over.band];
    if (!dropped) return true;
    dropped.packets += 1;
    dropped.bytes += bytes;
    return false;
  }
}
