/** Writes the kernel's steps: where (host, namespace, device), what, on which octets and because of which row. */
import type { DropReason, Recorder, RowRef, StepId, What } from '../base/step.ts';
import { formatMac } from '../base/address.ts';
import { formatIp } from './family.ts';
import type { Link } from './link.ts';
import type { Namespace } from './namespace.ts';
import type { Neighbour } from './neighbour-state.ts';

/** Octets without a link layer's header, at a step on a device that has one. */
interface Packet {
  readonly packet: Uint8Array;
}

/** Whether what passes the device has no header of its own. */
function lacksHeader(net: Namespace, device: string | null): boolean {
  for (const { name, ethernet } of net.links.values()) if (name === device) return !ethernet;
  return false;
}

/**
 * Records one step, its octets as they are on `device`, and gives its id, to be the parent of what it causes. Without a listener `parent` is handed on.
 * What a program sends goes to the `recorder` of its run; everything else follows its parent.
 */
export function record(
  net: Namespace,
  device: string | null,
  what: What,
  octets: Uint8Array | Packet | null,
  parent: StepId | null,
  because: readonly RowRef[] = [],
  recorder: Recorder = net.machine.context.recorder,
): StepId | null {
  if (!recorder.active) return parent;
  const frame = octets !== null && 'packet' in octets ? octets.packet : octets;
  const bare = frame !== octets || (frame !== null && lacksHeader(net, device));
  return recorder.record({
    parent,
    where: {
      host: net.machine.host,
      ...(net.name === '' ? {} : { namespace: net.name }),
      ...(device === null ? {} : { device }),
    },
    what,
    frame,
    ...(bare ? { bare } : {}),
    because,
  });
}

export const recordDrop = (
  net: Namespace,
  device: string | null,
  reason: DropReason,
  octets: Uint8Array | Packet | null,
  parent: StepId | null,
  because: readonly RowRef[] = [],
): StepId | null => record(net, device, { kind: 'dropped', reason }, octets, parent, because);

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
