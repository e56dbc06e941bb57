/** Qualifiers of a primitive (`tcp src port ...`) in the words of the language. */

export type ProtocolWord =
  | 'link'
  | 'ip'
  | 'arp'
  | 'rarp'
  | 'sctp'
  | 'tcp'
  | 'udp'
  | 'icmp'
  | 'igmp'
  | 'igrp'
  | 'pim'
  | 'vrrp'
  | 'carp'
  | 'atalk'
  | 'aarp'
  | 'decnet'
  | 'lat'
  | 'sca'
  | 'mopdl'
  | 'moprc'
  | 'ip6'
  | 'icmp6'
  | 'ah'
  | 'esp'
  | 'iso'
  | 'esis'
  | 'isis'
  | 'l1'
  | 'l2'
  | 'iih'
  | 'lsp'
  | 'snp'
  | 'psnp'
  | 'csnp'
  | 'clnp'
  | 'stp'
  | 'ipx'
  | 'netbeui'
  | 'radio';

export type Direction = 'src' | 'dst' | 'or' | 'and' | 'addr1' | 'addr2' | 'addr3' | 'addr4' | 'ra' | 'ta';

/** `none` is what a term without an identifier leaves behind: an identifier cannot follow it. */
export type IdentifierType =
  | 'host'
  | 'net'
  | 'port'
  | 'portrange'
  | 'gateway'
  | 'proto'
  | 'protochain'
  | 'none';

/** Null: not given, so the default of the identifier. */
export interface Qualifier {
  readonly protocol: ProtocolWord | null;
  readonly direction: Direction | null;
  readonly type: IdentifierType | null;
}

export const NO_QUALIFIER: Qualifier = { protocol: null, direction: null, type: 'none' };
