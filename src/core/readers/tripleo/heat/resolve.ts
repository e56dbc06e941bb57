/** Resolves a Heat template's functions: a mapping of one key that names a function stands for the function's result. */
import { entriesOf, list, map, plainOf, scalar, type Node } from '../../yaml/node.ts';
import {
  filter,
  listConcat,
  listConcatUnique,
  mapMerge,
  mapReplace,
  repeat,
  yaql,
} from './collection-functions.ts';
import { and, contains, equals, ifElse, not, or } from './conditions.ts';
import type { HeatFunction } from './function.ts';
import { getAttr, getInput, getParam, getResource } from './reference-functions.ts';
import type { HeatScope } from './scope.ts';
import { getFile, listJoin, strReplace, strSplit } from './text-functions.ts';

const FUNCTIONS: Readonly<Record<string, HeatFunction>> = {
  and,
  contains,
  equals,
  filter,
  get_attr: getAttr,
  get_file: getFile,
  get_input: getInput,
  get_param: getParam,
  get_resource: getResource,
  if: ifElse,
  list_concat: listConcat,
  list_concat_unique: listConcatUnique,
  list_join: listJoin,
  map_merge: mapMerge,
  map_replace: mapReplace,
  not,
  or,
  repeat,
  str_replace: strReplace,
  str_replace_strict: strReplace,
  str_replace_vstrict: strReplace,
  str_split: strSplit,
  yaql,
};

/** Functions that Heat has and that this reader says it has not. */
const OTHERS = new Set([
  'digest',
  'make_url',
  'resource_facade',
  'Fn::GetAtt',
  'Fn::Join',
  'Fn::Select',
  'Ref',
]);

/** The value of `node` with all functions replaced by their results. */
export function resolve(node: Node, scope: HeatScope): Node {
  if (node.kind === 'list')
    return list(
      node.items.map((item) => resolve(item, scope)),
      node.place,
    );
  if (node.kind === 'scalar') return node;
  const [only, ...more] = entriesOf(node);
  if (only !== undefined && more.length === 0) {
    const call = Object.hasOwn(FUNCTIONS, only.key) ? FUNCTIONS[only.key] : undefined;
    if (call)
      return call({
        argument: only.value,
        scope,
        resolve: (inner) => resolve(inner, scope),
        decide: (inner) => decide(inner, scope),
      });
    if (OTHERS.has(only.key)) return scope.report(only.keyPlace, `the function ${only.key} is not modelled`);
  }
  return map(
    entriesOf(node).map((entry) => ({ ...entry, value: resolve(entry.value, scope) })),
    node.place,
  );
}

function decide(node: Node, scope: HeatScope): boolean {
  if (node.kind === 'scalar' && typeof node.value === 'string') {
    const condition = scope.conditions.get(node.value);
    if (condition === undefined) {
      scope.report(node.place, `there is no condition ${node.value}`);
      return false;
    }
    const decided = scope.once(`condition ${node.value}`, () => decide(condition, scope));
    if (decided === undefined) scope.report(node.place, `the condition ${node.value} refers to itself`);
    return decided ?? false;
  }
  const value = plainOf(resolve(node, scope));
  return (
    value !== null && value !== false && value !== 0 && value !== '' && value !== 'false' && value !== 'False'
  );
}

/** A scalar's value as one of `type`'s parameters; undefined when it is none. */
export function asParameter(node: Node, type: string): Node | undefined {
  switch (type) {
    case 'number':
      return node.kind === 'scalar' && node.text !== '' && Number.isFinite(Number(node.text))
        ? scalar(Number(node.text), node.place)
        : node.kind === 'scalar' && node.text === ''
          ? node
          : undefined;
    case 'comma_delimited_list':
      if (node.kind === 'list') return node;
      return node.kind === 'scalar'
        ? list(
            node.text === '' ? [] : node.text.split(',').map((part) => scalar(part.trim(), node.place)),
            node.place,
          )
        : undefined;
    case 'string':
      return node.kind === 'scalar' ? node : scalar(JSON.stringify(plainOf(node)), node.place);
    default:
      return node;
  }
}
