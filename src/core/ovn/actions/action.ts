/** Every action of OVN 26.03's logical flows as data; the kind is the word it is written with, where it has one. */
import type { NumberLiteral } from '../expr/number.ts';
import type { ConstantSet } from '../expr/constants.ts';
import type { FieldRef } from '../expr/field-ref.ts';

export type Pipeline = 'ingress' | 'egress';

/** Actions without arguments. */
export interface PlainAction {
  readonly kind:
    | 'output'
    | 'dec_ttl'
    | 'ct_clear'
    | 'igmp'
    | 'ct_snat_to_vip'
    | 'mac_cache_use'
    | 'flood_remote'
    | 'handle_dhcpv6_reply'
    | 'handle_bfd_msg';
}

/** `next`, `next(TABLE)`, `next(pipeline=..., table=...)`. */
export interface NextAction {
  readonly kind: 'next';
  readonly pipeline: Pipeline;
  readonly table: number;
  /** Where the action stands. */
  readonly fromPipeline: Pipeline;
  readonly fromTable: number;
}

/** `FIELD = CONSTANT`; kind `ovnfield_load` for the fields that only ovn-controller can write. */
export interface LoadAction {
  readonly kind: 'load' | 'ovnfield_load';
  readonly destination: FieldRef;
  readonly value: string | NumberLiteral;
}

/** `FIELD = FIELD` and `FIELD <-> FIELD`. */
export interface MoveAction {
  readonly kind: 'move' | 'exchange';
  readonly left: FieldRef;
  readonly right: FieldRef;
}

export interface StackAction {
  readonly kind: 'push' | 'pop';
  readonly field: FieldRef;
}

/** Which conntrack zone of a router an action works in; a switch has one only. */
export type CtZone = 'dnat' | 'snat';

/** `table` is where the packet goes on after tracking. */
export interface CtNextAction {
  readonly kind: 'ct_next';
  readonly zone: CtZone;
  readonly table: number;
}

export interface CtCommitToZoneAction {
  readonly kind: 'ct_commit_nat' | 'ct_commit_to_zone';
  readonly zone: CtZone;
  readonly table: number;
}

export interface PortRange {
  readonly low: number;
  /** 0: just `low`. */
  readonly high: number;
}

/** Without an address: undo or apply the connection's translation. */
export interface CtNatAction {
  readonly kind: 'ct_dnat' | 'ct_snat' | 'ct_dnat_in_czone' | 'ct_snat_in_czone';
  readonly address: { readonly family: 4 | 6; readonly value: bigint } | undefined;
  readonly ports: PortRange | undefined;
  readonly table: number;
}

export interface LbBackend {
  readonly family: 4 | 6;
  readonly address: bigint;
  /** 0: none. */
  readonly port: number;
  /** The logical port behind it, for `ct_lb_mark_local`. */
  readonly logicalPort: string | undefined;
}

export interface CtLbAction {
  readonly kind: 'ct_lb' | 'ct_lb_mark' | 'ct_lb_mark_local';
  readonly backends: readonly LbBackend[];
  readonly hashFields: string | undefined;
  readonly flag: 'skip_snat' | 'force_snat' | undefined;
  readonly table: number;
}

export interface SelectMember {
  readonly id: number;
  readonly weight: number;
}

/** `FIELD = select(...)`. */
export interface SelectAction {
  readonly kind: 'select';
  readonly destination: FieldRef;
  readonly members: readonly SelectMember[];
  readonly hashFields: string | undefined;
  readonly table: number;
}

/** `KIND { ... }`. `ct_commit` may stand without braces, and then has no actions. */
export interface NestedAction {
  readonly kind:
    | 'ct_commit'
    | 'clone'
    | 'arp'
    | 'icmp4'
    | 'icmp4_error'
    | 'icmp6'
    | 'icmp6_error'
    | 'tcp_reset'
    | 'sctp_abort'
    | 'reject'
    | 'nd_na'
    | 'nd_na_router'
    | 'nd_ns';
  readonly actions: readonly Action[];
}

/** `get_arp(PORT, IP)`. */
export interface GetNeighbourAction {
  readonly kind: 'get_arp' | 'get_nd';
  readonly port: FieldRef;
  readonly ip: FieldRef;
}

/** `put_arp(PORT, IP, MAC)`. */
export interface PutNeighbourAction {
  readonly kind: 'put_arp' | 'put_nd';
  readonly port: FieldRef;
  readonly ip: FieldRef;
  readonly mac: FieldRef;
}

/** `BIT = lookup_arp(PORT, IP, MAC)`. */
export interface LookupNeighbourAction {
  readonly kind: 'lookup_arp' | 'lookup_nd';
  readonly destination: FieldRef;
  readonly port: FieldRef;
  readonly ip: FieldRef;
  readonly mac: FieldRef;
}

/** `BIT = lookup_arp_ip(PORT, IP)`. */
export interface LookupNeighbourIpAction {
  readonly kind: 'lookup_arp_ip' | 'lookup_nd_ip';
  readonly destination: FieldRef;
  readonly port: FieldRef;
  readonly ip: FieldRef;
}

export interface PutFdbAction {
  readonly kind: 'put_fdb';
  readonly port: FieldRef;
  readonly mac: FieldRef;
}

/** `FIELD = get_fdb(MAC)`. */
export interface GetFdbAction {
  readonly kind: 'get_fdb' | 'get_remote_fdb';
  readonly destination: FieldRef;
  readonly mac: FieldRef;
}

/** `BIT = lookup_fdb(PORT, MAC)`. */
export interface LookupFdbAction {
  readonly kind: 'lookup_fdb';
  readonly destination: FieldRef;
  readonly port: FieldRef;
  readonly mac: FieldRef;
}

/** An option of DHCP, DHCPv6, router advertisements or events: `name` by which it is written, `code` by which it is sent. */
export interface OptionType {
  readonly name: string;
  readonly code: number;
  /** `ipv4`, `str`, `static_routes` ... as the southbound `DHCP_Options` table has it. */
  readonly type: string;
}

export interface OptionValue {
  readonly option: OptionType;
  readonly value: ConstantSet;
}

/** `BIT = put_dhcp_opts(NAME = VALUE, ...)`. */
export interface PutOptionsAction {
  readonly kind: 'put_dhcp_opts' | 'put_dhcpv6_opts' | 'put_nd_ra_opts';
  readonly destination: FieldRef;
  readonly options: readonly OptionValue[];
}

export interface TriggerEventAction {
  readonly kind: 'trigger_event';
  readonly event: 'empty_lb_backends';
  readonly options: readonly OptionValue[];
}

/** `BIT = dhcp_relay_req_chk(RELAY, SERVER)`. */
export interface DhcpRelayAction {
  readonly kind: 'dhcp_relay_req_chk' | 'dhcp_relay_resp_chk';
  readonly destination: FieldRef;
  readonly relay: number;
  readonly server: number;
}

/** `FIELD = KIND()`. */
export interface ResultAction {
  readonly kind:
    | 'dns_lookup'
    | 'chk_lb_hairpin'
    | 'chk_lb_hairpin_reply'
    | 'check_in_port_sec'
    | 'check_out_port_sec'
    | 'chk_ecmp_nh_mac'
    | 'chk_ecmp_nh'
    | 'chk_lb_aff'
    | 'ct_nw_dst'
    | 'ct_ip6_dst'
    | 'ct_tp_dst'
    | 'ct_proto'
    | 'ct_state_save';
  readonly destination: FieldRef;
}

export interface SetQueueAction {
  readonly kind: 'set_queue';
  readonly queue: number;
}

export type LogVerdict = 'allow' | 'drop' | 'reject' | 'pass';
export type LogSeverity = 'alert' | 'warning' | 'notice' | 'info' | 'debug';

export interface LogAction {
  readonly kind: 'log';
  readonly name: string | undefined;
  readonly verdict: LogVerdict;
  readonly severity: LogSeverity;
  readonly meter: string | undefined;
}

/** Rates in kbit/s; burst 0: none. */
export interface SetMeterAction {
  readonly kind: 'set_meter';
  readonly rate: bigint;
  readonly burst: bigint;
}

/** `BIT = check_pkt_larger(BYTES)`. */
export interface CheckPktLargerAction {
  readonly kind: 'check_pkt_larger';
  readonly destination: FieldRef;
  readonly size: number;
}

export interface BindVportAction {
  readonly kind: 'bind_vport';
  readonly vport: string;
  readonly parent: FieldRef;
}

export interface HandleSvcCheckAction {
  readonly kind: 'handle_svc_check';
  readonly port: FieldRef;
}

export interface FwdGroupAction {
  readonly kind: 'fwd_group';
  readonly liveness: boolean;
  readonly childPorts: readonly string[];
}

export type Transport = 'tcp' | 'udp' | 'sctp';

export interface CommitEcmpNhAction {
  readonly kind: 'commit_ecmp_nh';
  readonly ipv6: boolean;
  readonly proto: Transport;
}

/** `address` is an IPv6 address, an IPv4 one in its mapped form. */
export interface LbEndpoint {
  readonly address: bigint;
  /** 0: none. */
  readonly port: number;
}

export interface CommitLbAffAction {
  readonly kind: 'commit_lb_aff';
  readonly vip: LbEndpoint;
  readonly backend: LbEndpoint;
  /** Given when the VIP has a port. */
  readonly proto: Transport | undefined;
  /** Seconds. */
  readonly timeout: number;
}

export interface SampleAction {
  readonly kind: 'sample';
  readonly probability: number;
  readonly collectorSet: number;
  /** Upper 8 bits of the observation domain. */
  readonly domain: number;
  /** A number, the lflow's cookie, or 32 bits of a field. */
  readonly point: number | 'cookie' | FieldRef;
}

export interface MirrorAction {
  readonly kind: 'mirror';
  readonly port: string;
}

export type Action =
  | PlainAction
  | NextAction
  | LoadAction
  | MoveAction
  | StackAction
  | CtNextAction
  | CtCommitToZoneAction
  | CtNatAction
  | CtLbAction
  | SelectAction
  | NestedAction
  | GetNeighbourAction
  | PutNeighbourAction
  | LookupNeighbourAction
  | LookupNeighbourIpAction
  | PutFdbAction
  | GetFdbAction
  | LookupFdbAction
  | PutOptionsAction
  | TriggerEventAction
  | DhcpRelayAction
  | ResultAction
  | SetQueueAction
  | LogAction
  | SetMeterAction
  | CheckPktLargerAction
  | BindVportAction
  | HandleSvcCheckAction
  | FwdGroupAction
  | CommitEcmpNhAction
  | CommitLbAffAction
  | SampleAction
  | MirrorAction;

export type ActionKind = Action['kind'];
type WithKind<A extends Action, K extends ActionKind> = A extends Action
  ? K extends A['kind']
    ? A & { readonly kind: K }
    : never
  : never;
/** The action type of one kind, e.g. `ActionOf<'next'>`. */
export type ActionOf<K extends ActionKind> = WithKind<Action, K>;
