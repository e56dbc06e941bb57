/** Numbers in arguments, as the C library and `ovs_scan` read them. */

/** `ovs_scan(text, "%" SCNd64)`: a decimal integer at the beginning; what follows does not matter. */
export function scanInteger(text: string): number | undefined {
  const match = /^[ \t\n\v\f\r]*([-+]?\d+)/.exec(text);
  return match === null ? undefined : Number(match[1]);
}

/** `%i`: decimal, octal with `0` or hexadecimal with `0x`. */
export function scanAnyInteger(text: string): number | undefined {
  const match = /^[ \t\n\v\f\r]*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(text);
  if (match === null) return undefined;
  const digits = match[2] ?? '0';
  const value = /^0[xX]/.test(digits)
    ? Number(digits)
    : Number.parseInt(digits, digits.startsWith('0') ? 8 : 10);
  return match[1] === '-' ? -value : value;
}

/** `str_to_long`: a decimal integer and nothing else. */
export function toInteger(text: string): number | undefined {
  return /^[ \t\n\v\f\r]*[-+]?\d+$/.test(text) ? Number(text) : undefined;
}

/** `atoi`: 0 when there is no number. */
export const atoi = (text: string): number => scanInteger(text) ?? 0;

/** `smap_get_int`: a whole integer, else the default. */
export const integerOf = (map: ReadonlyMap<string, string>, key: string, otherwise: number): number =>
  toInteger(map.get(key) ?? '') ?? otherwise;

/** `smap_get_bool`: `true` in any case, or, where the default is true, anything but `false`. */
export function booleanOf(map: ReadonlyMap<string, string>, key: string, otherwise: boolean): boolean {
  const text = map.get(key)?.toLowerCase();
  if (text === undefined) return otherwise;
  return otherwise ? text !== 'false' : text === 'true';
}
