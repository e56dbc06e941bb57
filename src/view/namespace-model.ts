/** A namespace's devices as nodes. The root namespace is the machine itself; a namespace with one device is one box. */
import type { HostSnapshot, LinkSnapshot, NamespaceSnapshot } from '../engine/snapshot.ts';
import type { DiagramNode, NodeKind, NodeState } from './model.ts';
import { addEdge, addNode, monoLine, someLines, type ModelBuild } from './model-parts.ts';
import { bridgeKey, vrfKey } from './networks.ts';
import { foldSplit } from './fold.ts';
import { subjectId } from './subject-id.ts';
import { vlanParent } from './world-index.ts';

const linkId = (host: string, namespace: string, device: string): string =>
  subjectId({ kind: 'link', host, namespace, device });
const bridgePortId = (host: string, port: { readonly bridge: string; readonly port: string }): string =>
  subjectId({ kind: 'port', host, ...port });

export const linkState = (link: LinkSnapshot): NodeState => (link.up && link.carrier ? 'up' : 'down');

const visibleLinks = (namespace: NamespaceSnapshot): readonly LinkSnapshot[] =>
  namespace.links.filter(({ kind }) => kind !== 'loopback');

/** A box of one device: what is in it and what it hangs on are the same. */
const isSimple = (namespace: NamespaceSnapshot): boolean => {
  const [only, ...more] = visibleLinks(namespace);
  return (
    more.length === 0 &&
    (!only ||
      only.kind === 'veth' ||
      only.kind === 'internal' ||
      only.kind === 'tap' ||
      only.kind === 'physical')
  );
};

/** The network of a device: by the logical port that it is, its tag, or its name as a bridge or VRF. */
function linkNetwork(build: ModelBuild, host: HostSnapshot, link: LinkSnapshot): number | null {
  if (link.vlan !== null) return build.lookup.ofTag(link.vlan);
  if (link.kind === 'bridge') return build.lookup.ofKey(bridgeKey(host.name, link.name));
  if (link.kind === 'vrf') return build.lookup.ofKey(vrfKey(host.name, link.name));
  if (!link.ovsPort) return null;
  const { bridge, port } = link.ovsPort;
  const found = host.bridges.find(({ name }) => name === bridge)?.ports.find(({ name }) => name === port);
  if (!found) return null;
  if (found.logicalPort !== null) return build.lookup.ofLogicalPort(found.logicalPort);
  return found.tag === null ? null : build.lookup.ofTag(found.tag);
}

/**
 * Adds the namespaces other than the root one. Beyond the limit, boxes of one device fold away.
 * @returns ids of the devices folded, so that their bridge ports fold with them.
 */
export function addNamespaces(build: ModelBuild, host: HostSnapshot, parent: string): ReadonlySet<string> {
  const others = host.namespaces.slice(1);
  const simple = others.filter(isSimple);
  const idOf = (namespace: NamespaceSnapshot): string =>
    subjectId({ kind: 'namespace', host: host.name, namespace: namespace.name });
  const { shown, folded } = foldSplit(build, `fold:namespaces/${parent}`, simple, (namespace) => [
    idOf(namespace),
    ...visibleLinks(namespace).map(({ name }) => linkId(host.name, namespace.name, name)),
    ...visibleLinks(namespace).flatMap(({ ovsPort }) => (ovsPort ? [bridgePortId(host.name, ovsPort)] : [])),
  ]);
  for (const namespace of others) {
    if (!isSimple(namespace)) addComplex(build, host, namespace, idOf(namespace), parent);
    else if (shown.has(namespace)) addSimple(build, host, namespace, idOf(namespace), parent);
  }
  const hidden = new Set<string>();
  if (folded.length > 0) {
    const id = `fold:namespaces/${parent}`;
    addNode(build, {
      id,
      kind: 'fold',
      parent,
      name: `+${folded.length} namespaces`,
      folds: { count: folded.length, expand: id },
    });
    for (const namespace of folded) {
      build.aliases.set(idOf(namespace), id);
      for (const link of visibleLinks(namespace)) {
        hidden.add(linkId(host.name, namespace.name, link.name));
        build.aliases.set(linkId(host.name, namespace.name, link.name), id);
        joinLink(build, host, namespace, link);
      }
    }
  }
  return hidden;
}

function addSimple(
  build: ModelBuild,
  host: HostSnapshot,
  namespace: NamespaceSnapshot,
  id: string,
  parent: string,
): void {
  const link = visibleLinks(namespace)[0];
  addNode(build, {
    id,
    kind: 'namespace',
    parent,
    name: namespace.name,
    trail: 'netns',
    glyph: 'netns',
    lines: link
      ? someLines(
          ...link.addresses.slice(0, 2).map((text) => monoLine(text, 'ports', true)),
          monoLine(link.mac, 'ports'),
          monoLine(`${link.name}, mtu ${link.mtu}`, 'facts'),
        )
      : [],
    state: link ? linkState(link) : 'up',
    network: link ? linkNetwork(build, host, link) : null,
  });
  if (!link) return;
  const nic = link.kind === 'physical' ? draftLink(build, host, namespace, link, id) : null;
  if (nic) addNode(build, nic);
  else build.aliases.set(linkId(host.name, namespace.name, link.name), id);
  joinLink(build, host, namespace, link);
}

function addComplex(
  build: ModelBuild,
  host: HostSnapshot,
  namespace: NamespaceSnapshot,
  id: string,
  parent: string,
): void {
  addNode(build, { id, kind: 'namespace', parent, name: namespace.name, trail: 'netns', glyph: 'netns' });
  addNamespaceContent(build, host, namespace, id, new Set());
}

/** Adds the devices of a namespace to `parent`, with what joins them. `folded`: devices whose namespace is folded away. */
export function addNamespaceContent(
  build: ModelBuild,
  host: HostSnapshot,
  namespace: NamespaceSnapshot,
  parent: string,
  folded: ReadonlySet<string>,
): void {
  for (const link of visibleLinks(namespace)) {
    const far = link.peer === null ? '' : linkId(host.name, link.peer.namespace, link.peer.device);
    // The jack of a folded namespace folds with it: one line leads from the fold to the bridge.
    if (folded.has(far) && link.master !== null)
      build.aliases.set(
        linkId(host.name, namespace.name, link.name),
        linkId(host.name, namespace.name, link.master),
      );
    else {
      const draft = draftLink(build, host, namespace, link, parent);
      if (draft) addNode(build, draft);
    }
    joinLink(build, host, namespace, link);
  }
}

type Draft = Parameters<typeof addNode>[1];

function draftLink(
  build: ModelBuild,
  host: HostSnapshot,
  namespace: NamespaceSnapshot,
  link: LinkSnapshot,
  parent: string,
): Draft | null {
  const id = linkId(host.name, namespace.name, link.name);
  const root = namespace === host.namespaces[0];
  const base = {
    id,
    name: link.name,
    state: linkState(link),
    network: linkNetwork(build, host, link),
    lines: linkLines(link),
  } satisfies Partial<DiagramNode>;
  const master = namespace.links.find(({ name }) => name === link.master);
  // What is an OVS port in the root namespace is drawn once, as the chip on its bridge.
  if (root && link.ovsPort && link.kind !== 'physical' && link.kind !== 'bond') {
    if (link.kind === 'geneve' || link.kind === 'vxlan' || link.kind === 'gre')
      return tunnelDevice(build, base, parent);
    build.aliases.set(
      id,
      link.name === link.ovsPort.bridge
        ? subjectId({ kind: 'bridge', host: host.name, bridge: link.ovsPort.bridge })
        : bridgePortId(host.name, link.ovsPort),
    );
    return null;
  }
  if (master?.kind === 'bridge' && isJack(build, link))
    return { ...base, kind: 'port', parent: linkId(host.name, namespace.name, master.name), side: 'top' };
  const inVrf = master?.kind === 'vrf' ? linkId(host.name, namespace.name, master.name) : parent;
  const outward = !root && (link.peer !== null || link.ovsPort !== null);
  switch (link.kind) {
    case 'loopback':
      return null;
    case 'physical':
      // A NIC is a part of the machine, in whichever namespace it is: a cable ends at the machine's edge.
      return { ...base, kind: 'nic', parent: subjectId({ kind: 'host', host: host.name }), side: 'bottom' };
    case 'bridge':
      return { ...base, kind: 'linux-bridge', parent, glyph: 'bridge', trail: link.addresses[0] ?? '' };
    case 'vrf':
      return { ...base, kind: 'vrf', parent, glyph: 'vrf', trail: 'vrf' };
    case 'geneve':
    case 'gre':
    case 'vxlan':
      return tunnelDevice(build, base, parent);
    case 'vlan':
      return { ...base, kind: 'device', parent: inVrf, lead: link.vlan === null ? '' : String(link.vlan) };
    case 'veth':
    case 'internal':
    case 'tap':
      return outward
        ? { ...base, kind: 'nic', parent, side: 'bottom' }
        : { ...base, kind: 'device', parent: inVrf };
    case 'dummy':
    case 'bond':
      return { ...base, kind: 'device', parent: inVrf };
  }
}

/** A port of a Linux bridge that is nothing else in the picture: tubes end at the device of a tunnel. */
const isJack = ({ options }: ModelBuild, { kind }: LinkSnapshot): boolean =>
  kind === 'veth' ||
  kind === 'tap' ||
  kind === 'dummy' ||
  (options.lens === 'physical' && (kind === 'vxlan' || kind === 'gre'));

function tunnelDevice(build: ModelBuild, base: Omit<Draft, 'kind' | 'parent'>, parent: string): Draft | null {
  return build.options.lens === 'physical' ? null : { ...base, kind: 'device' satisfies NodeKind, parent };
}

function linkLines(link: LinkSnapshot): DiagramNode['lines'] {
  const [first, ...more] = link.addresses;
  return someLines(
    monoLine(first ?? '', link.kind === 'dummy' || link.kind === 'vlan' ? 'ports' : 'facts'),
    ...more.slice(0, 1).map((text) => monoLine(text, 'facts')),
    monoLine(link.mac, 'facts'),
    monoLine(`rx ${link.rxPackets} tx ${link.txPackets}`, 'facts'),
  );
}

/** The lines from a device to what it hangs on: VLAN parent, master, peer, OVS port; a NIC in a namespace hangs on that. */
function joinLink(
  build: ModelBuild,
  host: HostSnapshot,
  namespace: NamespaceSnapshot,
  link: LinkSnapshot,
): void {
  const id = linkId(host.name, namespace.name, link.name);
  const network = linkNetwork(build, host, link);
  const networks = network === null ? [] : [network];
  const state = linkState(link);
  const root = namespace === host.namespaces[0];
  if (!root && link.kind === 'physical')
    addEdge(build, {
      id: `edge:within/${id}`,
      kind: 'wire',
      from: subjectId({ kind: 'namespace', host: host.name, namespace: namespace.name }),
      to: id,
      networks,
      state,
    });
  if (link.ovsPort && !(root && link.name === link.ovsPort.bridge)) {
    const kind = link.kind === 'internal' ? 'internal' : 'wire';
    addEdge(build, {
      id: `edge:${kind}/${id}`,
      kind,
      from: id,
      to: bridgePortId(host.name, link.ovsPort),
      networks,
      state,
    });
  }
  if (link.kind === 'vlan') {
    const parent = vlanParent(namespace, link);
    if (parent)
      addEdge(build, {
        id: `edge:access/${id}`,
        kind: 'access',
        from: id,
        to: linkId(host.name, namespace.name, parent.name),
        networks,
        state,
      });
  }
  const master = namespace.links.find(({ name }) => name === link.master);
  if (
    master &&
    master.kind !== 'vrf' &&
    link.kind !== 'veth' &&
    link.kind !== 'tap' &&
    link.kind !== 'dummy'
  ) {
    const masterId = linkId(host.name, namespace.name, master.name);
    addEdge(build, { id: `edge:master/${id}`, kind: 'wire', from: masterId, to: id, state });
  }
  if (link.peer) {
    const peer = linkId(host.name, link.peer.namespace, link.peer.device);
    if (id < peer || !build.world.link(host.name, link.peer.namespace, link.peer.device))
      addEdge(build, { id: `edge:veth/${id}`, kind: 'veth', from: id, to: peer, state });
  }
}
