/** Where a ping can start and end: every address in the world that a person would name. */
import type { WorldSnapshot } from '../../engine/snapshot.ts';

export interface PingEnd {
  /** `host/namespace`. */
  readonly key: string;
  readonly host: string;
  readonly namespace: string;
  readonly device: string;
  readonly address: string;
  /** `vm1 on worker1, 192.168.0.11`. */
  readonly text: string;
}

const isLinkLocal = (address: string): boolean =>
  /^fe80:/i.test(address) || address.startsWith('127.') || address === '::1';

/** Whether there is anything to ping from. */
export const canPing = (snapshot: WorldSnapshot): boolean => pingEnds(snapshot).length > 0;

/** Namespaces first: that is where guests live. */
export function pingEnds(snapshot: WorldSnapshot): readonly PingEnd[] {
  const guests: PingEnd[] = [];
  const machines: PingEnd[] = [];
  for (const host of snapshot.hosts)
    for (const namespace of host.namespaces)
      for (const link of namespace.links)
        for (const full of link.addresses) {
          const address = full.split('/')[0] ?? full;
          if (isLinkLocal(address)) continue;
          const name =
            namespace.name === '' ? `${host.name} ${link.name}` : `${namespace.name} on ${host.name}`;
          const end = {
            key: `${host.name}/${namespace.name}`,
            host: host.name,
            namespace: namespace.name,
            device: link.name,
            address,
            text: `${name}, ${address}`,
          };
          (namespace.name === '' ? machines : guests).push(end);
        }
  return [...guests, ...machines];
}

/** The first end that shares `from`'s address family and is elsewhere: guests reach guests, machines reach machines. */
export function likelyDestination(ends: readonly PingEnd[], from: PingEnd | undefined): string {
  if (!from) return '';
  const six = from.address.includes(':');
  const others = ends.filter((end) => end.key !== from.key && end.address.includes(':') === six);
  return (
    (others.find((end) => (end.namespace === '') === (from.namespace === '')) ?? others[0])?.address ?? ''
  );
}
