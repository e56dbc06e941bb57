/** Values of a database as Python prints them: ovn-detrace shows columns by `str()` of what its database library gives. */
import type { ColumnType, Value } from '../../ovsdb/index.ts';
import { isMap, keysOf } from '../../ovsdb/index.ts';

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const escapeOf = (character: string): string =>
  ESCAPES[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** A string as `repr()` writes it: in single quotes, unless it has those and no double ones. */
export function pythonString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    // oxlint-disable-next-line no-control-regex -- Control characters are what has to be escaped.
    .replaceAll(/[\\\u0000-\u001f\u007f-\u00a0]/g, escapeOf)
    .replaceAll(quote, `\\${quote}`);
  return `${quote}${escaped}${quote}`;
}

const atomText = (atom: string | number | boolean): string =>
  typeof atom === 'string' ? pythonString(atom) : typeof atom === 'boolean' ? boolText(atom) : String(atom);

const boolText = (value: boolean): string => (value ? 'True' : 'False');

/** A column's value as `%s` shows it: one element plainly, maps as dictionaries, all else as lists. */
export function pythonText(value: Value | undefined, type: ColumnType): string {
  if (value === undefined) return 'None';
  if (isMap(value)) {
    const pairs = [...value].map(([key, one]) => `${atomText(key)}: ${atomText(one)}`);
    return `{${pairs.join(', ')}}`;
  }
  const isScalar = type.min === 1 && type.max === 1;
  if (isScalar && (typeof value === 'string' || typeof value === 'number')) return String(value);
  if (isScalar && typeof value === 'boolean') return boolText(value);
  return `[${keysOf(value).map(atomText).join(', ')}]`;
}
