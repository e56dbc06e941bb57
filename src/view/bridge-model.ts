/** Open vSwitch bridges: a box, its ports as chips astride its edges, tunnels and uplinks below, the rest above. */
import type { HostSnapshot, OvsBridgeSnapshot, OvsPortSnapshot } from '../engine/snapshot.ts';
import { foldSplit } from './fold.ts';
import { isMeshed } from './tunnel-model.ts';
import type { DiagramNode, Side } from './model.ts';
import { addEdge, addNode, monoLine, someLines, type ModelBuild } from './model-parts.ts';
import { linkState } from './namespace-model.ts';
import { subjectId } from './subject-id.ts';

const TUNNELS: ReadonlySet<string> = new Set(['geneve', 'vxlan', 'gre', 'stt']);
const isTunnelPort = (port: OvsPortSnapshot): boolean => TUNNELS.has(port.type);

/** Adds the bridges of a host. `foldedLinks`: devices that are folded away, whose ports fold too. */
export function addBridges(
  build: ModelBuild,
  host: HostSnapshot,
  parent: string,
  foldedLinks: ReadonlySet<string>,
): void {
  for (const bridge of host.bridges) addBridge(build, host, bridge, parent, foldedLinks);
}

function addBridge(
  build: ModelBuild,
  host: HostSnapshot,
  bridge: OvsBridgeSnapshot,
  parent: string,
  foldedLinks: ReadonlySet<string>,
): void {
  const id = subjectId({ kind: 'bridge', host: host.name, bridge: bridge.name });
  const local = build.world.link(host.name, '', bridge.name);
  addNode(build, {
    id,
    kind: 'ovs-bridge',
    parent,
    name: bridge.name,
    glyph: 'ovs',
    lines: someLines(
      monoLine(local?.addresses[0] ?? '', 'ports'),
      monoLine(`tables ${bridge.tables.length}, flows ${bridge.flowCount}`, 'facts'),
      monoLine(`fail_mode ${bridge.failMode}`, 'facts'),
      monoLine(bridge.datapathType === '' ? '' : `datapath ${bridge.datapathType}`, 'facts'),
    ),
  });
  const idOf = (port: OvsPortSnapshot): string =>
    subjectId({ kind: 'port', host: host.name, bridge: bridge.name, port: port.name });
  const ports = bridge.ports.filter(({ name }) => name !== bridge.name);
  for (const port of ports) {
    joinPort(build, host, bridge, port, idOf(port));
    // The switch knows its ports by device name, whatever namespace the device has gone to.
    const device = subjectId({ kind: 'link', host: host.name, namespace: '', device: port.name });
    if (!build.world.link(host.name, '', port.name)) build.aliases.set(device, idOf(port));
  }
  if (build.options.compact) {
    for (const port of ports) build.aliases.set(idOf(port), id);
    return;
  }
  const tunnels = ports.filter(isTunnelPort);
  const others = ports.filter((port) => !isTunnelPort(port));
  const deviceOf = (port: OvsPortSnapshot): string | null => {
    for (const { name: namespace, links } of host.namespaces)
      for (const { name: device, ovsPort } of links)
        if (ovsPort?.bridge === bridge.name && ovsPort.port === port.name)
          return subjectId({ kind: 'link', host: host.name, namespace, device });
    return null;
  };
  // The port of a namespace that is drawn is drawn as well.
  const isHome = (port: OvsPortSnapshot): boolean => {
    const device = deviceOf(port);
    const box = device === null ? undefined : build.aliases.get(device);
    return box !== undefined && box.startsWith('namespace:') && build.ids.has(box);
  };
  const place = (
    list: readonly OvsPortSnapshot[],
    side: Side,
    limit: number,
    what: string,
    hidden: ReadonlySet<OvsPortSnapshot>,
  ): void => {
    const fold = `fold:${what}/${id}`;
    const { shown, folded } = foldSplit(
      build,
      fold,
      list.filter((port) => !hidden.has(port) && !isHome(port)),
      (port) => [idOf(port), deviceOf(port) ?? idOf(port)],
      limit,
    );
    for (const port of list)
      if (shown.has(port) || (isHome(port) && !hidden.has(port)))
        addPort(build, host, port, idOf(port), id, side);
    const away = [...list.filter((port) => hidden.has(port)), ...folded];
    if (away.length === 0) return;
    const expand = hidden.size > 0 && folded.length === 0 ? `fold:namespaces/${parent}` : fold;
    addNode(build, {
      id: fold,
      kind: 'fold',
      parent: id,
      name: `+${away.length} ${what}`,
      side,
      folds: { count: away.length, expand },
    });
    for (const port of away) build.aliases.set(idOf(port), fold);
  };
  const side = (port: OvsPortSnapshot): Side => sideOf(build, host, bridge, port);
  const top = others.filter((port) => side(port) === 'top');
  const away = new Set(top.filter((port) => foldedLinks.has(deviceOf(port) ?? '')));
  place(top, 'top', build.limit, 'ports', away);
  const uplinks = others.filter((port) => side(port) === 'bottom');
  place(uplinks, 'bottom', build.limit, 'uplinks', new Set());
  if (build.options.lens === 'physical') for (const port of tunnels) build.aliases.set(idOf(port), id);
  else place(tunnels, 'bottom', isMeshed(build) ? build.limit : tunnels.length, 'tunnels', new Set());
}

function addPort(
  build: ModelBuild,
  host: HostSnapshot,
  port: OvsPortSnapshot,
  id: string,
  parent: string,
  side: Side,
): void {
  const at = build.world.linkAnywhere(host.name, port.name);
  addNode(build, {
    id,
    kind: 'port',
    parent,
    name: port.name,
    lead: port.ofport > 0 ? String(port.ofport) : '',
    side,
    lines: portLines(port, at?.link),
    state: port.ofport < 0 ? 'failed' : at && !isTunnelPort(port) ? linkState(at.link) : 'up',
    network: portNetwork(build, port),
  });
}

function portNetwork(build: ModelBuild, port: OvsPortSnapshot): number | null {
  if (port.logicalPort !== null) return build.lookup.ofLogicalPort(port.logicalPort);
  return port.tag === null ? null : build.lookup.ofTag(port.tag);
}

function portLines(
  port: OvsPortSnapshot,
  link: { readonly mac: string; readonly addresses: readonly string[] } | undefined,
): DiagramNode['lines'] {
  const counters = monoLine(`rx ${port.rxPackets} tx ${port.txPackets}`, 'facts');
  if (isTunnelPort(port)) {
    const { remote_ip: remote = '', key = '' } = port.options;
    return someLines(
      monoLine(remote === '' ? '' : `to ${remote}`, 'facts'),
      monoLine(key === '' ? '' : `key ${key}`, 'facts'),
      counters,
    );
  }
  return someLines(
    monoLine(port.tag === null ? '' : `tag ${port.tag}`, 'facts'),
    monoLine(link?.addresses[0] ?? '', 'facts'),
    monoLine(link?.mac ?? '', 'facts'),
    counters,
  );
}

/** Tunnels, NICs and the way to a bridge nearer to a NIC hang below; the rest is above. */
function sideOf(
  build: ModelBuild,
  host: HostSnapshot,
  bridge: OvsBridgeSnapshot,
  port: OvsPortSnapshot,
): Side {
  if (isTunnelPort(port)) return 'bottom';
  if (port.type === 'patch') {
    const other = host.bridges.find(({ ports }) => ports.some(({ name }) => name === port.peer));
    return other && isBelow(build, host, other, bridge) ? 'bottom' : 'top';
  }
  const kind = build.world.link(host.name, '', port.name)?.kind;
  return kind === 'physical' || kind === 'bond' ? 'bottom' : 'top';
}

/** Is `a` nearer to the cable than `b`? A tie goes by order in the snapshot, the integration bridge (secure) above. */
function isBelow(build: ModelBuild, host: HostSnapshot, a: OvsBridgeSnapshot, b: OvsBridgeSnapshot): boolean {
  const weight = (bridge: OvsBridgeSnapshot): number => {
    const uplink = bridge.ports.some(({ name, type }) => {
      const kind = build.world.link(host.name, '', name)?.kind;
      return type === 'system' && (kind === 'physical' || kind === 'bond');
    });
    const integration = bridge.failMode === 'secure' || bridge.ports.some(isTunnelPort);
    return (uplink ? -2 : 0) + (integration ? 1 : 0);
  };
  const difference = weight(a) - weight(b);
  return difference !== 0 ? difference < 0 : host.bridges.indexOf(a) > host.bridges.indexOf(b);
}

function joinPort(
  build: ModelBuild,
  host: HostSnapshot,
  bridge: OvsBridgeSnapshot,
  port: OvsPortSnapshot,
  id: string,
): void {
  if (port.type !== 'patch' || port.peer === null) return;
  const other = host.bridges.find(({ ports }) => ports.some(({ name }) => name === port.peer));
  if (!other || (other.name === bridge.name && port.name > port.peer)) return;
  const peer = subjectId({ kind: 'port', host: host.name, bridge: other.name, port: port.peer });
  if (id < peer) addEdge(build, { id: `edge:patch/${id}`, kind: 'patch', from: id, to: peer });
}
