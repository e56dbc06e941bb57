/** A packet as OpenFlow messages are printed with it: its key, then the checksum of its transport header. */
import { extract } from '../flow/extract.ts';
import { formatFlow } from '../flow/flow-text.ts';
import { ipProtoOf } from '../flow/packet-kind.ts';
import { IP_PROTO } from '../flow/protocol.table.ts';
import { readU16, readU32 } from '../wire/octets.ts';

interface ChecksumPlace {
  readonly name: string;
  /** From the start of the transport header. */
  readonly at: number;
  readonly size: 2 | 4;
  /** Octets of the header without options. */
  readonly header: number;
}

const CHECKSUMS: Readonly<Record<number, ChecksumPlace>> = {
  [IP_PROTO.tcp]: { name: 'tcp_csum', at: 16, size: 2, header: 20 },
  [IP_PROTO.udp]: { name: 'udp_csum', at: 6, size: 2, header: 8 },
  [IP_PROTO.sctp]: { name: 'sctp_csum', at: 8, size: 4, header: 12 },
  [IP_PROTO.icmp]: { name: 'icmp_csum', at: 2, size: 2, header: 8 },
  [IP_PROTO.icmpv6]: { name: 'icmp6_csum', at: 2, size: 2, header: 4 },
};

/** VLAN headers that programs other than the switch itself look at. */
const VLAN_LIMIT = 2;

/** One line, newline included. `packetType` is 0 for a frame with Ethernet header. */
export function formatPacket(octets: Uint8Array, packetType = 0): string {
  const { flow, places } = extract(octets, { packetType, vlanLimit: VLAN_LIMIT });
  const text = formatFlow(flow);
  const place = CHECKSUMS[ipProtoOf(flow)];
  const { transport, end } = places;
  if (!place || transport < 0 || end - transport < place.header) return `${text}\n`;
  const read = place.size === 2 ? readU16 : readU32;
  return `${text} ${place.name}:${read(octets, transport + place.at).toString(16)}\n`;
}
