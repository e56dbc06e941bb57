/** Route information options (RFC 4191) from `PREFERENCE-PREFIX[-PREFIX ...],...`. */
import { parseIpv4, parseIpv6, prefixMask } from '../../base/address.ts';
import { OctetWriter } from './octet-writer.ts';

const TYPE = 24;

interface Prefix {
  readonly network: bigint;
  readonly length: number;
}

/** The first IPv6 prefix of a list of addresses, which ends at the first thing that is none. */
function firstIpv6(text: string): Prefix | undefined {
  for (const word of text.trim().split(/\s+/)) {
    const [address = '', length] = word.split('/', 2);
    if (parseIpv4(address) !== undefined) continue;
    const ip = parseIpv6(address);
    const bits = length === undefined ? 128 : Number(length);
    if (ip === undefined || !Number.isInteger(bits) || bits < 0 || bits > 128) return undefined;
    return { network: ip & prefixMask(bits, 128), length: bits };
  }
  return undefined;
}

const words = (text: string, separator: string): readonly string[] =>
  text.split(separator).filter((each) => each !== '');

/** Options up to the first prefix that cannot be read. */
export function encodeRouteInfo(list: string): Uint8Array {
  const out = new OctetWriter();
  for (const entry of words(list, ',')) {
    const [preference, ...prefixes] = words(entry, '-');
    const flags = preference === 'HIGH' ? 0x08 : preference === 'LOW' ? 0x18 : 0;
    for (const text of prefixes) {
      const prefix = firstIpv6(text);
      if (prefix === undefined) return out.octets();
      const units = Math.ceil(prefix.length / 64);
      out
        .u8(TYPE)
        .u8(1 + units)
        .u8(prefix.length)
        .u8(flags)
        .u32(0xffff_ffff);
      out.put(
        new OctetWriter()
          .uint(prefix.network, 16)
          .octets()
          .slice(0, units * 8),
      );
    }
  }
  return out.octets();
}
