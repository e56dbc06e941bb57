/** Reading of `options` and `other_config` columns with the leniency of OVS's smap: a value that does not parse is absent. */

export type Options = ReadonlyMap<string, string>;

/** `smap_get_bool`: only the word that differs from the default counts, in any case of letters. */
export function optionBool(options: Options, key: string, fallback: boolean): boolean {
  const value = options.get(key)?.toLowerCase();
  return fallback ? value !== 'false' : value === 'true';
}

/** A decimal integer as strtoll(3) takes it, the whole text. */
export function parseInteger(text: string): number | undefined {
  if (!/^\s*[-+]?\d+$/.test(text)) return undefined;
  return Number(text);
}

/** `smap_get_int`: 32 bits, signed. */
export function optionInt(options: Options, key: string, fallback: number): number {
  return within(options.get(key), -(2 ** 31), 2 ** 31 - 1) ?? fallback;
}

/** `smap_get_uint`: 32 bits, unsigned. */
export function optionUint(options: Options, key: string, fallback: number): number {
  return within(options.get(key), 0, 2 ** 32 - 1) ?? fallback;
}

/** `ovn_smap_get_llong`. Exact up to 2^53. */
export function optionLong(options: Options, key: string, fallback: number): number {
  return within(options.get(key), -(2 ** 63), 2 ** 63) ?? fallback;
}

function within(text: string | undefined, minimum: number, maximum: number): number | undefined {
  if (text === undefined) return undefined;
  const value = parseInteger(text);
  return value === undefined || value < minimum || value > maximum ? undefined : value;
}

/** The parts of a list separated by commas, empty parts left out, as strtok(3) gives them. */
export function splitList(text: string | undefined): readonly string[] {
  return (text ?? '').split(',').filter((part) => part !== '');
}

/** Whether two maps hold the same pairs. */
export function sameOptions(a: Options, b: Options): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (b.get(key) !== value) return false;
  return true;
}
