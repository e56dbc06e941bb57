/** A subject in words: its name, what it is, and its glyph. */
import type { Subject } from '../../engine/protocol.ts';
import type {
  LinkKind,
  LinkSnapshot,
  OvsPortSnapshot,
  SpeakerSnapshot,
  WorldSnapshot,
} from '../../engine/snapshot.ts';
import type { GlyphName } from '../glyphs/glyphs.table.tsx';

export interface SubjectWords {
  readonly name: string;
  /** One line under the name: what it is and where. */
  readonly where: string;
  readonly glyph: GlyphName;
}

const LINK_GLYPH: Readonly<Record<LinkKind, GlyphName>> = {
  loopback: 'port',
  physical: 'port',
  veth: 'port',
  internal: 'port',
  dummy: 'port',
  tap: 'port',
  bridge: 'bridge',
  vlan: 'vlan',
  bond: 'bond',
  vxlan: 'vxlan',
  geneve: 'geneve',
  gre: 'geneve',
  vrf: 'vrf',
};

const LINK_WORD: Readonly<Record<LinkKind, string>> = {
  loopback: 'loopback',
  physical: 'NIC',
  veth: 'veth',
  internal: 'internal port',
  dummy: 'dummy device',
  tap: 'tap device',
  bridge: 'Linux bridge',
  vlan: 'VLAN device',
  bond: 'bond',
  vxlan: 'VXLAN device',
  geneve: 'Geneve device',
  gre: 'GRE device',
  vrf: 'VRF',
};

export const linkGlyph = (link: LinkSnapshot): GlyphName => LINK_GLYPH[link.kind];

export function portGlyph(port: OvsPortSnapshot): GlyphName {
  if (port.type === 'vxlan') return 'vxlan';
  return port.type === 'geneve' || port.type === 'gre' || port.type === 'stt' ? 'geneve' : 'port';
}

/** The link that a subject names, if it is in the snapshot. */
export function findLink(
  snapshot: WorldSnapshot,
  host: string,
  namespace: string,
  device: string,
): LinkSnapshot | undefined {
  const machine = snapshot.hosts.find((other) => other.name === host);
  return machine?.namespaces
    .find((other) => other.name === namespace)
    ?.links.find((link) => link.name === device);
}

/** Never fails: a thing that is gone keeps the name in its subject. */
export function describeSubject(subject: Subject, snapshot: WorldSnapshot): SubjectWords {
  switch (subject.kind) {
    case 'host': {
      const host = snapshot.hosts.find((other) => other.name === subject.host);
      const kind = host?.kind === 'container' ? 'container' : 'machine';
      return {
        name: subject.host,
        where: host?.address ? `${kind}, ${host.address}` : kind,
        glyph: kind === 'container' ? 'container' : 'host',
      };
    }
    case 'namespace':
      return {
        name: subject.namespace || 'root namespace',
        where: `network namespace on ${subject.host}`,
        glyph: 'netns',
      };
    case 'link': {
      const link = findLink(snapshot, subject.host, subject.namespace, subject.device);
      const place = subject.namespace === '' ? subject.host : `${subject.host}, ${subject.namespace}`;
      return {
        name: subject.device,
        where: `${link ? LINK_WORD[link.kind] : 'device'} on ${place}`,
        glyph: link ? linkGlyph(link) : 'port',
      };
    }
    case 'bridge':
      return { name: subject.bridge, where: `Open vSwitch bridge on ${subject.host}`, glyph: 'ovs' };
    case 'port': {
      const port = snapshot.hosts
        .find((other) => other.name === subject.host)
        ?.bridges.find((other) => other.name === subject.bridge)
        ?.ports.find((other) => other.name === subject.port);
      const number = port ? `port ${port.ofport}` : 'port';
      return {
        name: subject.port,
        where: `${number} of ${subject.bridge} on ${subject.host}`,
        glyph: port ? portGlyph(port) : 'port',
      };
    }
    case 'table':
      return {
        name: `table ${subject.table}`,
        where: `${subject.bridge} on ${subject.host}`,
        glyph: 'table',
      };
    case 'tunnel': {
      const tunnel = snapshot.tunnels.find((other) => other.id === subject.id);
      const name = tunnel ? `${tunnel.host} to ${tunnel.remoteHost ?? tunnel.remoteIp}` : subject.id;
      return {
        name,
        where: tunnel
          ? `${tunnel.type} tunnel, ${tunnel.vni === null ? `port ${tunnel.port}` : `VNI ${tunnel.vni}, device ${tunnel.port}`}`
          : 'tunnel',
        glyph: tunnel?.type === 'vxlan' ? 'vxlan' : 'geneve',
      };
    }
    case 'segment': {
      const segment = snapshot.segments.find((other) => other.id === subject.id);
      return {
        name: segment?.name ?? subject.id,
        where: segment?.subnet ? `segment, ${segment.subnet}` : 'segment',
        glyph: 'segment',
      };
    }
    case 'speaker': {
      const speaker = snapshot.routing?.speakers.find((other) => other.id === subject.id);
      return {
        name: speaker ? `AS ${speaker.asn}` : subject.id,
        where: speaker ? `BGP speaker on ${speakerPlace(speaker)}` : 'BGP speaker',
        glyph: 'speaker',
      };
    }
    case 'bgp-session':
      return describeSession(subject.id, snapshot);
    case 'logical-switch': {
      const found = snapshot.logical?.switches.find((other) => other.uuid === subject.uuid);
      return { name: found?.name ?? subject.uuid.slice(0, 8), where: 'logical switch', glyph: 'lswitch' };
    }
    case 'logical-router': {
      const found = snapshot.logical?.routers.find((other) => other.uuid === subject.uuid);
      return { name: found?.name ?? subject.uuid.slice(0, 8), where: 'logical router', glyph: 'lrouter' };
    }
    case 'logical-port':
      return describeLogicalPort(subject.uuid, snapshot);
    case 'program': {
      const name = subject.database === '' ? subject.name : subject.database;
      return {
        name,
        where: subject.database === '' ? `program on ${subject.host}` : `${subject.name} on ${subject.host}`,
        glyph: subject.database === '' ? 'term' : 'db',
      };
    }
  }
}

/** `ovn-gw-1, frr-ns`: the machine with the namespace or VRF in which a speaker is. */
export function speakerPlace({ host, namespace, vrf }: SpeakerSnapshot): string {
  return [host, namespace, vrf === 'default' ? '' : vrf].filter((part) => part !== '').join(', ');
}

function describeSession(id: string, { routing }: WorldSnapshot): SubjectWords {
  const session = routing?.sessions.find((other) => other.id === id);
  const speaker = (end: string | undefined): SpeakerSnapshot | undefined =>
    routing?.speakers.find((other) => other.id === end);
  const near = speaker(session?.near.speaker);
  const far = speaker(session?.far?.speaker);
  if (!session || !near) return { name: id, where: 'BGP session', glyph: 'session' };
  return {
    name: `AS ${near.asn} to ${far ? `AS ${far.asn}` : session.near.neighbour}`,
    where: `BGP session, ${session.established ? 'Established' : session.near.state}`,
    glyph: 'session',
  };
}

function describeLogicalPort(uuid: string, snapshot: WorldSnapshot): SubjectWords {
  for (const owner of snapshot.logical?.switches ?? []) {
    const port = owner.ports.find((other) => other.uuid === uuid);
    if (port)
      return {
        name: port.name,
        where: `logical switch port of ${owner.name}`,
        glyph: port.type === '' ? 'vm' : 'port',
      };
  }
  for (const owner of snapshot.logical?.routers ?? []) {
    const port = owner.ports.find((other) => other.uuid === uuid);
    if (port) return { name: port.name, where: `logical router port of ${owner.name}`, glyph: 'port' };
  }
  return { name: uuid.slice(0, 8), where: 'logical port', glyph: 'port' };
}
