/** `arp` and `nd_ns`: the packet waits, a request for its next hop goes out. `nd_na`, `nd_na_router`: answers for another. */
import { formatIpv4, formatIpv6, linkLocalOf } from '../../../base/address.ts';
import { FIELDS } from '../../../flow/fields.table.ts';
import { getField, getFieldNumber } from '../../../flow/flow.ts';
import { isIp, isNeighborDiscovery, rawEthTypeOf } from '../../../flow/packet-kind.ts';
import { ETH_TYPE } from '../../../flow/protocol.table.ts';
import {
  encodeArp,
  encodeEthernet,
  encodeIcmpv6,
  encodeLinkLayerOption,
  ETHERTYPE,
  IP_PROTOCOL,
  neighborBody,
} from '../../../wire/index.ts';
import { recordStep, refuse, reply } from './answer.ts';
import type { Answer } from './answer-kind.ts';
import { composeIp, withVlanOf } from './compose.ts';
import { solicitation } from './neighbour-request.ts';

const NA = 136;
const FLAG = { router: 0x8000_0000, solicited: 0x4000_0000, override: 0x2000_0000 } as const;

export const arp: Answer = (packet, answering, stores) => {
  const { headers, metadata } = packet;
  if (!isIp(headers)) {
    const type = rawEthTypeOf(headers).toString(16);
    refuse(answering, packet, `ARP action on non-IP packet (Ethertype ${type})`);
    return;
  }
  const address = getFieldNumber(metadata, FIELDS.reg0);
  const queued = recordStep(
    answering,
    packet.step,
    { kind: 'queued', reason: `until the MAC address of ${formatIpv4(address)} is known` },
    packet.octets,
    packet.because,
  );
  stores.buffered.add({ ...packet, step: queued }, formatIpv4(address), answering);
  const isIpv4 = rawEthTypeOf(headers) === ETH_TYPE.ip;
  const source = getField(headers, FIELDS.eth_src);
  const request = encodeArp({
    operation: 1,
    senderMac: source,
    senderIp: isIpv4 ? getFieldNumber(headers, FIELDS.ip_src) : 0,
    targetMac: 0n,
    targetIp: isIpv4 ? getFieldNumber(headers, FIELDS.ip_dst) : 0,
  });
  const destination = getField(headers, FIELDS.eth_dst);
  const frame = encodeEthernet({ source, destination, type: ETHERTYPE.arp }, request);
  reply(answering, packet, withVlanOf(headers, frame), 'ARP request');
};

export const ndNs: Answer = (packet, answering, stores) => {
  const { headers, metadata } = packet;
  if (!isIp(headers)) {
    refuse(answering, packet, 'NS action on non-IPv6 packet');
    return;
  }
  const address = getField(metadata, FIELDS.xxreg0);
  const queued = recordStep(
    answering,
    packet.step,
    { kind: 'queued', reason: `until the MAC address of ${formatIpv6(address)} is known` },
    packet.octets,
    packet.because,
  );
  stores.buffered.add({ ...packet, step: queued }, formatIpv6(address), answering);
  const source = getField(headers, FIELDS.eth_src);
  const isIpv6 = rawEthTypeOf(headers) === ETH_TYPE.ipv6;
  const target = isIpv6 ? getField(headers, FIELDS.ipv6_dst) : address;
  reply(answering, packet, solicitation(source, linkLocalOf(source), target), 'neighbor solicitation');
};

function advertise(isRouter: boolean): Answer {
  return (packet, answering) => {
    const { headers } = packet;
    if (!isNeighborDiscovery(headers)) {
      refuse(answering, packet, 'NA action on non-ND packet');
      return;
    }
    const source = getField(headers, FIELDS.eth_dst);
    const target = getField(headers, FIELDS.nd_target);
    const pseudo = { family: 6, source: target, destination: getField(headers, FIELDS.ipv6_src) } as const;
    const flags = (FLAG.solicited | FLAG.override | (isRouter ? FLAG.router : 0)) >>> 0;
    const body = neighborBody(flags, target, [encodeLinkLayerOption(2, source)]);
    const frame = composeIp(
      { source, destination: getField(headers, FIELDS.eth_src), pseudo },
      IP_PROTOCOL.icmpv6,
      255,
      encodeIcmpv6({ type: NA, code: 0 }, body, pseudo),
    );
    reply(answering, packet, frame, `neighbor advertisement for ${formatIpv6(target)}`);
  };
}

export const ndNa = advertise(false);
export const ndNaRouter = advertise(true);
