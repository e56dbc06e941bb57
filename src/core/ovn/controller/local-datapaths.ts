/** The datapaths that a chassis has to know: those of its own ports, and those that patch ports lead to from there. */
import { present } from '../../base/assert.ts';
import type { Uuid } from '../../base/uuid.ts';
import type { SbDatabase, SbRow } from '../../ovsdb/index.ts';
import { isMonitored } from './monitored-ports.ts';
import { natZone, type ZoneName } from './nat-zone.ts';
import { haChassis, isSwitch, peerOf, portByName, portsOf } from './southbound-index.ts';

interface PeerPorts {
  readonly local: SbRow<'Port_Binding'>;
  readonly remote: SbRow<'Port_Binding'>;
}

function addPair(
  pairs: PeerPorts[] | undefined,
  local: SbRow<'Port_Binding'>,
  remote: SbRow<'Port_Binding'>,
): void {
  if (pairs && !pairs.some((pair) => pair.local._uuid === local._uuid)) pairs.push({ local, remote });
}

/** A datapath of this chassis. `peers`: pairs of ports that join it to other local ones; `localnet`: its port to a provider network that is plugged here. */
export interface LocalDatapath {
  readonly datapath: SbRow<'Datapath_Binding'>;
  readonly peers: readonly PeerPorts[];
  readonly localnet: SbRow<'Port_Binding'> | null;
}

/** Whether a localnet port's network is mapped to a bridge that exists. */
export type IsPlugged = (localnet: SbRow<'Port_Binding'>) => boolean;

export type LocalDatapaths = ReadonlyMap<Uuid, LocalDatapath>;

/** The order of an index in which all rows have the same key. */
const byUuid = (a: SbRow<'Port_Binding'>, b: SbRow<'Port_Binding'>): number => (a._uuid < b._uuid ? -1 : 1);

/** Nesting at which the real program gives up as well. */
const MAX_DEPTH = 100;

/** Whether a port's peer makes the peer's datapath local too: not always for a distributed gateway port. */
function leadsTo(
  sb: SbDatabase,
  port: SbRow<'Port_Binding'>,
  peer: SbRow<'Port_Binding'>,
  chassis: Uuid,
): boolean {
  if (port.type === 'l3gateway') return port.chassis === chassis && peer.chassis === chassis;
  if (port.type !== 'patch') return false;
  const ownName = port.options.get('chassis-redirect-port');
  const peerName = peer.options.get('chassis-redirect-port');
  if (ownName === undefined && peerName === undefined) return true;
  const own = ownName === undefined ? undefined : portByName(sb, ownName);
  const others = peerName === undefined ? undefined : portByName(sb, peerName);
  if (!own && !others) return false;
  const holds = (redirect: SbRow<'Port_Binding'>): boolean =>
    haChassis(sb, redirect.ha_chassis_group).some((one) => one.chassis === chassis);
  const switchOf = (one: SbRow<'Port_Binding'>): boolean =>
    isSwitch(present(sb.get('Datapath_Binding', one.datapath)));
  if (others && switchOf(port) && !switchOf(peer)) return holds(others);
  if (own && own.options.get('always-redirect') !== 'true') return true;
  return own !== undefined && holds(own);
}

/**
 * Datapaths that were local before, by their conntrack zones on the bridge: they stay local, whatever became of what had
 * made them so, until a full recompute (`full-recompute.ts`).
 */
export function rememberedDatapaths(
  sb: SbDatabase,
  zones: ReadonlyMap<string, number>,
  zoneName: ZoneName,
): Uuid[] {
  return [...sb.rows('Datapath_Binding')].flatMap((datapath) => {
    const kinds = (['dnat', 'snat'] as const).map((kind) => natZone(datapath, kind, zoneName));
    return kinds.every((name) => name !== undefined && zones.has(name)) ? [datapath._uuid] : [];
  });
}

/** Closes `roots` over patch ports, as seen from `chassis`; `remembered` ones are there as well, joined to the others. */
export function localDatapaths(
  sb: SbDatabase,
  roots: Iterable<Uuid>,
  chassis: Uuid,
  remembered: readonly Uuid[],
  isPlugged: IsPlugged,
  seesAll: boolean,
): LocalDatapaths {
  const name = sb.get('Chassis', chassis)?.name;
  const isKnown = (port: SbRow<'Port_Binding'>): boolean =>
    isMonitored(port, name, { seesAll, isLocal: found.has(port.datapath) });
  const found = new Map<Uuid, LocalDatapath & { readonly peers: PeerPorts[] }>();
  const visit = (uuid: Uuid, depth: number): void => {
    const datapath = sb.get('Datapath_Binding', uuid);
    if (!datapath || found.has(uuid)) return;
    const peers: PeerPorts[] = [];
    let localnet: SbRow<'Port_Binding'> | null = null;
    const ports = portsOf(sb, uuid).toSorted(byUuid);
    for (const port of ports) if (port.type === 'localnet' && isPlugged(port)) localnet = port;
    found.set(uuid, { datapath, peers, localnet });
    if (depth >= MAX_DEPTH) return;
    for (const port of ports) {
      const peer = peerOf(sb, port);
      if (!peer || !isKnown(peer) || !leadsTo(sb, port, peer, chassis)) continue;
      visit(peer.datapath, depth + 1);
      // Each end knows the pair, whichever of them led to the other.
      addPair(found.get(peer.datapath)?.peers, peer, port);
      addPair(peers, port, peer);
    }
  };
  for (const root of roots) visit(root, 0);
  const old = remembered.filter((uuid) => !found.has(uuid));
  for (const uuid of old) visit(uuid, 0);
  for (const uuid of old)
    for (const port of portsOf(sb, uuid)) {
      const peer = port.type === 'patch' ? peerOf(sb, port) : undefined;
      const other = peer && found.get(peer.datapath);
      if (!peer || !other) continue;
      addPair(found.get(uuid)?.peers, port, peer);
      addPair(other.peers, peer, port);
    }
  return found;
}

/** Localnet ports of local datapaths: they have a conntrack zone here, plugged or not. */
export const localnetsOf = (sb: SbDatabase, datapaths: LocalDatapaths): readonly SbRow<'Port_Binding'>[] =>
  sb.find('Port_Binding', 'type', 'localnet').filter((port) => datapaths.has(port.datapath));
