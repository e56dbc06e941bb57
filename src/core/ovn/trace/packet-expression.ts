/** A packet as the expression that describes it: what one types after `ovn-trace` to send the same. */
import { formatIpv4, formatIpv6, formatMac } from '../../base/address.ts';
import { FIELDS } from '../../flow/fields.table.ts';
import { getField, type Flow } from '../../flow/flow.ts';
import {
  ethTypeOf,
  ipProtoOf,
  isIcmpv4,
  isIcmpv6,
  tpDstOf,
  tpSrcOf,
  ttlOf,
  vlanTciOf,
} from '../../flow/packet-kind.ts';
import { ETH_TYPE, IP_PROTO } from '../../flow/protocol.table.ts';

/** `inport` is left out when ''. */
export function packetExpression(flow: Flow, inport: string): string {
  const number = (field: (typeof FIELDS)[keyof typeof FIELDS]): number => Number(getField(flow, field));
  const terms: string[] = inport === '' ? [] : [`inport == ${JSON.stringify(inport)}`];
  terms.push(
    `eth.src == ${formatMac(getField(flow, FIELDS.eth_src))}`,
    `eth.dst == ${formatMac(getField(flow, FIELDS.eth_dst))}`,
  );
  const tci = vlanTciOf(flow);
  if ((tci & 0x1000) !== 0) terms.push(`vlan.present && vlan.vid == ${tci & 0xfff}`);
  const type = ethTypeOf(flow);
  if (type === ETH_TYPE.arp)
    terms.push(
      `arp.op == ${number(FIELDS.arp_op)}`,
      `arp.spa == ${formatIpv4(number(FIELDS.arp_spa))}`,
      `arp.tpa == ${formatIpv4(number(FIELDS.arp_tpa))}`,
      `arp.sha == ${formatMac(getField(flow, FIELDS.arp_sha))}`,
      `arp.tha == ${formatMac(getField(flow, FIELDS.arp_tha))}`,
    );
  else if (type === ETH_TYPE.ip || type === ETH_TYPE.ipv6) {
    const v4 = type === ETH_TYPE.ip;
    terms.push(
      v4
        ? `ip4.src == ${formatIpv4(number(FIELDS.ip_src))} && ip4.dst == ${formatIpv4(number(FIELDS.ip_dst))}`
        : `ip6.src == ${formatIpv6(getField(flow, FIELDS.ipv6_src))} && ip6.dst == ${formatIpv6(getField(flow, FIELDS.ipv6_dst))}`,
      `ip.ttl == ${ttlOf(flow)}`,
    );
    const protocol = ipProtoOf(flow);
    const name =
      protocol === IP_PROTO.tcp
        ? 'tcp'
        : protocol === IP_PROTO.udp
          ? 'udp'
          : protocol === IP_PROTO.sctp
            ? 'sctp'
            : undefined;
    if (name !== undefined) terms.push(`${name}.src == ${tpSrcOf(flow)} && ${name}.dst == ${tpDstOf(flow)}`);
    else if (isIcmpv4(flow) || isIcmpv6(flow)) {
      const icmp = v4 ? 'icmp4' : 'icmp6';
      terms.push(`${icmp}.type == ${tpSrcOf(flow)} && ${icmp}.code == ${tpDstOf(flow)}`);
      const kind = tpSrcOf(flow);
      if (!v4 && (kind === 135 || kind === 136))
        terms.push(`nd.target == ${formatIpv6(getField(flow, FIELDS.nd_target))}`);
    } else terms.push(`ip.proto == ${protocol}`);
  } else terms.push(`eth.type == 0x${type.toString(16).padStart(4, '0')}`);
  return terms.join(' && ');
}
