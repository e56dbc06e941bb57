/** Where a packet can start and end, in the world's own things. */
import type { Subject } from '../../engine/protocol.ts';
import type { LinkSnapshot, WorldSnapshot } from '../../engine/snapshot.ts';
import { capturePlace, pingAddress } from '../subjects/actions.ts';
import { sameNetwork } from './ends.ts';

/** A device that a frame can be put on. */
export interface DevicePlace {
  /** `host/namespace/device`. */
  readonly key: string;
  readonly host: string;
  readonly namespace: string;
  readonly link: LinkSnapshot;
  readonly text: string;
}

/** Devices that carry Ethernet frames; those of guests first. */
export function devicePlaces(snapshot: WorldSnapshot): readonly DevicePlace[] {
  const places: DevicePlace[] = [];
  for (const host of snapshot.hosts)
    for (const namespace of host.namespaces)
      for (const link of namespace.links) {
        if (link.kind === 'loopback' || link.kind === 'vrf') continue;
        const where = namespace.name === '' ? host.name : `${namespace.name} on ${host.name}`;
        const address = link.addresses[0]?.split('/')[0];
        places.push({
          key: `${host.name}/${namespace.name}/${link.name}`,
          host: host.name,
          namespace: namespace.name,
          link,
          text: `${link.name} of ${where}${address === undefined ? '' : `, ${address}`}`,
        });
      }
  return places.toSorted((a, b) => Number(a.namespace === '') - Number(b.namespace === ''));
}

/** The machine's part, and the device, that a chosen thing stands for; null when packets cannot start there. */
export function startOf(
  subject: Subject,
  snapshot: WorldSnapshot,
): { readonly host: string; readonly namespace: string; readonly device: string | null } | null {
  switch (subject.kind) {
    case 'host':
      return { host: subject.host, namespace: '', device: null };
    case 'namespace':
      return { host: subject.host, namespace: subject.namespace, device: null };
    case 'logical-port': {
      const port = snapshot.logical?.switches
        .flatMap(({ ports }) => ports)
        .find(({ uuid }) => uuid === subject.uuid);
      for (const host of snapshot.hosts)
        for (const bridge of host.bridges)
          for (const one of bridge.ports)
            if (port && one.logicalPort === port.name)
              return startOf(
                { kind: 'port', host: host.name, bridge: bridge.name, port: one.name },
                snapshot,
              );
      return null;
    }
    default:
      return capturePlace(subject, snapshot);
  }
}

/** The address that stands for a chosen thing as a destination. */
export function endOf(subject: Subject, snapshot: WorldSnapshot): string | null {
  if (subject.kind === 'logical-port') {
    for (const { ports } of snapshot.logical?.switches ?? []) {
      const port = ports.find(({ uuid }) => uuid === subject.uuid);
      const found = port?.addresses
        .join(' ')
        .match(/\d+\.\d+\.\d+\.\d+|[0-9a-f]*:[0-9a-f:]*::?[0-9a-f]+(?=\s|$)/i);
      if (found) return found[0];
    }
    for (const { ports } of snapshot.logical?.routers ?? []) {
      const port = ports.find(({ uuid }) => uuid === subject.uuid);
      if (port) return port.networks[0]?.split('/')[0] ?? null;
    }
    return null;
  }
  return pingAddress(subject, snapshot);
}

/** The MAC that a frame to `address` goes to from a link, as far as the world tells: of the neighbour there, else of the gateway. */
export function likelyMac(snapshot: WorldSnapshot, place: DevicePlace | undefined, address: string): string {
  const known = macOf(snapshot, address);
  if (!place) return known ?? '';
  const near = place.link.addresses.some((own) => sameNetwork(own, address));
  if (near && known !== null) return known;
  const routes =
    snapshot.hosts
      .find((host) => host.name === place.host)
      ?.namespaces.find((one) => one.name === place.namespace)?.routes ?? [];
  const gateway = /via (\S+)/.exec(routes.find((route) => route.startsWith('default')) ?? '')?.[1];
  return (gateway === undefined ? null : macOf(snapshot, gateway)) ?? known ?? '';
}

function macOf(snapshot: WorldSnapshot, address: string): string | null {
  for (const host of snapshot.hosts)
    for (const namespace of host.namespaces)
      for (const link of namespace.links)
        if (link.addresses.some((one) => one.split('/')[0] === address)) return link.mac;
  for (const router of snapshot.logical?.routers ?? [])
    for (const port of router.ports)
      if (port.networks.some((one) => one.split('/')[0] === address)) return port.mac;
  return null;
}
