/** Reads octets from front to back. Callers ask `has` first: reading past the end is our bug. */
import { invariant } from '../../../base/assert.ts';

export class OctetReader {
  readonly octets: Uint8Array;
  at: number;
  #end: number;

  constructor(octets: Uint8Array, at = 0, end = octets.length) {
    this.octets = octets;
    this.at = at;
    this.#end = end;
  }

  get end(): number {
    return this.#end;
  }

  get left(): number {
    return this.#end - this.at;
  }

  has(size: number): boolean {
    return this.left >= size;
  }

  u8(): number {
    return this.octets[this.#pass(1)] as number;
  }

  u16(): number {
    const at = this.#pass(2);
    return ((this.octets[at] as number) << 8) | (this.octets[at + 1] as number);
  }

  u32(): number {
    return this.u16() * 0x10000 + this.u16();
  }

  u64(): bigint {
    return (BigInt(this.u32()) << 32n) | BigInt(this.u32());
  }

  u128(): bigint {
    return (this.u64() << 64n) | this.u64();
  }

  bytes(size: number): Uint8Array {
    const at = this.#pass(size);
    return this.octets.slice(at, this.at);
  }

  /** A reader of the next `size` octets, which are passed over here. */
  part(size: number): OctetReader {
    const at = this.#pass(size);
    return new OctetReader(this.octets, at, this.at);
  }

  /** Reads no further than `size` octets from here, until `widen` with what this answers. */
  narrow(size: number): number {
    const { end } = this;
    invariant(end - this.at >= size, 'read past the end of a message');
    this.#end = this.at + size;
    return end;
  }

  widen(end: number): void {
    this.#end = end;
  }

  /** Where the next `size` octets begin. */
  #pass(size: number): number {
    const { at } = this;
    invariant(this.#end - at >= size, 'read past the end of a message');
    this.at = at + size;
    return at;
  }
}
