/** Builds octets in network order. */
import { concatBytes, fromBigInt } from '../../base/bytes.ts';

export class OctetWriter {
  private readonly parts: Uint8Array[] = [];
  private length = 0;

  get size(): number {
    return this.length;
  }

  put(octets: Uint8Array): this {
    this.parts.push(octets);
    this.length += octets.length;
    return this;
  }

  /** The low `size` octets of `value`. */
  uint(value: number | bigint, size: number): this {
    return this.put(fromBigInt(BigInt.asUintN(8 * size, BigInt(value)), size));
  }

  u8(value: number): this {
    return this.put(Uint8Array.of(value & 0xff));
  }

  u16(value: number): this {
    return this.put(Uint8Array.of((value >>> 8) & 0xff, value & 0xff));
  }

  u32(value: number): this {
    return this.u16(value >>> 16).u16(value);
  }

  zeros(size: number): this {
    return this.put(new Uint8Array(size));
  }

  /** Zeros up to a multiple of `unit`. */
  pad(unit: number): this {
    return this.zeros((unit - (this.length % unit)) % unit);
  }

  octets(): Uint8Array {
    return concatBytes(this.parts);
  }
}
