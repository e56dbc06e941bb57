/** A packet that a person pasted: hex digits, or lines of `tcpdump -xx`. */
import { extractFlow } from '../../../core/flow/extract.ts';
import { packetExpression } from '../../../core/ovn/trace/index.ts';

/** A line of tcpdump's: offset, octets by twos or ones, and with `-XX` the characters. */
const DUMP_LINE = /^\s*0x[0-9a-f]{4,}:\s+((?:[0-9a-f]{2,4}\s?)+?)(?:\s{2,}.*)?$/i;
const SHORTEST = 14;

function octetsOf(text: string): Uint8Array | string {
  const lines = text.split(/\r?\n/);
  const dumped = lines.flatMap((line) => DUMP_LINE.exec(line)?.[1] ?? []);
  const digits = (dumped.length > 0 ? dumped.join('') : text).replaceAll(/[\s:.,-]|0x/g, '');
  if (digits === '') return 'No octets yet.';
  const wrong = /[^0-9a-f]/i.exec(digits);
  if (wrong) return `“${wrong[0]}” is no hex digit.`;
  if (digits.length % 2 === 1) return 'The number of hex digits is odd.';
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Whether the octets are an IP packet from its own header on, as `tcpdump -x` prints it. */
function isBare(octets: Uint8Array): boolean {
  const [first = 0, , high = 0, low = 0] = octets;
  if (first >>> 4 === 4) return (first & 15) >= 5 && high * 256 + low === octets.length;
  return first >>> 4 === 6 && (octets[4] ?? 0) * 256 + (octets[5] ?? 0) + 40 === octets.length;
}

export function packetMicroflow(
  text: string,
  inport: string,
): { readonly microflow: string; readonly error: string } {
  const octets = octetsOf(text);
  if (typeof octets === 'string') return { microflow: '', error: octets };
  if (isBare(octets))
    return {
      microflow: '',
      error: 'This begins with the IP header. Take the packet with its Ethernet header (tcpdump -xx).',
    };
  if (octets.length < SHORTEST)
    return { microflow: '', error: `An Ethernet header has 14 octets, these are ${octets.length}.` };
  return { microflow: packetExpression(extractFlow(octets), inport), error: '' };
}
