/** Heat environments: which template stands for which resource, and the values of parameters. Later files win. */
import { entriesOf, member, type MapEntry, type Node } from '../yaml/node.ts';

export interface Environment {
  /** Resource name to what stands for it, with its place. */
  readonly registry: ReadonlyMap<string, MapEntry>;
  readonly parameters: ReadonlyMap<string, MapEntry>;
}

/** Several environments as one, in the order in which `-e` would name them. */
export function mergeEnvironments(roots: readonly Node[]): Environment {
  const registry = new Map<string, MapEntry>();
  const parameters = new Map<string, MapEntry>();
  for (const root of roots) {
    for (const entry of entriesOf(member(root, 'resource_registry'))) registry.set(entry.key, entry);
    for (const section of ['parameters', 'parameter_defaults'])
      for (const entry of entriesOf(member(root, section))) parameters.set(entry.key, entry);
  }
  return { registry, parameters };
}
