/** AS_PATH and AS4_PATH (RFC 4271 5.1.2, RFC 6793). */
import type { AsPath, AsSegment, AsSegmentKind } from '../attributes.ts';
import { hopCount } from '../as-path.ts';
import type { OctetReader } from './octet-reader.ts';
import { OctetWriter } from './octet-writer.ts';
import { AS_TRANS } from './open.ts';

const KINDS: Readonly<Record<number, AsSegmentKind>> = {
  1: 'set',
  2: 'sequence',
  3: 'confed-sequence',
  4: 'confed-set',
};

const TYPES: Readonly<Record<AsSegmentKind, number>> = {
  set: 1,
  sequence: 2,
  'confed-sequence': 3,
  'confed-set': 4,
};

/** Undefined: malformed. */
export function readAsPath(reader: OctetReader, as4: boolean): AsPath | undefined {
  const path: AsSegment[] = [];
  while (reader.left > 0) {
    if (!reader.has(2)) return undefined;
    const kind = KINDS[reader.u8()];
    const length = reader.u8();
    if (kind === undefined || length === 0 || !reader.has(length * (as4 ? 4 : 2))) return undefined;
    const asns: number[] = [];
    for (let at = 0; at < length; at += 1) asns.push(as4 ? reader.u32() : reader.u16());
    path.push({ kind, asns });
  }
  return path;
}

export function encodeAsPath(path: AsPath, as4: boolean): Uint8Array {
  const writer = new OctetWriter();
  for (const { kind, asns } of path)
    for (let from = 0; from < asns.length; from += 255) {
      const part = asns.slice(from, from + 255);
      writer.u8(TYPES[kind]).u8(part.length);
      for (const asn of part) {
        if (as4) writer.u32(asn);
        else writer.u16(asn > 0xffff ? AS_TRANS : asn);
      }
    }
  return writer.finish();
}

export const needsFourOctets = (path: AsPath): boolean =>
  path.some((segment) => segment.asns.some((asn) => asn > 0xffff));

/** What AS_PATH of two octets and AS4_PATH say together (RFC 6793 4.2.3). */
export function reconcile(path: AsPath, path4: AsPath): AsPath {
  const missing = hopCount(path) - hopCount(path4);
  if (missing < 0) return path;
  const head: AsSegment[] = [];
  let left = missing;
  for (const segment of path) {
    if (left <= 0 && segment.kind !== 'confed-sequence' && segment.kind !== 'confed-set') break;
    if (segment.kind === 'sequence') {
      head.push({ kind: 'sequence', asns: segment.asns.slice(0, left) });
      left -= Math.min(left, segment.asns.length);
    } else {
      head.push(segment);
      if (segment.kind === 'set') left -= 1;
    }
  }
  const last = head.at(-1);
  const [first, ...rest] = path4;
  if (last?.kind === 'sequence' && first?.kind === 'sequence')
    return [...head.slice(0, -1), { kind: 'sequence', asns: [...last.asns, ...first.asns] }, ...rest];
  return [...head, ...path4];
}
