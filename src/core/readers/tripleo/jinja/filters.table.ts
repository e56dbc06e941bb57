/** Filters by name: Jinja2's own, and those of Ansible and Infrared that network templates use. */
import { ADDRESS_FILTERS } from './address-filters.ts';
import type { Filter, FilterArguments } from './filter.ts';
import { SELECTION_FILTERS } from './selection-filters.ts';
import {
  compare,
  equal,
  fromData,
  isTrue,
  iterate,
  repr,
  str,
  Undefined,
  type Data,
  type Value,
} from './value.ts';

const argument = ({ positional, named }: FilterArguments, at: number, name: string): Value | undefined =>
  positional[at] ?? named.get(name);

const integer = (value: Value): number => {
  if (typeof value === 'number') return Math.trunc(value);
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' && /^\s*[-+]?\d+\s*$/.test(value) ? Number(value) : Number.NaN;
};

const items = (value: Value, call: FilterArguments): readonly Value[] => {
  const found = iterate(value);
  if (!found) call.refuse('this value has no items');
  return found ?? [];
};

const sorted = (values: readonly Value[]): Value[] => values.toSorted((a, b) => compare(a, b) ?? 0);

const extreme =
  (sign: number): Filter =>
  (value, call) => {
    const all = items(value, call);
    if (all.length === 0) return new Undefined('No aggregated item, sequence was empty.');
    return all.reduce((best, one) => (sign * (compare(one, best) ?? 0) > 0 ? one : best));
  };

const fallback: Filter = (value, call) => {
  const other = argument(call, 0, 'default_value') ?? '';
  const falsy = isTrue(argument(call, 1, 'boolean') ?? false) && !isTrue(value);
  return value instanceof Undefined || falsy ? other : value;
};

const length: Filter = (value, call) => (value instanceof Map ? value.size : items(value, call).length);

const bool: Filter = (value) =>
  typeof value === 'string' ? /^(?:yes|on|1|true)$/i.test(value) : value === true || value === 1;

/** A pattern of Python's; what JavaScript cannot read is refused. */
function pattern(call: FilterArguments, flags: string): RegExp | null {
  try {
    return new RegExp(str(argument(call, 0, 'regex') ?? '').replaceAll('(?P<', '(?<'), flags);
  } catch {
    call.refuse('this pattern is not modelled');
    return null;
  }
}

/** Groups of a replacement as JavaScript writes them. */
const replacement = (text: string): string =>
  text
    .replaceAll('$', '$$$$')
    .replace(/\\(\d)/g, '$$$1')
    .replace(/\\g<(\d+)>/g, '$$$1');

function fromJson(value: Value, call: FilterArguments): Value {
  try {
    return fromData(JSON.parse(str(value)) as Data);
  } catch {
    return call.refuse('this text is no JSON');
  }
}

/** Filters that take the value and arguments as Jinja2's and Ansible's documentation give them. */
export const FILTERS: Readonly<Record<string, Filter>> = {
  ...ADDRESS_FILTERS,
  ...SELECTION_FILTERS,
  abs: (value) => Math.abs(Number(value)),
  bool,
  capitalize: (value) => str(value).charAt(0).toUpperCase() + str(value).slice(1).toLowerCase(),
  count: length,
  d: fallback,
  default: fallback,
  difference: (value, call) => {
    const other = items(call.positional[0] ?? [], call);
    return items(value, call).filter((item) => !other.some((one) => equal(one, item)));
  },
  first: (value, call) => items(value, call)[0] ?? new Undefined('first item'),
  from_json: fromJson,
  int: (value, call) => {
    const number = integer(value);
    return Number.isNaN(number) ? (argument(call, 0, 'default') ?? 0) : number;
  },
  join: (value, call) =>
    items(value, call)
      .map(str)
      .join(str(argument(call, 0, 'd') ?? '')),
  last: (value, call) => items(value, call).at(-1) ?? new Undefined('last item'),
  length,
  list: (value, call) => [...items(value, call)],
  lower: (value) => str(value).toLowerCase(),
  max: extreme(1),
  min: extreme(-1),
  regex_replace: (value, call) => {
    const found = pattern(call, 'g');
    return found ? str(value).replace(found, replacement(str(argument(call, 1, 'replacement') ?? ''))) : '';
  },
  regex_search: (value, call) => pattern(call, '')?.exec(str(value))?.[0] ?? null,
  replace: (value, call) =>
    str(value).replaceAll(str(argument(call, 0, 'old') ?? ''), str(argument(call, 1, 'new') ?? '')),
  reverse: (value, call) => items(value, call).toReversed(),
  sort: (value, call) => sorted(items(value, call)),
  split: (value, call) => {
    const by = argument(call, 0, 'sep');
    return by === undefined ? str(value).trim().split(/\s+/) : str(value).split(str(by));
  },
  string: str,
  sum: (value, call) => items(value, call).reduce<number>((sum, item) => sum + Number(item), 0),
  ternary: (value, call) => (isTrue(value) ? (call.positional[0] ?? null) : (call.positional[1] ?? null)),
  title: (value) =>
    str(value).replace(/[A-Za-z]+/g, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()),
  to_json: (value) => JSON.stringify(toJson(value)),
  tojson: (value) => JSON.stringify(toJson(value)),
  trim: (value) => str(value).trim(),
  union: (value, call) => {
    const all = [...items(value, call), ...items(call.positional[0] ?? [], call)];
    return all.filter((item, at) => all.findIndex((one) => equal(one, item)) === at);
  },
  unique: (value, call) => {
    const all = items(value, call);
    return all.filter((item, at) => all.findIndex((one) => equal(one, item)) === at);
  },
  upper: (value) => str(value).toUpperCase(),
  // Infrared: the number of an OpenStack release; a number stays one.
  openstack_release: integer,
};

function toJson(value: Value): unknown {
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, toJson(item)]));
  if (value instanceof Undefined || typeof value === 'function') return null;
  return value;
}

type Test = (value: Value, positional: readonly Value[]) => boolean;

function tested(value: Value, regex: string): boolean {
  try {
    return new RegExp(regex).test(str(value));
  } catch {
    return false;
  }
}

/** Tests by name (`is defined`). */
export const TESTS: Readonly<Record<string, Test>> = {
  boolean: (value) => typeof value === 'boolean',
  defined: (value) => !(value instanceof Undefined),
  divisibleby: (value, [by]) => Number(value) % Number(by) === 0,
  eq: (value, [other]) => equal(value, other ?? null),
  equalto: (value, [other]) => equal(value, other ?? null),
  even: (value) => Number(value) % 2 === 0,
  in: (value, [other]) =>
    typeof other === 'string'
      ? other.includes(str(value))
      : (iterate(other ?? []) ?? []).some((one) => equal(one, value)),
  integer: (value) => typeof value === 'number',
  iterable: (value) => iterate(value) !== undefined && !(value instanceof Undefined),
  mapping: (value) => value instanceof Map,
  none: (value) => value === null,
  number: (value) => typeof value === 'number',
  odd: (value) => Math.abs(Number(value) % 2) === 1,
  match: (value, [regex]) => tested(value, `^(?:${str(regex ?? '')})`),
  search: (value, [regex]) => tested(value, str(regex ?? '')),
  sequence: (value) => Array.isArray(value) || typeof value === 'string' || value instanceof Map,
  string: (value) => typeof value === 'string',
  subset: (value, [other]) =>
    (iterate(value) ?? []).every((item) => (iterate(other ?? []) ?? []).some((one) => equal(one, item))),
  undefined: (value) => value instanceof Undefined,
};

/** Methods of Python's values that templates call. */
export function methodOf(value: Value, name: string): ((positional: readonly Value[]) => Value) | undefined {
  if (Array.isArray(value)) {
    if (name === 'append') return ([item]) => (value.push(item ?? null), null);
    if (name === 'pop')
      return ([at]) => value.splice(at === undefined ? -1 : Number(at), 1)[0] ?? new Undefined('item');
    if (name === 'insert') return ([at, item]) => (value.splice(Number(at ?? 0), 0, item ?? null), null);
    if (name === 'remove')
      return ([item]) => {
        const at = value.findIndex((one) => equal(one, item ?? null));
        if (at >= 0) value.splice(at, 1);
        return null;
      };
    if (name === 'extend') return ([more]) => (value.push(...(iterate(more ?? []) ?? [])), null);
    if (name === 'index') return ([item]) => value.findIndex((one) => equal(one, item ?? null));
    if (name === 'count') return ([item]) => value.filter((one) => equal(one, item ?? null)).length;
    return undefined;
  }
  if (value instanceof Map) {
    if (name === 'items') return () => [...value].map(([key, item]) => [key, item]);
    if (name === 'keys') return () => [...value.keys()];
    if (name === 'values') return () => [...value.values()];
    if (name === 'get') return ([key, other]) => value.get(str(key ?? '')) ?? other ?? null;
    if (name === 'update')
      return ([more]) => {
        if (more instanceof Map) for (const [key, item] of more) value.set(key, item);
        return null;
      };
    return undefined;
  }
  return typeof value === 'string' ? textMethod(value, name) : undefined;
}

function textMethod(text: string, name: string): ((positional: readonly Value[]) => Value) | undefined {
  switch (name) {
    case 'lower':
      return () => text.toLowerCase();
    case 'upper':
      return () => text.toUpperCase();
    case 'strip':
      return () => text.trim();
    case 'startswith':
      return ([start]) => text.startsWith(str(start ?? ''));
    case 'endswith':
      return ([end]) => text.endsWith(str(end ?? ''));
    case 'replace':
      return ([from, to]) => text.replaceAll(str(from ?? ''), str(to ?? ''));
    case 'split':
      return ([by]) => (by === undefined ? text.trim().split(/\s+/) : text.split(str(by)));
    case 'join':
      return ([parts]) => (iterate(parts ?? []) ?? []).map(str).join(text);
    case 'format':
      return (values) => {
        let next = 0;
        return text.replaceAll('{}', () => str(values[next++] ?? null));
      };
    case 'title':
      return () =>
        repr(text)
          .slice(1, -1)
          .replace(/[A-Za-z]+/g, (word) => word.charAt(0).toUpperCase() + word.slice(1));
    default:
      return undefined;
  }
}
