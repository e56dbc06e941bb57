/** Carries out what a line of configuration changed, as bgpd does it: at once, with a new session, or by asking again. */
import { assertNever } from '../../base/assert.ts';
import { encodeUtf8 } from '../../base/utf8.ts';
import { BGP_FAMILIES, type BgpFamily, type PeerFamilyOptions } from '../config/bgp-config.ts';
import type { ConfigChange } from '../config/frr-config.ts';
import { sameValue } from '../same-value.ts';
import { aggregateConfigured } from './aggregate.ts';
import { announceSoon } from './announce-soon.ts';
import { FAMILY_REACTIONS, PEER_REACTIONS, type Reaction } from './configure.table.ts';
import { forgetCopies } from './inbound.ts';
import { refreshAllImports, refreshImports } from './leak.ts';
import { CEASE, NOTIFICATION, notification, type Notification } from './message/notification.ts';
import type { Neighbour, NeighbourFamily } from './neighbour.ts';
import { refreshNetwork, withdrawProtocol } from './originate.ts';
import { announceTable, originateDefault } from './outbound.ts';
import { newNeighbour, readOptions, setPolicyFlags } from './peer-options.ts';
import type { RouteProtocol } from './path.ts';
import { judgeAgain, requestRefresh, type SessionOutput } from './refresh.ts';
import type { SessionMachine } from './session.ts';
import type { Speaker, SpeakerHost } from './speaker.ts';
import type { TableListener } from './table-change.ts';

/** The daemon as far as configuration and `clear` need it. */
export interface Daemon {
  readonly instances: ReadonlyMap<string, Speaker>;
  readonly host: SpeakerHost;
  readonly listener: TableListener;
  readonly output: SessionOutput;
  machine(neighbour: Neighbour): SessionMachine | undefined;
  addSpeaker(vrf: string): Speaker | undefined;
  removeSpeaker(vrf: string): void;
  addNeighbour(speaker: Speaker, neighbour: Neighbour): void;
  removeNeighbour(speaker: Speaker, neighbour: Neighbour): void;
  refreshBfd(speaker: Speaker, neighbour: Neighbour): void;
  /** A route map, or what one uses, changed: it counts a while later. */
  routeMapsChanged(): void;
  /** Leaking between VRFs begins. */
  needDefault(asn: number): void;
}

const RA_INTERVAL = 10_000;

const UNICAST: readonly BgpFamily[] = ['ipv4-unicast', 'ipv6-unicast'];

const configurationChange = (): Notification => notification(NOTIFICATION.cease, CEASE.configurationChange);

export function applyChange(daemon: Daemon, change: ConfigChange): void {
  switch (change.kind) {
    case 'bgp-added':
      addInstance(daemon, change.vrf);
      return;
    case 'bgp-removed':
      daemon.removeSpeaker(change.vrf);
      return;
    case 'prefix-list':
    case 'access-list':
    case 'as-path-list':
    case 'community-list':
    case 'route-map':
      policyChanged(daemon, change);
      return;
    case 'hostname':
    case 'interface':
    case 'vrf':
    case 'static-route':
    case 'bfd-peer':
    case 'global':
      return;
    case 'bfd-profile':
      for (const speaker of daemon.instances.values())
        for (const neighbour of speaker.peers.values())
          if (neighbour.options.bfd?.profile === change.name) daemon.refreshBfd(speaker, neighbour);
      return;
    default: {
      const speaker = daemon.instances.get(change.vrf);
      if (speaker === undefined) return;
      const config = daemon.host.config.bgp.get(change.vrf);
      if (config !== undefined) speaker.config = config;
      applyToInstance(daemon, speaker, change);
    }
  }
}

function addInstance(daemon: Daemon, vrf: string): void {
  const hidden = daemon.instances.get(vrf);
  if (hidden !== undefined) daemon.removeSpeaker(vrf);
  const speaker = daemon.addSpeaker(vrf);
  if (speaker === undefined) return;
  for (const family of UNICAST) refreshAllImports(daemon.host, daemon.listener, family);
}

type InstanceChange = Extract<ConfigChange, { readonly vrf: string }>;

function applyToInstance(daemon: Daemon, speaker: Speaker, change: InstanceChange): void {
  switch (change.kind) {
    case 'bgp-added':
    case 'bgp-removed':
      return;
    case 'bgp-option':
      optionChanged(daemon, speaker, change.option);
      return;
    case 'peer-added':
      addPeer(daemon, speaker, change.peer);
      return;
    case 'peer-removed': {
      const neighbour = speaker.peers.get(change.peer);
      if (neighbour !== undefined) daemon.removeNeighbour(speaker, neighbour);
      return;
    }
    case 'group-added':
    case 'group-removed':
    case 'listen-range':
      return;
    case 'peer-remote-as':
      for (const neighbour of concerned(speaker, change.peer)) remoteAsChanged(daemon, speaker, neighbour);
      return;
    case 'peer-group':
      for (const neighbour of concerned(speaker, change.peer)) {
        const before = neighbour.remoteAs;
        readOptions(speaker, neighbour);
        if (neighbour.remoteAs !== before && neighbour.state !== 'Idle')
          daemon.machine(neighbour)?.end(configurationChange());
        daemon.machine(neighbour)?.begin();
      }
      return;
    case 'peer-option':
      for (const neighbour of concerned(speaker, change.peer)) {
        readOptions(speaker, neighbour);
        react(daemon, speaker, neighbour, PEER_REACTIONS[change.option]);
      }
      return;
    case 'peer-family':
      for (const neighbour of concerned(speaker, change.peer)) {
        const before = neighbour.family(change.family)?.options ?? { activate: false };
        readOptions(speaker, neighbour);
        const family = neighbour.family(change.family);
        const viaGroup = neighbour.name !== change.peer;
        if (family !== undefined)
          react(daemon, speaker, neighbour, FAMILY_REACTIONS[change.option], { family, before, viaGroup });
      }
      return;
    case 'evpn-vni':
      return;
    case 'bgp-family':
      familyChanged(daemon, speaker, change.family, change.option);
      return;
    case 'network':
      refreshNetwork(speaker, daemon.listener, change.family, change.prefix);
      return;
    case 'aggregate':
      aggregateConfigured(speaker, daemon.listener, change.family, change.prefix);
      return;
    case 'redistribute':
      redistributeChanged(daemon, speaker, change.family, change.key);
      return;
    default:
      assertNever(change);
  }
}

/** The neighbour of that name, or the members of the group of that name. */
const concerned = (speaker: Speaker, name: string): Neighbour[] => {
  const own = speaker.peers.get(name);
  if (own !== undefined) return [own];
  return [...speaker.peers.values()].filter(
    (neighbour) => speaker.config.peers.get(neighbour.name)?.group === name,
  );
};

function addPeer(daemon: Daemon, speaker: Speaker, name: string): void {
  if (speaker.peers.has(name)) return;
  const neighbour = newNeighbour(speaker, name);
  if (neighbour === undefined) return;
  daemon.addNeighbour(speaker, neighbour);
  if (neighbour.interface !== null)
    speaker.host.zebra.advertiseRouter(neighbour.interface, speaker.vrf, RA_INTERVAL);
  daemon.machine(neighbour)?.begin();
}

function remoteAsChanged(daemon: Daemon, speaker: Speaker, neighbour: Neighbour): void {
  const before = `${neighbour.remoteAsKind} ${neighbour.configuredRemoteAs}`;
  readOptions(speaker, neighbour);
  const machine = daemon.machine(neighbour);
  if (before !== `${neighbour.remoteAsKind} ${neighbour.configuredRemoteAs}` && neighbour.state !== 'Idle')
    machine?.end(configurationChange());
  machine?.begin();
}

const hasSession = (neighbour: Neighbour): boolean =>
  neighbour.state === 'OpenSent' || neighbour.state === 'OpenConfirm' || neighbour.isEstablished;

interface FamilyChange {
  readonly family: NeighbourFamily;
  readonly before: PeerFamilyOptions;
  /** Set on the neighbour's group. */
  readonly viaGroup: boolean;
}

function react(
  daemon: Daemon,
  speaker: Speaker,
  neighbour: Neighbour,
  reaction: Reaction,
  change: FamilyChange | null = null,
): void {
  const machine = daemon.machine(neighbour);
  const family = change?.family ?? null;
  const families = family === null ? [...neighbour.families.values()] : [family];
  switch (reaction.kind) {
    case 'quiet':
      return;
    case 'bfd':
      daemon.refreshBfd(speaker, neighbour);
      return;
    case 'reset':
      if (hasSession(neighbour)) machine?.end(configurationChange());
      else neighbour.lastReset = { ...neighbour.lastReset, reason: reaction.reason };
      machine?.begin();
      return;
    case 'in':
      for (const one of families) judgeAgain(speaker, daemon.listener, daemon.output, neighbour, one);
      return;
    case 'ask-in':
      for (const one of families) {
        if (one.options.softReconfigurationInbound !== true) forgetCopies(speaker, one);
        else if (!requestRefresh(daemon.output, neighbour, one)) machine?.end(configurationChange());
      }
      return;
    case 'both-in':
      if (change !== null) flaggedChange(daemon, speaker, neighbour, change);
      return;
    case 'out':
      for (const one of families) announceSoon(speaker, neighbour, one);
      return;
    case 'all-out':
      for (const one of families) {
        one.forceUpdates = true;
        announceSoon(speaker, neighbour, one);
      }
      return;
    case 'default-originate':
      for (const one of families)
        if (one.initialised) {
          originateDefault(speaker, neighbour, one);
          announceSoon(speaker, neighbour, one);
        }
      return;
    case 'shutdown':
      shutdownChanged(daemon, neighbour);
      daemon.refreshBfd(speaker, neighbour);
      return;
    case 'activate':
      if (hasSession(neighbour)) machine?.end(configurationChange());
      else machine?.begin();
      return;
    case 'maximum-prefix':
      setPolicyFlags(speaker, neighbour);
      if (neighbour.prefixOverflow && family?.options.maximumPrefix === undefined) {
        neighbour.prefixOverflow = false;
        machine?.begin();
      }
      return;
    default:
      assertNever(reaction);
  }
}

/**
 * `allowas-in` and `weight` are flags with a value beside: bgpd asks the neighbour for each flag that comes or goes, and once
 * more for the value (`peer_allowas_in_set`, `peer_weight_set`). Members of a group only follow the value of a weight.
 */
function flaggedChange(
  daemon: Daemon,
  speaker: Speaker,
  neighbour: Neighbour,
  { family, before, viaGroup }: FamilyChange,
): void {
  const { options } = family;
  const flags = (of: PeerFamilyOptions): readonly boolean[] => [
    of.allowasIn !== undefined,
    of.allowasIn?.origin === true,
    of.weight !== undefined,
  ];
  const [was, is] = [flags(before), flags(options)];
  if (viaGroup && before.weight === options.weight) return;
  if (!viaGroup)
    for (const [index, flag] of is.entries()) {
      if (flag === was[index]) continue;
      if (!requestRefresh(daemon.output, neighbour, family))
        daemon.machine(neighbour)?.end(configurationChange());
    }
  if (!sameValue([before.allowasIn, before.weight], [options.allowasIn, options.weight]))
    judgeAgain(speaker, daemon.listener, daemon.output, neighbour, family);
}

function shutdownChanged(daemon: Daemon, neighbour: Neighbour): void {
  const machine = daemon.machine(neighbour);
  const { shutdown } = neighbour.options;
  if (shutdown === undefined) {
    neighbour.startTime = 1;
    machine?.begin();
    return;
  }
  const text = encodeUtf8(shutdown.message ?? '').slice(0, 128);
  const data = text.length === 0 ? new Uint8Array(0) : Uint8Array.of(text.length, ...text);
  neighbour.prefixOverflow = false;
  machine?.end(notification(NOTIFICATION.cease, CEASE.adminShutdown, data), 'user-shutdown');
}

function optionChanged(daemon: Daemon, speaker: Speaker, option: string): void {
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
        if (neighbour.isInternal && hasSession(neighbour))
          daemon.machine(neighbour)?.end(configurationChange());
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
          if (family.initialised) {
            family.forceUpdates = true;
            announceTable(speaker, neighbour, family);
          }
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

function changeRouterId(daemon: Daemon, speaker: Speaker, routerId: number): void {
  if (speaker.routerId === routerId) return;
  speaker.routerId = routerId;
  for (const neighbour of speaker.peers.values()) {
    if (!hasSession(neighbour)) continue;
    daemon.machine(neighbour)?.end(configurationChange());
  }
}

function decideAll(speaker: Speaker): void {
  for (const rib of speaker.ribs())
    for (const destination of rib.destinations.values()) speaker.schedule(destination);
}

function familyChanged(daemon: Daemon, speaker: Speaker, family: BgpFamily, option: string): void {
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
        if (best !== undefined && (option === 'distance' || option === 'tableMap'))
          best.attributesChanged = true;
        speaker.schedule(destination);
      }
  }
}

function redistributeChanged(daemon: Daemon, speaker: Speaker, family: BgpFamily, key: string): void {
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

/** Lists used by neighbours count at once towards them; what goes through route maps waits a little. */
function policyChanged(
  daemon: Daemon,
  change: Extract<ConfigChange, { readonly kind: `${string}-list` | 'route-map' }>,
): void {
  if (change.kind === 'route-map' || isUsedByRouteMap(daemon, change.name)) daemon.routeMapsChanged();
  if (change.kind === 'route-map') return;
  for (const speaker of daemon.instances.values())
    for (const neighbour of speaker.peers.values())
      for (const family of neighbour.families.values())
        if (family.initialised && usesOutbound(family, change.name))
          announceTable(speaker, neighbour, family);
}

const isUsedByRouteMap = (daemon: Daemon, list: string): boolean => {
  for (const map of daemon.host.config.routeMaps.values())
    for (const entry of map.entries)
      for (const { argument } of [...entry.matches, ...entry.sets])
        if (argument.split(' ').includes(list)) return true;
  return false;
};

const usesOutbound = ({ options }: NeighbourFamily, name: string): boolean =>
  options.prefixListOut === name || options.distributeListOut === name || options.filterListOut === name;

/** Route maps changed a while ago: what went through them is judged again. */
export function applyRouteMaps(daemon: Daemon, speaker: Speaker): void {
  for (const neighbour of speaker.peers.values()) {
    if (!neighbour.isEstablished) continue;
    for (const family of neighbour.families.values()) {
      if (!family.negotiated) continue;
      if (family.options.routeMapIn !== undefined)
        judgeAgain(speaker, daemon.listener, daemon.output, neighbour, family);
      const { routeMapOut, unsuppressMap } = family.options;
      if (family.initialised && (routeMapOut !== undefined || unsuppressMap !== undefined))
        announceTable(speaker, neighbour, family);
      if (family.initialised) originateDefault(speaker, neighbour, family);
    }
  }
  for (const family of BGP_FAMILIES) {
    const block = speaker.config.families[family];
    for (const { prefix, routeMap } of block.networks.values())
      if (routeMap !== null) refreshNetwork(speaker, daemon.listener, family, prefix);
    for (const { prefix, routeMap, suppressMap } of block.aggregates.values())
      if (routeMap !== null || suppressMap !== null)
        aggregateConfigured(speaker, daemon.listener, family, prefix);
    for (const [key, { routeMap }] of block.redistribute)
      if (routeMap !== null) redistributeChanged(daemon, speaker, family, key);
    const { importVrfRouteMap, routeMapVpnImport, routeMapVpnExport } = block.options;
    if (routeMapVpnExport !== undefined) refreshAllImports(daemon.host, daemon.listener, family);
    else if (importVrfRouteMap !== undefined || routeMapVpnImport !== undefined)
      refreshImports(speaker, daemon.listener, family);
  }
}
