/**
 * Intent and reality: which things of the machines a logical thing is made of, and what a thing of the machines stands for.
 * Both directions follow the same bindings, so one leads back to the other.
 */
import type { Subject } from '../engine/protocol.ts';
import type {
  LogicalPortSnapshot,
  LogicalRouterSnapshot,
  LogicalSwitchSnapshot,
  TunnelSnapshot,
  WorldSnapshot,
} from '../engine/snapshot.ts';
import { subjectId } from './subject-id.ts';

export interface Relation {
  /** `Ports`, `Bound on`, `Stands for`. */
  readonly title: string;
  readonly things: readonly Subject[];
}

/** What belongs to a thing on the other side, nearest first; groups without things are left out. */
export function relationsOf(subject: Subject, snapshot: WorldSnapshot): readonly Relation[] {
  const groups: Relation[] = [];
  const add = (title: string, things: readonly (Subject | null)[]): void => {
    const own = subjectId(subject);
    const unique = new Map(
      things.flatMap((thing) => (thing === null ? [] : [[subjectId(thing), thing] as const])),
    );
    unique.delete(own);
    if (unique.size > 0) groups.push({ title, things: [...unique.values()] });
  };
  switch (subject.kind) {
    case 'logical-switch': {
      const found = snapshot.logical?.switches.find(({ uuid }) => uuid === subject.uuid);
      if (!found) break;
      add('Its ports', found.ports.map(logicalPort));
      add(
        'Joined to',
        found.ports.map((port) => routerOf(port, snapshot)),
      );
      add(
        'Realised by',
        found.ports.flatMap((port) => realThings(port.name, snapshot)),
      );
      add('Bound on', machines(chassisOf(found), snapshot));
      add('Carried by', tunnelsBetween(chassisOf(found), snapshot));
      break;
    }
    case 'logical-router': {
      const found = snapshot.logical?.routers.find(({ uuid }) => uuid === subject.uuid);
      if (!found) break;
      add(
        'Its ports',
        found.ports.map(({ uuid }): Subject => ({ kind: 'logical-port', uuid })),
      );
      const joined = switchesOn(found.ports, snapshot);
      add('Joined to', [
        ...joined.map(logicalSwitch),
        ...found.ports.map(({ peer }) => (peer === null ? null : routerWith(peer, snapshot))),
      ]);
      add('Runs on', machines(new Set(joined.flatMap((one) => [...chassisOf(one)])), snapshot));
      const holders = new Set(found.ports.flatMap(({ heldBy }) => (heldBy === null ? [] : [heldBy])));
      add('Gateway held by', machines(holders, snapshot));
      break;
    }
    case 'logical-port': {
      const owner = ownerOf(subject.uuid, snapshot);
      if (!owner) {
        addRouterPort(subject.uuid, snapshot, add);
        break;
      }
      const { port, network } = owner;
      add('Part of', [logicalSwitch(network)]);
      add('Joined to', [routerOf(port, snapshot)]);
      add('Realised by', realThings(port.name, snapshot));
      add('Bound on', machines(port.chassis === null ? [] : [port.chassis], snapshot));
      break;
    }
    case 'tunnel': {
      const tunnel = snapshot.tunnels.find(({ id }) => id === subject.id);
      if (!tunnel) break;
      const ends = new Set([tunnel.host, tunnel.remoteHost]);
      const carried = (snapshot.logical?.switches ?? []).filter((one) => {
        if (tunnel.vni !== null) return one.evpnVni === tunnel.vni;
        const chassis = chassisOf(one);
        return [...ends].every((end) => end !== null && chassis.has(end));
      });
      add('Carries', carried.map(logicalSwitch));
      add('Ends at', [
        tunnel.bridge === null
          ? null
          : { kind: 'port', host: tunnel.host, bridge: tunnel.bridge, port: tunnel.port },
        tunnel.device === ''
          ? null
          : { kind: 'link', host: tunnel.host, namespace: '', device: tunnel.device },
        ...machines(
          [...ends].filter((end) => end !== null),
          snapshot,
        ),
      ]);
      break;
    }
    default: {
      const stands = standsFor(subject, snapshot);
      add(
        'Stands for',
        stands.map(({ port }) => logicalPort(port)),
      );
      add(
        'In',
        stands.map(({ network }) => logicalSwitch(network)),
      );
      if (subject.kind === 'host')
        add(
          'Gateway of',
          (snapshot.logical?.routers ?? []).flatMap((router) =>
            router.ports.some(({ heldBy }) => heldBy === subject.host) ? [logicalRouter(router)] : [],
          ),
        );
      if (subject.kind === 'segment')
        add('Carries', snapshot.tunnels.filter(({ segment }) => segment === subject.id).map(tunnelThing));
      break;
    }
  }
  return groups;
}

/** A router's own port: it has no device, its gateway is on the machines that its chassis name. */
function addRouterPort(
  uuid: string,
  snapshot: WorldSnapshot,
  add: (title: string, things: readonly (Subject | null)[]) => void,
): void {
  for (const router of snapshot.logical?.routers ?? [])
    for (const port of router.ports) {
      if (port.uuid !== uuid) continue;
      const { heldBy, gatewayChassis, peer } = port;
      add('Part of', [logicalRouter(router)]);
      add('Joined to', [
        ...switchesOn([port], snapshot).map(logicalSwitch),
        peer === null ? null : routerWith(peer, snapshot),
      ]);
      add('Gateway held by', machines(heldBy === null ? [] : [heldBy], snapshot));
      const standby = gatewayChassis.map(({ chassis }) => chassis).filter((chassis) => chassis !== heldBy);
      add('Gateway may move to', machines(standby, snapshot));
    }
}

/** Switches that have a port to one of these router ports. */
function switchesOn(
  ports: LogicalRouterSnapshot['ports'],
  { logical }: WorldSnapshot,
): readonly LogicalSwitchSnapshot[] {
  const names = new Set(ports.map(({ name }) => name));
  return (logical?.switches ?? []).filter((one) =>
    one.ports.some(({ routerPort }) => routerPort !== null && names.has(routerPort)),
  );
}

interface OwnedPort {
  readonly port: LogicalPortSnapshot;
  readonly network: LogicalSwitchSnapshot;
}

const logicalPort = ({ uuid }: LogicalPortSnapshot): Subject => ({ kind: 'logical-port', uuid });
const logicalSwitch = ({ uuid }: LogicalSwitchSnapshot): Subject => ({ kind: 'logical-switch', uuid });
const logicalRouter = ({ uuid }: LogicalRouterSnapshot): Subject => ({ kind: 'logical-router', uuid });
const tunnelThing = ({ id }: TunnelSnapshot): Subject => ({ kind: 'tunnel', id });

function ownerOf(uuid: string, { logical }: WorldSnapshot): OwnedPort | null {
  for (const network of logical?.switches ?? [])
    for (const port of network.ports) if (port.uuid === uuid) return { port, network };
  return null;
}

const routerOf = ({ routerPort }: LogicalPortSnapshot, snapshot: WorldSnapshot): Subject | null =>
  routerPort === null ? null : routerWith(routerPort, snapshot);

/** The router that has a port of that name. */
function routerWith(port: string, { logical }: WorldSnapshot): Subject | null {
  const router = logical?.routers.find(({ ports }) => ports.some(({ name }) => name === port));
  return router ? logicalRouter(router) : null;
}

const chassisOf = ({ ports }: LogicalSwitchSnapshot): ReadonlySet<string> =>
  new Set(ports.flatMap(({ chassis }) => (chassis === null ? [] : [chassis])));

function machines(names: Iterable<string>, { hosts }: WorldSnapshot): readonly Subject[] {
  const wanted = new Set(names);
  return hosts.flatMap(({ name }): Subject[] => (wanted.has(name) ? [{ kind: 'host', host: name }] : []));
}

/** A pair of machines has a tunnel in each direction; both carry. */
const tunnelsBetween = (names: ReadonlySet<string>, { tunnels }: WorldSnapshot): readonly Subject[] =>
  tunnels.flatMap((tunnel) =>
    names.has(tunnel.host) && tunnel.remoteHost !== null && names.has(tunnel.remoteHost)
      ? [tunnelThing(tunnel)]
      : [],
  );

/** The switch port, its device, and the namespace that the device is in, wherever a logical port is bound. */
function realThings(name: string, { hosts }: WorldSnapshot): readonly Subject[] {
  const things: Subject[] = [];
  for (const host of hosts)
    for (const bridge of host.bridges)
      for (const port of bridge.ports) {
        if (port.logicalPort !== name) continue;
        things.push({ kind: 'port', host: host.name, bridge: bridge.name, port: port.name });
        for (const namespace of host.namespaces)
          for (const link of namespace.links) {
            if (link.ovsPort?.bridge !== bridge.name || link.ovsPort.port !== port.name) continue;
            things.push({ kind: 'link', host: host.name, namespace: namespace.name, device: link.name });
            if (namespace.name !== '')
              things.push({ kind: 'namespace', host: host.name, namespace: namespace.name });
          }
      }
  return things;
}

/** Logical ports whose realisation a thing is, or holds. */
function standsFor(subject: Subject, snapshot: WorldSnapshot): readonly OwnedPort[] {
  if (!('host' in subject)) return [];
  const id = subjectId(subject);
  const found: OwnedPort[] = [];
  for (const network of snapshot.logical?.switches ?? [])
    for (const port of network.ports) {
      if (subject.kind === 'host' ? port.chassis === subject.host : false) {
        found.push({ port, network });
        continue;
      }
      const things = realThings(port.name, snapshot);
      const here = things.some(
        (thing) =>
          subjectId(thing) === id ||
          (subject.kind === 'bridge' &&
            thing.kind === 'port' &&
            thing.host === subject.host &&
            thing.bridge === subject.bridge),
      );
      if (here) found.push({ port, network });
    }
  return found;
}
