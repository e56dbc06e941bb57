/**
 * Layer 2 of a world: which devices hear one another. A domain is what an untagged or tagged frame can reach through bridges,
 * switches, bonds, pairs and cables, without being routed. Links that are down join nothing, so a VLAN that is cut is two domains.
 */
import type { Subject } from '../engine/protocol.ts';
import type {
  HostSnapshot,
  LinkSnapshot,
  LogicalSwitchSnapshot,
  NamespaceSnapshot,
  OvsBridgeSnapshot,
  OvsPortSnapshot,
  WorldSnapshot,
} from '../engine/snapshot.ts';
import { networkLookup } from './networks.ts';
import type { Network } from './model.ts';
import { vlanParent } from './world-index.ts';

export interface L2Domain {
  readonly key: string;
  /** A logical switch's name, `VLAN 20`, or the segment or bridge that it is on. */
  readonly name: string;
  /** The subnet that most of its addresses share; '' when none has one. */
  readonly subnet: string;
  /** `20`, `VNI 1`, `flat`. */
  readonly code: string;
  /** Index into the networks that have a colour; null when it has none. */
  readonly network: number | null;
  /** What is in it on each machine, by the machine's name. */
  readonly cells: ReadonlyMap<string, readonly L2Member[]>;
  /** How many domains carry the same tag: more than one where a VLAN is cut. */
  readonly parts: number;
}

export interface L2Member {
  readonly subject: Subject;
  readonly name: string;
  /** Where it is, besides its machine: a namespace; else ''. */
  readonly where: string;
  /** `access`: its frames have no tag outside; `trunk`: the VLAN passes through it tagged; `native`: untagged among tags. */
  readonly role: 'access' | 'trunk' | 'native' | 'device' | 'port';
  readonly addresses: readonly string[];
  readonly up: boolean;
}

/** Untagged. */
const NONE = 0;

class Sets {
  readonly #parent = new Map<string, string>();

  find(key: string): string {
    let root = key;
    for (
      let next = this.#parent.get(root);
      next !== undefined && next !== root;
      next = this.#parent.get(root)
    )
      root = next;
    if (root !== key) this.#parent.set(key, root);
    else if (!this.#parent.has(key)) this.#parent.set(key, key);
    return root;
  }

  join(a: string, b: string): void {
    const [left, right] = [this.find(a), this.find(b)];
    if (left !== right) this.#parent.set(right, left);
  }
}

const linkAt = (host: string, namespace: string, device: string, tag: number): string =>
  `link ${host}\n${namespace}\n${device}\n${tag}`;
const bridgeAt = (host: string, bridge: string, tag: number): string => `bridge ${host}\n${bridge}\n${tag}`;
const segmentAt = (id: string, tag: number): string => `segment ${id}\n${tag}`;
const switchAt = (uuid: string): string => `switch ${uuid}`;

/** Domains with more than one member, or that an address or a name tells of; logical switches first, then by tag. */
export function l2Domains(snapshot: WorldSnapshot, networks: readonly Network[]): readonly L2Domain[] {
  const tags = tagsOf(snapshot);
  const sets = new Sets();
  for (const host of snapshot.hosts) {
    for (const namespace of host.namespaces)
      for (const link of namespace.links) joinLink(sets, host, namespace, link, tags);
    for (const bridge of host.bridges)
      for (const port of bridge.ports) joinPort(sets, snapshot, host, bridge, port, tags);
  }
  for (const { id, ends } of snapshot.segments)
    for (const { host, device } of ends)
      if (isUp(findLink(snapshot, host, '', device)))
        for (const tag of tags) sets.join(linkAt(host, '', device, tag), segmentAt(id, tag));
  return collect(snapshot, networks, tags, sets);
}

const isUp = (link: LinkSnapshot | undefined): boolean => link !== undefined && link.up && link.carrier;

function findLink(
  { hosts }: WorldSnapshot,
  host: string,
  namespace: string,
  device: string,
): LinkSnapshot | undefined {
  return hosts
    .find(({ name }) => name === host)
    ?.namespaces.find(({ name }) => name === namespace)
    ?.links.find(({ name }) => name === device);
}

function tagsOf({ hosts, logical }: WorldSnapshot): readonly number[] {
  const tags = new Set([NONE]);
  for (const host of hosts) {
    for (const { links } of host.namespaces)
      for (const { vlan, kind } of links) if (vlan !== null && kind === 'vlan') tags.add(vlan);
    for (const { ports } of host.bridges)
      for (const { tag, trunks } of ports) {
        if (tag !== null) tags.add(tag);
        for (const trunk of trunks) tags.add(trunk);
      }
  }
  for (const { ports } of logical?.switches ?? [])
    for (const { tag, type } of ports) if (tag !== null && type === 'localnet') tags.add(tag);
  return [...tags].toSorted((a, b) => a - b);
}

function joinLink(
  sets: Sets,
  host: HostSnapshot,
  namespace: NamespaceSnapshot,
  link: LinkSnapshot,
  tags: readonly number[],
): void {
  if (!link.up) return;
  const own = (tag: number): string => linkAt(host.name, namespace.name, link.name, tag);
  if (link.kind === 'vlan' && link.vlan !== null) {
    const parent = vlanParent(namespace, link);
    if (parent?.up) sets.join(own(NONE), linkAt(host.name, namespace.name, parent.name, link.vlan));
  }
  const master = namespace.links.find(({ name }) => name === link.master);
  if (master && master.kind !== 'vrf')
    for (const tag of tags) sets.join(own(tag), linkAt(host.name, namespace.name, master.name, tag));
  if (link.peer)
    for (const tag of tags)
      sets.join(own(tag), linkAt(host.name, link.peer.namespace, link.peer.device, tag));
}

/** Whether OVN's flows decide there: ports of such a bridge hear one another by logical switches alone. */
const isIntegration = ({ name, ports }: OvsBridgeSnapshot): boolean =>
  name === 'br-int' || ports.some(({ logicalPort }) => logicalPort !== null);

function joinPort(
  sets: Sets,
  { logical, hosts }: WorldSnapshot,
  host: HostSnapshot,
  bridge: OvsBridgeSnapshot,
  port: OvsPortSnapshot,
  tags: readonly number[],
): void {
  const at = deviceOf(host, bridge, port);
  const own = at ? (tag: number) => linkAt(host.name, at.namespace, at.link.name, tag) : null;
  if (at && !at.link.up) return;
  if (isIntegration(bridge)) {
    const found = switchOfPort(logical?.switches ?? [], port.logicalPort);
    if (own && found) sets.join(own(NONE), switchAt(found.uuid));
    return;
  }
  const localnet = /^patch-(.*)-to-br-int$/.exec(port.name)?.[1];
  if (localnet !== undefined) {
    const found = switchOfPort(logical?.switches ?? [], localnet);
    const tag = found?.ports.find(({ name }) => name === localnet)?.tag ?? NONE;
    if (found) sets.join(bridgeAt(host.name, bridge.name, tag), switchAt(found.uuid));
    return;
  }
  if (port.type === 'patch' && port.peer !== null) {
    const other = hosts
      .find(({ name }) => name === host.name)
      ?.bridges.find(({ ports }) => ports.some(({ name }) => name === port.peer));
    if (!other || isIntegration(other)) return;
    if (port.tag === null)
      for (const tag of tags)
        sets.join(bridgeAt(host.name, bridge.name, tag), bridgeAt(host.name, other.name, tag));
    else sets.join(bridgeAt(host.name, bridge.name, port.tag), bridgeAt(host.name, other.name, NONE));
    return;
  }
  if (!own) return;
  if (port.tag !== null) sets.join(own(NONE), bridgeAt(host.name, bridge.name, port.tag));
  else
    for (const tag of port.trunks.length > 0 ? port.trunks : tags)
      sets.join(own(tag), bridgeAt(host.name, bridge.name, tag));
}

function deviceOf(
  host: HostSnapshot,
  bridge: OvsBridgeSnapshot,
  port: OvsPortSnapshot,
): { readonly namespace: string; readonly link: LinkSnapshot } | null {
  for (const { name, links } of host.namespaces)
    for (const link of links)
      if (
        (link.ovsPort?.bridge === bridge.name && link.ovsPort.port === port.name) ||
        (port.type === 'internal' && link.kind === 'internal' && link.name === port.name)
      )
        return { namespace: name, link };
  return null;
}

const switchOfPort = (
  switches: readonly LogicalSwitchSnapshot[],
  port: string | null,
): LogicalSwitchSnapshot | undefined =>
  port === null ? undefined : switches.find(({ ports }) => ports.some(({ name }) => name === port));

interface Draft {
  readonly key: string;
  readonly tags: Set<number>;
  readonly names: string[];
  switched: LogicalSwitchSnapshot | null;
  readonly cells: Map<string, L2Member[]>;
  readonly subnets: Map<string, number>;
}

function collect(
  snapshot: WorldSnapshot,
  networks: readonly Network[],
  tags: readonly number[],
  sets: Sets,
): readonly L2Domain[] {
  const drafts = new Map<string, Draft>();
  const draftOf = (key: string): Draft => {
    const root = sets.find(key);
    let draft = drafts.get(root);
    if (!draft) {
      draft = { key: root, tags: new Set(), names: [], switched: null, cells: new Map(), subnets: new Map() };
      drafts.set(root, draft);
    }
    return draft;
  };
  for (const item of snapshot.logical?.switches ?? []) draftOf(switchAt(item.uuid)).switched = item;
  for (const { id, name } of snapshot.segments) draftOf(segmentAt(id, NONE)).names.push(name);
  for (const host of snapshot.hosts)
    for (const namespace of host.namespaces)
      for (const link of namespace.links) {
        if (
          link.kind === 'loopback' ||
          link.kind === 'vrf' ||
          link.kind === 'geneve' ||
          link.kind === 'vxlan'
        )
          continue;
        addMembers(draftOf, sets, host, namespace, link, tags);
      }
  for (const host of snapshot.hosts)
    for (const bridge of host.bridges)
      if (!isIntegration(bridge))
        for (const { tag } of bridge.ports)
          if (tag !== null) draftOf(bridgeAt(host.name, bridge.name, tag)).tags.add(tag);
  const lookup = networkLookup(snapshot, networks);
  const parts = new Map<number, number>();
  const shown = [...drafts.values()].filter(
    ({ cells, switched, subnets }) =>
      switched !== null || subnets.size > 0 || [...cells.values()].flat().length > 1,
  );
  for (const { tags: own } of shown) for (const tag of own) parts.set(tag, (parts.get(tag) ?? 0) + 1);
  return shown
    .map((draft): L2Domain => {
      const [tag] = [...draft.tags].toSorted((a, b) => a - b);
      const subnet = [...draft.subnets].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? '';
      const named = draft.switched?.name ?? (tag === undefined ? draft.names[0] : `VLAN ${tag}`);
      const network = draft.switched
        ? lookup.ofSwitch(draft.switched.uuid)
        : tag === undefined
          ? null
          : lookup.ofTag(tag);
      return {
        key: draft.key,
        name: named ?? firstName(draft),
        subnet,
        code:
          tag !== undefined
            ? String(tag)
            : draft.switched?.tunnelKey != null
              ? `VNI ${draft.switched.tunnelKey}`
              : 'flat',
        network,
        cells: draft.cells,
        parts: tag === undefined ? 1 : (parts.get(tag) ?? 1),
      };
    })
    .toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'en', { numeric: true }));
}

const rank = ({ code }: L2Domain): number => (code.startsWith('VNI') ? 0 : code === 'flat' ? 1 : 2);

const firstName = ({ cells }: Draft): string => [...cells.values()][0]?.[0]?.name ?? '';

function addMembers(
  draftOf: (key: string) => Draft,
  sets: Sets,
  host: HostSnapshot,
  namespace: NamespaceSnapshot,
  link: LinkSnapshot,
  tags: readonly number[],
): void {
  const subject: Subject = { kind: 'link', host: host.name, namespace: namespace.name, device: link.name };
  const port = host.bridges
    .flatMap(({ ports }) => ports)
    .find(({ name, type }) => name === link.name && (type === 'system' || type === 'internal'));
  const addresses = link.addresses.map((full) => full.split('/')[0] ?? full);
  const put = (draft: Draft, role: L2Member['role'], own: readonly string[]): void => {
    const members = draft.cells.get(host.name) ?? [];
    members.push({
      subject,
      name: link.name,
      where: namespace.name,
      role,
      addresses: own,
      up: link.up && link.carrier,
    });
    draft.cells.set(host.name, members);
  };
  const untagged = draftOf(linkAt(host.name, namespace.name, link.name, NONE));
  const others = tags.filter(
    (tag) =>
      tag !== NONE &&
      (link.kind === 'physical' || link.kind === 'bond') &&
      isCarried(sets, host, namespace, link, tag),
  );
  if (link.kind === 'vlan' && link.vlan !== null) untagged.tags.add(link.vlan);
  put(
    untagged,
    port?.tag != null ? 'access' : others.length > 0 ? 'native' : link.kind === 'vlan' ? 'port' : 'device',
    addresses,
  );
  for (const full of link.addresses) {
    const network = subnetOf(full);
    if (network !== null) untagged.subnets.set(network, (untagged.subnets.get(network) ?? 0) + 1);
  }
  for (const tag of others) {
    const draft = draftOf(linkAt(host.name, namespace.name, link.name, tag));
    draft.tags.add(tag);
    put(draft, 'trunk', []);
  }
}

/** Whether something on the machine puts frames of a VLAN on the link. */
function isCarried(
  sets: Sets,
  host: HostSnapshot,
  namespace: NamespaceSnapshot,
  link: LinkSnapshot,
  tag: number,
): boolean {
  const root = sets.find(linkAt(host.name, namespace.name, link.name, tag));
  const device = namespace.links.some(
    (other) =>
      other.kind === 'vlan' &&
      other.vlan === tag &&
      sets.find(linkAt(host.name, namespace.name, other.name, NONE)) === root,
  );
  return (
    device ||
    host.bridges.some(
      (bridge) =>
        !isIntegration(bridge) &&
        bridge.ports.some((port) => port.tag === tag) &&
        sets.find(bridgeAt(host.name, bridge.name, tag)) === root,
    )
  );
}

/** Of IPv4 addresses that name machines or guests. */
function subnetOf(full: string): string | null {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(full);
  if (!match) return null;
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = match.slice(1).map(Number);
  const number = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  const network = bits === 0 ? 0 : (number & (0xffffffff << (32 - bits))) >>> 0;
  return `${network >>> 24}.${(network >>> 16) & 255}.${(network >>> 8) & 255}.${network & 255}/${bits}`;
}
