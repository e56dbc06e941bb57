/** Options as `--log-dhcp` writes them. */
import { formatIpv4 } from '../../../base/address.ts';
import { toHex } from '../../../base/bytes.ts';
import { readU32 } from '../../../wire/octets.ts';
import { optionKind } from './option.table.ts';
import { durationText } from './time.ts';

/** Octets of a value that are written when its form is not known. */
const MOST_OCTETS = 14;
/** A line of requested options is ended behind this many characters. */
const LINE_LENGTH = 40;

/** Printable characters only. */
export const printable = (octets: Uint8Array): string =>
  String.fromCharCode(...octets.filter((octet) => octet >= 0x20 && octet < 0x7f));

function valueText(code: number, value: Uint8Array): string {
  const kind = optionKind(code);
  if (kind?.form === 'addresses')
    return Array.from({ length: value.length >> 2 }, (_, at) => formatIpv4(readU32(value, 4 * at))).join(
      ', ',
    );
  if (kind?.form === 'name') return printable(value);
  if (kind !== undefined && (kind.form === 'number' || kind.form === 'time') && value.length > 0) {
    const number = value.reduce((sum, octet) => (sum * 256 + octet) % 0x100000000, 0);
    return kind.form === 'time' ? durationText(number) : String(number);
  }
  const isCut = value.length > MOST_OCTETS;
  return `${toHex(value.subarray(0, MOST_OCTETS), ':')}${isCut ? '...' : ''}`;
}

/** `sent size:  4 option:  1 netmask  255.255.255.0`. */
export const sentText = (code: number, value: Uint8Array): string =>
  `sent size:${String(value.length).padStart(3)} option:${String(code).padStart(3)} ${optionKind(code)?.name ?? ''}  ${valueText(code, value)}`;

/** The lines of `requested options:`. */
export function requestedTexts(codes: Uint8Array): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const [at, code] of codes.entries()) {
    const name = optionKind(code)?.name;
    const isLast = at + 1 === codes.length;
    line += `${code}${name === undefined ? '' : `:${name}`}${isLast ? '' : ', '}`;
    if (!isLast && line.length <= LINE_LENGTH) continue;
    lines.push(line);
    line = '';
  }
  return lines;
}
