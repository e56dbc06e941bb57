/** Ends of a packet in the logical network, and ends that were chosen where no packet can begin or end. */
import type { TraceablePort } from '../../engine/questions/logical-trace.ts';
import type { Subject } from '../../engine/protocol.ts';
import type { WorldSnapshot } from '../../engine/snapshot.ts';
import type { ComposeDraft } from '../store/slices.ts';
import { describeSubject } from '../subjects/describe.ts';

/** The logical port that a chosen thing is, else the one that has the address, else the first. */
export function portOf(
  ports: readonly TraceablePort[],
  from: Subject | null,
  address: string | undefined,
  snapshot: WorldSnapshot,
): TraceablePort | undefined {
  const uuid = from?.kind === 'logical-port' ? from.uuid : null;
  const chosen = [...(snapshot.logical?.switches ?? []), ...(snapshot.logical?.routers ?? [])]
    .flatMap((datapath): readonly { readonly name: string; readonly uuid: string }[] => datapath.ports)
    .find((port) => port.uuid === uuid);
  return (
    ports.find(({ name }) => name === chosen?.name) ??
    ports.find(({ ips }) => address !== undefined && ips.includes(address)) ??
    ports[0]
  );
}

/** An address on the same datapath, else anywhere; '' where there is none. */
export function otherAddress(ports: readonly TraceablePort[], from: TraceablePort | undefined): string {
  const others = ports.filter(({ name, ips }) => name !== from?.name && ips.length > 0);
  return (others.find(({ datapath }) => datapath === from?.datapath) ?? others[0])?.ips[0] ?? '';
}

/** Why what was chosen as an end cannot be one; '' where nothing is wrong. `begins`: whether such a packet can start at the chosen start. */
export function unfitEnds(
  { from, to }: ComposeDraft,
  begins: boolean,
  address: string | null,
  snapshot: WorldSnapshot,
): string {
  const nameOf = (subject: Subject): string => describeSubject(subject, snapshot).name;
  const parts: string[] = [];
  if (from !== null && !begins)
    parts.push(
      `No packet starts at ${nameOf(from)}: choose a machine, guest, port or device with an address.`,
    );
  if (to !== null && typeof to !== 'string' && address === null)
    parts.push(`${nameOf(to)} has no address to send to.`);
  return parts.join(' ');
}
