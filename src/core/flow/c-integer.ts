/** Integers as C's library reads them from text: `0x1f`, `017`, `-1`, with what was left over. */

/** What a reading gave: the value and the rest of the text, or why not. */
export type CInteger =
  | { readonly kind: 'value'; readonly value: bigint; readonly rest: string }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'range' };

const MAX64 = (1n << 64n) - 1n;

/** strtoull(3) in base 0: a minus sign wraps around at 64 bits. */
export function scanInteger(text: string): CInteger {
  const found = /^[ \t\r\n\v\f]*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)/.exec(text);
  if (!found) return { kind: 'invalid' };
  const digits = found[2] as string;
  const octal = /^0[0-7]+$/.test(digits);
  const value = BigInt(octal ? `0o${digits.slice(1)}` : digits);
  if (value > MAX64) return { kind: 'range' };
  return {
    kind: 'value',
    value: found[1] === '-' ? BigInt.asUintN(64, -value) : value,
    rest: text.slice(found[0].length),
  };
}

/** An unsigned integer of `size` bytes; hex may be of any length and hold white space between digits. */
export function scanSized(text: string, size: number): CInteger {
  if (/^0[xX]/.test(text)) {
    const found = /^(?:[ \t\r\n]*[0-9a-fA-F])*[ \t\r\n]*/.exec(text.slice(2));
    const matched = found?.[0] ?? '';
    const digits = matched.replace(/[ \t\r\n]/g, '').replace(/^0+/, '');
    if (Math.ceil(digits.length / 2) > size) return { kind: 'range' };
    return {
      kind: 'value',
      value: digits === '' ? 0n : BigInt(`0x${digits}`),
      rest: text.slice(2 + matched.length),
    };
  }
  const scanned = scanInteger(text);
  if (scanned.kind === 'value' && size < 8 && scanned.value >> BigInt(8 * size) !== 0n)
    return { kind: 'range' };
  return scanned;
}

/** str_to_int(3) of OVS: a signed 32-bit integer that is the whole text, in `base` 10 or by prefix (0). */
function parseInt32(text: string, base: 0 | 10): number | undefined {
  const pattern =
    base === 10 ? /^[ \t\r\n\v\f]*[+-]?\d+$/ : /^[ \t\r\n\v\f]*[+-]?(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/;
  if (!pattern.test(text)) return undefined;
  const clean = text.trim();
  const negative = clean.startsWith('-');
  const digits = clean.replace(/^[+-]/, '');
  const magnitude = base === 0 && /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  const value = negative ? -magnitude : magnitude;
  return value < -0x80000000 || value > 0x7fffffff ? undefined : value;
}

/** A whole text as an unsigned number below `limit`, by C's prefixes; undefined for anything else. */
export function parseUnsigned(text: string, limit: number): number | undefined {
  const value = parseInt32(text, 0);
  return value === undefined || value < 0 || value >= limit ? undefined : value;
}

/** The whole text as an unsigned 32-bit number, with OVS's error text. */
export function parseUint32(
  text: string,
): { readonly ok: true; readonly value: number } | { readonly ok: false; readonly error: string } {
  if (text === '') return { ok: false, error: 'missing required numeric argument' };
  const scanned = scanInteger(text);
  if (scanned.kind !== 'value' || scanned.rest !== '' || scanned.value > 0xffffffffn)
    return { ok: false, error: `invalid numeric format ${text}` };
  return { ok: true, value: Number(scanned.value) };
}

/** The whole text as an unsigned 64-bit number, with OVS's error text. */
export function parseUint64(
  text: string,
): { readonly ok: true; readonly value: bigint } | { readonly ok: false; readonly error: string } {
  if (text === '') return { ok: false, error: 'missing required numeric argument' };
  const scanned = scanInteger(text);
  if (scanned.kind === 'value' && scanned.rest === '') return { ok: true, value: scanned.value };
  return { ok: false, error: `invalid numeric format ${text}` };
}
