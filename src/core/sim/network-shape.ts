/** The shape of a network at a glance: its machines, those inside others, and who shares a segment. */
import type { WorldSpec } from './machine.ts';

export interface NetworkShape {
  /** Machines that stand by themselves, with how many run inside each (guests, containers). */
  readonly machines: readonly { readonly inside: number }[];
  /** Of each segment the machines on it, by their place in `machines`, ascending; those with at least two. */
  readonly segments: readonly (readonly number[])[];
}

export function shapeOf({ machines, segments }: WorldSpec): NetworkShape {
  const outer = new Map<string, string>();
  for (const { name, hypervisor, nodeContainers } of machines) {
    for (const domain of hypervisor?.domains ?? []) outer.set(domain.machine, name);
    for (const container of nodeContainers ?? []) outer.set(container.machine, name);
  }
  const top = (name: string): string => {
    const around = outer.get(name);
    return around === undefined ? name : top(around);
  };
  const standing = machines.filter(({ name }) => !outer.has(name)).map(({ name }) => name);
  const inside = new Map<string, number>();
  for (const name of outer.keys()) inside.set(top(name), (inside.get(top(name)) ?? 0) + 1);
  const members = new Map(segments.map(({ id }) => [id, new Set<number>()]));
  for (const { name, nics } of machines)
    for (const { segment } of nics) members.get(segment)?.add(standing.indexOf(top(name)));
  return {
    machines: standing.map((name) => ({ inside: inside.get(name) ?? 0 })),
    segments: [...members.values()]
      .filter(({ size }) => size > 1)
      .map((set) => [...set].toSorted((a, b) => a - b)),
  };
}
