/** The outer header of a tunnelled packet, as the kernel's tunnel devices and the datapath hand it to one another. */
import { FIELDS } from '../../flow/fields.table.ts';
import { getField, readBits, setField, type Flow } from '../../flow/flow.ts';
import { word } from '../../flow/packet-kind.ts';
import { tlvField, type TlvMap } from '../../flow/tlv-map.ts';
import { fromBigInt, toBigInt } from '../../base/bytes.ts';
import { WORD } from '../../flow/words.table.ts';
import type { TunnelAddress, TunnelType } from '../bridge/tunnel-config.ts';

/** One of Geneve's options. */
export interface TunnelOption {
  readonly optionClass: number;
  readonly type: number;
  /** Whole 32-bit words. */
  readonly value: Uint8Array;
}

/** Ends as the packet's outer header has them: `source` is the sender's. */
export interface TunnelMetadata {
  /** The VNI or key; null for a GRE header without one. */
  readonly key: bigint | null;
  readonly source: TunnelAddress;
  readonly destination: TunnelAddress;
  readonly tos: number;
  readonly ttl: number;
  readonly dontFragment: boolean;
  readonly checksum: boolean;
  readonly oam: boolean;
  /** Geneve's options. */
  readonly options: readonly TunnelOption[];
  /** VXLAN group policy id. */
  readonly groupPolicy: number;
}

/** What a packet that leaves through a tunnel is to be wrapped in. A source of zeros is left to the routing. */
export interface TunnelSend extends TunnelMetadata {
  readonly type: TunnelType;
  /** UDP destination port, 0 for protocols without one. */
  readonly port: number;
}

const FLAG = { oam: 1, dontFragment: 2, checksum: 4, key: 8 } as const;
const CRITICAL = 0x80;

/** Writes a received tunnel into a key; false when it has a critical option that the bridge does not know. */
export function putTunnel(flow: Flow, tunnel: TunnelMetadata, tlv: TlvMap): boolean {
  flow[WORD.tunSrc] = tunnel.source.ipv4;
  flow[WORD.tunDst] = tunnel.destination.ipv4;
  setField(flow, FIELDS.tun_ipv6_src, tunnel.source.ipv6);
  setField(flow, FIELDS.tun_ipv6_dst, tunnel.destination.ipv6);
  setField(flow, FIELDS.tun_id, tunnel.key ?? 0n);
  const flags =
    (tunnel.oam ? FLAG.oam : 0) |
    (tunnel.dontFragment ? FLAG.dontFragment : 0) |
    (tunnel.checksum ? FLAG.checksum : 0) |
    (tunnel.key === null ? 0 : FLAG.key);
  flow[WORD.tunFlags] = ((tunnel.ttl << 24) | (tunnel.tos << 16) | flags) >>> 0;
  if (tunnel.groupPolicy !== 0) setField(flow, FIELDS.tun_gbp_id, tunnel.groupPolicy);
  for (const { optionClass, type, value } of tunnel.options) {
    const entry = tlv.entries.find((one) => one.optionClass === optionClass && one.type === type);
    const field = entry && tlvField(tlv, entry.index);
    if (!entry || !field || value.length !== entry.length) {
      if ((type & CRITICAL) !== 0) return false;
      continue;
    }
    setField(flow, field, toBigInt(value));
  }
  return true;
}

/** The tunnel that a key's tunnel words stand for. */
export function readTunnel(flow: Flow, type: TunnelType, tlv: TlvMap): TunnelSend {
  const flags = word(flow, WORD.tunFlags);
  const options = tlv.entries.flatMap((entry): TunnelOption[] => {
    const present = (word(flow, WORD.tunPresent + (entry.index >>> 5)) >>> (entry.index & 31)) & 1;
    if (present === 0) return [];
    const words = entry.length / 4;
    const value = fromBigInt(
      readBits(flow, WORD.tunOptions + entry.slot, words, 0, 8 * entry.length),
      entry.length,
    );
    return [{ optionClass: entry.optionClass, type: entry.type, value }];
  });
  return {
    type,
    port: word(flow, WORD.tunPorts) & 0xffff,
    key: (flags & FLAG.key) === 0 ? null : getField(flow, FIELDS.tun_id),
    source: { ipv4: word(flow, WORD.tunSrc), ipv6: getField(flow, FIELDS.tun_ipv6_src) },
    destination: { ipv4: word(flow, WORD.tunDst), ipv6: getField(flow, FIELDS.tun_ipv6_dst) },
    tos: (flags >>> 16) & 0xff,
    ttl: flags >>> 24,
    dontFragment: (flags & FLAG.dontFragment) !== 0,
    checksum: (flags & FLAG.checksum) !== 0,
    oam: (flags & FLAG.oam) !== 0,
    options,
    groupPolicy: Number(getField(flow, FIELDS.tun_gbp_id)),
  };
}
