/** A packet's octets in the hands of the datapath: headers pushed, popped and rewritten, checksums kept right. */
import { extract, type HeaderPlaces } from '../../flow/extract.ts';
import type { Flow } from '../../flow/flow.ts';
import { getFieldNumber } from '../../flow/flow.ts';
import { FIELDS } from '../../flow/fields.table.ts';
import { word } from '../../flow/packet-kind.ts';
import { ETH_TYPE } from '../../flow/protocol.table.ts';
import { WORD } from '../../flow/words.table.ts';
import { readU16, readU32, writeMac, writeU16, writeU32 } from '../../wire/octets.ts';

const MACS = 12;
const ETHERNET = 14;

/** Octets are never changed in place: steps that were recorded keep what they saw. */
export class Frame {
  readonly octets: Uint8Array;
  /** 0 with an Ethernet header, else (1 << 16) | type. */
  readonly packetType: number;
  private read: { readonly flow: Flow; readonly places: HeaderPlaces } | undefined;

  constructor(octets: Uint8Array, packetType = 0) {
    this.octets = octets;
    this.packetType = packetType;
  }

  private extracted(): { readonly flow: Flow; readonly places: HeaderPlaces } {
    this.read ??= extract(this.octets, { packetType: this.packetType, vlanLimit: 2 });
    return this.read;
  }

  get places(): HeaderPlaces {
    return this.extracted().places;
  }

  /** IP protocol, 0 for none. */
  get proto(): number {
    return word(this.extracted().flow, WORD.nwProto) & 0xff;
  }

  /** The frame with octets `at` to `at + removed` replaced by `inserted`. */
  splice(at: number, removed: number, inserted: Uint8Array, packetType = this.packetType): Frame {
    const { octets } = this;
    const result = new Uint8Array(octets.length - removed + inserted.length);
    result.set(octets.subarray(0, at), 0);
    result.set(inserted, at);
    result.set(octets.subarray(at + removed), at + inserted.length);
    return new Frame(result, packetType);
  }

  pushVlan(tpid: number, tci: number): Frame {
    if (this.packetType !== 0 || this.octets.length < ETHERNET) return this;
    const tag = new Uint8Array(4);
    writeU16(tag, 0, tpid);
    writeU16(tag, 2, tci & 0xefff);
    return this.splice(MACS, 0, tag);
  }

  popVlan(): Frame {
    return this.packetType === 0 && this.places.vlans > 0 ? this.splice(MACS, 4, new Uint8Array(0)) : this;
  }

  pushEthernet(source: bigint, destination: bigint): Frame {
    const header = new Uint8Array(ETHERNET);
    writeMac(header, 0, destination);
    writeMac(header, 6, source);
    writeU16(header, MACS, this.packetType & 0xffff);
    return this.splice(0, 0, header, 0);
  }

  popEthernet(): Frame {
    const { ethType, type } = this.places;
    if (ethType < 0) return this;
    return this.splice(0, ethType + 2, new Uint8Array(0), (0x10000 | type) >>> 0);
  }

  private withType(type: number): Frame {
    const { ethType } = this.places;
    if (this.packetType !== 0 || ethType < 0) return new Frame(this.octets, (0x10000 | type) >>> 0);
    const octets = this.octets.slice();
    writeU16(octets, ethType, type);
    return new Frame(octets, 0);
  }

  /** `whole`: in front of everything, as a packet without Ethernet header. */
  pushMpls(label: number, type: number, whole: boolean): Frame {
    const entry = new Uint8Array(4);
    writeU32(entry, 0, label);
    if (whole) return this.splice(0, 0, entry, (0x10000 | type) >>> 0);
    const { ethType } = this.places;
    const at = this.packetType === 0 ? ethType + 2 : 0;
    if (at < 0) return this;
    return this.splice(at, 0, entry).withType(type);
  }

  popMpls(type: number): Frame {
    const { mpls } = this.places;
    if (mpls < 0 || mpls + 4 > this.octets.length) return this;
    const popped = this.splice(mpls, 4, new Uint8Array(0));
    // What a label stood in front of may be a whole Ethernet frame.
    return type === ETH_TYPE.teb && this.packetType !== 0
      ? new Frame(popped.octets, 0)
      : this.retyped(popped, type);
  }

  /** `popped` lost a header after this frame's Ethernet type, which becomes `type`. */
  private retyped(popped: Frame, type: number): Frame {
    const { ethType } = this.places;
    if (this.packetType !== 0 || ethType < 0) return new Frame(popped.octets, (0x10000 | type) >>> 0);
    writeU16(popped.octets, ethType, type);
    return new Frame(popped.octets, 0);
  }

  /** A Network Service Header in front of everything. */
  pushNsh(flow: Flow, metadata: Uint8Array): Frame {
    const mdType = getFieldNumber(flow, FIELDS.nsh_mdtype);
    const context = mdType === 1 ? 16 : metadata.length;
    const header = new Uint8Array(8 + context);
    const ttl = getFieldNumber(flow, FIELDS.nsh_ttl) & 0x3f;
    const flags = getFieldNumber(flow, FIELDS.nsh_flags) & 3;
    writeU16(header, 0, (flags << 12) | (ttl << 6) | (header.length / 4));
    header[2] = mdType;
    header[3] = getFieldNumber(flow, FIELDS.nsh_np);
    writeU32(header, 4, word(flow, WORD.nshPath));
    if (mdType === 1)
      for (let i = 0; i < 4; i += 1) writeU32(header, 8 + 4 * i, word(flow, WORD.nshContext + i));
    else header.set(metadata, 8);
    return this.splice(0, 0, header, 0x1894f);
  }

  popNsh(): Frame {
    const { octets } = this;
    if (octets.length < 8) return this;
    const size = (readU16(octets, 0) & 0x3f) * 4;
    const next = NEXT_TYPE[octets[3] as number] ?? 0;
    return this.splice(0, Math.min(size, octets.length), new Uint8Array(0), next);
  }

  /** The label at the top. */
  setMpls(label: number): Frame {
    const { mpls } = this.places;
    if (mpls < 0) return this;
    const octets = this.octets.slice();
    writeU32(octets, mpls, label);
    return new Frame(octets, this.packetType);
  }

  /** Network Service Header fields under a mask. */
  setNsh(values: Flow, masks: Flow): Frame {
    const { network, type } = this.places;
    if (type !== ETH_TYPE.nsh || network < 0) return this;
    const octets = this.octets.slice();
    const merge = (at: number, from: number): void =>
      writeU32(
        octets,
        at,
        (readU32(octets, at) & ~word(masks, from)) | (word(values, from) & word(masks, from)),
      );
    const first = readU16(octets, network);
    const flagsMask = getFieldNumber(masks, FIELDS.nsh_flags) & 3;
    const ttlMask = getFieldNumber(masks, FIELDS.nsh_ttl) & 0x3f;
    const bits = (flagsMask << 12) | (ttlMask << 6);
    const wanted =
      (getFieldNumber(values, FIELDS.nsh_flags) << 12) |
      ((getFieldNumber(values, FIELDS.nsh_ttl) & 0x3f) << 6);
    writeU16(octets, network, (first & ~bits) | (wanted & bits));
    merge(network + 4, WORD.nshPath);
    if (octets[network + 2] === 1)
      for (let i = 0; i < 4; i += 1) merge(network + 8 + 4 * i, WORD.nshContext + i);
    return new Frame(octets, this.packetType);
  }
}

/** Packet types by the next protocol of a Network Service Header. */
const NEXT_TYPE: Readonly<Record<number, number>> = { 1: 0x10800, 2: 0x186dd, 3: 0, 4: 0x1894f };
