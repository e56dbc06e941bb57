/** Cuts a filter expression into tokens: the longest match wins, and of equals the reserved word. */
import { parseIpv6 } from '../../base/address.ts';
import { FilterError } from './filter-error.ts';
import { NAMED_NUMBERS, PROTOCOL_WORDS, RESERVED_WORDS, type Word } from './keyword.table.ts';
import type { ProtocolWord } from './qualifier.ts';

export type Sign =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | ':'
  | '['
  | ']'
  | '<'
  | '>'
  | '('
  | ')'
  | '&'
  | '|'
  | '^'
  | '='
  | '>='
  | '<='
  | '!='
  | '<<'
  | '>>';

export type AddressKind = 'ether' | 'dotted' | 'ipv6' | 'arcnet';

/** `offset` counts UTF-16 units from the start of the expression. */
export type Token = { readonly offset: number } & (
  | { readonly kind: 'end' | 'bad' }
  | { readonly kind: 'symbol'; readonly symbol: Sign }
  | { readonly kind: 'word'; readonly word: Word }
  | { readonly kind: 'protocol'; readonly protocol: ProtocolWord }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'name'; readonly text: string }
  /** An Ethernet, dotted, IPv6 or ARCnet address as it stands in the text. */
  | { readonly kind: AddressKind; readonly text: string }
);

const NUMBER = '(?:0[xX][0-9A-Fa-f]+|[0-9]+)';
const B = '[0-9A-Fa-f]{1,2}';
const GROUP = '[0-9A-Fa-f]{1,4}';

/** Every form of an IPv6 address: eight groups, or `::` between up to seven; the last two may be dotted. */
function ipv6Forms(): readonly string[] {
  const groups = (count: number): string => Array<string>(count).fill(GROUP).join(':');
  const dotted = `${NUMBER}(?:\\.${NUMBER}){3}`;
  const forms = [groups(8), `${groups(6)}:${dotted}`];
  for (let total = 7; total >= 0; total -= 1)
    for (let before = 0; before <= total; before += 1) {
      const after = groups(total - before);
      forms.push(`${groups(before)}::${after}`);
      if (total <= 5) forms.push(`${groups(before)}::${after}${after === '' ? '' : ':'}${dotted}`);
    }
  return forms;
}

const sticky = (pattern: string): RegExp => new RegExp(pattern, 'y');

const SPACE = sticky('[ \\r\\n\\t]*');
const OPERATOR = sticky('>=|<=|!=|==|<<|>>|&&|\\|\\||[-+*/%:[\\]!<>()&|^=]');
const NAME = sticky('[A-Za-z0-9](?:[-_.A-Za-z0-9]*[.A-Za-z0-9])?');
const ESCAPED = sticky('\\\\[^ !()\\n\\t]+');
const NUMERIC = sticky(NUMBER);
const ARCNET = sticky(`\\$${B}`);
const DOTTED = sticky(`${NUMBER}(?:\\.${NUMBER}){1,3}`);
const ETHER = sticky(
  `(?:${B}(?::${B}){5}|${B}(?:-${B}){5}|${B}(?:\\.${B}){5}|[0-9A-Fa-f]{4}(?:\\.[0-9A-Fa-f]{4}){2}|[0-9A-Fa-f]{12})`,
);
const COLONS = sticky(`${B}:+(?:${B}:+)+`);
/** The forms apart, because the longest of them counts and not the first. */
const IPV6_FORMS = ipv6Forms().map(sticky);

/** The token that starts at or after `from`, and where it ends. Throws FilterError for a number or address that is wrong. */
export function scan(text: string, from: number): { readonly token: Token; readonly end: number } {
  const match = (pattern: RegExp, at: number): number => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0].length ?? 0;
  };
  const offset = from + match(SPACE, from);
  if (offset >= text.length) return { token: { kind: 'end', offset }, end: offset };
  const done = (token: Token, size: number): { token: Token; end: number } => ({
    token,
    end: offset + size,
  });

  const name = match(NAME, offset);
  const candidates: readonly (readonly [AddressKind | 'number' | 'colons', number])[] = [
    ['arcnet', match(ARCNET, offset)],
    ['ether', match(ETHER, offset)],
    ['number', match(NUMERIC, offset)],
    ['dotted', match(DOTTED, offset)],
    ['ipv6', Math.max(...IPV6_FORMS.map((form) => match(form, offset)))],
    ['colons', match(COLONS, offset)],
  ];
  const [kind, size] = candidates.reduce((best, next) => (next[1] > best[1] ? next : best));
  const word = text.slice(offset, offset + name);
  if (name >= size && name > 0) {
    const reserved = reservedToken(word, offset);
    if (reserved !== undefined) return done(reserved, name);
  }
  if (size > 0 && size >= name) {
    const part = text.slice(offset, offset + size);
    if (kind === 'number') return done({ kind, number: readNumber(part, offset), offset }, size);
    if (kind === 'colons') throw new FilterError(`bogus ethernet address ${part}`, offset);
    if (kind === 'ipv6' && parseIpv6(part) === undefined)
      throw new FilterError(`bogus IPv6 address ${part}`, offset);
    return done({ kind, text: part, offset }, size);
  }
  if (name > 0) {
    const number = NAMED_NUMBERS.get(word);
    if (number !== undefined) return done({ kind: 'number', number, offset }, name);
    return done({ kind: 'name', text: word, offset }, name);
  }
  const operator = match(OPERATOR, offset);
  if (operator > 0) return done(operatorToken(text.slice(offset, offset + operator), offset), operator);
  const escaped = match(ESCAPED, offset);
  if (escaped > 0)
    return done({ kind: 'name', text: text.slice(offset + 1, offset + escaped), offset }, escaped);
  return done({ kind: 'bad', offset }, 1);
}

function reservedToken(text: string, offset: number): Token | undefined {
  const protocol = PROTOCOL_WORDS.get(text);
  if (protocol !== undefined) return { kind: 'protocol', protocol, offset };
  const word = RESERVED_WORDS.get(text);
  return word === undefined ? undefined : { kind: 'word', word, offset };
}

const OPERATOR_WORDS: Record<string, Word> = { '&&': 'and', '||': 'or', '!': '!' };

function operatorToken(text: string, offset: number): Token {
  const word = OPERATOR_WORDS[text];
  if (word !== undefined) return { kind: 'word', word, offset };
  return { kind: 'symbol', symbol: (text === '==' ? '=' : text) as Sign, offset };
}

/** As in C: `0x` is hexadecimal, a leading zero octal. */
function readNumber(text: string, offset: number): number {
  const isOctal = /^0[0-9]/.test(text);
  if (isOctal) {
    const valid = /^[0-7]*/.exec(text)?.[0] ?? '';
    // Digits are read from the left, so what is wrong first is said.
    if (Number.parseInt(valid, 8) > 0xffffffff)
      throw new FilterError(`number ${text} overflows 32 bits`, offset);
    if (valid.length < text.length) throw new FilterError(`number ${text} contains non-octal digit`, offset);
  }
  const value = isOctal ? Number.parseInt(text, 8) : Number(text);
  if (value > 0xffffffff) throw new FilterError(`number ${text} overflows 32 bits`, offset);
  return value;
}
