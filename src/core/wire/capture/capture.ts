/** A capture file's content: interfaces, packets, names; the same for pcap and pcapng. */
import type { Problem } from '../../base/result.ts';

/** Seconds since 1970 and nanoseconds. */
export interface CaptureTime {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** Where packets were captured. `linkType` is a LINKTYPE_ number: 1 is Ethernet. */
export interface CaptureInterface {
  readonly linkType: number;
  readonly snapLength: number;
  readonly name?: string;
  readonly description?: string;
}

/** `length` is the size on the wire, `octets` what was captured of it. */
export interface CapturedPacket {
  /** Index in `interfaces`. */
  readonly interface: number;
  readonly time: CaptureTime;
  readonly length: number;
  readonly octets: Uint8Array;
  readonly comment?: string;
}

/** Addresses and their names, from pcapng name resolution blocks. */
export interface ResolvedName {
  readonly address: string;
  readonly names: readonly string[];
}

/** `problems` say where reading ended early; what comes before is whole. Places are offsets in octets. */
export interface Capture {
  readonly format: 'pcap' | 'pcapng';
  readonly byteOrder: 'little' | 'big';
  readonly nanoseconds: boolean;
  readonly interfaces: readonly CaptureInterface[];
  readonly packets: readonly CapturedPacket[];
  readonly names: readonly ResolvedName[];
  readonly problems: readonly Problem[];
}

export const LINK_TYPE_ETHERNET = 1;
/** Packets that begin with their IPv4 or IPv6 header. */
export const LINK_TYPE_RAW = 101;

/** Most octets of one packet that libpcap takes or writes. */
export const MAXIMUM_SNAP_LENGTH = 262_144;
