/** A peer of the node bfd with its profile: what the session between its ends shall be (`bfd_session_apply`). */
import type { FrrConfig } from '../config/frr-config.ts';
import type { BfdPeerConfig, BfdTimers } from '../config/host-config.ts';
import { parseAddress, type Address } from '../prefix.ts';
import type { BfdEnds } from './bfd-port.ts';
import { DEFAULT_INTERVALS, ECHO_RECEIVE, type BfdIntervals, type BfdMode } from './session.ts';

export interface ConfiguredPeer {
  readonly ends: BfdEnds;
  readonly intervals: BfdIntervals;
  readonly mode: BfdMode;
  /** Of sessions over several hops: packets that lost more of their TTL are not taken. */
  readonly minimumTtl: number;
}

const USUAL_MINIMUM_TTL = 254;

/** What was typed at the peer itself counts before its profile; the profile of a name that is not there says nothing. */
export function configuredPeer(config: FrrConfig, peer: BfdPeerConfig): ConfiguredPeer | undefined {
  const remote = parseAddress(peer.peer);
  if (!remote) return undefined;
  const local: Address | null = peer.localAddress === null ? null : (parseAddress(peer.localAddress) ?? null);
  const profile = peer.profile === null ? undefined : config.bfdProfiles.get(peer.profile)?.timers;
  const pick = <K extends keyof BfdTimers>(option: K): BfdTimers[K] | undefined =>
    peer.timers[option] ?? profile?.[option];
  const echo = pick('echoReceiveInterval') ?? ECHO_RECEIVE;
  return {
    ends: {
      peer: remote,
      local,
      interface: peer.interface,
      vrf: peer.vrf,
      multihop: peer.multihop,
    },
    intervals: {
      multiplier: pick('detectMultiplier') ?? DEFAULT_INTERVALS.multiplier,
      receive: pick('receiveInterval') ?? DEFAULT_INTERVALS.receive,
      transmit: pick('transmitInterval') ?? DEFAULT_INTERVALS.transmit,
    },
    mode: {
      isPassive: pick('passiveMode') ?? false,
      isShutDown: pick('shutdown') ?? false,
      echoReceive: peer.multihop ? ECHO_RECEIVE : echo === 'disabled' ? 0 : echo,
    },
    minimumTtl: pick('minimumTtl') ?? USUAL_MINIMUM_TTL,
  };
}
