/** Where in a tunnelled packet the headers of what it carries stand, as expressions of pcap-filter(7). */
import type { Tunnel } from './phrase.ts';

/** Reads `size` octets at an offset; the offset may be an expression. */
type Reader = (offset: string | number, size: 1 | 2 | 4) => string;

export interface InnerOffsets {
  /** What holds for every packet of the tunnel that carries what can be looked into. */
  readonly tests: readonly string[];
  /** From the inner Ethernet header; undefined if the tunnel carries none. */
  readonly frame: Reader | undefined;
  /** The ethertype of what is inside. */
  readonly type: string;
  /** From the header behind the ethertype. */
  readonly network: Reader;
}

const ETHERNET_SIZE = 14;
const PORTS: Readonly<Record<'geneve' | 'vxlan', number>> = { geneve: 6081, vxlan: 4789 };
/** Eight octets of UDP, then Geneve's two words and as many as its options have. */
const GENEVE_END = '8 + (4 * (2 + (udp[8:1] & 0x3f)))';
const VXLAN_END = '16';
const GRE = '((ip[0:1] & 0x0f) * 4)';
/** Checksum, key and sequence number are there when their bits are. */
const GRE_END = `${GRE} + 4 + ((ip[${GRE}:1] & 0x80) >> 5) + ((ip[${GRE}:1] & 0x20) >> 3) + ((ip[${GRE}:1] & 0x10) >> 2)`;
const GRE_KEY = `${GRE} + 4 + ((ip[${GRE}:1] & 0x80) >> 5)`;
const BRIDGED = '0x6558';

const reader =
  (protocol: 'udp' | 'ip', start: string): Reader =>
  (offset, size) =>
    `${protocol}[${start} + ${offset}:${size}]`;

/** What tells that a packet is of `tunnel`, whatever it carries. */
export function tunnelTests({ name, vni }: Tunnel): readonly string[] {
  if (name === 'geneve' || name === 'vxlan') {
    const number = vni === null ? [] : [`udp[12:4] & 0xffffff00 = 0x${(vni * 256).toString(16)}`];
    return [`udp port ${PORTS[name]}`, ...number];
  }
  const type = name === 'gretap' ? [`ip[${GRE} + 2:2] = ${BRIDGED}`] : [`ip[${GRE} + 2:2] != ${BRIDGED}`];
  const tests = ['ip proto 47', 'ip[6:2] & 0x1fff = 0', `ip[${GRE} + 1:1] & 7 = 0`, ...type];
  if (vni === null) return tests;
  return [...tests, `ip[${GRE}:1] & 0x20 != 0`, `ip[${GRE_KEY}:4] = 0x${vni.toString(16)}`];
}

/** How to look inside a packet of `tunnel` that runs over IPv4. */
export function innerOffsets(tunnel: Tunnel): InnerOffsets {
  const tests = tunnelTests(tunnel);
  switch (tunnel.name) {
    case 'gre':
      return { tests, frame: undefined, type: `ip[${GRE} + 2:2]`, network: reader('ip', GRE_END) };
    case 'gretap':
      return { tests, ...bridged('ip', GRE_END) };
    case 'vxlan':
      return { tests, ...bridged('udp', VXLAN_END) };
    case 'geneve':
      return { tests: [...tests, `udp[10:2] = ${BRIDGED}`], ...bridged('udp', GENEVE_END) };
  }
}

const bridged = (protocol: 'udp' | 'ip', start: string): Omit<InnerOffsets, 'tests'> => {
  const frame = reader(protocol, start);
  return { frame, type: frame(12, 2), network: reader(protocol, `${start} + ${ETHERNET_SIZE}`) };
};
