/** Tunnels as tubes between the devices that carry them; in a large idle mesh those not in use fold into one. */
import type { HostSnapshot, TunnelSnapshot } from '../engine/snapshot.ts';
import { addEdge, addNode, monoLine, type ModelBuild } from './model-parts.ts';
import { subjectId } from './subject-id.ts';
import { isSetByFlows, type TunnelPair } from './world-index.ts';

/** More tubes than this beside each other are a wall: idle ones fold. */
const MESH_LIMIT = 15;

/** Are there so many tunnels that idle ones fold? */
export const isMeshed = (build: ModelBuild): boolean => build.world.tunnelPairs.length > MESH_LIMIT;

const deviceId = (tunnel: TunnelSnapshot): string =>
  subjectId({ kind: 'link', host: tunnel.host, namespace: '', device: tunnel.device });
const portId = ({ host, bridge, port }: TunnelSnapshot): string | null =>
  bridge === null ? null : subjectId({ kind: 'port', host, bridge, port });

/**
 * The device that a tunnel's tube ends at: its own; or, where OVN itself sends what EVPN told the kernel of, the device under
 * the port at which its flows do that.
 */
function endDevice(build: ModelBuild, tunnel: TunnelSnapshot): string {
  const switches = build.world.snapshot.logical?.switches ?? [];
  const isOvns = tunnel.vni !== null && switches.some(({ evpnVni }) => evpnVni === tunnel.vni);
  const sender = isOvns
    ? build.world.tunnelsOf(tunnel.host).find((one) => isSetByFlows(one) && one.type === tunnel.type)
    : undefined;
  return deviceId(sender ?? tunnel);
}

/** The id of a pair's tube: its first direction's. */
const tubeId = (pair: TunnelPair): string => subjectId({ kind: 'tunnel', id: pair.first.id });

/** Adds the kernel devices that carry tunnels (if the kernel did not list them) and the wires from the tunnel ports. */
export function addTunnelDevices(build: ModelBuild, host: HostSnapshot, parent: string): void {
  if (build.options.lens !== 'overlay') return;
  const joined = new Set<string>();
  for (const tunnel of build.world.tunnelsOf(host.name)) {
    const device = deviceId(tunnel);
    const port = portId(tunnel);
    if (port === null) continue;
    if (!build.ids.has(device)) addNode(build, { id: device, kind: 'device', parent, name: tunnel.device });
    if (joined.has(port)) continue;
    joined.add(port);
    addEdge(build, { id: `edge:wire/${port}`, kind: 'wire', from: port, to: device, members: [tunnel.id] });
  }
}

/** Adds the tubes. Call after every host is in the model. */
export function addTunnels(build: ModelBuild): void {
  if (build.options.lens !== 'overlay') return;
  const { expanded, keep } = build.options;
  for (const pair of build.world.tunnelPairs) {
    build.aliases.set(
      subjectId({ kind: 'tunnel', id: pair.second?.id ?? pair.first.id }),
      deviceId(pair.first),
    );
  }
  const pairs = build.world.tunnelPairs.filter(({ first }) => !isSetByFlows(first));
  const bySegment = new Map<string | null, TunnelPair[]>();
  for (const pair of pairs) {
    const segment = pair.first.segment ?? pair.second?.segment ?? null;
    const list = bySegment.get(segment);
    if (list) list.push(pair);
    else bySegment.set(segment, [pair]);
  }
  for (const [segment, list] of bySegment) {
    const fold = `fold:tunnels/${segment ?? ''}`;
    if (list.length <= MESH_LIMIT || expanded.has(fold)) {
      for (const pair of list) addTube(build, pair, segment);
      continue;
    }
    const used = list.filter((pair) => pairIds(pair).some((id) => keep.has(id)));
    for (const pair of used) addTube(build, pair, segment);
    addMesh(
      build,
      fold,
      list.filter((pair) => !used.includes(pair)),
      segment,
    );
  }
}

const pairIds = ({ first, second }: TunnelPair): readonly string[] =>
  [first, ...(second ? [second] : [])].flatMap((tunnel) => {
    const id = subjectId({ kind: 'tunnel', id: tunnel.id });
    return [id, portId(tunnel) ?? id];
  });

function addTube(build: ModelBuild, pair: TunnelPair, segment: string | null): void {
  const { first, second } = pair;
  const vni = first.vni ?? second?.vni ?? null;
  addEdge(build, {
    id: tubeId(pair),
    kind: 'tunnel',
    from: endDevice(build, first),
    to: second ? endDevice(build, second) : farEnd(build, first),
    via: [...nicIds(build, first), ...(second ? nicIds(build, second) : remoteNic(build, first))],
    cables: [first, ...(second ? [second] : [])].flatMap((end) => cableIds(build, end)),
    segment,
    label: vni === null ? first.type : `${first.type} VNI ${vni}`,
    members: [first.id, ...(second ? [second.id] : [])],
  });
}

function nicIds(build: ModelBuild, { host, localIp, device }: TunnelSnapshot): readonly string[] {
  const at = localIp === null ? undefined : build.world.underlayNic(host, localIp);
  return at && at.link.name !== device
    ? [subjectId({ kind: 'link', host, namespace: at.namespace, device: at.link.name })]
    : [];
}

function cableIds(build: ModelBuild, { host, localIp }: TunnelSnapshot): readonly string[] {
  const at = localIp === null ? undefined : build.world.underlayNic(host, localIp);
  const segment = at && build.world.segmentOf(host, at.link.name);
  return segment ? [subjectId({ kind: 'segment', id: segment.id })] : [];
}

function remoteNic(build: ModelBuild, { remoteHost, remoteIp }: TunnelSnapshot): readonly string[] {
  const at = remoteHost === null ? undefined : build.world.underlayNic(remoteHost, remoteIp);
  return at && remoteHost !== null
    ? [subjectId({ kind: 'link', host: remoteHost, namespace: at.namespace, device: at.link.name })]
    : [];
}

/** Where a tunnel without a partner leads: the machine with that address, or an unknown one that is drawn as such. */
function farEnd(build: ModelBuild, tunnel: TunnelSnapshot): string {
  if (tunnel.remoteHost !== null) return subjectId({ kind: 'host', host: tunnel.remoteHost });
  const id = `unknown:${encodeURIComponent(tunnel.remoteIp)}`;
  if (!build.ids.has(id))
    addNode(build, {
      id,
      kind: 'machine',
      parent: null,
      name: tunnel.remoteIp,
      glyph: 'question',
      state: 'unknown',
      collapsed: true,
      lines: [monoLine('not in this world', 'ports')],
    });
  return id;
}

function addMesh(build: ModelBuild, id: string, pairs: readonly TunnelPair[], segment: string | null): void {
  if (pairs.length === 0) return;
  const parent = segment === null ? null : subjectId({ kind: 'segment', id: segment });
  addNode(build, {
    id,
    kind: 'fold',
    parent,
    name: `${pairs.length} idle tunnels`,
    folds: { count: pairs.length, expand: id },
  });
  const ends = new Map<string, TunnelSnapshot>();
  const counts = new Map<string, number>();
  const note = (tunnel: TunnelSnapshot): void => {
    const device = endDevice(build, tunnel);
    ends.set(device, tunnel);
    counts.set(device, (counts.get(device) ?? 0) + 1);
  };
  for (const { first, second } of pairs) {
    note(first);
    if (second) note(second);
    build.aliases.set(subjectId({ kind: 'tunnel', id: first.id }), id);
    if (second) build.aliases.set(subjectId({ kind: 'tunnel', id: second.id }), id);
  }
  for (const [device, tunnel] of ends)
    addEdge(build, {
      id: `edge:mesh/${device}`,
      kind: 'tunnel',
      from: device,
      to: id,
      via: nicIds(build, tunnel),
      cables: cableIds(build, tunnel),
      segment,
      label: String(counts.get(device) ?? 1),
    });
}
