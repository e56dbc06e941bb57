/** Heat's functions on texts: joining, splitting, replacing (Heat template guide, "Intrinsic functions"). */
import { entriesOf, itemsOf, list, member, plainOf, scalar, textOf, type Node } from '../../yaml/node.ts';
import type { HeatFunction } from './function.ts';

/** A part of a joined text; mappings and lists are written as JSON. */
const partOf = (node: Node): string => (node.kind === 'scalar' ? node.text : JSON.stringify(plainOf(node)));

export const listJoin: HeatFunction = ({ argument, scope, resolve }) => {
  const [delimiter, ...lists] = itemsOf(argument);
  if (delimiter === undefined || lists.length === 0)
    return scope.report(argument.place, 'list_join takes a delimiter and lists');
  const parts: string[] = [];
  for (const source of lists) {
    const resolved = resolve(source);
    if (resolved.kind !== 'list') return scope.report(source.place, 'list_join: a list expected');
    parts.push(...resolved.items.map(partOf));
  }
  return scalar(parts.join(textOf(resolve(delimiter)) ?? ''), argument.place);
};

export const strSplit: HeatFunction = ({ argument, scope, resolve }) => {
  const [delimiter, source, index] = itemsOf(argument);
  if (delimiter === undefined || source === undefined)
    return scope.report(argument.place, 'str_split takes a delimiter and a text');
  const text = textOf(resolve(source)) ?? '';
  const parts = text.split(textOf(resolve(delimiter)) ?? ',');
  if (index === undefined)
    return list(
      parts.map((part) => scalar(part, source.place)),
      argument.place,
    );
  const part = parts[Number(textOf(resolve(index)))];
  return part === undefined
    ? scope.report(argument.place, 'str_split: the text has fewer parts')
    : scalar(part, source.place);
};

/** Replaces every key of `params` in the template, longer keys first. */
export const strReplace: HeatFunction = ({ argument, scope, resolve }) => {
  const template = member(argument, 'template');
  const params = member(argument, 'params');
  if (template === undefined || params === undefined)
    return scope.report(argument.place, 'str_replace takes a template and params');
  const source = textOf(resolve(template));
  if (source === undefined) return scope.report(template.place, 'str_replace: the template is no text');
  const values = entriesOf(resolve(params)).toSorted((a, b) => b.key.length - a.key.length);
  const text = values.reduce(
    (result, { key, value }) => (key === '' ? result : result.replaceAll(key, () => partOf(value))),
    source,
  );
  return scalar(text, template.place);
};

export const getFile: HeatFunction = ({ argument, scope, resolve }) => {
  const path = textOf(resolve(argument)) ?? '';
  const text = scope.file(path);
  return text === undefined
    ? scope.report(argument.place, `${path} is not among the files`)
    : scalar(text, argument.place);
};
