/** Look-ups over one snapshot: who owns an address, which cable a device has, which machine is a guest of which. */
import type {
  HostSnapshot,
  LinkSnapshot,
  NamespaceSnapshot,
  SegmentSnapshot,
  TunnelSnapshot,
  WorldSnapshot,
} from '../engine/snapshot.ts';

export interface LinkAt {
  readonly host: string;
  readonly namespace: string;
  readonly link: LinkSnapshot;
}

/** Two tunnel ports that face each other, or one alone when the other side is not in this world. */
export interface TunnelPair {
  readonly first: TunnelSnapshot;
  readonly second: TunnelSnapshot | null;
}

export interface WorldIndex {
  readonly snapshot: WorldSnapshot;
  readonly host: (name: string) => HostSnapshot | undefined;
  readonly link: (host: string, namespace: string, device: string) => LinkSnapshot | undefined;
  /** A device of that name in any namespace, the root one first. */
  readonly linkAnywhere: (host: string, device: string) => LinkAt | undefined;
  readonly segmentOf: (host: string, device: string) => SegmentSnapshot | undefined;
  /** The device that holds an address (without prefix length). */
  readonly addressOwner: (host: string, address: string) => LinkAt | undefined;
  /** The NIC by which packets from `address` leave the host: down through VLAN devices, bridges and bonds. */
  readonly underlayNic: (host: string, address: string) => LinkAt | undefined;
  readonly tunnelPairs: readonly TunnelPair[];
  readonly tunnelsOf: (host: string) => readonly TunnelSnapshot[];
  /** The machine inside which a machine runs, if its NICs end in taps there. */
  readonly guestOf: (host: string) => string | null;
}

export function indexWorld(snapshot: WorldSnapshot): WorldIndex {
  const hosts = new Map(snapshot.hosts.map((host) => [host.name, host]));
  const segments = new Map<string, SegmentSnapshot>();
  for (const segment of snapshot.segments)
    for (const end of segment.ends) segments.set(`${end.host}\n${end.device}`, segment);
  const segmentOf = (host: string, device: string): SegmentSnapshot | undefined =>
    segments.get(`${host}\n${device}`);

  const link = (host: string, namespace: string, device: string): LinkSnapshot | undefined =>
    hosts
      .get(host)
      ?.namespaces.find(({ name }) => name === namespace)
      ?.links.find(({ name }) => name === device);

  const linkAnywhere = (host: string, device: string): LinkAt | undefined => {
    for (const { name: namespace, links } of hosts.get(host)?.namespaces ?? []) {
      const found = links.find(({ name }) => name === device);
      if (found) return { host, namespace, link: found };
    }
    return undefined;
  };

  const addressOwner = (host: string, address: string): LinkAt | undefined => {
    for (const { name: namespace, links } of hosts.get(host)?.namespaces ?? []) {
      const found = links.find(({ addresses }) => addresses.some((text) => text.split('/')[0] === address));
      if (found) return { host, namespace, link: found };
    }
    return undefined;
  };

  const nicUnder = (at: LinkAt, seen: ReadonlySet<string>): LinkAt | undefined => {
    if (segmentOf(at.host, at.link.name)) return at;
    if (seen.has(at.link.name)) return undefined;
    const host = hosts.get(at.host);
    const namespace = host?.namespaces.find(({ name }) => name === at.namespace);
    if (!host || !namespace) return undefined;
    const next = new Set([...seen, at.link.name]);
    for (const below of devicesUnder(host, namespace, at.link)) {
      const found = nicUnder({ ...at, link: below }, next);
      if (found) return found;
    }
    return undefined;
  };

  const tunnels = tunnelsByHost(snapshot);
  const guests = findGuests(snapshot, linkAnywhere);
  return {
    snapshot,
    host: (name) => hosts.get(name),
    link,
    linkAnywhere,
    segmentOf,
    addressOwner,
    underlayNic: (host, address) => {
      const owner = addressOwner(host, address);
      return owner && nicUnder(owner, new Set());
    },
    tunnelPairs: pairTunnels(tunnels),
    tunnelsOf: (host) => tunnels.get(host) ?? [],
    guestOf: (host) => guests.get(host) ?? null,
  };
}

/** Devices that carry what `link` sends: its VLAN parent, its bridge's or bond's members. */
export function devicesUnder(
  host: HostSnapshot,
  namespace: NamespaceSnapshot,
  link: LinkSnapshot,
): readonly LinkSnapshot[] {
  const byName = (name: string): readonly LinkSnapshot[] =>
    namespace.links.filter((other) => other.name === name);
  if (link.ovsPort) {
    const bridge = host.bridges.find(({ name }) => name === link.ovsPort?.bridge);
    return (bridge?.ports ?? [])
      .filter(({ type, name }) => type === 'system' && name !== link.name)
      .flatMap(({ name }) => byName(name));
  }
  if (link.kind === 'vlan') {
    const parent = vlanParent(namespace, link);
    return parent ? [parent] : [];
  }
  if (link.kind === 'bridge' || link.kind === 'bond')
    return namespace.links.filter(
      ({ master, kind }) => master === link.name && kind !== 'veth' && kind !== 'tap',
    );
  return [];
}

/** The device under a VLAN device: named by it (`eth1.20`), else the only candidate. */
export function vlanParent(namespace: NamespaceSnapshot, link: LinkSnapshot): LinkSnapshot | null {
  const told = namespace.links.find(({ name }) => name === link.lower);
  if (told) return told;
  const dot = link.name.lastIndexOf('.');
  if (dot > 0) {
    const named = namespace.links.find(({ name }) => name === link.name.slice(0, dot));
    if (named) return named;
  }
  const candidates = namespace.links.filter(
    ({ kind, master }) => (kind === 'physical' || kind === 'bond') && master === null,
  );
  return candidates.length === 1 ? (candidates[0] ?? null) : null;
}

function tunnelsByHost({ tunnels }: WorldSnapshot): ReadonlyMap<string, readonly TunnelSnapshot[]> {
  const byHost = new Map<string, TunnelSnapshot[]>();
  for (const tunnel of tunnels) {
    const list = byHost.get(tunnel.host);
    if (list) list.push(tunnel);
    else byHost.set(tunnel.host, [tunnel]);
  }
  return byHost;
}

/** How many tunnels there are between two ends, both directions counted as one. */
export const tunnelCount = (snapshot: WorldSnapshot): number =>
  pairTunnels(tunnelsByHost(snapshot)).filter(({ first }) => !isSetByFlows(first)).length;

/** Whether flows choose the far end of each packet: such a port leads to no machine of its own. */
export const isSetByFlows = ({ remoteIp }: TunnelSnapshot): boolean => remoteIp === 'flow';

function pairTunnels(tunnels: ReadonlyMap<string, readonly TunnelSnapshot[]>): readonly TunnelPair[] {
  const paired = new Set<TunnelSnapshot>();
  const pairs: TunnelPair[] = [];
  // By both ends: in a mesh each machine has as many as there are machines.
  const between = new Map<string, Map<string, TunnelSnapshot[]>>();
  for (const [host, list] of tunnels) {
    const byRemote = new Map<string, TunnelSnapshot[]>();
    between.set(host, byRemote);
    for (const tunnel of list) {
      if (tunnel.remoteHost === null) continue;
      const same = byRemote.get(tunnel.remoteHost);
      if (same) same.push(tunnel);
      else byRemote.set(tunnel.remoteHost, [tunnel]);
    }
  }
  for (const list of tunnels.values())
    for (const first of list) {
      if (paired.has(first)) continue;
      paired.add(first);
      const back = first.remoteHost === null ? undefined : between.get(first.remoteHost)?.get(first.host);
      const second = back?.find(
        (other) =>
          !paired.has(other) &&
          other.type === first.type &&
          (other.vni === first.vni || other.vni === null || first.vni === null) &&
          (first.localIp === null || other.remoteIp === first.localIp),
      );
      if (second) paired.add(second);
      pairs.push({ first, second: second ?? null });
    }
  return pairs;
}

function findGuests(
  snapshot: WorldSnapshot,
  linkAnywhere: (host: string, device: string) => LinkAt | undefined,
): ReadonlyMap<string, string> {
  const isTap = (host: string, device: string): boolean =>
    linkAnywhere(host, device)?.link.kind === 'tap' || /^(vnet|tap|macvtap)[0-9a-f-]*$/.test(device);
  const owners = new Map<string, Set<string | null>>();
  for (const { ends } of snapshot.segments) {
    // A cable with one end leads nowhere that is known.
    if (ends.length < 2) continue;
    for (const end of ends) {
      // The tap of a guest of its own says nothing of where a machine itself runs.
      if (isTap(end.host, end.device)) continue;
      const other = ends.length === 2 ? ends.find(({ host }) => host !== end.host) : undefined;
      const owner = other && isTap(other.host, other.device) ? other.host : null;
      const list = owners.get(end.host) ?? new Set();
      owners.set(end.host, list.add(owner));
    }
  }
  const guests = new Map<string, string>();
  for (const [host, list] of owners) {
    const [only] = list;
    if (list.size === 1 && only !== undefined && only !== null && only !== host) guests.set(host, only);
  }
  // A ring of guests is nobody's guest: drawn side by side.
  for (const host of guests.keys()) {
    const seen = new Set<string>();
    for (let at: string | undefined = host; at !== undefined; at = guests.get(at)) {
      if (seen.has(at)) {
        guests.delete(host);
        break;
      }
      seen.add(at);
    }
  }
  return guests;
}
