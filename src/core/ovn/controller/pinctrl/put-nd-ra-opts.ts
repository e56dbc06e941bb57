/** `put_nd_ra_opts`: the advertisement that answers a router solicitation; the flow carries it whole. */
import { isIcmpv6, tpDstOf, tpSrcOf } from '../../../flow/packet-kind.ts';
import { readIpv6, writeIpv6 } from '../../../wire/octets.ts';
import { OctetWriter } from '../../actions/index.ts';
import { resumeWith } from './answer.ts';
import type { Answer } from './answer-kind.ts';
import { finishIpv6 } from './ipv6-checksum.ts';
import { readResultBit, type SwitchPacket } from './switch-packet.ts';

const ROUTER_SOLICITATION = 133;
const ICMPV6 = 58;
const ALL_NODES = (0xff02n << 112n) | 1n;

function advertisement({ octets, places, headers }: SwitchPacket, body: Uint8Array): Uint8Array | string {
  if (body.length === 0) return 'IPv6 ND RA options not present in the userdata';
  if (!isIcmpv6(headers) || tpDstOf(headers) !== 0 || tpSrcOf(headers) !== ROUTER_SOLICITATION)
    return 'put_nd_ra action on invalid or unsupported packet';
  const frame = new OctetWriter().put(octets.subarray(0, places.transport)).put(body).octets();
  // Later flows send the answer to where the solicitation came from, and that cannot be ::.
  const source = places.network + 8;
  if (readIpv6(frame, source) === 0n) writeIpv6(frame, source, ALL_NODES);
  finishIpv6(frame, places.network, places.transport, 2, ICMPV6);
  return frame;
}

export const putNdRaOpts: Answer = (packet, answering) => {
  const result = readResultBit(packet.userdata);
  const octets = advertisement(packet, packet.userdata.rest());
  if (typeof octets === 'string') {
    answering.log.warn('pinctrl', octets);
    resumeWith(answering, packet, result, { octets: null, text: octets });
  } else resumeWith(answering, packet, result, { octets, text: 'router advertisement' });
};
