/**
 * Ingress policing of a device: what comes in faster than `Interface.ingress_policing_rate` and its burst allow is dropped
 * before the switch sees it (the kernel's police action, as ovs-vswitchd sets it up).
 */
import { TokenBucket } from './token-bucket.ts';

/** Columns of an Interface row; 0 where nothing is said. Thousands of bits and of packets. */
export interface PolicingConfig {
  readonly kbits: number;
  readonly kbitsBurst: number;
  readonly kpackets: number;
  readonly kpacketsBurst: number;
}

/** Whether anything is limited. */
export const isPolicing = ({ kbits, kpackets }: PolicingConfig): boolean => kbits > 0 || kpackets > 0;

export const samePolicing = (a: PolicingConfig, b: PolicingConfig): boolean =>
  a.kbits === b.kbits &&
  a.kbitsBurst === b.kbitsBurst &&
  a.kpackets === b.kpackets &&
  a.kpacketsBurst === b.kpacketsBurst;

const DEFAULT_KBITS_BURST = 8000;
const DEFAULT_KPACKETS_BURST = 16;
/** A kilobit of burst is 1,024 bits, one of rate 1,000. */
const BURST_BYTES = 128;
const RATE_BYTES = 125;
/** The longest frame that is let through; the bucket always holds one. */
const LONGEST = 65_535;

export class Policer {
  readonly config: PolicingConfig;
  readonly #bytes: TokenBucket | null;
  readonly #packets: TokenBucket | null;
  constructor(config: PolicingConfig, now: number) {
    this.config = config;
    const { kbits, kbitsBurst, kpackets, kpacketsBurst } = config;
    const burst = Math.max((kbitsBurst || DEFAULT_KBITS_BURST) * BURST_BYTES, LONGEST);
    this.#bytes = kbits > 0 ? new TokenBucket(kbits * RATE_BYTES, burst, now) : null;
    const packets = (kpacketsBurst || DEFAULT_KPACKETS_BURST) * 1000;
    this.#packets = kpackets > 0 ? new TokenBucket(kpackets * 1000, packets, now) : null;
  }

  /** Whether a frame of so many bytes may come in. */
  admits(size: number, now: number): boolean {
    return this.#bytes?.take(size, now) !== false && this.#packets?.take(1, now) !== false;
  }
}
