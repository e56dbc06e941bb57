/** All operations that a flow can ask of ovn-controller, with the answer to each. */
import type { Opcode } from '../../actions/index.ts';
import { activationStrategy } from './activation.ts';
import { aclLog } from './acl-log.ts';
import type { Answer } from './answer-kind.ts';
import { reject, sctpAbort, tcpReset } from './connection-end.ts';
import { controllerEvent } from './controller-event.ts';
import { dhcpRelayReqChk, dhcpRelayRespChk } from './dhcp-relay.ts';
import { dnsLookup } from './dns-lookup.ts';
import { icmpError } from './icmp.ts';
import { igmp } from './multicast-snooping.ts';
import { dhcp6Server } from './prefix-delegation.ts';
import { splitBufAction } from './split-buffer.ts';
import { putArp, putNd } from './mac-bindings.ts';
import { putDhcpOpts } from './put-dhcp-opts.ts';
import { putDhcpv6Opts } from './put-dhcpv6-opts.ts';
import { putFdb } from './put-fdb.ts';
import { putNdRaOpts } from './put-nd-ra-opts.ts';
import { arp, ndNa, ndNaRouter, ndNs } from './resolution.ts';
import { handleSvcCheck } from './service-monitors.ts';
import { bfdMessage } from './route-bfd.ts';
import { bindVport } from './virtual-ports.ts';

/** `deprecated`: no flow of this version asks for it. */
export const ANSWERS: Readonly<Record<Opcode, Answer | 'deprecated'>> = {
  arp,
  put_arp: putArp,
  put_dhcp_opts: putDhcpOpts,
  nd_na: ndNa,
  put_nd: putNd,
  put_dhcpv6_opts: putDhcpv6Opts,
  dns_lookup: dnsLookup,
  log: aclLog,
  put_nd_ra_opts: putNdRaOpts,
  nd_ns: ndNs,
  icmp: icmpError(true, false),
  tcp_reset: tcpReset(false),
  nd_na_router: ndNaRouter,
  put_icmp4_frag_mtu: 'deprecated',
  icmp4_error: icmpError(false, false),
  event: controllerEvent,
  igmp,
  bind_vport: bindVport,
  handle_svc_check: handleSvcCheck,
  dhcp6_server: dhcp6Server,
  icmp6_error: icmpError(false, false),
  put_icmp6_frag_mtu: 'deprecated',
  reject,
  bfd_msg: bfdMessage,
  sctp_abort: sctpAbort(false),
  put_fdb: putFdb,
  activation_strategy: activationStrategy,
  split_buf_action: splitBufAction,
  dhcp_relay_req_chk: dhcpRelayReqChk,
  dhcp_relay_resp_chk: dhcpRelayRespChk,
};
