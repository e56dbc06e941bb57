/** Values as a user types them on the command line: `[a, b]`, `{k=v}`, `"quoted"`, `1-5`, `@name` (ovs-vsctl(8)). */
import { err, ok, type Result } from '../base/result.ts';
import { parseUuid, type Uuid } from '../base/uuid.ts';
import { checkAtom } from './constraint.ts';
import type { BaseType, ColumnType } from './schema.ts';
import { canonical, compareAtoms, shapeOf, type Atom, type Value } from './value.ts';

/** Where `@name` gets its uuid; `base` tells what kind of reference is made. */
export interface Symbols {
  refer(name: string, base: BaseType): Uuid;
}

const DELIMITERS = ':=, []{}!<>';
const BLANK = /[ \t\n\v\f\r]/;
const MAX_RANGE = 4096;

const isDelimiter = (char: string | undefined): boolean => char === undefined || DELIMITERS.includes(char);

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && BLANK.test(text.charAt(at))) at += 1;
  return at;
}

/** A token and where it ends. Delimiters end it unless they are quoted or escaped; quotes stay in it. */
export function parseToken(text: string, from = 0): Result<{ readonly token: string; readonly end: number }> {
  const rest = text.slice(from);
  let token = '';
  let isQuoted = false;
  let at = from;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === '\\') {
      if (at + 1 >= text.length) return err(`${rest}: backslash at end of argument`);
      token += (isQuoted ? '\\' : '') + text.charAt(at + 1);
      at += 2;
      continue;
    }
    if (!isQuoted && isDelimiter(char)) break;
    token += char;
    if (char === '"') isQuoted = !isQuoted;
    at += 1;
  }
  return isQuoted ? err(`${rest}: quoted string extends past end of argument`) : ok({ token, end: at });
}

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

/** The text of a JSON string without its quotes, with the words of OVS's own JSON reader for what is wrong. */
function unescapeJson(text: string): Result<string> {
  let out = '';
  for (let at = 0; at < text.length;) {
    const char = text.charAt(at);
    if (char === '"') return err('quoted string may not include unescaped "');
    if (char !== '\\') {
      out += char;
      at += 1;
      continue;
    }
    const escape = text[at + 1];
    if (escape === undefined) return err('quoted string may not end with backslash');
    at += 2;
    if (escape === 'u') {
      const digits = text.slice(at, at + 4);
      if (digits.length < 4) return err('quoted string ends within \\u escape');
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) return err('malformed \\u escape');
      out += String.fromCharCode(Number.parseInt(digits, 16));
      at += 4;
    } else {
      const plain = ESCAPES[escape];
      if (plain === undefined) return err(`bad escape \\${escape}`);
      out += plain;
    }
  }
  return ok(out);
}

/** An integer as strtoll(3) takes it, to the end of the text and within 53 bits. */
function parseInteger(text: string): number | undefined {
  if (!/^[ \t\n\v\f\r]*[-+]?\d+$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

function parseBoolean(text: string): boolean | undefined {
  if (['true', 'yes', 'on', '1'].includes(text)) return true;
  return ['false', 'no', 'off', '0'].includes(text) ? false : undefined;
}

function parseString(text: string): Result<string> {
  if (text === '') return err('An empty string is not valid as input; use "" to represent the empty string');
  if (!text.startsWith('"')) return ok(text);
  if (text.length < 2 || !text.endsWith('"')) return err(`${text}: missing quote at end of quoted string`);
  const plain = unescapeJson(text.slice(1, -1));
  return plain.ok ? plain : err(`${text}: ${plain.error}`);
}

const REAL = /^[ \t\n\v\f\r]*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;

function parsePlain(text: string, base: BaseType, symbols: Symbols | undefined): Result<Atom> {
  switch (base.type) {
    case 'integer': {
      const value = parseInteger(text);
      return value === undefined ? err(`"${text}" is not a valid integer or range`) : ok(value);
    }
    case 'real':
      return REAL.test(text) ? ok(Number(text) + 0) : err(`"${text}" is not a valid real number`);
    case 'boolean': {
      const value = parseBoolean(text);
      return value === undefined
        ? err(`"${text}" is not a valid boolean (use "true" or "false")`)
        : ok(value);
    }
    case 'string':
      return parseString(text);
    default: {
      if (text.startsWith('@') && symbols !== undefined) return ok(symbols.refer(text, base));
      const uuid = parseUuid(text);
      return uuid === undefined ? err(`"${text}" is not a valid UUID`) : ok(uuid);
    }
  }
}

/** What the client checks itself: all but the length of strings, which it leaves to the server. */
function checked(atom: Atom, { minLength: _least, maxLength: _most, ...base }: BaseType): string | undefined {
  const error = checkAtom(atom, base);
  return error === undefined ? undefined : `${error.error}: ${error.details}`;
}

/** One atom, with the constraints of its type. The error is the text that programs print. */
export function parseAtom(text: string, base: BaseType, symbols?: Symbols): Result<Atom> {
  const atom = parsePlain(text, base, symbols);
  if (!atom.ok) return atom;
  const problem = checked(atom.value, base);
  return problem === undefined ? atom : err(problem);
}

/** One atom, or all of an integer range `first-last`. */
function parseAtoms(text: string, base: BaseType, symbols: Symbols | undefined): Result<readonly Atom[]> {
  const range =
    base.type === 'integer' ? /^([ \t\n\v\f\r]*[-+]?\d+)-([ \t\n\v\f\r]*[-+]?\d+)$/.exec(text) : null;
  const first = parseInteger(range?.[1] ?? '');
  const last = parseInteger(range?.[2] ?? '');
  if (first === undefined || last === undefined) {
    const atom = parseAtom(text, base, symbols);
    return atom.ok ? ok([atom.value]) : atom;
  }
  if (last < first) return err(`"${text}" is not a valid range. Range end cannot be before start.`);
  const problem = checked(first, base) ?? checked(last, base);
  if (problem !== undefined) return err(problem);
  if (last - first >= MAX_RANGE)
    return err(
      `constraint violation: Range "${first}-${last}" is too big. Maximum allowed size is ${MAX_RANGE}.`,
    );
  return ok(Array.from({ length: last - first + 1 }, (_, i) => first + i));
}

/** A type as messages call it: `set of up to 2 strings`. */
export function typeInEnglish(type: ColumnType): string {
  const key = type.key.type;
  if (shapeOf(type) === 'scalar') return key;
  const { min, max } = type;
  const most =
    max === Infinity
      ? min === 0
        ? ' of'
        : ` of ${min} or more`
      : min === 0
        ? ` of up to ${max}`
        : ` of ${min} to ${max}`;
  return type.value === undefined ? `set${most} ${key}s` : `map${most} (${key}, ${type.value.type}) pairs`;
}

/** The end of the text is a NUL in C, which ends the message too. */
function syntaxErrorAt(text: string, start: number, at: number): string {
  const head = `${text.slice(start)}: syntax error at "`;
  return at < text.length ? `${head}${text.charAt(at)}" expecting "="` : head;
}

/** A value: elements (or `key=value` pairs) between blanks or commas, in brackets or not. */
export function parseValue(text: string, type: ColumnType, symbols?: Symbols): Result<Value> {
  const isPairs = type.value !== undefined;
  const [open, close] = isPairs ? '{}' : '[]';
  let at = skipBlanks(text, 0);
  let end: string | undefined;
  if (text[at] === open) {
    end = close;
    at = skipBlanks(text, at + 1);
  } else if (at >= text.length) {
    return err(isPairs ? 'use "{}" to specify the empty map' : 'use "[]" to specify the empty set');
  }
  const keys: Atom[] = [];
  const elements: Atom[] = [];
  while (at < text.length && text[at] !== end) {
    if (isDelimiter(text[at]))
      return err(`${text}: unexpected "${text.charAt(at)}" parsing ${typeInEnglish(type)}`);
    const start = at;
    const key = parseToken(text, at);
    if (!key.ok) return key;
    const atoms = parseAtoms(key.value.token, type.key, symbols);
    if (!atoms.ok) return atoms;
    at = key.value.end;
    if (type.value !== undefined) {
      at = skipBlanks(text, at);
      if (text[at] !== '=') return err(syntaxErrorAt(text, start, at));
      const element = parseToken(text, skipBlanks(text, at + 1));
      if (!element.ok) return element;
      const atom = parseAtom(element.value.token, type.value, symbols);
      if (!atom.ok) return atom;
      for (const _ of atoms.value) elements.push(atom.value);
      at = element.value.end;
    }
    keys.push(...atoms.value);
    at = skipBlanks(text, at);
    if (text[at] === ',') at = skipBlanks(text, at + 1);
  }
  if (text[at] !== end) return err(`${text}: missing "${end ?? '\0'}" at end of data`);
  if (end !== undefined && skipBlanks(text, at + 1) < text.length)
    return err(`${text}: trailing garbage after "${end}"`);
  const many = isPairs ? 'pair(s)' : 'value(s)';
  if (keys.length < type.min)
    return err(`${text}: ${keys.length} ${many} specified but the minimum number is ${type.min}`);
  if (keys.length > type.max)
    return err(`${text}: ${keys.length} ${many} specified but the maximum number is ${type.max}`);
  if (new Set(keys).size !== keys.length)
    return err(`${text}: ${isPairs ? 'map contains duplicate key' : 'set contains duplicate value'}`);
  if (isPairs) return ok(canonical(new Map(keys.map((key, i) => [key, elements[i] as Atom]))));
  return ok(type.max === 1 ? (keys[0] ?? null) : keys.toSorted(compareAtoms));
}
