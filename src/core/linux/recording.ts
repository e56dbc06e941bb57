/** Writes the kernel's steps: where (host, namespace, device), what, on which octets and because of which row. */
import type { DropReason, Recorder, RowRef, StepId, What } from '../base/step.ts';
import { formatMac } from '../base/address.ts';
import { formatIp } from './family.ts';
import type { Link } from './link.ts';
import type { Namespace } from './namespace.ts';
import type { Neighbour } from './neighbour-state.ts';

/**
 * Records one step and gives its id, to be the parent of what it causes. Without a listener `parent` is handed on.
 * What a program sends goes to the `recorder` of its run; everything else follows its parent.
 */
export function record(
  net: Namespace,
  device: string | null,
  what: What,
  frame: Uint8Array | null,
  parent: StepId | null,
  because: readonly RowRef[] = [],
  recorder: Recorder = net.machine.context.recorder,
): StepId | null {
  if (!recorder.active) return parent;
  return recorder.record({
    parent,
    where: {
      host: net.machine.host,
      ...(net.name === '' ? {} : { namespace: net.name }),
      ...(device === null ? {} : { device }),
    },
    what,
    frame,
    because,
  });
}

export const recordDrop = (
  net: Namespace,
  device: string | null,
  reason: DropReason,
  frame: Uint8Array | null,
  parent: StepId | null,
  because: readonly RowRef[] = [],
): StepId | null => record(net, device, { kind: 'dropped', reason }, frame, parent, because);

/** The neighbour entry as `ip neigh` would print it. */
export function neighbourRow(net: Namespace, link: Link, neighbour: Neighbour): RowRef {
  const mac = neighbour.mac === null ? '' : ` lladdr ${formatMac(neighbour.mac)}`;
  return {
    kind: 'neighbour',
    host: net.machine.host,
    namespace: net.name,
    text: `${formatIp(neighbour.family, neighbour.address)} dev ${link.name}${mac} ${neighbour.state}`,
  };
}

/** Adds one to a counter of `nstat`. */
export function count(net: Namespace, name: string): void {
  net.statistics.set(name, (net.statistics.get(name) ?? 0) + 1);
}
