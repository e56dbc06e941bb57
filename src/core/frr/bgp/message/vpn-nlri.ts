/** Labelled prefixes of VPNs in MP_REACH_NLRI and MP_UNREACH_NLRI (RFC 4364 section 4.3.4, RFC 8277). */
import { err, ok, type Result } from '../../../base/result.ts';
import { widthOf, type Family, type Prefix } from '../../prefix.ts';
import { NO_OVERLAY, type Overlay } from '../attributes.ts';
import { writeLabel } from './evpn-nlri.ts';
import { readAddress, writeAddress, type Nlri, type NlriProblem } from './nlri.ts';
import type { OctetReader } from './octet-reader.ts';
import type { OctetWriter } from './octet-writer.ts';

const LABEL_BITS = 24;
const DISTINGUISHER_BITS = 64;
const LAST = 1;
/** What stands for the label of a route that is withdrawn (RFC 8277 section 2.4, and its predecessor's). */
const WITHDRAWN: readonly number[] = [0x800000, 0];

/** Reads to the end. Labels are the numbers of three octets as they came, the bottom-of-stack bit included. */
export function readVpnPrefixes(
  reader: OctetReader,
  family: Family,
  withPathId: boolean,
): Result<readonly Nlri[], NlriProblem> {
  const width = widthOf(family);
  const found: Nlri[] = [];
  while (reader.left > 0) {
    if (withPathId && !reader.has(5)) return err('cut');
    const pathId = withPathId ? reader.u32() : 0;
    let bits = reader.u8();
    if (!reader.has((bits + 7) >> 3)) return err('cut');
    const labels: number[] = [];
    while (bits >= LABEL_BITS + DISTINGUISHER_BITS) {
      const label = (reader.u16() << 8) | reader.u8();
      labels.push(label);
      bits -= LABEL_BITS;
      if ((label & LAST) !== 0 || WITHDRAWN.includes(label)) break;
    }
    const length = bits - DISTINGUISHER_BITS;
    if (labels.length === 0 || length < 0 || length > width) return err('prefix-length');
    const distinguisher = reader.u64();
    found.push({
      prefix: { ...readAddress(reader, family, length), distinguisher },
      pathId,
      overlay: { ...NO_OVERLAY, labels },
    });
  }
  return ok(found);
}

/** One prefix with its label; bgpd withdraws with a label of zeros. */
export function writeVpnPrefix(writer: OctetWriter, prefix: Prefix, overlay: Overlay | null): void {
  writer.u8(LABEL_BITS + DISTINGUISHER_BITS + prefix.length);
  writeLabel(writer, overlay?.labels[0] ?? 0);
  writer.u64(prefix.distinguisher ?? 0n);
  writeAddress(writer, prefix);
}
