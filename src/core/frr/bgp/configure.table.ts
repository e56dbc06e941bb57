/** What a changed option of a neighbour asks for, by option (bgpd's `peer_flag_action` lists and policy hooks). */
import type { PeerFamilyOptions, PeerOptions } from '../config/bgp-config.ts';
import type { ResetReason } from './peer.ts';

/**
 * `reset`: the session starts anew. `in`: the neighbour's routes are judged again, from kept copies where there are.
 * `ask-in`: it is asked for them whatever is kept. `both-in`: a flag with a value, whose appearing asks and whose value judges.
 * `out`: the table is sent again as policy now has it; `all-out`: also what the neighbour has been told already.
 * `quiet`: counts from the next session on, or needs nothing.
 */
export type Reaction =
  | { readonly kind: 'reset'; readonly reason: ResetReason }
  | {
      readonly kind:
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
    };

const reset = (reason: ResetReason): Reaction => ({ kind: 'reset', reason });
const inbound: Reaction = { kind: 'in' };
const flaggedInbound: Reaction = { kind: 'both-in' };
const outbound: Reaction = { kind: 'out' };
const flaggedOutbound: Reaction = { kind: 'all-out' };
const quiet: Reaction = { kind: 'quiet' };

export const PEER_REACTIONS: Readonly<Record<keyof PeerOptions, Reaction>> = {
  description: quiet,
  shutdown: { kind: 'shutdown' },
  passive: reset('passive-changed'),
  ebgpMultihop: reset('multihop-changed'),
  ttlSecurityHops: reset('multihop-changed'),
  disableConnectedCheck: reset('none'),
  enforceFirstAs: quiet,
  updateSource: reset('update-source'),
  timers: quiet,
  connectTimer: quiet,
  advertisementInterval: quiet,
  delayOpen: quiet,
  localAs: reset('local-as'),
  password: reset('none'),
  port: quiet,
  bfd: { kind: 'bfd' },
  dontCapabilityNegotiate: quiet,
  overrideCapability: quiet,
  strictCapabilityMatch: quiet,
  capabilityDynamic: reset('capability-changed'),
  capabilityExtendedNexthop: reset('capability-changed'),
  solo: quiet,
  gracefulRestart: quiet,
  interface: reset('none'),
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
  routeReflectorClient: reset('rr-client'),
  routeServerClient: reset('rs-client'),
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
  addpathTxAll: outbound,
  addpathTxBestPerAs: outbound,
  disableAddpathRx: reset('capability-changed'),
};
