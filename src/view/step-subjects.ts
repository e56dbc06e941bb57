/** Which things of the diagram a step happens at. */
import type { Step, Where } from '../core/base/step.ts';
import { subjectId } from './subject-id.ts';

/** Ids from the most to the least particular: port or device, bridge, namespace, machine. */
function idsOfWhere({ host, namespace = '', device, bridge, table }: Where): readonly string[] {
  const ids: string[] = [];
  if (bridge !== undefined) {
    if (table !== undefined) ids.push(subjectId({ kind: 'table', host, bridge, table }));
    if (device !== undefined && device !== bridge)
      ids.push(subjectId({ kind: 'port', host, bridge, port: device }));
    ids.push(subjectId({ kind: 'bridge', host, bridge }));
    return [...ids, subjectId({ kind: 'host', host })];
  }
  if (device !== undefined) ids.push(subjectId({ kind: 'link', host, namespace, device }));
  if (namespace !== '') ids.push(subjectId({ kind: 'namespace', host, namespace }));
  return [...ids, subjectId({ kind: 'host', host })];
}

/** As `idsOfWhere`, with the port that an output names first. */
export function idsOfStep({ where, what }: Step): readonly string[] {
  const ids = idsOfWhere(where);
  if (what.kind === 'output' && where.bridge !== undefined)
    return [subjectId({ kind: 'port', host: where.host, bridge: where.bridge, port: what.port }), ...ids];
  return ids;
}

/** The most particular thing of the diagram that a step happens at, tables aside; null when it has none but its machine. */
export function deviceOfStep(step: Step): string | null {
  return idsOfStep(step).find((id) => !id.startsWith('table:') && !id.startsWith('host:')) ?? null;
}

/** Every id that a run touches: what must not be folded away while it is shown. */
export function idsOfRun(steps: readonly Step[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const step of steps) for (const id of idsOfStep(step)) ids.add(id);
  return ids;
}

/** Machines of `hosts` that no step touches, as ids: tiles on a narrow screen. */
export function machinesOffPath(
  hosts: readonly { readonly name: string }[],
  steps: readonly Step[],
): ReadonlySet<string> {
  const touched = new Set(steps.map(({ where }) => where.host));
  return new Set(
    hosts.filter(({ name }) => !touched.has(name)).map(({ name }) => subjectId({ kind: 'host', host: name })),
  );
}
