/** One token from a source text. White space and comments before it are skipped. */
import { fromOctetText } from './octet-text.ts';
import { unquote } from './quoted.ts';
import { scanNumber } from './scan-number.ts';
import type { BareToken, Token, TokenKind } from './token.ts';

const NAME_START = 1;
const NAME = 2;
const HEX = 4;
const SPACE = 8;

/** Character classes of the ASCII codes. */
const CLASS: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) => {
  const char = String.fromCharCode(code);
  return (
    (/[A-Za-z_.]/.test(char) ? NAME_START : 0) |
    (/[A-Za-z0-9_.]/.test(char) ? NAME : 0) |
    (/[A-Fa-f]/.test(char) ? HEX : 0) |
    (/[ \t\n\r\v\f]/.test(char) ? SPACE : 0)
  );
});

const isA = (source: string, at: number, what: number): boolean =>
  ((CLASS[source.charCodeAt(at)] ?? 0) & what) !== 0;

const token = (kind: TokenKind, text: string, start: number, end: number): Token => ({
  kind,
  text,
  number: undefined,
  start,
  end,
});

const bare = (kind: BareToken, start: number): Token => token(kind, '', start, start + kind.length);
const error = (message: string, start: number, end: number): Token => token('error', message, start, end);

/** Where white space and comments end, or the error of a comment. */
function skip(source: string, from: number): number | Token {
  let at = from;
  for (;;) {
    while (isA(source, at, SPACE)) at += 1;
    if (source.charCodeAt(at) !== 47) return at;
    const next = source.charAt(at + 1);
    if (next === '/') {
      const line = source.indexOf('\n', at);
      at = line < 0 ? source.length : line;
    } else if (next === '*') {
      const close = source.indexOf('*/', at + 2);
      const line = source.indexOf('\n', at + 2);
      const stop = line < 0 ? source.length : line;
      if (close < 0 || close > stop) return error("`/*' without matching `*/'.", at, stop);
      at = close + 2;
    } else {
      return error("`/' is only valid as part of `//' or `/*'.", at, at + 1);
    }
  }
}

function name(source: string, kind: TokenKind, start: number, first: number): Token {
  let end = first + 1;
  while (isA(source, end, NAME)) end += 1;
  return token(kind, source.slice(first, end), start, end);
}

function sigil(source: string, kind: TokenKind, start: number): Token {
  if (isA(source, start + 1, NAME_START)) return name(source, kind, start, start + 1);
  return error(`\`${source.charAt(start)}' must be followed by a valid identifier.`, start, start + 1);
}

function number(source: string, start: number): Token {
  const { result, end } = scanNumber(source, start);
  if (!result.ok) return error(result.error, start, end);
  return {
    kind: result.value.mask === undefined ? 'integer' : 'masked',
    text: '',
    number: result.value,
    start,
    end,
  };
}

function string(source: string, start: number): Token {
  let end = start + 1;
  for (;;) {
    const code = source.charCodeAt(end);
    if (Number.isNaN(code)) return error('Input ends inside quoted string.', start, source.length);
    if (code === 34) break;
    end += code === 92 && end + 1 < source.length ? 2 : 1;
  }
  const text = unquote(fromOctetText(source.slice(start + 1, end)));
  return text.ok ? token('string', text.value, start, end + 1) : error(text.error, start, end + 1);
}

/** A MAC or IPv6 address may begin like a name, but then a colon follows its hex digits. */
function beginsAddress(source: string, start: number): boolean {
  if (!isA(source, start, HEX)) return false;
  let at = start;
  for (;;) {
    const code = source.charCodeAt(at);
    if (code === 58) return true;
    if (!(isA(source, at, HEX) || (code >= 48 && code <= 57))) return false;
    at += 1;
  }
}

function unexpected(source: string, start: number): Token {
  const code = source.charCodeAt(start);
  const message =
    code >= 32 && code < 127
      ? `Invalid character \`${source.charAt(start)}' in input.`
      : `Invalid byte 0x${code > 127 ? code - 256 : code} in input.`;
  return error(message, start, start + 1);
}

function punctuation(source: string, start: number): Token {
  const next = source.charAt(start + 1);
  switch (source.charAt(start)) {
    case '(':
      return bare('(', start);
    case ')':
      return bare(')', start);
    case '{':
      return bare('{', start);
    case '}':
      return bare('}', start);
    case '[':
      return bare('[', start);
    case ']':
      return bare(']', start);
    case ',':
      return bare(',', start);
    case ';':
      return bare(';', start);
    case '=':
      return bare(next === '=' ? '==' : '=', start);
    case '!':
      return bare(next === '=' ? '!=' : '!', start);
    case '&':
      return next === '&' ? bare('&&', start) : error("`&' is only valid as part of `&&'.", start, start + 1);
    case '|':
      return next === '|' ? bare('||', start) : error("`|' is only valid as part of `||'.", start, start + 1);
    case '<':
      if (next === '-' && source.charAt(start + 2) === '>') return bare('<->', start);
      return bare(next === '=' ? '<=' : '<', start);
    case '>':
      return bare(next === '=' ? '>=' : '>', start);
    case '-':
      return bare(next === '-' ? '--' : '-', start);
    case '.':
      return next === '.'
        ? bare('..', start)
        : error("`.' is only valid as part of `..' or a number.", start, start + 1);
    case ':':
      return next === ':' ? number(source, start) : bare(':', start);
    case '$':
      return sigil(source, 'macro', start);
    case '@':
      return sigil(source, 'group', start);
    case '^':
      return sigil(source, 'template', start);
    case '"':
      return string(source, start);
    default:
      return unexpected(source, start);
  }
}

/** The first token at or after `from`; `source` is octet text (see octet-text.ts). Never fails: see kind `error`. */
export function scanToken(source: string, from: number): Token {
  const start = skip(source, from);
  if (typeof start !== 'number') return start;
  const code = source.charCodeAt(start);
  if (Number.isNaN(code)) return token('end', '', start, start);
  if (code !== 46 && isA(source, start, NAME_START)) {
    return beginsAddress(source, start) ? number(source, start) : name(source, 'id', start, start);
  }
  return code >= 48 && code <= 57 ? number(source, start) : punctuation(source, start);
}
