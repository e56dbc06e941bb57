/** Reads octets in network order from front to back. What is not there is `undefined`, and nothing more is read. */
import { toBigInt } from '../../base/bytes.ts';

export class OctetReader {
  private readonly octets: Uint8Array;
  private at = 0;

  constructor(octets: Uint8Array) {
    this.octets = octets;
  }

  get remaining(): number {
    return this.octets.length - this.at;
  }

  take(size: number): Uint8Array | undefined {
    if (size < 0 || size > this.remaining) return undefined;
    this.at += size;
    return this.octets.subarray(this.at - size, this.at);
  }

  uint(size: number): bigint | undefined {
    const octets = this.take(size);
    return octets && toBigInt(octets);
  }

  private number(size: number): number | undefined {
    const value = this.uint(size);
    return value === undefined ? undefined : Number(value);
  }

  u8(): number | undefined {
    return this.number(1);
  }

  u16(): number | undefined {
    return this.number(2);
  }

  u32(): number | undefined {
    return this.number(4);
  }

  /** All that is left. */
  rest(): Uint8Array {
    const rest = this.octets.subarray(this.at);
    this.at = this.octets.length;
    return rest;
  }
}
