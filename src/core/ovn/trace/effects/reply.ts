/** Packets made from the one at hand: clones, ARP and ND requests and replies, ICMP errors, resets. */
import { FIELDS } from '../../../flow/fields.table.ts';
import { type Flow, copyFlow, getField, setField } from '../../../flow/flow.ts';
import { ipProtoOf, tpSrcOf } from '../../../flow/packet-kind.ts';
import { ETH_TYPE, IP_PROTO } from '../../../flow/protocol.table.ts';
import type { Action } from '../../actions/action.ts';
import { type Cursor, type Effect, type TraceRun, type Work, addNode } from '../cursor.ts';
import { isIpv4, setTcpFlags, setTpDst, setTpSrc, swapFields, tcpFlagsOf } from '../packet.ts';

const TCP_RST = 4;
const ICMP4_UNREACHABLE = 3;
const ICMP6_UNREACHABLE = 1;

/** Runs the inner actions on the new packet, under a node of its own. */
function derive(
  name: string,
  actions: readonly Action[],
  cursor: Cursor,
  run: TraceRun,
  change: (flow: Flow) => void,
): Work {
  const nodes = addNode(cursor, 'transformation', name);
  const flow = copyFlow(cursor.flow);
  change(flow);
  return run.traceActions(actions, { ...cursor, flow, nodes, stack: [] });
}

/** Sender and receiver trade places. */
function turnAround(flow: Flow): void {
  swapFields(flow, FIELDS.eth_src, FIELDS.eth_dst);
  if (isIpv4(flow)) swapFields(flow, FIELDS.ip_src, FIELDS.ip_dst);
  else swapFields(flow, FIELDS.ipv6_src, FIELDS.ipv6_dst);
}

export const clone: Effect<'clone'> = ({ actions }, cursor, run) =>
  derive('clone', actions, cursor, run, () => undefined);

export const arp: Effect<'arp'> = ({ actions }, cursor, run) =>
  derive('arp', actions, cursor, run, (flow) => {
    setField(flow, FIELDS.ip_frag, 0);
    setField(flow, FIELDS.ip_dscp, 0);
    setField(flow, FIELDS.nw_ecn, 0);
    setField(flow, FIELDS.nw_ttl, 0);
    setTcpFlags(flow, 0);
    setField(flow, FIELDS.eth_type, ETH_TYPE.arp);
    setField(flow, FIELDS.arp_op, 1);
    setField(flow, FIELDS.arp_sha, getField(flow, FIELDS.eth_src));
    setField(flow, FIELDS.arp_tha, 0n);
  });

/** For `nd_na` and `nd_na_router`: the advertisement that answers a solicitation. */
export function neighbourAdvertisement(actions: readonly Action[], cursor: Cursor, run: TraceRun): Work {
  return derive('nd_na', actions, cursor, run, (flow) => {
    const target = getField(flow, FIELDS.nd_target);
    const mac = getField(flow, FIELDS.eth_dst);
    swapFields(flow, FIELDS.eth_src, FIELDS.eth_dst);
    setField(flow, FIELDS.ipv6_dst, getField(flow, FIELDS.ipv6_src));
    setField(flow, FIELDS.ipv6_src, target);
    setTpSrc(flow, 136);
    setField(flow, FIELDS.arp_sha, 0n);
    setField(flow, FIELDS.arp_tha, mac);
  });
}

/** MAC of the solicited-node multicast group of an IPv6 address. */
const solicitedNodeMac = (ip: bigint): bigint => 0x3333_ff00_0000n | (ip & 0xff_ffffn);

export const ndNs: Effect<'nd_ns'> = ({ actions }, cursor, run) =>
  derive('nd_ns', actions, cursor, run, (flow) => {
    const mac = getField(flow, FIELDS.eth_dst);
    setField(flow, FIELDS.eth_dst, solicitedNodeMac(getField(flow, FIELDS.ipv6_dst)));
    setTpSrc(flow, 135);
    setField(flow, FIELDS.arp_sha, 0n);
    setField(flow, FIELDS.arp_tha, mac);
  });

interface Icmp {
  readonly name: 'icmp4' | 'icmp6';
  readonly type: number;
  readonly proto: number;
}

const ICMP4: Icmp = { name: 'icmp4', type: ICMP4_UNREACHABLE, proto: IP_PROTO.icmp };
const ICMP6: Icmp = { name: 'icmp6', type: ICMP6_UNREACHABLE, proto: IP_PROTO.icmpv6 };

/** An ICMP error; `back` to the sender. An error is not answered by another one. */
function icmpError(
  { name, type, proto }: Icmp,
  actions: readonly Action[],
  cursor: Cursor,
  run: TraceRun,
  back: boolean,
): Work | undefined {
  if (back && tpSrcOf(cursor.flow) === type) return undefined;
  return derive(name, actions, cursor, run, (flow) => {
    if (back) {
      swapFields(flow, FIELDS.eth_src, FIELDS.eth_dst);
      const isFour = name === 'icmp4';
      swapFields(flow, isFour ? FIELDS.ip_src : FIELDS.ipv6_src, isFour ? FIELDS.ip_dst : FIELDS.ipv6_dst);
    }
    setField(flow, FIELDS.nw_proto, proto);
    setField(flow, FIELDS.nw_ttl, 255);
    setTpSrc(flow, type);
    setTpDst(flow, 1);
  });
}

/** For `icmp4` and `icmp4_error`. */
export const icmp4 = (actions: readonly Action[], cursor: Cursor, run: TraceRun): Work | undefined =>
  icmpError(ICMP4, actions, cursor, run, false);
/** For `icmp6` and `icmp6_error`. */
export const icmp6 = (actions: readonly Action[], cursor: Cursor, run: TraceRun): Work | undefined =>
  icmpError(ICMP6, actions, cursor, run, false);

/** A TCP reset or an SCTP abort; a reset is not answered by another one. */
function reset(
  name: 'tcp_reset' | 'sctp_abort',
  actions: readonly Action[],
  cursor: Cursor,
  run: TraceRun,
  back: boolean,
): Work | undefined {
  if (back && tcpFlagsOf(cursor.flow) === TCP_RST) return undefined;
  return derive(name, actions, cursor, run, (flow) => {
    // The real program makes TCP of an aborted SCTP association over IPv6.
    const isSctp = name === 'sctp_abort' && isIpv4(flow);
    if (back) turnAround(flow);
    setField(flow, FIELDS.nw_proto, isSctp ? IP_PROTO.sctp : IP_PROTO.tcp);
    setField(flow, FIELDS.nw_ttl, 255);
    setTcpFlags(flow, TCP_RST);
  });
}

export const tcpReset: Effect<'tcp_reset'> = ({ actions }, cursor, run) =>
  reset('tcp_reset', actions, cursor, run, false);
export const sctpAbort: Effect<'sctp_abort'> = ({ actions }, cursor, run) =>
  reset('sctp_abort', actions, cursor, run, false);

export const reject: Effect<'reject'> = ({ actions }, cursor, run) => {
  const proto = ipProtoOf(cursor.flow);
  if (proto === IP_PROTO.tcp) return reset('tcp_reset', actions, cursor, run, true);
  if (proto === IP_PROTO.sctp) return reset('sctp_abort', actions, cursor, run, true);
  return icmpError(isIpv4(cursor.flow) ? ICMP4 : ICMP6, actions, cursor, run, true);
};
