/** Heat's conditions: `if`, `equals`, `not`, `and`, `or`, `contains`. */
import { itemsOf, plainOf, scalar, type Node } from '../../yaml/node.ts';
import type { FunctionCall, HeatFunction } from './function.ts';

/** Numbers and their texts are equal, as parameters are texts in Heat. */
const keyOf = (node: Node): string => (node.kind === 'scalar' ? node.text : JSON.stringify(plainOf(node)));

const boolean = (call: FunctionCall, value: boolean): Node => scalar(value, call.argument.place);

export const ifElse: HeatFunction = ({ argument, scope, resolve, decide }) => {
  const [condition, yes, no] = itemsOf(argument);
  if (condition === undefined || yes === undefined)
    return scope.report(argument.place, 'if takes a condition and two values');
  const chosen = decide(condition) ? yes : no;
  return chosen === undefined ? scalar(null, argument.place) : resolve(chosen);
};

export const equals: HeatFunction = (call) => {
  const [left, right] = itemsOf(call.argument);
  if (left === undefined || right === undefined)
    return call.scope.report(call.argument.place, 'equals takes two values');
  return boolean(call, keyOf(call.resolve(left)) === keyOf(call.resolve(right)));
};

export const not: HeatFunction = (call) => boolean(call, !call.decide(call.argument));
export const and: HeatFunction = (call) =>
  boolean(
    call,
    itemsOf(call.argument).every((item) => call.decide(item)),
  );
export const or: HeatFunction = (call) =>
  boolean(
    call,
    itemsOf(call.argument).some((item) => call.decide(item)),
  );

export const contains: HeatFunction = (call) => {
  const [value, source] = itemsOf(call.argument);
  if (value === undefined || source === undefined)
    return call.scope.report(call.argument.place, 'contains takes a value and a list');
  const wanted = keyOf(call.resolve(value));
  return boolean(
    call,
    itemsOf(call.resolve(source)).some((item) => keyOf(item) === wanted),
  );
};
