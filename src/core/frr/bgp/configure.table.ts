/** What a changed option of a neighbour asks for, by option (bgpd's `peer_flag_action` lists and policy hooks). */
import type { PeerFamilyOptions, PeerOptions } from '../config/bgp-config.ts';
import type { ResetReason } from './peer.ts';

/**
 * `reset`: the session starts anew. `in`: the neighbour's routes are judged again. `out`: the table is sent again as
 * policy now has it. `quiet`: counts from the next session on, or needs nothing.
 */
export type Reaction =
  | { readonly kind: 'reset'; readonly reason: ResetReason }
  | {
      readonly kind:
        | 'in'
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
const outbound: Reaction = { kind: 'out' };
const quiet: Reaction = { kind: 'quiet' };

export const PEER_REACTIONS: Readonly<Record<keyof PeerOptions, Reaction>> = {
  description: quiet,
  shutdown: { kind: 'shutdown' },
  passive: reset('passive-changed'),
  ebgpMultihop: reset('multihop-changed'),
  ttlSecurityHops: reset('multihop-changed'),
  disableConnectedCheck: reset('none'),
  enforceFirstAs: inbound,
  updateSource: reset('update-source'),
  timers: quiet,
  connectTimer: quiet,
  advertisementInterval: quiet,
  delayOpen: quiet,
  localAs: reset('local-as'),
  password: quiet,
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
  nextHopSelf: outbound,
  nextHopLocalUnchanged: outbound,
  routeReflectorClient: reset('rr-client'),
  routeServerClient: reset('rs-client'),
  softReconfigurationInbound: inbound,
  defaultOriginate: { kind: 'default-originate' },
  sendCommunity: outbound,
  allowasIn: inbound,
  asOverride: outbound,
  removePrivateAs: outbound,
  attributeUnchanged: outbound,
  maximumPrefix: { kind: 'maximum-prefix' },
  maximumPrefixOut: outbound,
  weight: inbound,
  addpathTxAll: outbound,
  addpathTxBestPerAs: outbound,
  disableAddpathRx: reset('capability-changed'),
};
