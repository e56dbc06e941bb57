/** Options of DHCPv6 messages (RFC 8415 21.1): code, length, value. */
import { OctetReader, type OctetWriter } from '../../actions/index.ts';

export interface Option {
  readonly code: number;
  readonly value: Uint8Array;
}

/** Options up to the first that is cut; `isWhole` tells whether there was none. */
export function optionsIn(octets: Uint8Array): {
  readonly options: readonly Option[];
  readonly isWhole: boolean;
} {
  const reader = new OctetReader(octets);
  const options: Option[] = [];
  while (reader.remaining > 0) {
    const code = reader.u16();
    const size = reader.u16();
    const value = size === undefined ? undefined : reader.take(size);
    if (code === undefined || value === undefined) return { options, isWhole: false };
    options.push({ code, value });
  }
  return { options, isWhole: true };
}

export function put(out: OctetWriter, code: number, value: Uint8Array): void {
  out.u16(code).u16(value.length).put(value);
}
