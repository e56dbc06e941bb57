/** What hosts on the way wrote into the options of an answer: the route, or times (`pr_options` of iputils). */
import { formatIpv4 } from '../../base/address.ts';
import { readU32 } from '../../wire/octets.ts';
import { findRecordRoute, findTimestamps, STAMP_KIND } from '../../linux/ip4/options.ts';

/** The addresses of a Record Route option, one a line; undefined without the option. */
export function routeText(datagram: Uint8Array): string | undefined {
  const at = findRecordRoute(datagram);
  if (at === undefined) return undefined;
  const pointer = datagram[at + 2] as number;
  const addresses: string[] = [];
  for (let offset = 3; offset + 4 < pointer; offset += 4)
    addresses.push(formatIpv4(readU32(datagram, at + offset)));
  return addresses.join('\n\t');
}

/** Times that are no milliseconds since midnight have this bit. */
const NON_STANDARD = 0x80000000;

/** The times of a Timestamp option, the first as it is and the others counted from it; empty without any. */
export function stampsText(datagram: Uint8Array): string {
  const at = findTimestamps(datagram);
  if (at === undefined) return '';
  const pointer = datagram[at + 2] as number;
  const flags = datagram[at + 3] as number;
  const step = (flags & 15) === STAMP_KIND.tsonly ? 4 : 8;
  const rows: string[] = [];
  let first: number | undefined;
  for (let offset = 4; offset + step <= pointer; offset += step) {
    const address = step === 8 ? `\t${formatIpv4(readU32(datagram, at + offset))}` : '';
    const time = readU32(datagram, at + offset + step - 4);
    const value = time & ~NON_STANDARD;
    const isOdd = time >= NON_STANDARD;
    rows.push(
      first === undefined
        ? `${address}\t${value} absolute${isOdd ? ' not-standard' : ''}\n`
        : `${address}\t${value - first}${isOdd ? ' not-standard' : ''}\n`,
    );
    first ??= value;
  }
  if (rows.length === 0) return '';
  const missed = flags >> 4;
  return `\nTS: ${rows.join('')}${missed === 0 ? '' : `Unrecorded hops: ${missed}\n`}`;
}
