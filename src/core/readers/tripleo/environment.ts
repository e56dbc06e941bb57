/** Heat environments: which template stands for which resource, and the values of parameters. Later files win. */
import { entriesOf, member, textOf, type MapEntry, type Node } from '../yaml/node.ts';

export interface Environment {
  /** Resource name to what stands for it, with its place. */
  readonly registry: ReadonlyMap<string, MapEntry>;
  readonly parameters: ReadonlyMap<string, MapEntry>;
}

const STRATEGIES = ['merge', 'deep_merge'];

/** A value over an earlier one: maps key by key, lists one behind the other; `deep`: maps inside as well. */
function merged(before: Node, after: Node, deep: boolean): Node {
  if (before.kind === 'list' && after.kind === 'list')
    return { ...after, items: [...before.items, ...after.items] };
  if (before.kind !== 'map' || after.kind !== 'map') return after;
  const entries = new Map(before.entries);
  for (const [key, entry] of after.entries) {
    const old = entries.get(key);
    entries.set(key, deep && old ? { ...entry, value: merged(old.value, entry.value, true) } : entry);
  }
  return { ...after, entries };
}

/**
 * Several environments as one, in the order in which `-e` would name them. A file's `parameter_merge_strategies` say which
 * of its parameters join what earlier files have instead of taking its place.
 */
export function mergeEnvironments(roots: readonly Node[]): Environment {
  const registry = new Map<string, MapEntry>();
  const parameters = new Map<string, MapEntry>();
  for (const root of roots) {
    const strategies = member(root, 'parameter_merge_strategies');
    for (const entry of entriesOf(member(root, 'resource_registry'))) registry.set(entry.key, entry);
    for (const section of ['parameters', 'parameter_defaults'])
      for (const entry of entriesOf(member(root, section))) {
        const before = parameters.get(entry.key);
        const strategy = textOf(member(strategies, entry.key) ?? member(strategies, 'default')) ?? '';
        const joins = before !== undefined && STRATEGIES.includes(strategy);
        parameters.set(
          entry.key,
          joins ? { ...entry, value: merged(before.value, entry.value, strategy === 'deep_merge') } : entry,
        );
      }
  }
  return { registry, parameters };
}
