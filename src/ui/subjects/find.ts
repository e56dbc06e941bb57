/** Finding things by what a person remembers of them: name, address, MAC, VLAN, VNI, uuid, AS number. */
import type { Subject } from '../../engine/protocol.ts';
import type { LogicalSwitchSnapshot, WorldSnapshot } from '../../engine/snapshot.ts';
import { describeSubject, speakerPlace } from './describe.ts';
import { searchTerms } from './search-terms.ts';

export interface Found {
  readonly subject: Subject;
  readonly name: string;
  /** What matched besides the name, or where it is. */
  readonly note: string;
}

interface Candidate extends Found {
  /** Lower case; everything that is looked at. */
  readonly text: string;
  /** Of a network: its subnets, or any of its addresses with their length. */
  readonly subnets: readonly string[];
}

const inNetwork = (candidate: Candidate, subnets: readonly (string | null)[]): Candidate => ({
  ...candidate,
  subnets: subnets.filter((subnet) => subnet !== null),
});

const of = (
  subject: Subject,
  name: string,
  note: string,
  ...more: readonly (string | number | null)[]
): Candidate => ({
  subject,
  name,
  note,
  text: [name, note, ...more]
    .filter((part) => part !== null)
    .join(' ')
    .toLowerCase(),
  subnets: [],
});

/** The subnets of logical switches: of the routers on them, and of the devices behind their ports. */
function subnetsOfSwitches(snapshot: WorldSnapshot): (logical: LogicalSwitchSnapshot) => readonly string[] {
  const ofRouterPort = new Map<string, readonly string[]>();
  for (const { ports } of snapshot.logical?.routers ?? [])
    for (const { name, networks } of ports) ofRouterPort.set(name, networks);
  const ofPort = new Map<string, readonly string[]>();
  for (const { bridges, namespaces } of snapshot.hosts) {
    const bound = new Map<string, string>();
    for (const { name, ports } of bridges)
      for (const { name: port, logicalPort } of ports)
        if (logicalPort !== null) bound.set(`${name}/${port}`, logicalPort);
    for (const { links } of namespaces)
      for (const { ovsPort, addresses } of links) {
        const port = ovsPort && bound.get(`${ovsPort.bridge}/${ovsPort.port}`);
        // Every link has an address of its own that begins so.
        if (port)
          ofPort.set(
            port,
            addresses.filter((address) => !address.startsWith('fe80:')),
          );
      }
  }
  return ({ ports }) =>
    ports.flatMap(({ name, routerPort }) => [
      ...(ofPort.get(name) ?? []),
      ...(routerPort === null ? [] : (ofRouterPort.get(routerPort) ?? [])),
    ]);
}

/** BGP's speakers by AS number, and the sessions between them. */
function* routers(snapshot: WorldSnapshot): Generator<Candidate> {
  for (const speaker of snapshot.routing?.speakers ?? [])
    yield of(
      { kind: 'speaker', id: speaker.id },
      `AS ${speaker.asn}`,
      `BGP on ${speakerPlace(speaker)}`,
      `asn as${speaker.asn}`,
      speaker.routerId,
    );
  for (const { id, near, far } of snapshot.routing?.sessions ?? [])
    yield of(
      { kind: 'bgp-session', id },
      describeSubject({ kind: 'bgp-session', id }, snapshot).name,
      `BGP session, ${near.state}`,
      `as ${near.remoteAs}`,
      near.address,
      far?.address ?? null,
      far?.speaker ?? null,
    );
}

function* candidates(snapshot: WorldSnapshot): Generator<Candidate> {
  for (const host of snapshot.hosts) {
    yield of({ kind: 'host', host: host.name }, host.name, host.address ?? 'machine');
    for (const bridge of host.bridges) {
      yield of(
        { kind: 'bridge', host: host.name, bridge: bridge.name },
        bridge.name,
        `bridge on ${host.name}`,
      );
      for (const port of bridge.ports)
        yield of(
          { kind: 'port', host: host.name, bridge: bridge.name, port: port.name },
          port.name,
          `port ${port.ofport} of ${bridge.name} on ${host.name}`,
          port.logicalPort,
          port.ifaceId,
          Object.values(port.options).join(' '),
          port.tag === null ? null : `vlan ${port.tag}`,
          ...port.trunks.map((vlan) => `vlan ${vlan}`),
          port.type === 'vxlan' || port.type === 'geneve' ? `vni ${port.options['key'] ?? ''}` : null,
        );
    }
    for (const { name, database } of host.programs)
      yield of(
        { kind: 'program', host: host.name, name, database },
        database || name,
        `${database === '' ? 'program' : name} on ${host.name}`,
      );
    for (const namespace of host.namespaces) {
      if (namespace.name !== '')
        yield of(
          { kind: 'namespace', host: host.name, namespace: namespace.name },
          namespace.name,
          `namespace on ${host.name}`,
        );
      for (const link of namespace.links)
        yield inNetwork(
          of(
            { kind: 'link', host: host.name, namespace: namespace.name, device: link.name },
            link.name,
            `${link.addresses[0] ?? link.mac} on ${host.name}`,
            link.mac,
            link.vlan === null ? null : `vlan ${link.vlan}`,
            link.vni === null ? null : `vni ${link.vni}`,
            ...link.addresses,
          ),
          link.kind === 'bridge' ? link.addresses : [],
        );
    }
  }
  for (const segment of snapshot.segments)
    yield inNetwork(of({ kind: 'segment', id: segment.id }, segment.name, segment.subnet ?? 'segment'), [
      segment.subnet,
    ]);
  for (const tunnel of snapshot.tunnels)
    yield of(
      { kind: 'tunnel', id: tunnel.id },
      `${tunnel.host} to ${tunnel.remoteHost ?? tunnel.remoteIp}`,
      `${tunnel.type} tunnel`,
      tunnel.vni === null ? null : `vni ${tunnel.vni}`,
      tunnel.remoteIp,
      tunnel.localIp,
    );
  yield* routers(snapshot);
  const subnetsOf = subnetsOfSwitches(snapshot);
  for (const logical of snapshot.logical?.switches ?? []) {
    yield inNetwork(
      of(
        { kind: 'logical-switch', uuid: logical.uuid },
        logical.name,
        'logical switch',
        logical.uuid,
        logical.alias,
        `vni ${logical.tunnelKey}`,
        logical.evpnVni === null ? null : `vni ${logical.evpnVni}`,
        ...logical.ports.flatMap(({ tag }) => (tag === null ? [] : [`vlan ${tag}`])),
        logical.loadBalancers.join(' '),
      ),
      subnetsOf(logical),
    );
    for (const port of logical.ports)
      yield of(
        { kind: 'logical-port', uuid: port.uuid },
        port.name,
        `port of ${logical.name}`,
        port.uuid,
        port.addresses.join(' '),
        port.alias,
        port.chassis,
        port.networkName,
        port.tag === null ? null : `vlan ${port.tag}`,
      );
  }
  for (const router of snapshot.logical?.routers ?? []) {
    yield of(
      { kind: 'logical-router', uuid: router.uuid },
      router.name,
      'logical router',
      router.uuid,
      router.alias,
      `vni ${router.tunnelKey}`,
      router.loadBalancers.join(' '),
      ...router.nat.flatMap(({ uuid, external, logical }) => [uuid, external, logical]),
      ...router.routes.flatMap(({ uuid, prefix, nexthop }) => [uuid, prefix, nexthop]),
    );
    for (const port of router.ports)
      yield of(
        { kind: 'logical-port', uuid: port.uuid },
        port.name,
        `port of ${router.name}`,
        port.uuid,
        port.mac,
        port.networks.join(' '),
      );
  }
}

/**
 * At most `limit` things that hold every word of `text` (see `searchTerms`): those whose name begins with it and those that
 * have the address come first, then the networks in which it is.
 */
export function findSubjects(snapshot: WorldSnapshot, text: string, limit: number): readonly Found[] {
  const terms = searchTerms(text);
  const byRank: readonly Found[][] = [[], [], []];
  const [best = []] = byRank;
  for (const candidate of candidates(snapshot)) {
    let rank = 0;
    for (const [at, term] of terms.entries()) {
      const own = term(candidate);
      if (own === null) {
        rank = byRank.length;
        break;
      }
      // Of several words the first says what one looks for.
      if (at === 0) rank = own;
    }
    const list = byRank[rank];
    if (list && list.length < limit) list.push(candidate);
    if (best.length >= limit) break;
  }
  return byRank.flat().slice(0, limit);
}
