/** Quoted strings of the logical language: JSON's, with OVS's error texts. */
import { type Result, err, ok } from '../../base/result.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

function hex4(text: string, at: number): Result<number> {
  if (at + 4 > text.length) return err('quoted string ends within \\u escape');
  const digits = text.slice(at, at + 4);
  if (!/^[0-9a-fA-F]{4}$/.test(digits)) return err('malformed \\u escape');
  const value = Number.parseInt(digits, 16);
  return value === 0 ? err('null bytes not supported in quoted strings') : ok(value);
}

function unicode(text: string, at: number): Result<{ char: string; next: number }> {
  const first = hex4(text, at);
  if (!first.ok) return first;
  if (first.value < 0xd800 || first.value > 0xdbff) {
    return ok({ char: String.fromCharCode(first.value), next: at + 4 });
  }
  if (text.slice(at + 4, at + 6) !== '\\u') return err('malformed escaped surrogate pair');
  const second = hex4(text, at + 6);
  if (!second.ok) return second;
  if (second.value < 0xdc00 || second.value > 0xdfff)
    return err('second half of escaped surrogate pair is not trailing surrogate');
  return ok({ char: String.fromCharCode(first.value, second.value), next: at + 10 });
}

/** What stands between the quotes, unescaped; the error is OVS's text. */
export function unquote(text: string): Result<string> {
  if (!text.includes('\\')) return ok(text);
  let out = '';
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    at += 1;
    if (char !== '\\') {
      out += char;
      continue;
    }
    const escape = text.charAt(at);
    at += 1;
    if (escape === '') return err('quoted string may not end with backslash');
    if (escape === 'u') {
      const pair = unicode(text, at);
      if (!pair.ok) return pair;
      out += pair.value.char;
      at = pair.value.next;
    } else {
      const plain = ESCAPES[escape];
      if (plain === undefined) return err(`bad escape \\${escape}`);
      out += plain;
    }
  }
  return ok(out);
}

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** `text` in quotes, as OVS writes JSON strings. */
export function quote(text: string): string {
  const escaped = text.replace(
    // oxlint-disable-next-line no-control-regex
    /["\\\u0000-\u001f]/g,
    (char) => SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${escaped}"`;
}
