/** Where a ping can start and end: every address in the world that a person would name. */
import type { WorldSnapshot } from '../../engine/snapshot.ts';

export interface PingEnd {
  /** `host/namespace`. */
  readonly key: string;
  readonly host: string;
  readonly namespace: string;
  readonly device: string;
  readonly address: string;
  /** The address with the length of its prefix. */
  readonly network: string;
  /** `vm1 on worker1, 192.168.0.11`. */
  readonly text: string;
}

const isLinkLocal = (address: string): boolean =>
  /^fe80:/i.test(address) ||
  address.startsWith('127.') ||
  address.startsWith('169.254.') ||
  address === '::1';

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
            network: full,
            text: `${name}, ${address}`,
          };
          (namespace.name === '' ? machines : guests).push(end);
        }
  return [...guests, ...machines];
}

/**
 * Where one would send to from the machine or namespace of `from`: an end elsewhere in one of its networks, else one of the family of
 * `from`. Guests reach guests, machines reach machines; an address that it has itself leads nowhere.
 */
export function likelyDestination(ends: readonly PingEnd[], from: PingEnd | undefined): string {
  if (!from) return '';
  const own = ends.filter((end) => end.key === from.key);
  const others = ends.filter((end) =>
    own.every(({ key, address }) => key !== end.key && address !== end.address),
  );
  const alike = others.filter((end) => (end.namespace === '') === (from.namespace === ''));
  const near = (end: PingEnd): boolean => own.some(({ network }) => sameNetwork(network, end.address));
  const six = from.address.includes(':');
  const family = (end: PingEnd): boolean => end.address.includes(':') === six;
  return (alike.find(near) ?? alike.find(family) ?? others.find(near) ?? others.find(family))?.address ?? '';
}

/** Whether an address is in the network of another, which has a prefix length. */
export function sameNetwork(own: string, address: string): boolean {
  const [local = '', length = ''] = own.split('/');
  const [a, b] = [bitsOf(local), bitsOf(address)];
  return a !== null && b !== null && a.length === b.length && a.startsWith(b.slice(0, Number(length)));
}

/** An address as digits of 0 and 1, 32 or 128; null for what is none. */
function bitsOf(address: string): string | null {
  const binary = (numbers: readonly number[], width: number): string | null =>
    numbers.every((number) => number >= 0 && number < 2 ** width)
      ? numbers.map((number) => number.toString(2).padStart(width, '0')).join('')
      : null;
  if (!address.includes(':')) {
    const parts = address.split('.').map(Number);
    return parts.length === 4 ? binary(parts, 8) : null;
  }
  const [head = [], tail] = address
    .split('::', 2)
    .map((half) => (half === '' ? [] : half.split(':').map((group) => Number.parseInt(group, 16))));
  const zeros = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? zeros !== 0 : zeros < 0) return null;
  return binary([...head, ...Array<number>(zeros).fill(0), ...(tail ?? [])], 16);
}
