/** All actions in one table: how each is read, written and turned into OpenFlow. */
import type { Action, ActionKind, ActionOf } from './action.ts';
import type { ActionParser, Grammar } from './action-parser.ts';
import { exchange, load, move, ovnfieldLoad, parseAssignment } from './assignment.ts';
import { ctLb, ctLbMark, ctLbMarkLocal } from './ct-lb.ts';
import { ctDnat, ctDnatInCzone, ctSnat, ctSnatInCzone } from './ct-nat.ts';
import { ctCommitNat, ctCommitToZone, ctNext } from './ct-zone.ts';
import type { ActionDefinition } from './definition.ts';
import { dhcpRelayReqChk, dhcpRelayRespChk } from './dhcp-relay.ts';
import { putDhcpOpts, putDhcpv6Opts } from './dhcp.ts';
import { commitEcmpNh } from './ecmp.ts';
import { getFdb, getRemoteFdb, lookupFdb, putFdb } from './fdb.ts';
import { fwdGroup } from './fwd-group.ts';
import { commitLbAff } from './lb-affinity.ts';
import { log } from './log.ts';
import { setMeter, setQueue } from './meter-queue.ts';
import { putNdRaOpts } from './nd-ra.ts';
import { getArp, getNd, lookupArp, lookupArpIp, lookupNd, lookupNdIp, putArp, putNd } from './neighbour.ts';
import {
  arp,
  clone,
  ctCommit,
  icmp4,
  icmp4Error,
  icmp6,
  icmp6Error,
  ndNa,
  ndNaRouter,
  ndNs,
  reject,
  sctpAbort,
  tcpReset,
} from './nested.ts';
import { next } from './next.ts';
import { checkPktLarger } from './packet-check.ts';
import {
  ctClear,
  ctSnatToVip,
  decTtl,
  floodRemote,
  handleBfdMsg,
  handleDhcpv6Reply,
  igmp,
  macCacheUse,
  output,
} from './plain.ts';
import { bindVport, handleSvcCheck, mirror } from './port-actions.ts';
import {
  checkInPortSec,
  checkOutPortSec,
  chkEcmpNh,
  chkEcmpNhMac,
  chkLbAff,
  chkLbHairpin,
  chkLbHairpinReply,
  ctIp6Dst,
  ctNwDst,
  ctProto,
  ctStateSave,
  ctTpDst,
  dnsLookup,
} from './result.ts';
import { sample } from './sample.ts';
import { select } from './select.ts';
import { pop, push } from './stack.ts';
import { triggerEvent } from './trigger-event.ts';

/** The definition of every kind. */
export const ACTIONS = {
  output,
  next,
  load,
  ovnfield_load: ovnfieldLoad,
  move,
  exchange,
  push,
  pop,
  dec_ttl: decTtl,
  ct_next: ctNext,
  ct_commit: ctCommit,
  ct_commit_to_zone: ctCommitToZone,
  ct_commit_nat: ctCommitNat,
  ct_dnat: ctDnat,
  ct_snat: ctSnat,
  ct_dnat_in_czone: ctDnatInCzone,
  ct_snat_in_czone: ctSnatInCzone,
  ct_lb: ctLb,
  ct_lb_mark: ctLbMark,
  ct_lb_mark_local: ctLbMarkLocal,
  select,
  ct_clear: ctClear,
  clone,
  arp,
  icmp4,
  icmp4_error: icmp4Error,
  icmp6,
  icmp6_error: icmp6Error,
  igmp,
  tcp_reset: tcpReset,
  sctp_abort: sctpAbort,
  reject,
  nd_na: ndNa,
  nd_na_router: ndNaRouter,
  nd_ns: ndNs,
  get_arp: getArp,
  put_arp: putArp,
  lookup_arp: lookupArp,
  lookup_arp_ip: lookupArpIp,
  get_nd: getNd,
  put_nd: putNd,
  lookup_nd: lookupNd,
  lookup_nd_ip: lookupNdIp,
  put_dhcp_opts: putDhcpOpts,
  put_dhcpv6_opts: putDhcpv6Opts,
  dhcp_relay_req_chk: dhcpRelayReqChk,
  dhcp_relay_resp_chk: dhcpRelayRespChk,
  set_queue: setQueue,
  dns_lookup: dnsLookup,
  log,
  put_nd_ra_opts: putNdRaOpts,
  set_meter: setMeter,
  check_pkt_larger: checkPktLarger,
  trigger_event: triggerEvent,
  bind_vport: bindVport,
  handle_svc_check: handleSvcCheck,
  fwd_group: fwdGroup,
  handle_dhcpv6_reply: handleDhcpv6Reply,
  handle_bfd_msg: handleBfdMsg,
  chk_lb_hairpin: chkLbHairpin,
  chk_lb_hairpin_reply: chkLbHairpinReply,
  ct_snat_to_vip: ctSnatToVip,
  put_fdb: putFdb,
  get_fdb: getFdb,
  get_remote_fdb: getRemoteFdb,
  lookup_fdb: lookupFdb,
  check_in_port_sec: checkInPortSec,
  check_out_port_sec: checkOutPortSec,
  commit_ecmp_nh: commitEcmpNh,
  chk_ecmp_nh_mac: chkEcmpNhMac,
  chk_ecmp_nh: chkEcmpNh,
  commit_lb_aff: commitLbAff,
  chk_lb_aff: chkLbAff,
  sample,
  mac_cache_use: macCacheUse,
  ct_nw_dst: ctNwDst,
  ct_ip6_dst: ctIp6Dst,
  ct_tp_dst: ctTpDst,
  ct_proto: ctProto,
  flood_remote: floodRemote,
  ct_state_save: ctStateSave,
  mirror,
} as const satisfies { readonly [K in ActionKind]: ActionDefinition<ActionOf<K>> };

/** The definition of an action, typed loosely: a definition only ever sees actions of its own kind. */
export const definitionOf = (kind: ActionKind): ActionDefinition<Action> =>
  ACTIONS[kind] as unknown as ActionDefinition<Action>;

function grammarOf(): Grammar {
  const statements = new Map<string, (parser: ActionParser) => Action | undefined>();
  const assignments = new Map<string, Exclude<ActionDefinition<Action>['assignment'], undefined>>();
  for (const kind of Object.keys(ACTIONS) as ActionKind[]) {
    const { statement, assignment, word } = definitionOf(kind);
    if (statement !== undefined) statements.set(word ?? kind, statement);
    if (assignment !== undefined) assignments.set(word ?? kind, assignment);
  }
  return { statements, assignments, assign: parseAssignment };
}

/** Which words begin which actions. */
export const GRAMMAR: Grammar = grammarOf();
