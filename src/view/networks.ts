/** Which colour a network has: given in order of appearance and then kept. */
import type { HostSnapshot, LogicalSwitchSnapshot, WorldSnapshot } from '../engine/snapshot.ts';
import type { Network } from './model.ts';

/**
 * The tokens in the order in which they are handed out: neighbours in it are far apart for every kind of sight, and
 * the first ones are far from the accent.
 */
const COLOUR_ORDER = [3, 2, 1, 5, 6, 8, 4, 10, 7, 9] as const;

const switchKey = (uuid: string): string => `ls:${uuid}`;
const vlanKey = (tag: number): string => `vlan:${tag}`;
export const bridgeKey = (host: string, name: string): string => `bridge:${host}/${name}`;
export const vrfKey = (host: string, name: string): string => `vrf:${host}/${name}`;

/** Networks of `snapshot`: those of `previous` first and unchanged, then new ones in order of appearance. */
export function assignNetworks(snapshot: WorldSnapshot, previous: readonly Network[]): readonly Network[] {
  const found = findNetworks(snapshot);
  const networks: Network[] = [];
  const known = new Set<string>();
  for (const network of previous) {
    const now = found.get(network.key);
    networks.push(now ? { ...network, name: now.name, code: now.code } : network);
    known.add(network.key);
  }
  for (const [key, { name, code }] of found) {
    if (known.has(key)) continue;
    const place = networks.length;
    networks.push({
      key,
      name,
      code,
      colour: COLOUR_ORDER[place % COLOUR_ORDER.length] ?? 1,
      pattern: Math.floor(place / COLOUR_ORDER.length),
    });
  }
  return networks;
}

interface Found {
  readonly name: string;
  readonly code: string;
}

function findNetworks(snapshot: WorldSnapshot): ReadonlyMap<string, Found> {
  const found = new Map<string, Found>();
  const note = (key: string, name: string, code: string): void => {
    if (!found.has(key)) found.set(key, { name, code });
  };
  const tagged = new Set<number>();
  for (const item of snapshot.logical?.switches ?? []) {
    const tag = localnetTag(item);
    if (tag !== null) tagged.add(tag);
    note(switchKey(item.uuid), item.alias || item.name, switchCode(item, tag));
  }
  for (const host of snapshot.hosts) {
    for (const tag of tagsOf(host)) if (!tagged.has(tag)) note(vlanKey(tag), `VLAN ${tag}`, String(tag));
    for (const { links } of host.namespaces) {
      for (const link of links) {
        // A bridge that joins two things is a piece of wire; from three on it is a network.
        const members = links.filter(({ master }) => master === link.name).length;
        if (link.kind === 'bridge' && members > 2)
          note(bridgeKey(host.name, link.name), link.name, link.name);
        if (link.kind === 'vrf') note(vrfKey(host.name, link.name), link.name, 'VRF');
      }
    }
  }
  return found;
}

function switchCode(item: LogicalSwitchSnapshot, tag: number | null): string {
  if (tag !== null) return `VLAN ${tag}`;
  return item.tunnelKey === null ? '' : `VNI ${item.tunnelKey}`;
}

/** The VLAN by which a logical switch leaves its machine, if any. */
function localnetTag(item: LogicalSwitchSnapshot): number | null {
  return item.ports.find(({ type, tag }) => type === 'localnet' && tag !== null && tag > 0)?.tag ?? null;
}

function tagsOf(host: HostSnapshot): readonly number[] {
  const tags: number[] = [];
  for (const { links } of host.namespaces) for (const { vlan } of links) if (vlan !== null) tags.push(vlan);
  for (const { ports } of host.bridges)
    for (const port of ports) tags.push(...(port.tag === null ? [] : [port.tag]), ...port.trunks);
  return tags.filter((tag) => tag > 0);
}

/** Finds the index of a network by what a thing belongs to. */
export interface NetworkLookup {
  readonly ofSwitch: (uuid: string) => number | null;
  readonly ofTag: (tag: number) => number | null;
  readonly ofLogicalPort: (name: string) => number | null;
  /** By the VNI in a tunnel header: the datapath's tunnel key, in VXLAN first that of EVPN. */
  readonly ofTunnelKey: (key: number, protocol?: string) => number | null;
  readonly ofKey: (key: string) => number | null;
}

export function networkLookup(snapshot: WorldSnapshot, networks: readonly Network[]): NetworkLookup {
  const byKey = new Map(networks.map(({ key }, index) => [key, index]));
  const ofKey = (key: string): number | null => byKey.get(key) ?? null;
  const byPort = new Map<string, number | null>();
  const byTag = new Map<number, number | null>();
  const byTunnelKey = new Map<number, number | null>();
  const byEvpn = new Map<number, number | null>();
  for (const item of snapshot.logical?.switches ?? []) {
    const index = ofKey(switchKey(item.uuid));
    for (const { name } of item.ports) byPort.set(name, index);
    if (item.tunnelKey !== null) byTunnelKey.set(item.tunnelKey, index);
    if (item.evpnVni !== null) byEvpn.set(item.evpnVni, index);
    const tag = localnetTag(item);
    if (tag !== null) byTag.set(tag, index);
  }
  return {
    ofKey,
    ofSwitch: (uuid) => ofKey(switchKey(uuid)),
    ofTag: (tag) => byTag.get(tag) ?? ofKey(vlanKey(tag)),
    ofLogicalPort: (name) => byPort.get(name) ?? null,
    ofTunnelKey: (key, protocol) =>
      (protocol === 'vxlan' ? byEvpn.get(key) : undefined) ?? byTunnelKey.get(key) ?? null,
  };
}
