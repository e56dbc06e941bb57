/** Reads a frame into a key, as a datapath does: headers that are cut or wrong leave their fields zero. */
import { createFlow, type Flow } from './flow.ts';
import { ETH_TYPE, IP_PROTO } from './protocol.table.ts';
import { MAX_MPLS_LABELS, MAX_VLAN_HEADERS, WORD } from './words.table.ts';

/** Where the headers of a frame begin; -1 for those that it does not have. */
export interface HeaderPlaces {
  /** Number of VLAN headers, which stand at 12. */
  readonly vlans: number;
  /** Place of the Ethernet type that counts, after VLAN headers; -1 without Ethernet header. */
  readonly ethType: number;
  readonly type: number;
  readonly mpls: number;
  readonly network: number;
  readonly transport: number;
  /** End of the network packet, before padding. */
  readonly end: number;
}

export interface ExtractOptions {
  /** 0 for a frame with Ethernet header, else (1 << 16) | type. */
  readonly packetType?: number;
  /** VLAN headers that are looked at; vswitchd's default is one. */
  readonly vlanLimit?: number;
}

const read16 = (octets: Uint8Array, at: number): number =>
  ((octets[at] as number) << 8) | (octets[at + 1] as number);
const read32 = (octets: Uint8Array, at: number): number =>
  (((octets[at] as number) << 24) |
    ((octets[at + 1] as number) << 16) |
    ((octets[at + 2] as number) << 8) |
    (octets[at + 3] as number)) >>>
  0;

const isVlanType = (type: number): boolean => type === 0x8100 || type === 0x88a8;
const DL_TYPE_NONE = 0x05ff;
const ETH_TYPE_MIN = 0x600;

class Extractor {
  readonly octets: Uint8Array;
  readonly flow: Flow = createFlow();
  at = 0;
  end: number;
  vlans = 0;
  ethType = -1;
  type = 0;
  mpls = -1;
  network = -1;
  transport = -1;

  constructor(octets: Uint8Array) {
    this.octets = octets;
    this.end = octets.length;
  }

  get left(): number {
    return this.end - this.at;
  }

  ethernet(vlanLimit: number): boolean {
    const { octets, flow } = this;
    if (octets.length < 14) return false;
    flow[WORD.ethDst] = read32(octets, 0);
    flow[WORD.ethDst + 1] = read32(octets, 4);
    flow[WORD.ethDst + 2] = read32(octets, 8);
    this.at = 12;
    const limit = Math.min(vlanLimit, MAX_VLAN_HEADERS);
    while (this.vlans < limit && isVlanType(read16(octets, this.at)) && this.left >= 6) {
      flow[WORD.vlan + this.vlans] = (read32(octets, this.at) | 0x1000) >>> 0;
      this.vlans += 1;
      this.at += 4;
    }
    this.ethType = this.at;
    this.type = this.readType();
    flow[WORD.ethDst + 3] = (this.type << 16) >>> 0;
    return true;
  }

  private readType(): number {
    const { octets } = this;
    const type = read16(octets, this.at);
    this.at += 2;
    if (type >= ETH_TYPE_MIN) return type;
    const snap =
      this.left >= 8 && read32(octets, this.at) === 0xaaaa0300 && read16(octets, this.at + 4) === 0;
    if (!snap) return DL_TYPE_NONE;
    const inner = read16(octets, this.at + 6);
    this.at += 8;
    return inner >= ETH_TYPE_MIN ? inner : DL_TYPE_NONE;
  }

  labels(): void {
    this.mpls = this.at;
    let count = 0;
    while (this.left >= 4) {
      const label = read32(this.octets, this.at);
      if (count < MAX_MPLS_LABELS) this.flow[WORD.mpls + count] = label;
      count += 1;
      this.at += 4;
      if ((label & 0x100) !== 0) break;
    }
  }

  /** True when a transport header follows. */
  ipv4(): boolean {
    const { octets, flow, at } = this;
    if (this.left < 20) return false;
    const size = ((octets[at] as number) & 15) * 4;
    const total = read16(octets, at + 2);
    if (size < 20 || this.left < size || total > this.left || size > total) return false;
    this.end = at + total;
    flow[WORD.nwSrc] = read32(octets, at + 12);
    flow[WORD.nwDst] = read32(octets, at + 16);
    const place = read16(octets, at + 6);
    const fragment = (place & 0x3fff) === 0 ? 0 : (place & 0x1fff) === 0 ? 1 : 3;
    const [tos, ttl, proto] = [octets[at + 1] as number, octets[at + 8] as number, octets[at + 9] as number];
    flow[WORD.nwProto] = ((fragment << 24) | (tos << 16) | (ttl << 8) | proto) >>> 0;
    this.at += size;
    return (fragment & 2) === 0;
  }

  ipv6(): boolean {
    const { octets, flow, at } = this;
    if (this.left < 40) return false;
    const payload = read16(octets, at + 4);
    if (payload + 40 > this.left) return false;
    this.end = at + 40 + payload;
    for (let i = 0; i < 8; i += 1) flow[WORD.ipv6Src + i] = read32(octets, at + 8 + 4 * i);
    const first = read32(octets, at);
    const ttl = octets[at + 7] as number;
    this.at += 40;
    const after = this.extensions(octets[at + 6] as number);
    if (!after) return false;
    flow[WORD.ipv6Label] = first & 0xfffff;
    flow[WORD.nwProto] =
      ((after.fragment << 24) | (((first >>> 20) & 0xff) << 16) | (ttl << 8) | after.proto) >>> 0;
    return (after.fragment & 2) === 0;
  }

  private extensions(next: number): { readonly proto: number; readonly fragment: number } | undefined {
    let proto = next;
    let fragment = 0;
    for (;;) {
      const isFragment = proto === 44;
      if (!isFragment && proto !== 0 && proto !== 43 && proto !== 60 && proto !== 51)
        return { proto, fragment };
      if (this.left < 8) return undefined;
      const header = this.at;
      const length = this.octets[header + 1] as number;
      const size = isFragment ? 8 : proto === 51 ? (length + 2) * 4 : (length + 1) * 8;
      proto = this.octets[header] as number;
      if (this.left < size) return undefined;
      this.at += size;
      if (!isFragment) continue;
      const place = read16(this.octets, header + 2);
      if (place === 0) continue;
      fragment = 1;
      if ((place & 0xfff8) !== 0) return { proto: 44, fragment: 3 };
    }
  }

  arp(): void {
    const { octets, flow, at } = this;
    const usual =
      this.left >= 28 && read32(octets, at) === 0x00010800 && octets[at + 4] === 6 && octets[at + 5] === 4;
    if (!usual) return;
    flow[WORD.nwSrc] = read32(octets, at + 14);
    flow[WORD.nwDst] = read32(octets, at + 24);
    const operation = read16(octets, at + 6);
    if (operation <= 0xff) flow[WORD.nwProto] = operation;
    flow[WORD.arpSha] = read32(octets, at + 8);
    flow[WORD.arpSha + 1] = ((read16(octets, at + 12) << 16) | read16(octets, at + 18)) >>> 0;
    flow[WORD.arpSha + 2] = read32(octets, at + 20);
  }

  nsh(): void {
    const { octets, flow, at } = this;
    if (this.left < 8) return;
    const first = read32(octets, at);
    const length = ((first >>> 16) & 0x3f) * 4;
    const mdType = (first >>> 8) & 0xf;
    if (length > this.left || first >>> 30 !== 0 || (mdType === 1 && length !== 24)) return;
    const flags = (first >>> 28) & 3;
    const ttl = (first >>> 22) & 0x3f;
    flow[WORD.nshFlags] = ((flags << 24) | (ttl << 16) | (mdType << 8) | (first & 0xff)) >>> 0;
    flow[WORD.nshPath] = read32(octets, at + 4);
    if (mdType === 1)
      for (let i = 0; i < 4; i += 1) flow[WORD.nshContext + i] = read32(octets, at + 8 + 4 * i);
  }

  transportHeader(proto: number): void {
    const { octets, flow, at, left } = this;
    const ports = (size: number): boolean => {
      if (left < size) return false;
      flow[WORD.tpPorts] = read32(octets, at);
      return true;
    };
    const typeAndCode = (): void => {
      flow[WORD.tpPorts] = (((octets[at] as number) << 16) | (octets[at + 1] as number)) >>> 0;
    };
    switch (proto) {
      case IP_PROTO.tcp: {
        const size = left >= 20 ? ((octets[at + 12] as number) >>> 4) * 4 : 0;
        if (size >= 20 && left >= size && ports(20))
          flow[WORD.arpSha + 3] = ((read16(octets, at + 12) & 0xfff) << 16) >>> 0;
        break;
      }
      case IP_PROTO.udp:
        ports(8);
        break;
      case IP_PROTO.sctp:
        ports(12);
        break;
      case IP_PROTO.icmp:
        if (left >= 8) typeAndCode();
        break;
      case IP_PROTO.igmp:
        if (left < 8) break;
        typeAndCode();
        flow[WORD.igmpGroup] = read32(octets, at + 4);
        break;
      case IP_PROTO.icmpv6:
        if (left < 8) break;
        typeAndCode();
        if ((octets[at] === 135 || octets[at] === 136) && octets[at + 1] === 0) this.neighborDiscovery();
        break;
    }
  }

  private neighborDiscovery(): void {
    const { octets, flow, at } = this;
    flow[WORD.igmpGroup] = read32(octets, at + 4);
    let option = at + 24;
    if (option > this.end) return;
    for (let i = 0; i < 4; i += 1) flow[WORD.ndTarget + i] = read32(octets, at + 8 + 4 * i);
    const seen: (Uint8Array | undefined)[] = [undefined, undefined];
    let firstType = 0;
    while (this.end - option >= 8) {
      const type = octets[option] as number;
      const size = (octets[option + 1] as number) * 8;
      if (size === 0 || option + size > this.end) break;
      if ((type === 1 || type === 2) && size === 8) {
        if (seen[type - 1]?.some((octet) => octet !== 0)) {
          flow.fill(0, WORD.ndTarget, WORD.ndTarget + 4);
          seen.fill(undefined);
          break;
        }
        seen[type - 1] = octets.subarray(option + 2, option + 8);
        if (firstType === 0) firstType = type;
      }
      option += size;
    }
    const macs = new Uint8Array(12);
    seen.forEach((mac, index) => {
      if (mac) macs.set(mac, 6 * index);
    });
    for (let i = 0; i < 3; i += 1) flow[WORD.arpSha + i] = read32(macs, 4 * i);
    flow[WORD.arpSha + 3] = (firstType << 16) >>> 0;
  }
}

/** The key of a frame, without metadata, and where its headers stand. */
export function extract(
  octets: Uint8Array,
  { packetType = 0, vlanLimit = 1 }: ExtractOptions = {},
): { readonly flow: Flow; readonly places: HeaderPlaces } {
  const reader = new Extractor(octets);
  const { flow } = reader;
  flow[WORD.packetType] = packetType;
  let go = true;
  if (packetType === 0) go = reader.ethernet(vlanLimit);
  else {
    reader.type = packetType & 0xffff;
    flow[WORD.ethDst + 3] = (reader.type << 16) >>> 0;
  }
  if (go) readNetwork(reader);
  const { vlans, ethType, type, mpls, network, transport, end } = reader;
  return { flow, places: { vlans, ethType, type, mpls, network, transport, end } };
}

function readNetwork(reader: Extractor): void {
  const { type } = reader;
  if (type === ETH_TYPE.mpls || type === ETH_TYPE.mplsMulticast) reader.labels();
  reader.network = reader.at;
  switch (type) {
    case ETH_TYPE.ip:
    case ETH_TYPE.ipv6: {
      const follows = type === ETH_TYPE.ip ? reader.ipv4() : reader.ipv6();
      if (!follows) break;
      reader.transport = reader.at;
      reader.transportHeader((reader.flow[WORD.nwProto] as number) & 0xff);
      break;
    }
    case ETH_TYPE.arp:
    case ETH_TYPE.rarp:
      reader.arp();
      break;
    case ETH_TYPE.nsh:
      reader.nsh();
      break;
  }
}

/** The key of a frame, without metadata. */
export const extractFlow = (octets: Uint8Array, options: ExtractOptions = {}): Flow =>
  extract(octets, options).flow;
