/** What a line of configuration about an instance, or one of its families, does to its neighbours and tables. */
import type { BgpFamily } from '../config/bgp-config.ts';
import type { Daemon } from './configured-daemon.ts';
import { announceSoon } from './announce-soon.ts';
import { refreshAllImports, refreshImports } from './leak.ts';
import { CEASE, CONFIGURATION_CHANGE, NOTIFICATION, notification } from './message/notification.ts';
import { refreshNetwork, withdrawProtocol } from './originate.ts';
import { announceTable } from './outbound.ts';
import type { RouteProtocol } from '../route-protocol.ts';
import { readOptions } from './peer-options.ts';
import { judgeAgain } from './refresh.ts';
import type { Speaker } from './speaker.ts';

/** The families whose routes zebra and staticd know. */
export const UNICAST: readonly BgpFamily[] = ['ipv4-unicast', 'ipv6-unicast'];

/** An option of the instance was set or taken away. */
export function optionChanged(daemon: Daemon, speaker: Speaker, option: string): void {
  const { options } = speaker.config;
  switch (option) {
    case 'routerId':
      changeRouterId(daemon, speaker, options.routerId ?? speaker.host.zebra.routerId(speaker.vrf));
      return;
    case 'networkImportCheck':
      for (const family of UNICAST)
        for (const { prefix } of speaker.config.families[family].networks.values())
          refreshNetwork(speaker, daemon.listener, family, prefix);
      return;
    case 'clusterId':
      for (const neighbour of speaker.peers.values())
        if (neighbour.isInternal && neighbour.hasSession)
          daemon.machine(neighbour)?.end(CONFIGURATION_CHANGE);
      return;
    case 'confederationIdentifier':
    case 'confederationPeers':
      confederationChanged(daemon, speaker, option);
      return;
    case 'rejectAsSets':
      for (const neighbour of speaker.peers.values())
        if (neighbour.hasSession) daemon.machine(neighbour)?.end(CONFIGURATION_CHANGE);
      return;
    case 'alwaysCompareMed':
    case 'deterministicMed':
    case 'bestpathAsPathIgnore':
    case 'bestpathAsPathConfed':
    case 'bestpathMultipathRelax':
    case 'bestpathCompareRouterid':
    case 'bestpathMed':
    case 'bestpathPeerTypeMultipathRelax':
      decideAll(speaker);
      return;
    case 'defaultLocalPreference':
      for (const neighbour of speaker.peers.values())
        for (const family of neighbour.families.values())
          judgeAgain(speaker, daemon.listener, daemon.output, neighbour, family);
      return;
    case 'shutdown':
      for (const neighbour of speaker.peers.values()) {
        const machine = daemon.machine(neighbour);
        if (options.shutdown === undefined) machine?.begin();
        else machine?.end(notification(NOTIFICATION.cease, CEASE.adminShutdown), 'user-shutdown');
      }
      return;
    case 'maxMedAdministrative':
      for (const neighbour of speaker.peers.values())
        for (const family of neighbour.families.values())
          if (family.initialised) announceTable(speaker, neighbour, family);
      return;
    case 'disableEbgpConnectedRouteCheck':
      for (const neighbour of speaker.peers.values()) {
        readOptions(speaker, neighbour);
        for (const family of neighbour.families.values())
          judgeAgain(speaker, daemon.listener, daemon.output, neighbour, family);
      }
      return;
    case 'gracefulShutdown':
      for (const family of UNICAST) {
        const { networks, redistribute } = speaker.config.families[family];
        for (const { prefix } of networks.values()) refreshNetwork(speaker, daemon.listener, family, prefix);
        for (const key of redistribute.keys()) redistributeChanged(daemon, speaker, family, key);
      }
      for (const neighbour of speaker.peers.values())
        for (const family of neighbour.families.values()) {
          announceSoon(speaker, neighbour, family);
          judgeAgain(speaker, daemon.listener, daemon.output, neighbour, family);
        }
      return;
    default:
      for (const neighbour of speaker.peers.values()) readOptions(speaker, neighbour);
  }
}

/** Neighbours that are another sort now, or know this router by another number, begin anew. */
function confederationChanged(
  daemon: Daemon,
  speaker: Speaker,
  option: 'confederationIdentifier' | 'confederationPeers',
): void {
  const isNumber = option === 'confederationIdentifier';
  for (const neighbour of speaker.peers.values()) {
    const before = neighbour.sort;
    readOptions(speaker, neighbour);
    const { sort } = neighbour;
    const isMember = before === 'confederation' && sort === 'confederation';
    const isOther = isNumber ? sort !== 'internal' && !isMember : sort !== before;
    if (isOther && neighbour.hasSession) daemon.machine(neighbour)?.end(CONFIGURATION_CHANGE);
  }
}

function changeRouterId(daemon: Daemon, speaker: Speaker, routerId: number): void {
  if (speaker.routerId === routerId) return;
  speaker.routerId = routerId;
  for (const neighbour of speaker.peers.values()) {
    if (!neighbour.hasSession) continue;
    daemon.machine(neighbour)?.end(CONFIGURATION_CHANGE);
  }
}

function decideAll(speaker: Speaker): void {
  for (const rib of speaker.ribs())
    for (const destination of rib.destinations.values()) speaker.schedule(destination);
}

/** An option of a family was set or taken away. */
export function familyChanged(daemon: Daemon, speaker: Speaker, family: BgpFamily, option: string): void {
  switch (option) {
    case 'importVrf':
    case 'importVrfRouteMap':
      if (speaker.config.families[family].options.importVrf !== undefined) daemon.needDefault(speaker.asn);
      refreshImports(speaker, daemon.listener, family);
      return;
    case 'exportVpn':
    case 'importVpn':
    case 'nexthopVpnExport':
    case 'rdVpnExport':
    case 'routeMapVpnExport':
    case 'routeMapVpnImport':
    case 'rtVpnExport':
    case 'rtVpnImport':
      refreshAllImports(daemon.host, daemon.listener, family);
      return;
    default:
      for (const destination of speaker.rib(family).destinations.values()) {
        const best = destination.selected;
        // Aggregates and own routes stay with the distance that they were told with.
        const isTold = best?.source.kind === 'received' || best?.source.kind === 'imported';
        if (best !== undefined && (option === 'tableMap' || (option === 'distance' && isTold)))
          best.attributesChanged = true;
        speaker.schedule(destination);
      }
  }
}

/** `redistribute` of a protocol came, went or changed. */
export function redistributeChanged(daemon: Daemon, speaker: Speaker, family: BgpFamily, key: string): void {
  const wanted = speaker.config.families[family].redistribute.get(key);
  const [protocol = key, instance] = key.split(' ');
  const ipFamily = family === 'ipv6-unicast' ? 6 : 4;
  const { zebra } = speaker.host;
  const number = instance === undefined ? null : Number(instance);
  const name = protocol as RouteProtocol;
  if (wanted === undefined) {
    zebra.redistribute(speaker.vrf, ipFamily, name, number, false);
    withdrawProtocol(speaker, daemon.listener, family, key);
    return;
  }
  withdrawProtocol(speaker, daemon.listener, family, key);
  // Zebra tells all routes again only to who asks anew.
  zebra.redistribute(speaker.vrf, ipFamily, name, number, false);
  zebra.redistribute(speaker.vrf, ipFamily, name, number, true);
}
