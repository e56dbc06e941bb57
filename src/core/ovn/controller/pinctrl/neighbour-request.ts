/** Requests for a neighbour's MAC address: broadcast ARP, or a solicitation to the solicited-node group (RFC 4861 7.2.2). */
import {
  encodeArp,
  encodeEthernet,
  encodeIcmpv6,
  encodeLinkLayerOption,
  ETHERTYPE,
  IP_PROTOCOL,
  neighborBody,
} from '../../../wire/index.ts';
import type { NeighbourAddress } from '../mac-cache.ts';
import { composeIp } from './compose.ts';

const BROADCAST = 0xffff_ffff_ffffn;
const SOLICITED_NODE = 0xff02_0000_0000_0000_0000_0001_ff00_0000n;
const NS = 135;

export function solicitation(source: bigint, from: bigint, target: bigint): Uint8Array {
  const group = SOLICITED_NODE | (target & 0xffffffn);
  const pseudo = { family: 6, source: from, destination: group } as const;
  const body = neighborBody(0, target, [encodeLinkLayerOption(1, source)]);
  const destination = 0x3333_0000_0000n | (group & 0xffff_ffffn);
  return composeIp(
    { source, destination, pseudo },
    IP_PROTOCOL.icmpv6,
    255,
    encodeIcmpv6({ type: NS, code: 0 }, body, pseudo),
  );
}

/** From one of our addresses; both of one family. */
export function neighbourRequest(
  source: bigint,
  from: NeighbourAddress,
  target: NeighbourAddress,
): Uint8Array {
  if (from.family === 6 || target.family === 6)
    return solicitation(source, BigInt(from.value), BigInt(target.value));
  const body = encodeArp({
    operation: 1,
    senderMac: source,
    senderIp: from.value,
    targetMac: 0n,
    targetIp: target.value,
  });
  return encodeEthernet({ source, destination: BROADCAST, type: ETHERTYPE.arp }, body);
}
