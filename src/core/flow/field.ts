/** What one field of a flow is: where it stands, how it is written, and when it exists. */

/** What must hold before a field makes sense; `none` for metadata. */
export type Prerequisite =
  | 'none'
  | 'ethernet'
  | 'arp'
  | 'vlan'
  | 'ipv4'
  | 'ipv6'
  | 'ip'
  | 'nsh'
  | 'ct'
  | 'mpls'
  | 'tcp'
  | 'udp'
  | 'sctp'
  | 'icmpv4'
  | 'icmpv6'
  | 'nd'
  | 'nd-solicit'
  | 'nd-advert';

/** How a value is written. */
export type FieldFormat =
  | 'decimal'
  | 'hexadecimal'
  | 'ct_state'
  | 'ethernet'
  | 'ipv4'
  | 'ipv6'
  | 'ofport'
  | 'ofport-oxm'
  | 'frag'
  | 'tunnel-flags'
  | 'tcp_flags'
  | 'packet_type';

/** One protocol name of a field: an NXM name (`version` 0) or an OXM name since an OpenFlow version (0x03 is 1.2). */
export interface FieldHeader {
  readonly name: string;
  readonly version: number;
  /** Written with a 64-bit experimenter header. */
  readonly experimenter: boolean;
}

export interface Field {
  /** The name that `ovs-ofctl` prints in actions, e.g. `eth_src`. */
  readonly name: string;
  /** Other names that are read, e.g. `dl_src`. */
  readonly aliases: readonly string[];
  /** Position in the field table. */
  readonly id: number;
  /** Width of the value in bits, as a subfield may address it. */
  readonly bits: number;
  /** Size of the value in bytes, as it is written in hex masks and checked for range. */
  readonly size: number;
  /** The value stands in words `word` to `word + words - 1`, most significant first, `shift` bits from the right, `width` bits wide. */
  readonly word: number;
  readonly words: number;
  readonly shift: number;
  readonly width: number;
  /** Whether a match may give a mask. */
  readonly maskable: boolean;
  readonly format: FieldFormat;
  readonly prerequisite: Prerequisite;
  readonly writable: boolean;
  /** The name used in subfields, e.g. `NXM_OF_ETH_SRC` in `NXM_OF_ETH_SRC[]`. */
  readonly nxmName: string;
  /** Protocol names; empty when the field cannot be written in OpenFlow. */
  readonly headers: readonly FieldHeader[];
  /** For `tun_metadataN`: N. Its place depends on the bridge's TLV map; in the table it has the default of 4 bytes at slot N. */
  readonly option: number | undefined;
  /** `tun_metadataN` that no TLV map gave a length: read with the length of its text. */
  readonly variable: boolean;
}

/** Bits `offset` to `offset + length - 1` of a field, 0 being the least significant. */
export interface Subfield {
  readonly field: Field;
  readonly offset: number;
  readonly length: number;
}

/** The whole of a field as a subfield. */
export const wholeField = (field: Field): Subfield => ({ field, offset: 0, length: field.bits });
