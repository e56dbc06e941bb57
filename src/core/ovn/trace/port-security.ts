/** Which packets port security lets a port send and receive. */
import { linkLocalOf } from '../../base/address.ts';
import { FIELDS } from '../../flow/fields.table.ts';
import { type Flow, getField, getFieldNumber } from '../../flow/flow.ts';
import { ethTypeOf, ipProtoOf, tpDstOf, tpSrcOf } from '../../flow/packet-kind.ts';
import { ETH_TYPE, IP_PROTO } from '../../flow/protocol.table.ts';
import type { LportAddresses } from './lport-addresses.ts';

const SOLICITATION = 135;
const ADVERTISEMENT = 136;
const BROADCAST = 0xffff_ffff;

const hasNoIps = ({ ipv4, ipv6 }: LportAddresses): boolean => ipv4.length === 0 && ipv6.length === 0;

function maySendArp(flow: Flow, allowed: LportAddresses): boolean {
  if (getField(flow, FIELDS.arp_sha) !== allowed.mac) return false;
  return allowed.ipv4.length === 0 || allowed.ipv4.includes(getFieldNumber(flow, FIELDS.arp_spa));
}

/** A client without an address asking for one. */
function isDhcpRequest(flow: Flow): boolean {
  return (
    ipProtoOf(flow) === IP_PROTO.udp &&
    tpSrcOf(flow) === 68 &&
    tpDstOf(flow) === 67 &&
    getFieldNumber(flow, FIELDS.ip_src) === 0 &&
    getFieldNumber(flow, FIELDS.ip_dst) === BROADCAST
  );
}

function maySendIpv4(flow: Flow, allowed: LportAddresses): boolean {
  return (
    hasNoIps(allowed) || allowed.ipv4.includes(getFieldNumber(flow, FIELDS.ip_src)) || isDhcpRequest(flow)
  );
}

function maySendIpv6(flow: Flow, allowed: LportAddresses): boolean {
  if (hasNoIps(allowed)) return true;
  const local = linkLocalOf(allowed.mac);
  const isOwn = (ip: bigint): boolean => ip === local || allowed.ipv6.includes(ip);
  const isOwnMac = (mac: bigint): boolean => mac === 0n || mac === allowed.mac;
  if (!isOwn(getField(flow, FIELDS.ipv6_src))) return false;
  if (ipProtoOf(flow) !== IP_PROTO.icmpv6) return true;
  const type = tpSrcOf(flow);
  if (type === SOLICITATION) return isOwnMac(getField(flow, FIELDS.nd_sll));
  if (type !== ADVERTISEMENT) return true;
  if (!isOwnMac(getField(flow, FIELDS.nd_tll))) return false;
  return allowed.ipv6.length === 0 || isOwn(getField(flow, FIELDS.nd_target));
}

/** Whether a port with these addresses may send the packet; none allow all. */
export function maySend(flow: Flow, security: readonly LportAddresses[]): boolean {
  if (security.length === 0) return true;
  const mac = getField(flow, FIELDS.eth_src);
  const allowed = security.find((each) => each.mac === mac);
  if (allowed === undefined) return false;
  switch (ethTypeOf(flow)) {
    case ETH_TYPE.ip:
      return maySendIpv4(flow, allowed);
    case ETH_TYPE.arp:
      return maySendArp(flow, allowed);
    case ETH_TYPE.ipv6:
      return maySendIpv6(flow, allowed);
    default:
      return true;
  }
}

function mayReceiveIpv4(flow: Flow, allowed: LportAddresses): boolean {
  if (hasNoIps(allowed)) return true;
  if (allowed.ipv4.length === 0) return false;
  const destination = getFieldNumber(flow, FIELDS.ip_dst);
  return allowed.ipv4.includes(destination) || destination === BROADCAST || destination >>> 28 === 0xe;
}

function mayReceiveIpv6(flow: Flow, allowed: LportAddresses): boolean {
  if (hasNoIps(allowed)) return true;
  if (allowed.ipv6.length === 0) return false;
  const destination = getField(flow, FIELDS.ipv6_dst);
  return (
    allowed.ipv6.includes(destination) ||
    destination === linkLocalOf(allowed.mac) ||
    destination >> 120n === 0xffn
  );
}

/** Whether a port with these addresses may receive the packet; none allow all. */
export function mayReceive(flow: Flow, security: readonly LportAddresses[]): boolean {
  if (security.length === 0) return true;
  const mac = getField(flow, FIELDS.eth_dst);
  const allowed = security.find((each) => each.mac === mac);
  if (allowed === undefined) return false;
  switch (ethTypeOf(flow)) {
    case ETH_TYPE.ip:
      return mayReceiveIpv4(flow, allowed);
    case ETH_TYPE.ipv6:
      return mayReceiveIpv6(flow, allowed);
    default:
      return true;
  }
}
