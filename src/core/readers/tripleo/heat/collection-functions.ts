/** Heat's functions on lists and mappings. */
import {
  entriesOf,
  itemsOf,
  list,
  map,
  member,
  plainOf,
  scalar,
  textOf,
  type MapEntry,
  type Node,
} from '../../yaml/node.ts';
import type { FunctionCall, HeatFunction } from './function.ts';

const keyOf = (node: Node): string => JSON.stringify(plainOf(node));

function concat({ argument, scope, resolve }: FunctionCall, unique: boolean): Node {
  const items: Node[] = [];
  const seen = new Set<string>();
  for (const source of itemsOf(argument)) {
    const resolved = resolve(source);
    if (resolved.kind === 'scalar' && resolved.value === null) continue;
    if (resolved.kind !== 'list') return scope.report(source.place, 'list_concat: a list expected');
    for (const item of resolved.items) {
      if (unique && seen.has(keyOf(item))) continue;
      seen.add(keyOf(item));
      items.push(item);
    }
  }
  return list(items, argument.place);
}

export const listConcat: HeatFunction = (call) => concat(call, false);
export const listConcatUnique: HeatFunction = (call) => concat(call, true);

export const mapMerge: HeatFunction = ({ argument, resolve }) => {
  const entries = new Map<string, MapEntry>();
  for (const source of itemsOf(argument))
    for (const entry of entriesOf(resolve(source))) entries.set(entry.key, entry);
  return map(entries.values(), argument.place);
};

export const mapReplace: HeatFunction = ({ argument, scope, resolve }) => {
  const [source, changes] = itemsOf(argument);
  if (source === undefined || changes === undefined)
    return scope.report(argument.place, 'map_replace takes a mapping and what to replace');
  const resolved = resolve(changes);
  const keys = member(resolved, 'keys');
  const values = member(resolved, 'values');
  return map(
    entriesOf(resolve(source)).map((entry) => ({
      ...entry,
      key: textOf(member(keys, entry.key)) ?? entry.key,
      value: (entry.value.kind === 'scalar' ? member(values, entry.value.text) : undefined) ?? entry.value,
    })),
    argument.place,
  );
};

/** Writes `values` over every occurrence of their keys in the texts of a template. */
function substitute(node: Node, values: ReadonlyMap<string, Node>): Node {
  switch (node.kind) {
    case 'list':
      return list(
        node.items.map((item) => substitute(item, values)),
        node.place,
      );
    case 'map':
      return map(
        [...node.entries.values()].map((entry) => ({
          ...entry,
          key: [...values].reduce(
            (key, [name, value]) => key.replaceAll(name, () => textOf(value) ?? ''),
            entry.key,
          ),
          value: substitute(entry.value, values),
        })),
        node.place,
      );
    case 'scalar': {
      const whole = values.get(node.text);
      if (whole !== undefined) return whole;
      const text = [...values].reduce(
        (result, [name, value]) => result.replaceAll(name, () => textOf(value) ?? keyOf(value)),
        node.text,
      );
      return text === node.text ? node : scalar(text, node.place);
    }
  }
}

export const repeat: HeatFunction = ({ argument, scope, resolve }) => {
  const template = member(argument, 'template');
  const forEach = member(argument, 'for_each');
  if (template === undefined || forEach === undefined)
    return scope.report(argument.place, 'repeat takes a template and for_each');
  let rounds: Map<string, Node>[] = [new Map()];
  for (const { key, value } of entriesOf(resolve(forEach))) {
    const items: readonly Node[] =
      value.kind === 'map'
        ? entriesOf(value).map((entry) => scalar(entry.key, entry.keyPlace))
        : itemsOf(value);
    rounds = rounds.flatMap((round) => items.map((item) => new Map([...round, [key, item]])));
  }
  return list(
    rounds.map((round) => resolve(substitute(template, round))),
    argument.place,
  );
};

export const filter: HeatFunction = ({ argument, scope, resolve }) => {
  const [unwanted, source] = itemsOf(argument);
  if (unwanted === undefined || source === undefined)
    return scope.report(argument.place, 'filter takes the values to leave out and a list');
  const out = new Set(itemsOf(resolve(unwanted)).map(keyOf));
  return list(
    itemsOf(resolve(source)).filter((item) => !out.has(keyOf(item))),
    argument.place,
  );
};

/** The expressions that TripleO's NIC templates use: the largest and the smallest of a list. */
const EXTREME = /^\s*\$\.data\.(max|min)\(\)\s*$/;

export const yaql: HeatFunction = ({ argument, scope, resolve }) => {
  const expression = textOf(member(argument, 'expression')) ?? '';
  const data = member(argument, 'data');
  const which = EXTREME.exec(expression)?.[1];
  if (which === undefined || data === undefined)
    return scope.report(argument.place, `the YAQL expression ${expression} is not modelled`);
  const items = itemsOf(resolve(data)).filter(
    (item) => item.kind === 'scalar' && Number.isFinite(Number(item.text)) && item.text !== '',
  );
  const values = items.map((item) => Number(textOf(item)));
  const wanted = which === 'max' ? Math.max(...values) : Math.min(...values);
  return items[values.indexOf(wanted)] ?? scope.report(data.place, `${which} of an empty list`);
};
