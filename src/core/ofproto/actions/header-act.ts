/**
 * Actions that write a header of the packet by its name, as OpenFlow had them before `set_field`: VLAN, Ethernet, IP,
 * ports and MPLS. Parts of `OfpAct`.
 */

/** OpenFlow 1.0's `mod_vlan_vid` (pushes a header when there is none) and OpenFlow 1.1's `set_vlan_vid`. */
interface SetVlanVidAct {
  readonly kind: 'set_vlan_vid';
  readonly vid: number;
  readonly pushIfNeeded: boolean;
}

interface SetVlanPcpAct {
  readonly kind: 'set_vlan_pcp';
  readonly pcp: number;
  readonly pushIfNeeded: boolean;
}

/** `strip_vlan` and `pop_vlan`: the same act; the name is OpenFlow 1.0's when `legacy`. */
interface StripVlanAct {
  readonly kind: 'strip_vlan';
  readonly legacy: boolean;
}

interface PushVlanAct {
  readonly kind: 'push_vlan';
  readonly ethertype: number;
}

interface SetEthAct {
  readonly kind: 'mod_dl_src' | 'mod_dl_dst';
  readonly mac: bigint;
}

interface SetIpv4Act {
  readonly kind: 'mod_nw_src' | 'mod_nw_dst';
  readonly ip: number;
}

/** `mod_nw_tos` (the six DSCP bits in place, 0xfc), `mod_nw_ecn` (0 to 3), `mod_nw_ttl`. */
interface SetIpByteAct {
  readonly kind: 'mod_nw_tos' | 'mod_nw_ecn' | 'mod_nw_ttl';
  readonly value: number;
}

interface SetPortAct {
  readonly kind: 'mod_tp_src' | 'mod_tp_dst';
  readonly port: number;
}

/** `dec_ttl`, with the controllers that hear of an expired TTL: `[0]` unless given. */
interface DecTtlAct {
  readonly kind: 'dec_ttl';
  readonly controllerIds: readonly number[];
  /** Written `dec_ttl(id,...)` rather than `dec_ttl`. */
  readonly explicit: boolean;
}

interface SetMplsAct {
  readonly kind: 'set_mpls_label' | 'set_mpls_tc' | 'set_mpls_ttl';
  readonly value: number;
}

interface PushPopMplsAct {
  readonly kind: 'push_mpls' | 'pop_mpls';
  readonly ethertype: number;
}

/** One of these actions. */
export type HeaderAct =
  | SetVlanVidAct
  | SetVlanPcpAct
  | StripVlanAct
  | PushVlanAct
  | SetEthAct
  | SetIpv4Act
  | SetIpByteAct
  | SetPortAct
  | DecTtlAct
  | SetMplsAct
  | PushPopMplsAct;
