/** Writes octets one after another into a buffer that grows. */

export class OctetWriter {
  // Most are short, and arrays of up to 64 octets cost least to make.
  #octets = new Uint8Array(64);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  u8(value: number): this {
    this.#room(1);
    this.#octets[this.#size] = value;
    this.#size += 1;
    return this;
  }

  u16(value: number): this {
    return this.u8(value >>> 8).u8(value & 0xff);
  }

  u32(value: number): this {
    return this.u16(value >>> 16).u16(value & 0xffff);
  }

  u64(value: bigint): this {
    return this.u32(Number((value >> 32n) & 0xffffffffn)).u32(Number(value & 0xffffffffn));
  }

  u128(value: bigint): this {
    return this.u64(value >> 64n).u64(value & 0xffffffffffffffffn);
  }

  bytes(octets: Uint8Array): this {
    this.#room(octets.length);
    this.#octets.set(octets, this.#size);
    this.#size += octets.length;
    return this;
  }

  finish(): Uint8Array {
    return this.#octets.slice(0, this.#size);
  }

  #room(size: number): void {
    if (this.#size + size <= this.#octets.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#octets.length, this.#size + size));
    grown.set(this.#octets.subarray(0, this.#size));
    this.#octets = grown;
  }
}
