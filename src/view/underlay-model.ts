/** The underlay: segments as bands with a bus, and plain cables where only two devices are joined. */
import type { SegmentSnapshot } from '../engine/snapshot.ts';
import type { DiagramEdge, NodeState } from './model.ts';
import { addEdge, addNode, type ModelBuild } from './model-parts.ts';
import { linkState } from './namespace-model.ts';
import { bridgeKey } from './networks.ts';
import { subjectId } from './subject-id.ts';
import { devicesUnder, vlanParent, type LinkAt } from './world-index.ts';

/** Up to this many segments each is worth a band of its own, even with two ends. */
const BANDS = 3;

export function addUnderlay(build: ModelBuild): void {
  const { snapshot } = build.world;
  const tunnelled = new Set(snapshot.tunnels.map(({ segment }) => segment));
  const open = snapshot.segments.filter((segment) => !isGuestCable(build, segment));
  for (const segment of snapshot.segments) {
    const ends = segment.ends.flatMap(({ host, device }) => {
      const at = build.world.linkAnywhere(host, device);
      return at ? [at] : [];
    });
    const isLeftOut = ({ host }: { readonly host: string }): boolean =>
      build.options.hidden.has(subjectId({ kind: 'host', host }));
    // A bus that nothing hangs on says nothing.
    if (ends.length > 0 && ends.every(isLeftOut)) continue;
    const [first, second] = ends;
    const lone = open.length > BANDS && !tunnelled.has(segment.id);
    if (first && second && ends.length === 2 && (isGuestCable(build, segment) || lone)) {
      addCable(build, segment, first, second);
      continue;
    }
    const id = subjectId({ kind: 'segment', id: segment.id });
    addNode(build, {
      id,
      kind: 'segment',
      parent: null,
      name: segment.subnet === null ? segment.name : `${segment.name} ${segment.subnet}`,
      trail: `mtu ${segment.mtu}`,
    });
    for (const end of ends) {
      const nic = nicId(end);
      addEdge(build, {
        id: `edge:cable/${nic}`,
        ...carried(build, end, null),
        from: nic,
        to: id,
        state: state(end),
        segment: segment.id,
      });
    }
  }
}

const nicId = ({ host, namespace, link }: LinkAt): string =>
  subjectId({ kind: 'link', host, namespace, device: link.name });
const state = ({ link }: LinkAt): NodeState => linkState(link);

function isGuestCable(build: ModelBuild, { ends }: SegmentSnapshot): boolean {
  const [a, b] = ends;
  if (!a || !b || ends.length !== 2) return false;
  return build.world.guestOf(a.host) === b.host || build.world.guestOf(b.host) === a.host;
}

function addCable(build: ModelBuild, segment: SegmentSnapshot, a: LinkAt, b: LinkAt): void {
  const [guest, tap] = build.world.guestOf(a.host) === b.host ? [a, b] : [b, a];
  const id = subjectId({ kind: 'segment', id: segment.id });
  addEdge(build, {
    id,
    ...carried(build, guest, tap),
    from: nicId(a),
    to: nicId(b),
    segment: segment.id,
    state: state(a) === 'up' && state(b) === 'up' ? 'up' : 'down',
  });
  build.aliases.set(id, nicId(a));
}

/** What the cable of a NIC carries, untagged first; `far`: the device at its other end, where that is one. */
function carried(
  build: ModelBuild,
  end: LinkAt,
  far: LinkAt | null,
): Pick<DiagramEdge, 'kind' | 'networks' | 'cut'> {
  const barred = barredOn(build, end);
  const native = nativeOn(build, end, far);
  const lines = [...(native === null ? [] : [{ network: native, tag: UNTAGGED }]), ...tagsOn(build, end)];
  return {
    kind: lines.length > 1 ? 'trunk' : lines.length === 1 ? 'access' : 'cable',
    networks: lines.map(({ network }) => network),
    cut:
      lines.length > 0 || barred.size === 0
        ? lines.flatMap(({ tag }, at) => (barred.has(tag) ? [at] : []))
        : [0],
  };
}

const UNTAGGED = 0;

/** VLANs that the switch port of a NIC does not take. */
function barredOn(build: ModelBuild, { host, link }: LinkAt): ReadonlySet<number> {
  return new Set(
    build.world.snapshot.faults.flatMap(({ fault, until }) =>
      fault.kind === 'vlan' && until === null && fault.host === host && fault.device === link.name
        ? [fault.vlan ?? UNTAGGED]
        : [],
    ),
  );
}

/** The network of the Linux bridge that an untagged frame comes to at the other end, if the machine sends any. */
function nativeOn(build: ModelBuild, { host, namespace, link }: LinkAt, far: LinkAt | null): number | null {
  if (build.options.lens !== 'physical' || far?.link.master == null) return null;
  const own = build.world.host(host);
  const bridge = own?.bridges.find(({ ports }) => ports.some(({ name }) => name === link.name));
  const ports = new Set(bridge?.ports.filter(({ tag }) => tag === null).map(({ name }) => name) ?? []);
  const links = own?.namespaces.find(({ name }) => name === namespace)?.links ?? [];
  const sends = links.some(
    ({ name, master, kind, addresses }) =>
      addresses.some((address) => !address.startsWith('fe80:')) &&
      (name === link.name ||
        name === link.master ||
        (bridge !== undefined && ports.has(name) && kind !== 'vlan' && master === null)),
  );
  return sends ? build.lookup.ofKey(bridgeKey(far.host, far.link.master)) : null;
}

/** Networks whose tags a NIC carries: its VLAN devices, and the tagged ports of the bridge that it is in. */
function tagsOn(
  build: ModelBuild,
  { host: name, namespace: inside, link }: LinkAt,
): readonly { readonly network: number; readonly tag: number }[] {
  if (build.options.lens !== 'physical') return [];
  const host = build.world.host(name);
  const namespace = host?.namespaces.find((one) => one.name === inside);
  if (!host || !namespace) return [];
  const tags = new Set<number>();
  for (const other of namespace.links) {
    if (other.vlan === null) continue;
    if (other.kind === 'vlan' && leadsTo(vlanParent(namespace, other)?.name ?? '', link.name))
      tags.add(other.vlan);
  }
  const bridge = host.bridges.find(({ ports }) =>
    ports.some((port) => port.name === link.name && port.type === 'system'),
  );
  for (const { tag } of bridge?.ports ?? []) if (tag !== null) tags.add(tag);
  return [...tags]
    .sort((a, b) => a - b)
    .slice(0, 6)
    .flatMap((tag) => {
      const network = build.lookup.ofTag(tag);
      return network === null ? [] : [{ network, tag }];
    });

  function leadsTo(from: string, to: string): boolean {
    if (from === to) return true;
    const at = namespace?.links.find((one) => one.name === from);
    return (
      !!host &&
      !!namespace &&
      !!at &&
      at.kind !== 'vlan' &&
      devicesUnder(host, namespace, at).some((one) => one.name === to)
    );
  }
}
