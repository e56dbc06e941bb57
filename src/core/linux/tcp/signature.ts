/** Signed segments (`TCP_MD5SIG`, RFC 2385): a digest over addresses, header, data and a key that both ends know. */
import { concatBytes, equalBytes, fromBigInt } from '../../base/bytes.ts';
import { md5 } from '../../base/md5.ts';
import { writeTransportChecksum, type Pseudo } from '../../wire/checksum.ts';
import { IPPROTO } from '../ip4/packet.ts';

const KIND = 19;
const HEADER = 20;
const CHECKSUM_AT = 16;

/** The option with room for the digest, as Linux places it: first, after two octets of padding. */
export const UNSIGNED_OPTION: Uint8Array = Uint8Array.of(1, 1, KIND, 18, ...new Uint8Array(16));

/** Addresses, protocol and size, as the checksum of each family takes them. */
function pseudoOctets(pseudo: Pseudo, size: number): Uint8Array {
  if (pseudo.family === 4)
    return concatBytes([
      fromBigInt(BigInt(pseudo.source), 4),
      fromBigInt(BigInt(pseudo.destination), 4),
      Uint8Array.of(0, IPPROTO.tcp),
      fromBigInt(BigInt(size), 2),
    ]);
  return concatBytes([
    fromBigInt(pseudo.source, 16),
    fromBigInt(pseudo.destination, 16),
    fromBigInt(BigInt(size), 4),
    fromBigInt(BigInt(IPPROTO.tcp), 4),
  ]);
}

function digestOf(segment: Uint8Array, pseudo: Pseudo, key: Uint8Array): Uint8Array {
  const header = segment.slice(0, HEADER);
  header.fill(0, CHECKSUM_AT, CHECKSUM_AT + 2);
  const data = segment.subarray(((segment[12] as number) >> 4) * 4);
  return md5(concatBytes([pseudoOctets(pseudo, segment.length), header, data, key]));
}

/** Where a segment's digest begins; undefined when it has none. */
function digestAt(segment: Uint8Array): number | undefined {
  const end = ((segment[12] as number) >> 4) * 4;
  for (let at = HEADER; at + 1 < end;) {
    const [kind, size] = [segment[at], segment[at + 1] as number];
    if (kind === 0) return undefined;
    if (kind === 1) {
      at += 1;
      continue;
    }
    if (kind === KIND && size === 18 && at + size <= end) return at + 2;
    if (size < 2) return undefined;
    at += size;
  }
  return undefined;
}

/** Fills in the digest of a segment that has the option, and its checksum anew. */
export function signSegment(segment: Uint8Array, pseudo: Pseudo, key: Uint8Array): void {
  const at = digestAt(segment);
  if (at === undefined) return;
  segment.set(digestOf(segment, pseudo, key), at);
  segment.fill(0, CHECKSUM_AT, CHECKSUM_AT + 2);
  writeTransportChecksum(segment, CHECKSUM_AT, pseudo, IPPROTO.tcp);
}

/** What is wrong with a segment for who expects it signed with `key` (null: not signed); undefined: nothing. */
export function signatureProblem(
  segment: Uint8Array,
  pseudo: Pseudo,
  key: Uint8Array | null,
): string | undefined {
  const at = digestAt(segment);
  if (key === null) return at === undefined ? undefined : 'signed with MD5, which is not expected';
  if (at === undefined) return 'no MD5 signature';
  return equalBytes(digestOf(segment, pseudo, key), segment.subarray(at, at + 16))
    ? undefined
    : 'MD5 signature does not match';
}
