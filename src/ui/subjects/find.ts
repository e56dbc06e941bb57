/** Finding things by what a person remembers of them: name, address, MAC, VLAN, VNI, uuid, AS number. */
import type { Subject } from '../../engine/protocol.ts';
import type { WorldSnapshot } from '../../engine/snapshot.ts';
import { describeSubject, speakerPlace } from './describe.ts';

export interface Found {
  readonly subject: Subject;
  readonly name: string;
  /** What matched besides the name, or where it is. */
  readonly note: string;
}

interface Candidate extends Found {
  /** Lower case; everything that is looked at. */
  readonly text: string;
}

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
});

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
        yield of(
          { kind: 'link', host: host.name, namespace: namespace.name, device: link.name },
          link.name,
          `${link.addresses[0] ?? link.mac} on ${host.name}`,
          link.mac,
          link.vlan === null ? null : `vlan ${link.vlan}`,
          link.vni === null ? null : `vni ${link.vni}`,
          ...link.addresses,
        );
    }
  }
  for (const segment of snapshot.segments)
    yield of({ kind: 'segment', id: segment.id }, segment.name, segment.subnet ?? 'segment');
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
  for (const logical of snapshot.logical?.switches ?? []) {
    yield of(
      { kind: 'logical-switch', uuid: logical.uuid },
      logical.name,
      'logical switch',
      logical.uuid,
      logical.alias,
      `vni ${logical.tunnelKey}`,
      logical.evpnVni === null ? null : `vni ${logical.evpnVni}`,
      logical.loadBalancers.join(' '),
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

/** At most `limit` things that hold every word of `text`; those whose name begins with it first. */
export function findSubjects(snapshot: WorldSnapshot, text: string, limit: number): readonly Found[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const first: Found[] = [];
  const others: Found[] = [];
  for (const candidate of candidates(snapshot)) {
    if (!words.every((word) => candidate.text.includes(word))) continue;
    const list = words[0] === undefined || candidate.name.toLowerCase().startsWith(words[0]) ? first : others;
    if (list.length < limit) list.push(candidate);
    if (first.length >= limit) break;
  }
  return [...first, ...others].slice(0, limit);
}
