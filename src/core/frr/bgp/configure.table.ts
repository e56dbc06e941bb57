/** What a changed option of a neighbour asks for, by option (bgpd's `peer_flag_action` lists and policy hooks). */
import type { PeerFamilyOptions, PeerOptions } from '../config/bgp-config.ts';

/**
 * `reset`: the session starts anew. `in`: the neighbour's routes are judged again, from kept copies where there are.
 * `ask-in`: it is asked for them whatever is kept. `both-in`: a flag with a value, whose appearing asks and whose value judges.
 * `out`: the table is sent again as policy now has it; `all-out`: also what the neighbour has been told already.
 * `quiet`: counts from the next session on, or needs nothing.
 */
export interface Reaction {
  readonly kind:
    | 'reset'
    | 'in'
    | 'ask-in'
    | 'both-in'
    | 'all-out'
    | 'out'
    | 'quiet'
    | 'shutdown'
    | 'activate'
    | 'maximum-prefix'
    | 'default-originate'
    | 'bfd';
}

const reset: Reaction = { kind: 'reset' };
const inbound: Reaction = { kind: 'in' };
const flaggedInbound: Reaction = { kind: 'both-in' };
const outbound: Reaction = { kind: 'out' };
const flaggedOutbound: Reaction = { kind: 'all-out' };
const quiet: Reaction = { kind: 'quiet' };

export const PEER_REACTIONS: Readonly<Record<keyof PeerOptions, Reaction>> = {
  description: quiet,
  shutdown: { kind: 'shutdown' },
  passive: reset,
  ebgpMultihop: reset,
  ttlSecurityHops: reset,
  disableConnectedCheck: reset,
  enforceFirstAs: quiet,
  updateSource: reset,
  timers: quiet,
  connectTimer: quiet,
  advertisementInterval: quiet,
  delayOpen: quiet,
  localAs: reset,
  password: reset,
  port: quiet,
  bfd: { kind: 'bfd' },
  dontCapabilityNegotiate: quiet,
  overrideCapability: quiet,
  strictCapabilityMatch: quiet,
  capabilityDynamic: reset,
  capabilityExtendedNexthop: reset,
  solo: quiet,
  gracefulRestart: quiet,
  interface: reset,
};

export const FAMILY_REACTIONS: Readonly<Record<keyof PeerFamilyOptions, Reaction>> = {
  activate: { kind: 'activate' },
  routeMapIn: inbound,
  routeMapOut: outbound,
  prefixListIn: inbound,
  prefixListOut: outbound,
  distributeListIn: inbound,
  distributeListOut: outbound,
  filterListIn: inbound,
  filterListOut: outbound,
  unsuppressMap: outbound,
  nextHopSelf: flaggedOutbound,
  nextHopLocalUnchanged: flaggedOutbound,
  routeReflectorClient: reset,
  routeServerClient: reset,
  softReconfigurationInbound: { kind: 'ask-in' },
  defaultOriginate: { kind: 'default-originate' },
  sendCommunity: flaggedOutbound,
  allowasIn: flaggedInbound,
  asOverride: flaggedOutbound,
  removePrivateAs: flaggedOutbound,
  attributeUnchanged: flaggedOutbound,
  maximumPrefix: { kind: 'maximum-prefix' },
  maximumPrefixOut: outbound,
  weight: flaggedInbound,
  siteOfOrigin: reset,
  addpathTxAll: outbound,
  addpathTxBestPerAs: outbound,
  disableAddpathRx: reset,
};
