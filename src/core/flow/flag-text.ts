/** Sets of named bits as text: `syn|ack`, `+est-rpl`, `0x2/0x3`. */
import { err, ok, type Result } from '../base/result.ts';

/** The names of bits, least significant first; undefined where a bit has none. */
export interface FlagNames {
  /** What error texts call the set, e.g. `TCP`. */
  readonly title: string;
  readonly names: readonly (string | undefined)[];
  /** The bits that may be given. */
  readonly allowed: number;
}

export const CT_STATE_FLAGS: FlagNames = {
  title: 'ct_state',
  names: ['new', 'est', 'rel', 'rpl', 'inv', 'trk', 'snat', 'dnat'],
  allowed: 0xff,
};

export const TCP_FLAGS: FlagNames = {
  title: 'TCP',
  names: ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ece', 'cwr', 'ns', '[200]', '[400]', '[800]'],
  allowed: 0xfff,
};

export const TUNNEL_FLAGS: FlagNames = { title: 'tunnel', names: ['oam', 'df', 'csum', 'key'], allowed: 1 };

/** The set bits of `value`, joined with `separator`; `0` when there are none. */
export function formatFlags(value: number, flags: FlagNames, separator = '|'): string {
  if (value === 0) return '0';
  const parts: string[] = [];
  let unnamed = 0;
  for (let bit = 0; bit < 32; bit += 1) {
    if (((value >>> bit) & 1) === 0) continue;
    const name = flags.names[bit];
    if (name === undefined) unnamed |= 1 << bit;
    else parts.push(name);
  }
  if (unnamed !== 0) parts.push(`0x${(unnamed >>> 0).toString(16)}`);
  return parts.join(separator);
}

/** `+name-name` over the bits of `mask`, or the plain form when `mask` is `whole`. */
export function formatFlagsMasked(value: number, mask: number, flags: FlagNames, whole: number): string {
  if (mask === whole) return formatFlags(value, flags);
  if (mask === 0) return '0/0';
  let text = '';
  for (let bit = 0; bit < 32; bit += 1)
    if (((mask >>> bit) & 1) !== 0)
      text += `${((value >>> bit) & 1) !== 0 ? '+' : '-'}${flags.names[bit] ?? '[Unknown]'}`;
  return text;
}

/** What was given: the bits that are set and the bits that were spoken of. */
export interface FlagValue {
  readonly value: number;
  readonly mask: number;
}

const C_INTEGER = /^[+-]?(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/;

function toInteger(text: string): number {
  const digits = text.replace(/^[+-]/, '');
  const value = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  return text.startsWith('-') ? -value : value;
}

/** The numeric form `value/mask`; undefined when the text is not of that form. */
function parseNumericFlags(text: string, flags: FlagNames): FlagValue | 'bad' | undefined {
  const first = C_INTEGER.exec(text)?.[0];
  if (first === undefined || text[first.length] !== '/') return undefined;
  const second = C_INTEGER.exec(text.slice(first.length + 1))?.[0];
  if (second === undefined) return undefined;
  const value = toInteger(first) >>> 0;
  const mask = toInteger(second) >>> 0;
  return (value & ~flags.allowed) !== 0 || (mask & ~flags.allowed) !== 0 ? 'bad' : { value, mask };
}

function parseSignedFlags(text: string, flags: FlagNames): Result<FlagValue> {
  let rest = text;
  let value = 0;
  let mask = 0;
  while (rest !== '') {
    const sign = rest[0];
    if (sign !== '+' && sign !== '-')
      return err(`${rest}: ${flags.title} must be preceded by '+' (for SET) or '-' (NOT SET)`);
    rest = rest.slice(1);
    const bit = flags.names.findIndex(
      (name) =>
        name !== undefined &&
        rest.startsWith(name) &&
        /^[+-]?$/.test(rest.slice(name.length, name.length + 1)),
    );
    if (bit < 0) return err(`${rest}: unknown ${flags.title} flag(s)`);
    if (((mask >>> bit) & 1) !== 0)
      return err(`${rest}: Each ${flags.title} flag can be specified only once`);
    if (((flags.allowed >>> bit) & 1) === 0) return err(`${rest}: unknown ${flags.title} flag(s)`);
    mask |= 1 << bit;
    if (sign === '+') value |= 1 << bit;
    rest = rest.slice((flags.names[bit] as string).length);
  }
  return ok({ value: value >>> 0, mask: mask >>> 0 });
}

/** Reads flags in any of their forms, with the real error texts. Unmasked forms speak of all 32 bits. */
export function parseFlags(text: string, flags: FlagNames): Result<FlagValue> {
  const unknown = err(`${text}: unknown ${flags.title} flag(s)`);
  const numeric = parseNumericFlags(text, flags);
  if (numeric !== undefined) return numeric === 'bad' ? unknown : ok(numeric);
  if (/^[+-]/.test(text)) return parseSignedFlags(text, flags);
  let value = 0;
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const number = C_INTEGER.exec(rest)?.[0];
    if (number !== undefined) {
      const bits = toInteger(number);
      if ((bits & ~flags.allowed) !== 0) return unknown;
      value |= bits;
      at += number.length;
    } else {
      const bit = flags.names.findIndex(
        (name) =>
          name !== undefined &&
          rest.startsWith(name) &&
          /^\|?$/.test(rest.slice(name.length, name.length + 1)),
      );
      if (bit < 0 || ((flags.allowed >>> bit) & 1) === 0) return unknown;
      value |= 1 << bit;
      at += (flags.names[bit] as string).length;
    }
    if (text[at] === '|') at += 1;
  }
  return ok({ value: value >>> 0, mask: 0xffffffff });
}
