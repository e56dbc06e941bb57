/** Values of a template and how Python compares and prints them. */

/** A name or part that is not there. It is false, and printing it is worth a word. */
export class Undefined {
  readonly what: string;

  constructor(what: string) {
    this.what = what;
  }
}

type Callable = (positional: readonly Value[], named: ReadonlyMap<string, Value>) => Value;

export type Value = null | boolean | number | string | Value[] | Map<string, Value> | Undefined | Callable;

export function isTrue(value: Value): boolean {
  if (value === null || value instanceof Undefined) return false;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'string') return value !== '';
  if (typeof value === 'function') return true;
  return Array.isArray(value) ? value.length > 0 : value.size > 0;
}

export function equal(a: Value, b: Value): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, at) => equal(item, b[at] as Value));
  if (a instanceof Map && b instanceof Map)
    return (
      a.size === b.size && [...a].every(([key, value]) => b.has(key) && equal(value, b.get(key) as Value))
    );
  if (a instanceof Undefined || b instanceof Undefined)
    return a instanceof Undefined && b instanceof Undefined;
  if (typeof a === 'boolean' && typeof b === 'number') return Number(a) === b;
  if (typeof a === 'number' && typeof b === 'boolean') return a === Number(b);
  return a === b;
}

/** Below zero, zero or above; undefined when Python would refuse. */
export function compare(a: Value, b: Value): number | undefined {
  if ((typeof a === 'number' || typeof a === 'boolean') && (typeof b === 'number' || typeof b === 'boolean'))
    return Number(a) - Number(b);
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
      const order = compare(a[at] as Value, b[at] as Value);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  return undefined;
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll(quote, `\\${quote}`);
  return `${quote}${body}${quote}`;
}

/** Python's repr(). */
export function repr(value: Value): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  if (value instanceof Map)
    return `{${[...value].map(([key, item]) => `${quoted(key)}: ${repr(item)}`).join(', ')}}`;
  return str(value);
}

/** Python's str(). */
export function str(value: Value): string {
  if (value === null) return 'None';
  if (value instanceof Undefined) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return value;
  if (typeof value === 'function') return '<function>';
  return repr(value);
}

/** The things that a loop goes over; undefined when the value cannot be gone over. */
export function iterate(value: Value): readonly Value[] | undefined {
  if (value instanceof Undefined) return [];
  if (Array.isArray(value)) return value;
  if (value instanceof Map) return [...value.keys()];
  return typeof value === 'string' ? Array.from(value) : undefined;
}

export type Data = null | boolean | number | string | readonly Data[] | { readonly [key: string]: Data };

/** Plain data as a template's value. */
export function fromData(data: Data): Value {
  if (data === null || typeof data !== 'object') return data;
  if (Array.isArray(data)) return data.map((item: Data) => fromData(item));
  return new Map(Object.entries(data).map(([key, item]) => [key, fromData(item as Data)]));
}
