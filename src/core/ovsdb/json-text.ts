/** JSON as Open vSwitch writes it. */
import { formatReal } from './value-text.ts';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [member: string]: Json;
}

/** Members sorted; `pretty` indents by two blanks and leaves empty containers alone. */
export function jsonText(json: Json, pretty = false, depth = 0): string {
  const inner = pretty ? `\n${'  '.repeat(depth + 1)}` : '';
  if (Array.isArray(json)) {
    const items = (json as readonly Json[]).map((item) => jsonText(item, pretty, depth + 1));
    return items.length === 0 ? '[]' : `[${inner}${items.join(`,${inner}`)}]`;
  }
  if (typeof json === 'object' && json !== null) {
    const members = Object.entries(json as JsonObject).sort(([a], [b]) => (a < b ? -1 : 1));
    const texts = members.map(
      ([name, value]) => `${JSON.stringify(name)}:${pretty ? ' ' : ''}${jsonText(value, pretty, depth + 1)}`,
    );
    return `{${inner}${texts.join(`,${inner}`)}}`;
  }
  return typeof json === 'number' && !Number.isInteger(json) ? formatReal(json) : JSON.stringify(json);
}
