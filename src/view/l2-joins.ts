/**
 * Between which devices of a world frames pass without being routed, by tag: through bridges, switches, bonds, pairs and
 * cables as they are now. What would join two places and does not (a link that is down, a cable that is out, a port that
 * keeps the tag back) is noted, so that a network that is cut can say where. VXLAN devices of one VNI hear one another.
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
import { vlanParent } from './world-index.ts';

/** Something between two places that frames of a tag do not pass. */
export interface Block {
  readonly a: string;
  readonly b: string;
  readonly subject: Subject;
  /** `vnet9 of hypervisor is down`. */
  readonly text: string;
}

/** Untagged. */
export const NONE = 0;

/** Places that hear one another, as disjoint sets. */
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

export const linkAt = (host: string, namespace: string, device: string, tag: number): string =>
  `link ${host}\n${namespace}\n${device}\n${tag}`;
export const bridgeAt = (host: string, bridge: string, tag: number): string =>
  `bridge ${host}\n${bridge}\n${tag}`;
export const segmentAt = (id: string, tag: number): string => `segment ${id}\n${tag}`;
export const switchAt = (uuid: string): string => `switch ${uuid}`;
const vxlanAt = (vni: number): string => `vxlan ${vni}`;

/** Whether OVN's flows decide there: ports of such a bridge hear one another by logical switches alone. */
export const isIntegration = ({ name, ports }: OvsBridgeSnapshot): boolean =>
  name === 'br-int' || ports.some(({ logicalPort }) => logicalPort !== null);

export interface Joins {
  readonly sets: Sets;
  /** Every tag of the world, untagged first. */
  readonly tags: readonly number[];
  readonly blocks: readonly Block[];
}

interface Place {
  readonly namespace: string;
  readonly link: LinkSnapshot;
}

/** What the joining of one world reads and writes. */
interface Joining extends Joins {
  readonly snapshot: WorldSnapshot;
  readonly blocks: Block[];
  readonly switchOfPort: ReadonlyMap<string, LogicalSwitchSnapshot>;
  /** NICs whose cable a fault has taken out. */
  readonly cut: ReadonlySet<string>;
  /** NICs with a VLAN (0: untagged) that a fault has taken off their switch port. */
  readonly foreign: ReadonlySet<string>;
}

export function joinsOf(snapshot: WorldSnapshot): Joins {
  const joining: Joining = {
    snapshot,
    sets: new Sets(),
    tags: tagsOf(snapshot),
    blocks: [],
    switchOfPort: new Map(
      (snapshot.logical?.switches ?? []).flatMap((one) => one.ports.map(({ name }) => [name, one] as const)),
    ),
    cut: new Set(
      snapshot.faults.flatMap(({ fault, until }) =>
        fault.kind === 'cut' && until === null ? [`${fault.host}\n${fault.device}`] : [],
      ),
    ),
    foreign: new Set(
      snapshot.faults.flatMap(({ fault, until }) =>
        fault.kind === 'vlan' && until === null
          ? [`${fault.host}\n${fault.device}\n${fault.vlan ?? NONE}`]
          : [],
      ),
    ),
  };
  const roots = new Map(snapshot.hosts.map((host) => [host.name, linksByName(host)]));
  for (const host of snapshot.hosts) {
    for (const namespace of host.namespaces)
      for (const link of namespace.links) joinLink(joining, host, namespace, link);
    for (const bridge of host.bridges) for (const port of bridge.ports) joinPort(joining, host, bridge, port);
  }
  // A switch that EVPN stretches is one with the bridges of other machines that have its VNI.
  for (const { uuid, evpnVni } of snapshot.logical?.switches ?? [])
    if (evpnVni !== null) joining.sets.join(switchAt(uuid), vxlanAt(evpnVni));
  for (const { id, ends } of snapshot.segments)
    for (const { host, device } of ends)
      joinEnd(joining, id, host, device, roots.get(host)?.get(device) ?? null);
  return joining;
}

const linksByName = (host: HostSnapshot): ReadonlyMap<string, LinkSnapshot> =>
  new Map((host.namespaces[0]?.links ?? []).map((link) => [link.name, link]));

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

/** Joins two places, unless `why` says what keeps frames from passing. */
function pass({ sets, blocks }: Joining, a: string, b: string, subject: Subject, why: string | null): void {
  if (why === null) sets.join(a, b);
  else blocks.push({ a, b, subject, text: why });
}

const linkSubject = (host: string, namespace: string, device: string): Subject => ({
  kind: 'link',
  host,
  namespace,
  device,
});

const downText = (host: string, { name, up }: LinkSnapshot): string | null =>
  up ? null : `${name} of ${host} is down`;

function joinEnd(
  joining: Joining,
  id: string,
  host: string,
  device: string,
  link: LinkSnapshot | null,
): void {
  if (link === null) return;
  const why = joining.cut.has(`${host}\n${device}`)
    ? `the cable of ${device} of ${host} is out`
    : (downText(host, link) ?? (link.carrier ? null : `${device} of ${host} has no carrier`));
  for (const tag of joining.tags) {
    const kept = joining.foreign.has(`${host}\n${device}\n${tag}`)
      ? tag === NONE
        ? `the switch port of ${device} of ${host} is in another VLAN`
        : `the switch port of ${device} of ${host} does not carry VLAN ${tag}`
      : null;
    pass(
      joining,
      linkAt(host, '', device, tag),
      segmentAt(id, tag),
      linkSubject(host, '', device),
      why ?? kept,
    );
  }
}

function joinLink(
  joining: Joining,
  host: HostSnapshot,
  namespace: NamespaceSnapshot,
  link: LinkSnapshot,
): void {
  const { tags } = joining;
  const own = (tag: number): string => linkAt(host.name, namespace.name, link.name, tag);
  const subject = linkSubject(host.name, namespace.name, link.name);
  const down = downText(host.name, link);
  if (link.kind === 'vlan' && link.vlan !== null) {
    const parent = vlanParent(namespace, link);
    if (parent)
      pass(
        joining,
        own(NONE),
        linkAt(host.name, namespace.name, parent.name, link.vlan),
        down === null ? linkSubject(host.name, namespace.name, parent.name) : subject,
        down ?? downText(host.name, parent),
      );
  }
  const master = namespace.links.find(({ name }) => name === link.master);
  if (master && master.kind !== 'vrf')
    for (const tag of tags)
      pass(joining, own(tag), linkAt(host.name, namespace.name, master.name, tag), subject, down);
  if (link.vni !== null) pass(joining, own(NONE), vxlanAt(link.vni), subject, down);
  if (link.peer)
    for (const tag of tags)
      pass(joining, own(tag), linkAt(host.name, link.peer.namespace, link.peer.device, tag), subject, down);
}

function joinPort(
  joining: Joining,
  host: HostSnapshot,
  bridge: OvsBridgeSnapshot,
  port: OvsPortSnapshot,
): void {
  const { sets, tags, switchOfPort } = joining;
  const at = deviceOf(host, bridge, port);
  if (isIntegration(bridge)) {
    const found = port.logicalPort === null ? undefined : switchOfPort.get(port.logicalPort);
    if (at && found && at.link.up)
      sets.join(linkAt(host.name, at.namespace, at.link.name, NONE), switchAt(found.uuid));
    return;
  }
  const localnet = /^patch-(.*)-to-br-int$/.exec(port.name)?.[1];
  if (localnet !== undefined) {
    const found = switchOfPort.get(localnet);
    const tag = found?.ports.find(({ name }) => name === localnet)?.tag ?? NONE;
    if (found) sets.join(bridgeAt(host.name, bridge.name, tag), switchAt(found.uuid));
    return;
  }
  if (port.type === 'patch' && port.peer !== null) {
    joinPatch(joining, host, bridge, port);
    return;
  }
  if (!at) return;
  const own = (tag: number): string => linkAt(host.name, at.namespace, at.link.name, tag);
  const subject: Subject = { kind: 'port', host: host.name, bridge: bridge.name, port: port.name };
  const down = downText(host.name, at.link);
  if (port.tag !== null) pass(joining, own(NONE), bridgeAt(host.name, bridge.name, port.tag), subject, down);
  for (const tag of tags) {
    const kept =
      port.tag !== null
        ? `${port.name} of ${host.name} is an access port of VLAN ${port.tag}`
        : port.trunks.length > 0 && !port.trunks.includes(tag)
          ? `the trunk ${port.name} of ${host.name} lets only ${port.trunks.join(', ')} through`
          : null;
    pass(joining, own(tag), bridgeAt(host.name, bridge.name, tag), subject, down ?? kept);
  }
}

function joinPatch(
  { sets, tags }: Joining,
  host: HostSnapshot,
  bridge: OvsBridgeSnapshot,
  port: OvsPortSnapshot,
): void {
  const other = host.bridges.find(({ ports }) => ports.some(({ name }) => name === port.peer));
  if (!other || isIntegration(other)) return;
  if (port.tag === null)
    for (const tag of tags)
      sets.join(bridgeAt(host.name, bridge.name, tag), bridgeAt(host.name, other.name, tag));
  else sets.join(bridgeAt(host.name, bridge.name, port.tag), bridgeAt(host.name, other.name, NONE));
}

function deviceOf(host: HostSnapshot, bridge: OvsBridgeSnapshot, port: OvsPortSnapshot): Place | null {
  for (const { name, links } of host.namespaces)
    for (const link of links)
      if (
        (link.ovsPort?.bridge === bridge.name && link.ovsPort.port === port.name) ||
        (port.type === 'internal' && link.kind === 'internal' && link.name === port.name)
      )
        return { namespace: name, link };
  return null;
}
