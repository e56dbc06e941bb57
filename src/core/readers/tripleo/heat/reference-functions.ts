/** Heat's functions that look something up: parameters, inputs, resources. */
import { itemsOf, list, map, member, scalar, textOf, type Node } from '../../yaml/node.ts';
import type { HeatFunction } from './function.ts';

/** Follows keys and indexes into a value. */
function dig(from: Node, path: readonly Node[]): Node | undefined {
  let at: Node | undefined = from;
  for (const step of path) {
    const key = textOf(step) ?? '';
    at = at?.kind === 'list' ? at.items[Number(key)] : member(at, key);
  }
  return at;
}

const EMPTY_ROUTES = /(?:StaticRoutes|InterfaceRoutes)$/;

export const getParam: HeatFunction = ({ argument, scope, resolve }) => {
  const [head, ...path] = argument.kind === 'list' ? argument.items : [argument];
  const name = textOf(head) ?? '';
  const value = scope.parameters.get(name);
  if (value === undefined) {
    // TripleO resolves these from the subnets when nothing sets them.
    if (EMPTY_ROUTES.test(name)) return list([], argument.place);
    return scope.report(argument.place, `the parameter ${name} has no value`);
  }
  const found = dig(value, path.map(resolve));
  return found ?? scope.report(argument.place, `the parameter ${name} has no such part`);
};

export const getInput: HeatFunction = ({ argument, scope }) => {
  const name = textOf(argument) ?? '';
  const value = scope.inputs.get(name);
  return value === undefined
    ? scope.report(argument.place, `the input ${name} has no value`)
    : scalar(value, argument.place);
};

/** Only resources whose attributes follow from the template: `OS::Heat::Value`. */
export const getAttr: HeatFunction = ({ argument, scope, resolve }) => {
  const [head, attribute, ...path] = itemsOf(argument);
  const name = textOf(head) ?? '';
  const resource = scope.resources.get(name);
  if (resource === undefined) return scope.report(argument.place, `there is no resource ${name}`);
  const type = textOf(member(resource, 'type'));
  if (type !== 'OS::Heat::Value' || textOf(attribute) !== 'value')
    return scope.report(
      argument.place,
      `the attribute ${textOf(attribute) ?? ''} of ${name} is known to Heat only`,
    );
  const value = member(member(resource, 'properties'), 'value');
  if (value === undefined) return scope.report(resource.place, `${name} has no value`);
  const resolved = scope.once(`resource ${name}`, () => resolve(value));
  if (resolved === undefined) return scope.report(argument.place, `${name} refers to itself`);
  return dig(resolved, path.map(resolve)) ?? scope.report(argument.place, `${name} has no such part`);
};

export const getResource: HeatFunction = ({ argument }) => scalar(textOf(argument) ?? '', argument.place);

/** Writes over every text of a value; used for words that the configuration's script replaces. */
export function replaceTexts(node: Node, words: ReadonlyMap<string, string>): Node {
  switch (node.kind) {
    case 'list':
      return list(
        node.items.map((item) => replaceTexts(item, words)),
        node.place,
      );
    case 'map':
      return map(
        [...node.entries.values()].map((entry) => ({ ...entry, value: replaceTexts(entry.value, words) })),
        node.place,
      );
    case 'scalar': {
      if (typeof node.value !== 'string') return node;
      const text = [...words].reduce((result, [word, value]) => result.replaceAll(word, value), node.value);
      return text === node.value ? node : scalar(text, node.place);
    }
  }
}
