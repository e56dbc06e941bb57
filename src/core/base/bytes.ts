/** Octets as hex and big-endian numbers. */
const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

/** Lower-case hex without separators, or with `separator` between octets. */
export function toHex(octets: Uint8Array, separator = ''): string {
  let text = '';
  for (let i = 0; i < octets.length; i += 1) {
    if (i > 0) text += separator;
    text += HEX[octets[i] as number];
  }
  return text;
}

/** Octets of a hex text; undefined when it has an odd length or another character. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return undefined;
  const octets = new Uint8Array(text.length / 2);
  for (let i = 0; i < octets.length; i += 1) octets[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return octets;
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const part of parts) size += part.length;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

/** Big-endian unsigned value of all octets. */
export function toBigInt(octets: Uint8Array): bigint {
  return octets.length === 0 ? 0n : BigInt(`0x${toHex(octets)}`);
}

/** Big-endian octets of the low `size` octets of `value`. */
export function fromBigInt(value: bigint, size: number): Uint8Array {
  const octets = new Uint8Array(size);
  let rest = value;
  for (let i = size - 1; i >= 0; i -= 1) {
    octets[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return octets;
}
