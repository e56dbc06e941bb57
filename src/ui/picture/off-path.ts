/** Machines that a small screen may leave out while a run is shown. */
import type { Step } from '../../core/base/step.ts';
import { machinesOffPath, subjectId } from '../../view/index.ts';

/** What only a machine on the path does: a bystander hears, learns and drops. */
const TAKES_PART: ReadonlySet<Step['what']['kind']> = new Set([
  'originated',
  'bridged',
  'encapsulated',
  'decapsulated',
]);

/**
 * Ids of the machines in which the packet goes no further than their kernel, nor comes from it: a broadcast that reaches
 * a bystander does not put it on the path. Where less than two machines would be left, those that no step touches at all.
 */
export function machinesToLeaveOut(
  hosts: readonly { readonly name: string }[],
  steps: readonly Step[],
): ReadonlySet<string> {
  const inside = new Set<string>();
  for (const { where, what } of steps)
    if (where.bridge !== undefined || (where.namespace ?? '') !== '' || TAKES_PART.has(what.kind))
      inside.add(where.host);
  if (inside.size < 2) return machinesOffPath(hosts, steps);
  return new Set(
    hosts.filter(({ name }) => !inside.has(name)).map(({ name }) => subjectId({ kind: 'host', host: name })),
  );
}
