/** The `key=value,key(value),key` lists in which flows, actions, groups and meters are typed. */

/** One part: an empty `value` when there was none. `delimiter` is what followed the key. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
  readonly delimiter: '' | ':' | '=' | '(' | ',' | ' ';
}

/** Where the value that starts at `from` ends: at a delimiter outside parentheses, or the end. */
function valueEnd(text: string, from: number, delimiters: string): number {
  let at = from;
  while (at < text.length && !delimiters.includes(text.charAt(at))) {
    if (text[at] !== '(') {
      at += 1;
      continue;
    }
    let level = 0;
    do {
      if (at >= text.length) return at;
      if (text[at] === '(') level += 1;
      else if (text[at] === ')') level -= 1;
      at += 1;
    } while (level > 0);
  }
  return at;
}

const SEPARATORS = ', \t\r\n';

/** The first part of `text` and what follows; undefined when only separators are left. */
export function scanKeyValue(text: string): { readonly part: KeyValue; readonly rest: string } | undefined {
  const start = /^[, \t\r\n]*/.exec(text)?.[0].length ?? 0;
  if (start === text.length) return undefined;
  const keyEnd = start + (/^[^:=(, \t\r\n]*/.exec(text.slice(start))?.[0].length ?? 0);
  const key = text.slice(start, keyEnd);
  const delimiter = text.charAt(keyEnd);
  const from = keyEnd + 1;
  if (delimiter !== ':' && delimiter !== '=' && delimiter !== '(') {
    return {
      part: { key, value: '', delimiter: delimiter === '' ? '' : delimiter === ',' ? ',' : ' ' },
      rest: text.slice(from),
    };
  }
  let end = valueEnd(text, from, delimiter === '(' ? ')' : SEPARATORS);
  // `key(x)->y`: the destination belongs to the value.
  if (delimiter === '(' && text.startsWith(')->', end)) end = valueEnd(text, end, SEPARATORS);
  return { part: { key, value: text.slice(from, end), delimiter }, rest: text.slice(end + 1) };
}

/** All parts of `text`. */
export function* keyValues(text: string): Generator<KeyValue> {
  let rest = text;
  for (;;) {
    const scanned = scanKeyValue(rest);
    if (!scanned) return;
    yield scanned.part;
    rest = scanned.rest;
  }
}
