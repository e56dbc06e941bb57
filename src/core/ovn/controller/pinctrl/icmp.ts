/** `icmp4`, `icmp6` and their `_error` kinds: an ICMP error that quotes the packet (RFC 1122 3.2.2, RFC 4443 3.1). */
import { ETH_TYPE, IP_PROTO } from '../../../flow/protocol.table.ts';
import { ipProtoOf, isIp, rawEthTypeOf } from '../../../flow/packet-kind.ts';
import type { OfpAct } from '../../../ofproto/index.ts';
import { encodeIcmp, encodeIcmpv6, IP_PROTOCOL } from '../../../wire/index.ts';
import { OctetReader, OctetWriter } from '../../actions/index.ts';
import { originate, refuse, repliesActions } from './answer.ts';
import type { Answer } from './answer-kind.ts';
import { composeIp, endsOf, withVlanOf } from './compose.ts';

/** Whole errors are at most this long, by the real program's reckoning with the Ethernet header. */
const ROOM = { ipv4: 576 - 14 - 20 - 8, ipv6: 1280 - 14 - 40 - 8 } as const;
const TTL = 255;
const UNREACHABLE = { ipv4: 3, ipv6: 1 } as const;
const HOST_OR_PROHIBITED = 1;
const PORT_UNREACHABLE = { ipv4: 3, ipv6: 4 } as const;
const NEEDS_FRAGMENTATION = 4;
const TOO_BIG = 2;

const MAGIC = 0x6f766e00;
const OVN_FIELD = { icmp4FragMtu: 0, icmp6FragMtu: 1 } as const;

/** The MTU that `icmp4.frag_mtu = N` noted for this packet. */
function notedMtu(actions: readonly OfpAct[], id: number, size: number): number | undefined {
  for (const act of actions) {
    if (act.kind !== 'note') continue;
    const note = new OctetReader(act.data);
    if (note.u32() !== MAGIC || note.u16() !== id || note.take(2) === undefined) continue;
    const value = note.uint(size);
    if (value !== undefined) return Number(value);
  }
  return undefined;
}

/** `toPort`: a UDP packet is told of its port. `swapped`: the error goes straight back. */
export function icmpError(toPort: boolean, swapped: boolean): Answer {
  return (packet, answering) => {
    const { headers, octets, places } = packet;
    if (!isIp(headers)) {
      const type = rawEthTypeOf(headers).toString(16);
      refuse(answering, packet, `ICMP action on non-IP packet (eth_type 0x${type})`);
      return;
    }
    const actions = repliesActions(answering, packet);
    if (!actions) return;
    const ends = endsOf(headers, swapped);
    const isIpv4 = rawEthTypeOf(headers) === ETH_TYPE.ip;
    const whole = octets.subarray(places.network, places.end);
    const isUdp = toPort && ipProtoOf(headers) === IP_PROTO.udp;
    let frame: Uint8Array;
    if (isIpv4) {
      const mtu = notedMtu(actions, OVN_FIELD.icmp4FragMtu, 2);
      const code =
        mtu !== undefined ? NEEDS_FRAGMENTATION : isUdp ? PORT_UNREACHABLE.ipv4 : HOST_OR_PROHIBITED;
      const quoted = whole.subarray(0, ROOM.ipv4);
      const message = encodeIcmp({ type: UNREACHABLE.ipv4, code, rest: mtu ?? 0 }, quoted);
      frame = composeIp(ends, IP_PROTOCOL.icmp, TTL, message);
    } else {
      const mtu = notedMtu(actions, OVN_FIELD.icmp6FragMtu, 4);
      const type = mtu === undefined ? UNREACHABLE.ipv6 : TOO_BIG;
      const code = mtu !== undefined ? 0 : isUdp ? PORT_UNREACHABLE.ipv6 : HOST_OR_PROHIBITED;
      const body = new OctetWriter().u32(mtu ?? 0).put(whole.subarray(0, ROOM.ipv6));
      frame = composeIp(
        ends,
        IP_PROTOCOL.icmpv6,
        TTL,
        encodeIcmpv6({ type, code }, body.octets(), ends.pseudo),
      );
    }
    const text = isIpv4 ? 'ICMP error' : 'ICMPv6 error';
    originate(answering, packet.step, withVlanOf(headers, frame), actions, text, packet.because);
  };
}
