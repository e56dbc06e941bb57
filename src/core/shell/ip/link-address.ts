/** Link-layer addresses as iproute2 reads them. */
import type { Arguments } from './arguments.ts';

/** A link-layer address as `ll_addr_a2n` reads it: any number of hexadecimal parts. */
export function linkAddress(args: Arguments): readonly number[] {
  return args.word.split(':').map((part) => {
    const digits = /^\s*(?:0[xX])?([0-9a-fA-F]+)/.exec(part);
    const value = digits === null ? Number.NaN : Number.parseInt(digits[1] as string, 16);
    if (!(value <= 255)) return args.end(`"${part}" is invalid lladdr.\n`, 1);
    return value;
  });
}

/** The address as a number. */
export const macOf = (octets: readonly number[]): bigint =>
  octets.reduce((mac, octet) => (mac << 8n) | BigInt(octet), 0n);
