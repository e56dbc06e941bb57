/** Pacemaker's decision of what runs where, as a function of configuration, members and where things run now. */
import { instancesOf, type Cib, type Placement, type Resource } from './cib.ts';

const allowed = (cib: Cib, resource: Resource, node: string): boolean =>
  !cib.standby.has(node) &&
  !cib.constraints.some(
    (one) => one.resource === resource.id && one.node === node && one.score === '-INFINITY',
  );

/**
 * Keeps what runs where it may, obeys moves, and gives the rest to the member with the fewest resources; ties go to the
 * earlier one. `online` is empty without quorum: then nothing runs.
 */
export function place(cib: Cib, online: readonly string[], now: Placement): Placement {
  const placement = new Map<string, string>();
  const load = new Map(online.map((node) => [node, 0]));
  const give = (instance: string, node: string): void => {
    placement.set(instance, node);
    load.set(node, (load.get(node) ?? 0) + 1);
  };
  const waiting: { readonly instance: string; readonly nodes: readonly string[] }[] = [];
  for (const resource of cib.resources) {
    if (!resource.enabled) continue;
    const nodes = online.filter((node) => allowed(cib, resource, node));
    if (resource.kind === 'bundle') {
      // Each replica has its member: they do not wander.
      instancesOf(resource).forEach((instance, at) => {
        const node = cib.nodes[at];
        if (node !== undefined && nodes.includes(node)) placement.set(instance, node);
      });
      continue;
    }
    const wanted = cib.constraints.find(
      (one) => one.resource === resource.id && one.score === 'INFINITY' && nodes.includes(one.node),
    );
    const current = now.get(resource.id);
    if (wanted) give(resource.id, wanted.node);
    else if (current !== undefined && nodes.includes(current)) give(resource.id, current);
    else waiting.push({ instance: resource.id, nodes });
  }
  for (const { instance, nodes } of waiting) {
    const [first, ...others] = nodes;
    if (first === undefined) continue;
    give(
      instance,
      others.reduce((best, node) => ((load.get(node) ?? 0) < (load.get(best) ?? 0) ? node : best), first),
    );
  }
  return placement;
}
