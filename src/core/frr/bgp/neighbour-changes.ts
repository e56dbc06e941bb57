/** What a line of configuration about a neighbour does to its session and routes, now or after it was asked again. */
import { assertNever } from '../../base/assert.ts';
import { encodeUtf8 } from '../../base/utf8.ts';
import type { PeerFamilyOptions } from '../config/bgp-config.ts';
import type { ConfigChange } from '../config/frr-config.ts';
import { sameValue } from '../same-value.ts';
import { announceSoon } from './announce-soon.ts';
import { FAMILY_REACTIONS, PEER_REACTIONS, type Reaction } from './configure.table.ts';
import type { Daemon } from './configured-daemon.ts';
import { forgetCopies } from './inbound.ts';
import { CEASE, CONFIGURATION_CHANGE, NOTIFICATION, notification } from './message/notification.ts';
import type { Neighbour, NeighbourFamily } from './neighbour.ts';
import { maximumPrefixOverflow } from './maximum-prefix.ts';
import { originateDefault } from './default-route.ts';
import { newNeighbour, readOptions, setPolicyFlags } from './peer-options.ts';
import { judgeAgain, requestRefresh } from './refresh.ts';
import type { Speaker } from './speaker.ts';
import { ROUTER_ADVERTISEMENT_INTERVAL } from './zebra-port.ts';

type NeighbourChange = Extract<ConfigChange, { readonly kind: `peer-${string}` }>;

/** Carries out a change of a neighbour, or of each member of a group. */
export function neighbourChanged(daemon: Daemon, speaker: Speaker, change: NeighbourChange): void {
  switch (change.kind) {
    case 'peer-added':
      addPeer(daemon, speaker, change.peer);
      return;
    case 'peer-removed': {
      const neighbour = speaker.peers.get(change.peer);
      if (neighbour !== undefined) daemon.removeNeighbour(speaker, neighbour);
      return;
    }
    case 'peer-remote-as':
      for (const neighbour of concerned(speaker, change.peer)) remoteAsChanged(daemon, speaker, neighbour);
      return;
    case 'peer-group':
      for (const neighbour of concerned(speaker, change.peer)) {
        const before = neighbour.remoteAs;
        readOptions(speaker, neighbour);
        if (neighbour.remoteAs !== before && neighbour.state !== 'Idle')
          daemon.machine(neighbour)?.end(CONFIGURATION_CHANGE);
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
    default:
      assertNever(change);
  }
}

/** The neighbour of that name, or the members of the group of that name. */
const concerned = (speaker: Speaker, name: string): Neighbour[] => {
  const own = speaker.peers.get(name);
  if (own !== undefined) return [own];
  return [...speaker.peers.values()].filter(
    (neighbour) => (speaker.config.peers.get(neighbour.name) ?? neighbour.config)?.group === name,
  );
};

function addPeer(daemon: Daemon, speaker: Speaker, name: string): void {
  if (speaker.peers.has(name)) return;
  const neighbour = newNeighbour(speaker, name);
  if (neighbour === undefined) return;
  daemon.addNeighbour(speaker, neighbour);
  if (neighbour.interface !== null)
    speaker.host.zebra.advertiseRouter(neighbour.interface, speaker.vrf, ROUTER_ADVERTISEMENT_INTERVAL);
  daemon.machine(neighbour)?.begin();
}

function remoteAsChanged(daemon: Daemon, speaker: Speaker, neighbour: Neighbour): void {
  const before = `${neighbour.remoteAsKind} ${neighbour.configuredRemoteAs}`;
  readOptions(speaker, neighbour);
  const machine = daemon.machine(neighbour);
  if (before !== `${neighbour.remoteAsKind} ${neighbour.configuredRemoteAs}` && neighbour.state !== 'Idle')
    machine?.end(CONFIGURATION_CHANGE);
  machine?.begin();
}

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
      // Flags of a family concern only a session that is up.
      if (neighbour.isEstablished || change === null) machine?.end(CONFIGURATION_CHANGE);
      daemon.refreshBfd(speaker, neighbour);
      return;
    case 'in':
      for (const one of families) judgeAgain(speaker, daemon.listener, daemon.output, neighbour, one);
      return;
    case 'ask-in':
      for (const one of families) {
        if (one.options.softReconfigurationInbound !== true) forgetCopies(speaker, one);
        else if (!requestRefresh(daemon.output, neighbour, one)) machine?.end(CONFIGURATION_CHANGE);
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
      if (neighbour.hasSession) machine?.end(CONFIGURATION_CHANGE);
      else machine?.begin();
      return;
    case 'maximum-prefix':
      setPolicyFlags(speaker, neighbour);
      for (const one of neighbour.isEstablished ? families : []) {
        const overflow = maximumPrefixOverflow(speaker, neighbour, one, true);
        if (overflow !== null) machine?.end(overflow);
      }
      return;
    default:
      assertNever(reaction.kind);
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
        daemon.machine(neighbour)?.end(CONFIGURATION_CHANGE);
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
