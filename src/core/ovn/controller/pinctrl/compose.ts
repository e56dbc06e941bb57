/** Frames that ovn-controller makes: Ethernet and IP around a payload, with or without the ends exchanged. */
import { FIELDS } from '../../../flow/fields.table.ts';
import { getField, getFieldNumber, type Flow } from '../../../flow/flow.ts';
import { ETH_TYPE } from '../../../flow/protocol.table.ts';
import { rawEthTypeOf, vlanTciOf } from '../../../flow/packet-kind.ts';
import { encodeEthernet, encodeIpv4, encodeIpv6, ETHERTYPE } from '../../../wire/index.ts';
import { OctetWriter } from '../../actions/index.ts';

/** The ends of a packet, and the pseudo header that its transport checksum covers. */
export interface Ends {
  readonly source: bigint;
  readonly destination: bigint;
  readonly pseudo:
    | { readonly family: 4; readonly source: number; readonly destination: number }
    | { readonly family: 6; readonly source: bigint; readonly destination: bigint };
}

/** The ends of an IP packet as they are, or `swapped` for an answer that goes straight back. */
export function endsOf(headers: Flow, swapped: boolean): Ends {
  const pair = <T>(source: T, destination: T) =>
    swapped ? { source: destination, destination: source } : { source, destination };
  const ethernet = pair(getField(headers, FIELDS.eth_src), getField(headers, FIELDS.eth_dst));
  const pseudo =
    rawEthTypeOf(headers) === ETH_TYPE.ip
      ? ({
          family: 4,
          ...pair(getFieldNumber(headers, FIELDS.ip_src), getFieldNumber(headers, FIELDS.ip_dst)),
        } as const)
      : ({
          family: 6,
          ...pair(getField(headers, FIELDS.ipv6_src), getField(headers, FIELDS.ipv6_dst)),
        } as const);
  return { ...ethernet, pseudo };
}

/** A whole frame. IPv4 packets say "don't fragment". */
export function composeIp(ends: Ends, protocol: number, ttl: number, payload: Uint8Array): Uint8Array {
  const { source, destination, pseudo } = ends;
  return pseudo.family === 4
    ? encodeEthernet(
        { source, destination, type: ETHERTYPE.ipv4 },
        encodeIpv4({ ...pseudo, protocol, ttl, dontFragment: true }, payload),
      )
    : encodeEthernet(
        { source, destination, type: ETHERTYPE.ipv6 },
        encodeIpv6({ ...pseudo, nextHeader: protocol, hopLimit: ttl }, payload),
      );
}

const PRESENT = 0x1000;
const MACS = 12;

/** The frame with the VLAN header that `headers` have, if any. */
export function withVlanOf(headers: Flow, frame: Uint8Array): Uint8Array {
  const tci = vlanTciOf(headers);
  if ((tci & PRESENT) === 0) return frame;
  return new OctetWriter()
    .put(frame.subarray(0, MACS))
    .u16(0x8100)
    .u16(tci & ~PRESENT)
    .put(frame.subarray(MACS))
    .octets();
}
