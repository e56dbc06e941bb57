/** How guests are plugged into their hypervisors: which NIC of which guest ends in which tap, on which bridge. */
import type { Subject } from '../engine/protocol.ts';
import type { HostSnapshot, WorldSnapshot } from '../engine/snapshot.ts';
import { indexWorld } from './world-index.ts';

/** A NIC of a guest with the tap at its other end. */
export interface Cable {
  readonly guest: string;
  readonly nic: string;
  readonly mac: string;
  readonly tap: string;
  /** Null for a tap that is on no bridge. */
  readonly bridge: string | null;
  /** `''`, or why no frame passes: `ens3 has no carrier`. */
  readonly down: string;
  /** The NIC, the cable, the tap and the bridge. */
  readonly things: readonly [nic: Subject, cable: Subject, tap: Subject, ...Subject[]];
}

/** One machine with guests, those of a guest included: a hypervisor inside another has an entry of its own. */
export interface Cabling {
  readonly hypervisor: string;
  /** The hypervisor in which it is a guest itself. */
  readonly inside: string | null;
  /** Bridges that have guests, in the order of the machine. */
  readonly bridges: readonly { readonly name: string; readonly kind: 'linux' | 'ovs' }[];
  /** In the order of the world. */
  readonly guests: readonly { readonly name: string; readonly cables: readonly Cable[] }[];
}

export function cablingOf(snapshot: WorldSnapshot): readonly Cabling[] {
  const world = indexWorld(snapshot);
  const cables = new Map<string, Cable[]>();
  for (const { id, ends } of snapshot.segments) {
    const near = ends.find(({ host }) => world.guestOf(host) !== null);
    const far = near && ends.find(({ host }) => host === world.guestOf(near.host));
    const nic = near && world.link(near.host, '', near.device);
    const tap = far && world.link(far.host, '', far.device);
    if (!near || !far || !nic || !tap || ends.length !== 2) continue;
    const bridge = tap.master ?? tap.ovsPort?.bridge ?? null;
    const isOvs = tap.master === null && tap.ovsPort !== null;
    const link = (host: string, device: string): Subject => ({ kind: 'link', host, namespace: '', device });
    const down = !nic.up
      ? `${nic.name} is down`
      : !nic.carrier
        ? `${nic.name} has no carrier`
        : tap.up
          ? ''
          : `${tap.name} is down`;
    const list = cables.get(near.host) ?? [];
    list.push({
      guest: near.host,
      nic: nic.name,
      mac: nic.mac,
      tap: tap.name,
      bridge,
      down,
      things: [
        link(near.host, nic.name),
        { kind: 'segment', id },
        link(far.host, tap.name),
        ...(bridge === null
          ? []
          : [isOvs ? ({ kind: 'bridge', host: far.host, bridge } as const) : link(far.host, bridge)]),
      ],
    });
    cables.set(near.host, list);
  }
  return snapshot.hosts.flatMap((host): Cabling[] => {
    const guests = snapshot.hosts.flatMap(({ name }) => {
      const own = world.guestOf(name) === host.name ? cables.get(name) : undefined;
      return own ? [{ name, cables: own }] : [];
    });
    if (guests.length === 0) return [];
    const used = new Set(guests.flatMap((guest) => guest.cables.map(({ bridge }) => bridge)));
    return [
      {
        hypervisor: host.name,
        inside: world.guestOf(host.name),
        bridges: bridgesOf(host).filter(({ name }) => used.has(name)),
        guests,
      },
    ];
  });
}

const bridgesOf = (host: HostSnapshot): Cabling['bridges'] => [
  ...(host.namespaces[0]?.links ?? [])
    .filter(({ kind }) => kind === 'bridge')
    .map(({ name }) => ({ name, kind: 'linux' as const })),
  ...host.bridges.map(({ name }) => ({ name, kind: 'ovs' as const })),
];
