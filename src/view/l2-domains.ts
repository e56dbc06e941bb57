/**
 * Layer 2 of a world: which devices hear one another. A domain is what an untagged or tagged frame can reach through bridges,
 * switches, bonds, pairs and cables, without being routed. Links that are down join nothing, so a VLAN that is cut is two
 * domains, which say where the cut is.
 */
import type { Subject } from '../engine/protocol.ts';
import type {
  HostSnapshot,
  LinkKind,
  LinkSnapshot,
  LogicalSwitchSnapshot,
  NamedNetwork,
  NamespaceSnapshot,
  WorldSnapshot,
} from '../engine/snapshot.ts';
import { breaksBetween, type Break } from './l2-breaks.ts';
import {
  bridgeAt,
  isIntegration,
  joinsOf,
  linkAt,
  NONE,
  segmentAt,
  switchAt,
  type Joins,
} from './l2-joins.ts';
import { bridgeKey, networkLookup, type NetworkLookup } from './networks.ts';
import type { Network } from './model.ts';

export interface L2Domain {
  readonly key: string;
  /** As files name it; else a logical switch's name, `VLAN 20`, or the segment or bridge that it is on. */
  readonly name: string;
  /** What it is called besides, where files name it: its logical switch; else ''. */
  readonly also: string;
  /** The subnet that most of its addresses share; '' when none has one. */
  readonly subnet: string;
  /** `20`, `VNI 1`, `flat`. */
  readonly code: string;
  /** Index into the networks that have a colour; null when it has none. */
  readonly network: number | null;
  /** What is in it on each machine, by the machine's name. */
  readonly cells: ReadonlyMap<string, readonly L2Member[]>;
  /** How many domains the same network is in: more than one where it is cut. */
  readonly parts: number;
  /** What keeps this part from the others, nearest first; empty when nothing here ever joined them. */
  readonly breaks: readonly Break[];
  /** Machines that files put into the network and that have no address in it. */
  readonly missing: readonly string[];
  /** Why no machine has anything of it; '' where one has. */
  readonly nowhere: string;
}

export interface L2Member {
  readonly subject: Subject;
  readonly name: string;
  readonly kind: LinkKind;
  /** Where it is, besides its machine: a namespace; else ''. */
  readonly where: string;
  /** `access`: its frames have no tag outside; `trunk`: the VLAN passes through it tagged; `native`: untagged among tags. */
  readonly role: 'access' | 'trunk' | 'native' | 'device' | 'port';
  readonly addresses: readonly string[];
  /** Those that move between machines: single addresses (/32) inside a subnet that the device has an address of. */
  readonly vips: readonly string[];
  readonly up: boolean;
}

/** Domains with more than one member, or that an address or a name tells of: those that files name first, then logical switches, then by tag. */
export function l2Domains(snapshot: WorldSnapshot, networks: readonly Network[]): readonly L2Domain[] {
  const joins = joinsOf(snapshot);
  const shown = draftsOf(snapshot, joins);
  const lookup = networkLookup(snapshot, networks);
  const groups = groupsOf(shown, snapshot.deployment?.networks ?? []);
  return shown
    .map((draft): L2Domain => {
      const group = groups.get(draft);
      const tag = tagOf(draft);
      const plain = draft.switched?.name ?? (tag === undefined ? bridgeName(draft) : `VLAN ${tag}`);
      const parts = group?.drafts ?? [draft];
      return {
        key: draft.key,
        name: group?.named?.name ?? plain,
        also: group?.named && draft.switched ? draft.switched.name : '',
        subnet: subnetOfDraft(draft),
        code:
          tag !== undefined
            ? String(tag)
            : draft.switched?.tunnelKey != null && !group?.named
              ? `VNI ${draft.switched.tunnelKey}`
              : 'flat',
        network: draft.switched
          ? lookup.ofSwitch(draft.switched.uuid)
          : tag === undefined
            ? bridgeNetwork(draft, lookup)
            : lookup.ofTag(tag),
        cells: draft.cells,
        parts: parts.length,
        breaks:
          parts.length > 1
            ? breaksBetween(
                draft.key,
                parts.map(({ key }) => key),
                joins,
              )
            : [],
        missing: parts[0] === draft ? missingOf(parts, group?.named) : [],
        nowhere: [...draft.cells.values()].some((members) => members.length > 0)
          ? ''
          : nowhereOf(draft.switched),
      };
    })
    .toSorted(
      (a, b) =>
        order(a, snapshot) - order(b, snapshot) || a.name.localeCompare(b.name, 'en', { numeric: true }),
    );
}

/** Places of named networks in their files come first; then overlays, untagged networks, tags. */
function order({ name, code }: L2Domain, { deployment }: WorldSnapshot): number {
  const named = deployment?.networks.findIndex((one) => one.name === name) ?? -1;
  if (named >= 0) return named - 1e6;
  return code.startsWith('VNI') ? 0 : code === 'flat' ? 1 : 2;
}

/** A logical switch is where its ports are bound; router ports are bound to no machine, but to gateways for their routers. */
function nowhereOf(item: LogicalSwitchSnapshot | null): string {
  if (item === null) return 'no device here';
  const ports = item.ports.filter(({ type }) => type !== 'router');
  if (item.ports.length === 0) return 'it has no ports';
  if (ports.length === 0) return 'only routers hang on it: it has no device on any machine';
  if (ports.every(({ chassis }) => chassis === null)) return 'none of its ports is bound to a machine';
  return 'none of its ports has a device';
}

interface Draft {
  readonly key: string;
  readonly tags: Set<number>;
  readonly names: string[];
  switched: LogicalSwitchSnapshot | null;
  readonly cells: Map<string, L2Member[]>;
  readonly subnets: Map<string, number>;
}

const tagOf = ({ tags }: Draft): number | undefined => (tags.size === 0 ? undefined : Math.min(...tags));
const subnetOfDraft = ({ subnets }: Draft): string =>
  [...subnets].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? '';

/** Of an untagged network that a Linux bridge is: the colour of that bridge. */
function bridgeNetwork({ cells }: Draft, lookup: NetworkLookup): number | null {
  for (const [host, members] of cells)
    for (const { kind, name } of members) {
      const index = kind === 'bridge' ? lookup.ofKey(bridgeKey(host, name)) : null;
      if (index !== null) return index;
    }
  return null;
}

/** The bridge of which most is in it, else the segment or the first device. */
function bridgeName({ cells, names }: Draft): string {
  const members = [...cells.values()].flat();
  const bridges = members.filter(({ kind }) => kind === 'bridge');
  return (bridges.length === 1 ? bridges[0]?.name : undefined) ?? names[0] ?? members[0]?.name ?? '';
}

/** The parts of one network. */
interface Group {
  readonly named: NamedNetwork | undefined;
  readonly drafts: Draft[];
}

/** Parts belong together when files name them alike, or when they have the same tag and no other subnet. */
function groupsOf(drafts: readonly Draft[], named: readonly NamedNetwork[]): ReadonlyMap<Draft, Group> {
  const byName = new Map<string, Group>();
  const found = new Map<Draft, Group>();
  const subnets = new Map<number, Set<string>>();
  for (const draft of drafts) {
    const tag = tagOf(draft);
    const subnet = subnetOfDraft(draft);
    if (tag !== undefined && subnet !== '') subnets.set(tag, (subnets.get(tag) ?? new Set()).add(subnet));
  }
  for (const draft of drafts) {
    const tag = tagOf(draft);
    const own = subnetOfDraft(draft);
    const known = tag === undefined ? undefined : subnets.get(tag);
    const [only = ''] = own === '' && known?.size === 1 ? [...known] : [own];
    const name =
      named.find(({ subnet }) => subnet !== null && subnet === only) ??
      (only === '' ? named.find(({ vlan }) => vlan !== null && vlan === tag) : undefined);
    if (!name && tag === undefined) continue;
    const key = name ? `name ${name.name}` : `tag ${tag} ${only}`;
    const group = byName.get(key) ?? { named: name, drafts: [] };
    group.drafts.push(draft);
    byName.set(key, group);
    found.set(draft, group);
  }
  return found;
}

function missingOf(drafts: readonly Draft[], named: NamedNetwork | undefined): readonly string[] {
  const has = (node: string): boolean =>
    drafts.some(({ cells }) => (cells.get(node) ?? []).some(({ addresses }) => addresses.length > 0));
  return (named?.nodes ?? []).filter((node) => !has(node));
}

function draftsOf(snapshot: WorldSnapshot, { sets, tags }: Joins): readonly Draft[] {
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
      for (const link of namespace.links)
        if (!['loopback', 'vrf', 'geneve', 'gre', 'vxlan'].includes(link.kind))
          addMembers(draftOf, { sets, tags }, host, namespace, link);
  for (const host of snapshot.hosts)
    for (const bridge of host.bridges)
      if (!isIntegration(bridge))
        for (const { tag } of bridge.ports)
          if (tag !== null) draftOf(bridgeAt(host.name, bridge.name, tag)).tags.add(tag);
  for (const host of snapshot.hosts)
    for (const namespace of host.namespaces)
      for (const link of namespace.links)
        if (link.kind === 'bridge' || link.kind === 'tap')
          for (const tag of tags) {
            // On the way of a VLAN whose ends are on other machines.
            const draft = drafts.get(sets.find(linkAt(host.name, namespace.name, link.name, tag)));
            if (tag !== NONE && draft?.tags.has(tag)) putMember(draft, host, namespace, link, 'trunk', []);
          }
  return [...drafts.values()].filter(
    ({ cells, switched, subnets }) =>
      switched !== null || subnets.size > 0 || [...cells.values()].flat().length > 1,
  );
}

function addMembers(
  draftOf: (key: string) => Draft,
  { sets, tags }: Pick<Joins, 'sets' | 'tags'>,
  host: HostSnapshot,
  namespace: NamespaceSnapshot,
  link: LinkSnapshot,
): void {
  const port = host.bridges
    .flatMap(({ ports }) => ports)
    .find(({ name, type }) => name === link.name && (type === 'system' || type === 'internal'));
  const addresses = link.addresses.map((full) => full.split('/')[0] ?? full);
  const untagged = draftOf(linkAt(host.name, namespace.name, link.name, NONE));
  const others = tags.filter(
    (tag) =>
      tag !== NONE &&
      (link.kind === 'physical' || link.kind === 'bond') &&
      isCarried(sets, host, namespace, link, tag),
  );
  if (link.kind === 'vlan' && link.vlan !== null) untagged.tags.add(link.vlan);
  putMember(
    untagged,
    host,
    namespace,
    link,
    port?.tag != null ? 'access' : others.length > 0 ? 'native' : link.kind === 'vlan' ? 'port' : 'device',
    addresses,
  );
  for (const full of link.addresses) {
    const network = subnetOf(full);
    if (network !== null && !full.endsWith('/32'))
      untagged.subnets.set(network, (untagged.subnets.get(network) ?? 0) + 1);
  }
  for (const tag of others) {
    const draft = draftOf(linkAt(host.name, namespace.name, link.name, tag));
    draft.tags.add(tag);
    putMember(draft, host, namespace, link, 'trunk', []);
  }
}

function putMember(
  { cells }: Draft,
  host: HostSnapshot,
  namespace: NamespaceSnapshot,
  link: LinkSnapshot,
  role: L2Member['role'],
  addresses: readonly string[],
): void {
  const members = cells.get(host.name) ?? [];
  members.push({
    subject: { kind: 'link', host: host.name, namespace: namespace.name, device: link.name },
    name: link.name,
    kind: link.kind,
    where: namespace.name,
    role,
    addresses,
    vips: addresses.length === 0 ? [] : virtualAddresses(link.addresses),
    up: link.up && link.carrier,
  });
  cells.set(host.name, members);
}

/** Whether something on the machine puts frames of a VLAN on the link. */
function isCarried(
  sets: Joins['sets'],
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

/** Single addresses inside a subnet of another address of the same device: those that a cluster puts there. */
function virtualAddresses(addresses: readonly string[]): readonly string[] {
  const subnets = addresses.filter((text) => !text.endsWith('/32'));
  return addresses.flatMap((text) => {
    if (!text.endsWith('/32')) return [];
    const address = text.slice(0, -3);
    const inside = subnets.some(
      (full) => subnetOf(full) !== null && subnetOf(full) === subnetOf(`${address}/${full.split('/')[1]}`),
    );
    return inside ? [address] : [];
  });
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
