/** Numbers by which the kernel tells a namespace of the others that its links lead into. */
import type { IpRun } from './run.ts';

/** In the order of the links, which is the order in which the kernel met those namespaces. */
export function namespaceIds(run: IpRun): ReadonlyMap<string, number> {
  const ids = new Map<string, number>();
  for (const link of run.links()) {
    const other = (link.peer ?? link.lower)?.namespace;
    if (other !== undefined && other !== run.namespace && !ids.has(other)) ids.set(other, ids.size);
  }
  return ids;
}
