/** Prefixes in UPDATE (RFC 4271 4.3, RFC 4760), with path identifiers where RFC 7911 was agreed on. */
import { err, ok, type Result } from '../../../base/result.ts';
import { prefixMask } from '../../../base/address.ts';
import { widthOf, type Family, type Prefix } from '../../prefix.ts';
import type { Overlay } from '../attributes.ts';
import type { OctetReader } from './octet-reader.ts';
import type { OctetWriter } from './octet-writer.ts';

export interface Nlri {
  readonly prefix: Prefix;
  /** 0 without. */
  readonly pathId: number;
  /** Of a VPN's route: labels and what else goes with it. */
  readonly overlay?: Overlay;
}

export type NlriProblem = 'prefix-length' | 'cut';

/** Reads to the end. Host bits are cleared, as bgpd does. */
export function readPrefixes(
  reader: OctetReader,
  family: Family,
  withPathId: boolean,
): Result<readonly Nlri[], NlriProblem> {
  const width = widthOf(family);
  const found: Nlri[] = [];
  while (reader.left > 0) {
    if (withPathId && !reader.has(5)) return err('cut');
    const pathId = withPathId ? reader.u32() : 0;
    const length = reader.u8();
    if (length > width) return err('prefix-length');
    if (!reader.has(octetsOf(length))) return err('cut');
    found.push({ prefix: readAddress(reader, family, length), pathId });
  }
  return ok(found);
}

export function writePrefix(writer: OctetWriter, prefix: Prefix): void {
  writer.u8(prefix.length);
  writeAddress(writer, prefix);
}

/** Octets that `writePrefix` needs. */
export const prefixSize = (prefix: Prefix): number => 1 + octetsOf(prefix.length);

const octetsOf = (length: number): number => (length + 7) >> 3;

/** What follows the length of a prefix: the octets in which it has bits. The caller has seen that they are there. */
export function readAddress(reader: OctetReader, family: Family, length: number): Prefix {
  const width = widthOf(family);
  const size = octetsOf(length);
  if (family === 4) {
    let value = 0;
    for (let at = 0; at < 4; at += 1) value = (value << 8) | (at < size ? reader.u8() : 0);
    const mask = length === 0 ? 0 : -1 << (32 - length);
    return { family, address: BigInt((value & mask) >>> 0), length };
  }
  let address = 0n;
  for (let at = 0; at < size; at += 1) address = (address << 8n) | BigInt(reader.u8());
  return { family, address: (address << BigInt(width - 8 * size)) & prefixMask(length, width), length };
}

export function writeAddress(writer: OctetWriter, { family, address, length }: Prefix): void {
  if (family === 4) {
    const value = Number(address);
    for (let at = 0; at < octetsOf(length); at += 1) writer.u8((value >>> (24 - 8 * at)) & 0xff);
    return;
  }
  const width = widthOf(family);
  for (let at = 0; at < octetsOf(length); at += 1)
    writer.u8(Number((address >> BigInt(width - 8 * (at + 1))) & 0xffn));
}
