/** Domain names on the wire (RFC 1035, 4.1.4): labels, and pointers back into the message. */

export interface DnsName {
  /** With dots between the labels and none at the end; the root is `.`. */
  readonly name: string;
  /** The offset after the name where it stood. */
  readonly next: number;
}

const MAXIMUM_POINTERS = 128;

const labelText = (octets: Uint8Array): string =>
  Array.from(octets, (octet) =>
    octet > 0x20 && octet < 0x7f && octet !== 0x2e && octet !== 0x5c
      ? String.fromCharCode(octet)
      : `\\${String(octet).padStart(3, '0')}`,
  ).join('');

/** Reads the name at `at` in the message that runs from `start` to `end`; null if it runs over or in a circle. */
export function readDnsName(octets: Uint8Array, start: number, at: number, end: number): DnsName | null {
  const labels: string[] = [];
  let position = at;
  let next: number | null = null;
  for (let pointers = 0; pointers < MAXIMUM_POINTERS;) {
    if (position >= end) return null;
    const size = octets[position] as number;
    if (size === 0) return { name: labels.join('.') || '.', next: next ?? position + 1 };
    if (size >= 0xc0) {
      if (position + 2 > end) return null;
      next ??= position + 2;
      position = start + (((size & 0x3f) << 8) | (octets[position + 1] as number));
      pointers += 1;
      continue;
    }
    if (size > 63 || position + 1 + size > end) return null;
    labels.push(labelText(octets.subarray(position + 1, position + 1 + size)));
    position += 1 + size;
  }
  return null;
}

/** The labels of a name without compression. Labels over 63 octets are cut. */
export function encodeDnsName(name: string): Uint8Array {
  const octets: number[] = [];
  for (const label of name.split('.')) {
    if (label === '') continue;
    const codes = Array.from(label)
      .map((char) => char.charCodeAt(0) & 0xff)
      .slice(0, 63);
    octets.push(codes.length, ...codes);
  }
  return Uint8Array.from([...octets, 0]);
}
