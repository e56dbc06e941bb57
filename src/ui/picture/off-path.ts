/** Machines that a small screen may leave out while a run is shown. */
import type { Step } from '../../core/base/step.ts';
import { machinesOffPath, subjectId } from '../../view/index.ts';

/**
 * Ids of the machines in which the packet goes no further than their kernel: a broadcast that reaches a bystander does
 * not put it on the path. Where less than two machines would be left, those that no step touches at all.
 */
export function machinesToLeaveOut(
  hosts: readonly { readonly name: string }[],
  steps: readonly Step[],
): ReadonlySet<string> {
  const inside = new Set<string>();
  for (const { where } of steps)
    if (where.bridge !== undefined || (where.namespace ?? '') !== '') inside.add(where.host);
  if (inside.size < 2) return machinesOffPath(hosts, steps);
  return new Set(
    hosts.filter(({ name }) => !inside.has(name)).map(({ name }) => subjectId({ kind: 'host', host: name })),
  );
}
