/** Filters over lists and mappings that take another filter, a test or a second collection: Jinja2's and Ansible's. */
import { equal, isTrue, iterate, str, Undefined, type Value } from './value.ts';
import type { Filter, FilterArguments } from './filter.ts';

const itemsOf = (value: Value, call: FilterArguments): readonly Value[] => {
  const found = iterate(value);
  if (!found) call.refuse('this value has no items');
  return found ?? [];
};

/** `a.b.0` of an item. */
function attributeOf(item: Value, path: string): Value {
  let value = item;
  for (const part of path.split('.')) {
    const inner =
      value instanceof Map
        ? value.get(part)
        : Array.isArray(value) && /^\d+$/.test(part)
          ? value[Number(part)]
          : undefined;
    if (inner === undefined) return new Undefined(part);
    value = inner;
  }
  return value;
}

/** The test that arguments name, from `at` on; without a name whether the value is true. */
function tester(call: FilterArguments, at: number): (value: Value) => boolean {
  const [name, ...rest] = call.positional.slice(at);
  return name === undefined ? isTrue : (value) => call.test(str(name), value, rest);
}

const selecting =
  (wanted: boolean): Filter =>
  (value, call) => {
    const test = tester(call, 0);
    return itemsOf(value, call).filter((item) => test(item) === wanted);
  };

const selectingBy =
  (wanted: boolean): Filter =>
  (value, call) => {
    const path = str(call.positional[0] ?? '');
    const test = tester(call, 1);
    return itemsOf(value, call).filter((item) => test(attributeOf(item, path)) === wanted);
  };

/** An attribute of every item, or a filter over each. */
const map: Filter = (value, call) => {
  const attribute = call.named.get('attribute');
  const all = itemsOf(value, call);
  if (attribute !== undefined) {
    const other = call.named.get('default');
    return all.map((item) => {
      const found = attributeOf(item, str(attribute));
      return found instanceof Undefined && other !== undefined ? other : found;
    });
  }
  const [name, ...rest] = call.positional;
  if (name === undefined) return call.refuse('a filter or an attribute expected');
  return all.map((item) => call.filter(str(name), item, rest));
};

/** What a container has under the value: `keys | map('extract', container)`. */
const extract: Filter = (value, call) => attributeOf(call.positional[0] ?? null, str(value));

const has = (list: readonly Value[], item: Value): boolean => list.some((one) => equal(one, item));

const isDistinct = (item: Value, at: number, all: readonly Value[]): boolean =>
  all.findIndex((one) => equal(one, item)) === at;

function flat(values: readonly Value[], levels: number): Value[] {
  return values.flatMap((item) => (Array.isArray(item) && levels > 0 ? flat(item, levels - 1) : [item]));
}

function merged(values: readonly Value[], recursive: boolean): Map<string, Value> {
  const all = new Map<string, Value>();
  for (const value of values)
    if (value instanceof Map)
      for (const [key, item] of value) {
        const before = all.get(key);
        const both = recursive && before instanceof Map && item instanceof Map;
        all.set(key, both ? merged([before, item], true) : item);
      }
  return all;
}

export const SELECTION_FILTERS: Readonly<Record<string, Filter>> = {
  combine: (value, call) => merged([value, ...call.positional], isTrue(call.named.get('recursive') ?? false)),
  dict2items: (value, call) =>
    value instanceof Map
      ? [...value].map(
          ([key, item]) =>
            new Map<string, Value>([
              [str(call.named.get('key_name') ?? 'key'), key],
              [str(call.named.get('value_name') ?? 'value'), item],
            ]),
        )
      : call.refuse('a mapping expected'),
  extract,
  flatten: (value, call) =>
    flat(itemsOf(value, call), Number(call.positional[0] ?? call.named.get('levels') ?? 100)),
  intersect: (value, call) => {
    const other = itemsOf(call.positional[0] ?? [], call);
    return itemsOf(value, call)
      .filter((item) => has(other, item))
      .filter(isDistinct);
  },
  items2dict: (value, call) =>
    new Map(
      itemsOf(value, call).map((item) => [
        str(attributeOf(item, str(call.named.get('key_name') ?? 'key'))),
        attributeOf(item, str(call.named.get('value_name') ?? 'value')),
      ]),
    ),
  map,
  reject: selecting(false),
  rejectattr: selectingBy(false),
  select: selecting(true),
  selectattr: selectingBy(true),
  symmetric_difference: (value, call) => {
    const own = itemsOf(value, call);
    const other = itemsOf(call.positional[0] ?? [], call);
    return [...own.filter((item) => !has(other, item)), ...other.filter((item) => !has(own, item))].filter(
      isDistinct,
    );
  },
  zip: (value, call) => {
    const lists = [value, ...call.positional].map((list) => itemsOf(list, call));
    const length = Math.min(...lists.map((list) => list.length));
    return Array.from({ length }, (_, at) => lists.map((list) => list[at] ?? null));
  },
};
