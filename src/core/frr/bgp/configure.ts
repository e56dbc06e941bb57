/** Carries out what a line of configuration changed, as bgpd does it: at once, with a new session, or by asking again. */
import { assertNever } from '../../base/assert.ts';
import type { ConfigChange } from '../config/frr-config.ts';
import { aggregateConfigured } from './aggregate.ts';
import type { Daemon } from './configured-daemon.ts';
import { strays } from './dynamic-neighbours.ts';
import { familyChanged, optionChanged, redistributeChanged, UNICAST } from './instance-changes.ts';
import { refreshAllImports } from './leak.ts';
import { neighbourChanged } from './neighbour-changes.ts';
import { refreshNetwork } from './originate.ts';
import { policyChanged } from './policy-changes.ts';
import type { Speaker } from './speaker.ts';

/** `change` took effect in the configuration: bgpd does what it does about it. */
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
    case 'protocol-map':
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
    case 'peer-removed':
    case 'peer-remote-as':
    case 'peer-group':
    case 'peer-option':
    case 'peer-family':
      neighbourChanged(daemon, speaker, change);
      return;
    case 'group-removed':
    case 'listen-range':
      for (const neighbour of strays(speaker)) daemon.removeNeighbour(speaker, neighbour);
      return;
    case 'group-added':
    case 'evpn-vni':
      return;
    case 'bgp-family':
      familyChanged(daemon, speaker, change.family, change.option);
      return;
    case 'network':
      refreshNetwork(speaker, daemon.listener, change.family, change.prefix);
      return;
    case 'aggregate':
      aggregateConfigured(speaker, daemon.listener, change.family, change.prefix, 'typed');
      return;
    case 'redistribute':
      redistributeChanged(daemon, speaker, change.family, change.key);
      return;
    default:
      assertNever(change);
  }
}
