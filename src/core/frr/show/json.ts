/** JSON in the layout of json-c, as FRR prints it: pretty with two spaces, and the one-line form of `json_object_to_json_string`. */

export type Json = string | number | boolean | null | readonly Json[] | JsonObject | OrderedJson;

/** Members in the order added; undefined members are left out. */
export type JsonObject = { readonly [key: string]: Json | undefined };

/** Members in the order added where names may be numbers, which an object would put first. */
type OrderedJson = ReadonlyMap<string, Json | undefined>;

const quote = (text: string): string => JSON.stringify(text);

const quoteSlashes = (text: string): string => quote(text).replaceAll('/', '\\/');

const isObject = (value: Json): value is JsonObject | OrderedJson =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const members = (value: JsonObject | OrderedJson): [string, Json][] =>
  [...(value instanceof Map ? (value as OrderedJson) : Object.entries(value))].flatMap(
    ([key, one]): [string, Json][] => (one === undefined ? [] : [[key, one]]),
  );

function pretty(value: Json, depth: number, quoted: (text: string) => string): string {
  const inner = '  '.repeat(depth + 1);
  const outer = '  '.repeat(depth);
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    const body = list.map((one) => `${inner}${pretty(one, depth + 1, quoted)}`).join(',\n');
    return `[\n${body}${list.length > 0 ? '\n' : ''}${outer}]`;
  }
  if (isObject(value)) {
    const list = members(value);
    const body = list
      .map(([key, one]) => `${inner}${quoted(key)}:${pretty(one, depth + 1, quoted)}`)
      .join(',\n');
    return `{\n${body}${list.length > 0 ? '\n' : ''}${outer}}`;
  }
  return typeof value === 'string' ? quoted(value) : JSON.stringify(value);
}

/** As `vty_json` prints it, newline included. */
export const prettyJson = (value: Json): string => `${pretty(value, 0, quote)}\n`;

/** The same with slashes escaped, as a few commands print it. */
export const escapedJson = (value: Json): string => `${pretty(value, 0, quoteSlashes)}\n`;

/** Without any space. */
export function compactJson(value: Json): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(compactJson).join(',')}]`;
  if (isObject(value))
    return `{${members(value)
      .map(([key, one]) => `${quote(key)}:${compactJson(one)}`)
      .join(',')}}`;
  return JSON.stringify(value);
}

/** json-c's default: one line with spaces. */
export function spacedJson(value: Json): string {
  if (Array.isArray(value)) return `[ ${(value as readonly Json[]).map(spacedJson).join(', ')} ]`;
  if (isObject(value))
    return `{ ${members(value)
      .map(([key, one]) => `${quote(key)}: ${spacedJson(one)}`)
      .join(', ')} }`;
  return JSON.stringify(value);
}

/** A member that is there only when it holds. */
export const truly = (condition: unknown): true | undefined => (condition ? true : undefined);
