/** Octets as people paste them: plain hex, with colons or spaces, or a dump with offsets and characters as tcpdump and Wireshark print it. */
import type { Result } from '../../core/base/result.ts';

/** Smaller is no Ethernet frame; larger fits no device. */
const SMALLEST = 14;
const LARGEST = 65_549;

/** The error names the line that is no hex. */
export function octetsOf(text: string): Result<Uint8Array> {
  let digits = '';
  for (const [at, line] of text.split('\n').entries()) {
    const dump =
      /^\s*(?:0x)?[0-9a-f]{4,8}:?\s\s*((?:[0-9a-f]{2,4}\s{1,2})*[0-9a-f]{2,4})(?:\s{2,}.*)?\s*$/i.exec(line);
    const hex = (isDump(text) && dump ? (dump[1] ?? '') : line).replaceAll(/0x|[\s:,]/gi, '');
    if (!/^[0-9a-f]*$/i.test(hex)) return { ok: false, error: `line ${at + 1} is no hex` };
    digits += hex;
  }
  if (digits.length % 2 === 1) return { ok: false, error: 'half an octet is left over' };
  const octets = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  if (octets.length < SMALLEST)
    return { ok: false, error: `${octets.length} octets; a frame has at least ${SMALLEST}` };
  if (octets.length > LARGEST)
    return { ok: false, error: `${octets.length} octets are more than a device takes` };
  return { ok: true, value: octets };
}

/** The first offset of a dump is 0. */
const isDump = (text: string): boolean => /^\s*(0x)?0{4,8}:?\s/i.test(text);

/** In lines of sixteen. */
export function octetsText(octets: Uint8Array): string {
  const pairs = Array.from(octets, (octet) => octet.toString(16).padStart(2, '0'));
  const lines: string[] = [];
  for (let at = 0; at < pairs.length; at += 16)
    lines.push(
      [pairs.slice(at, at + 8).join(' '), pairs.slice(at + 8, at + 16).join(' ')].join('  ').trimEnd(),
    );
  return lines.join('\n');
}
