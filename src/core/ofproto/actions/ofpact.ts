/**
 * Every OpenFlow action and instruction of ovs-actions(7), as data: what a flow entry holds, whatever protocol version
 * brought it. Text, checks and execution are elsewhere, one file an action.
 */
import type { Field, Subfield } from '../../flow/field.ts';
import type { OfPort } from '../../flow/ofport.table.ts';
import type { HeaderAct } from './header-act.ts';

/** To a port of `OFPP` or of the bridge. `maxLen` (bytes) counts for the controller port only. */
export interface OutputAct {
  readonly kind: 'output';
  readonly port: OfPort;
  readonly maxLen: number;
}

/** `output(port=,max_len=)`: the packet cut to `maxLen` bytes. */
interface OutputTruncAct {
  readonly kind: 'output_trunc';
  readonly port: OfPort;
  readonly maxLen: number;
}

/** `output:REG[]`: the port's number comes from a field. */
interface OutputRegAct {
  readonly kind: 'output_reg';
  readonly source: Subfield;
  readonly maxLen: number;
}

interface GroupAct {
  readonly kind: 'group';
  readonly group: number;
}

/** Why a packet goes to a controller, as packet-in messages name it. */
export type PacketInReason =
  | 'no_match'
  | 'action'
  | 'invalid_ttl'
  | 'action_set'
  | 'group'
  | 'packet_out'
  | 'explicit_miss'
  | 'implicit_miss';

/** `controller(...)`. OVN's actions that need the controller are `userdata`, with `pause` when the packet comes back. */
export interface ControllerAct {
  readonly kind: 'controller';
  readonly maxLen: number;
  readonly controllerId: number;
  readonly reason: PacketInReason;
  readonly pause: boolean;
  readonly userdata: Uint8Array;
  /** 0: none. */
  readonly meter: number;
}

interface EnqueueAct {
  readonly kind: 'enqueue';
  readonly port: OfPort;
  readonly queue: number;
}

/** Which fields `multipath` and `bundle` hash. */
export type HashFields =
  | 'eth_src'
  | 'symmetric_l4'
  | 'symmetric_l3l4'
  | 'symmetric_l3l4+udp'
  | 'nw_src'
  | 'nw_dst'
  | 'symmetric_l3';

/** `bundle` (destination null) and `bundle_load`. */
export interface BundleAct {
  readonly kind: 'bundle';
  readonly algorithm: 'active_backup' | 'hrw';
  readonly fields: HashFields;
  readonly basis: number;
  readonly members: readonly OfPort[];
  readonly destination: Subfield | null;
}

/**
 * `set_field:value/mask->field`, and `load:value->field[a..b]`, which OpenFlow before 1.5 keeps apart (`load`).
 * `mask` is over the bytes of the field (`8 * field.size` bits), all ones when the whole field is set.
 */
export interface SetFieldAct {
  readonly kind: 'set_field';
  readonly field: Field;
  readonly value: bigint;
  readonly mask: bigint;
  readonly load: boolean;
}

interface MoveAct {
  readonly kind: 'move';
  readonly source: Subfield;
  readonly destination: Subfield;
}

export interface StackAct {
  readonly kind: 'push' | 'pop';
  readonly subfield: Subfield;
}

/** Actions and instructions without arguments. */
interface PlainAct {
  readonly kind:
    | 'dec_mpls_ttl'
    | 'dec_nsh_ttl'
    | 'pop_queue'
    | 'exit'
    | 'ct_clear'
    | 'clear_actions'
    | 'debug_recirc'
    | 'debug_slow';
}

interface DeleteFieldAct {
  readonly kind: 'delete_field';
  readonly field: Field;
}

/** A property of `encap(nsh(...))`. */
export type EncapProperty =
  | { readonly kind: 'md_type'; readonly type: number }
  | { readonly kind: 'tlv'; readonly tlvClass: number; readonly type: number; readonly value: Uint8Array };

/** `encap(ethernet)`, `encap(mpls)`, `encap(nsh(...))`; `packetType` is (namespace << 16) | type. */
export interface EncapAct {
  readonly kind: 'encap';
  readonly packetType: number;
  readonly properties: readonly EncapProperty[];
}

/** `decap()` (null: by the next protocol) and `decap(packet_type(ns=,type=))`. */
interface DecapAct {
  readonly kind: 'decap';
  readonly packetType: number | null;
}

interface SetTunnelAct {
  readonly kind: 'set_tunnel';
  readonly id: bigint;
  /** Written `set_tunnel64`. */
  readonly wide: boolean;
}

interface SetQueueAct {
  readonly kind: 'set_queue';
  readonly queue: number;
}

interface FinTimeoutAct {
  readonly kind: 'fin_timeout';
  readonly idleTimeout: number;
  readonly hardTimeout: number;
}

/** `resubmit(port,table)`; `port` is `OFPP.inPort` and `table` 255 when left out, meaning the present ones. */
interface ResubmitAct {
  readonly kind: 'resubmit';
  readonly port: OfPort;
  readonly table: number;
  /** Look up with the addresses and ports of the connection's original direction. */
  readonly ct: boolean;
}

/** One part of a learned flow. */
export type LearnSpec =
  | { readonly kind: 'match'; readonly source: LearnSource; readonly destination: Subfield }
  | { readonly kind: 'load'; readonly source: LearnSource; readonly destination: Subfield }
  | { readonly kind: 'output'; readonly source: Subfield };

export type LearnSource =
  | { readonly kind: 'field'; readonly subfield: Subfield }
  | { readonly kind: 'immediate'; readonly value: bigint };

export interface LearnAct {
  readonly kind: 'learn';
  readonly table: number;
  readonly idleTimeout: number;
  readonly hardTimeout: number;
  readonly priority: number;
  readonly cookie: bigint;
  readonly finIdleTimeout: number;
  readonly finHardTimeout: number;
  readonly sendFlowRemoved: boolean;
  readonly deleteLearned: boolean;
  /** 0: none. */
  readonly limit: number;
  readonly result: Subfield | null;
  readonly specs: readonly LearnSpec[];
}

/** `conjunction(id,clause/clauses)`; `clause` counts from 0 (text counts from 1). */
export interface ConjunctionAct {
  readonly kind: 'conjunction';
  readonly id: number;
  readonly clause: number;
  readonly clauses: number;
}

export interface MultipathAct {
  readonly kind: 'multipath';
  readonly fields: HashFields;
  readonly basis: number;
  readonly algorithm: 'modulo_n' | 'hash_threshold' | 'hrw' | 'iter_hash';
  /** Number of links, less one. */
  readonly maxLink: number;
  readonly argument: number;
  readonly destination: Subfield;
}

interface NoteAct {
  readonly kind: 'note';
  readonly data: Uint8Array;
}

export interface SampleAct {
  readonly kind: 'sample';
  readonly probability: number;
  readonly collectorSet: number;
  /** A number, or the field that holds it. */
  readonly observationDomain: number | Subfield;
  readonly observationPoint: number | Subfield;
  /** `OFPP.none` when not given. */
  readonly samplingPort: OfPort;
  readonly direction: 'default' | 'ingress' | 'egress';
}

/** The range of one address family; ports 0 when not given, `max` equal to `min` for a single one. */
export interface NatRange {
  readonly family: 4 | 6;
  readonly minAddress: bigint;
  readonly maxAddress: bigint;
}

/** `nat(...)` inside `ct`. */
export interface NatAct {
  readonly kind: 'nat';
  /** null: only undo or apply the connection's translation. */
  readonly direction: 'src' | 'dst' | null;
  readonly addresses: NatRange | null;
  readonly minPort: number;
  readonly maxPort: number;
  readonly persistent: boolean;
  readonly hash: boolean;
  readonly random: boolean;
}

export interface CtAct {
  readonly kind: 'ct';
  readonly commit: boolean;
  readonly force: boolean;
  /** A zone number, or the field (16 bits of it) that holds it. */
  readonly zone: number | Subfield;
  /** Table to go on in after tracking; null: none. */
  readonly table: number | null;
  /** 0, 21 (`ftp`) or 69 (`tftp`). */
  readonly alg: number;
  readonly nat: NatAct | null;
  readonly exec: readonly OfpAct[];
}

interface CloneAct {
  readonly kind: 'clone';
  readonly actions: readonly OfpAct[];
}

interface CheckPktLargerAct {
  readonly kind: 'check_pkt_larger';
  readonly size: number;
  readonly destination: Subfield;
}

interface MeterAct {
  readonly kind: 'meter';
  readonly meter: number;
}

interface WriteActionsAct {
  readonly kind: 'write_actions';
  readonly actions: readonly OfpAct[];
}

interface WriteMetadataAct {
  readonly kind: 'write_metadata';
  readonly value: bigint;
  readonly mask: bigint;
}

interface GotoTableAct {
  readonly kind: 'goto_table';
  readonly table: number;
}

/** One action. A list without any action is a drop. */
export type OfpAct =
  | OutputAct
  | OutputTruncAct
  | OutputRegAct
  | GroupAct
  | ControllerAct
  | EnqueueAct
  | BundleAct
  | SetFieldAct
  | HeaderAct
  | MoveAct
  | StackAct
  | PlainAct
  | DeleteFieldAct
  | EncapAct
  | DecapAct
  | SetTunnelAct
  | SetQueueAct
  | FinTimeoutAct
  | ResubmitAct
  | LearnAct
  | ConjunctionAct
  | MultipathAct
  | NoteAct
  | SampleAct
  | NatAct
  | CtAct
  | CloneAct
  | CheckPktLargerAct
  | MeterAct
  | WriteActionsAct
  | WriteMetadataAct
  | GotoTableAct;

export type ActKind = OfpAct['kind'];
type OfKind<A, K> = A extends { readonly kind: infer Kinds } ? (K extends Kinds ? A : never) : never;

/** The action of one kind. */
export type ActOf<K extends ActKind> = OfKind<OfpAct, K>;

/** `resubmit`'s and `ct`'s value for "this table". */
export const TABLE_ANY = 255;

/** `load` or `set_field` of part of a field, in the form that OpenFlow 1.5 shows. */
export function setSubfield(destination: Subfield, value: bigint, load = false): SetFieldAct {
  const shift = BigInt(destination.offset);
  return {
    kind: 'set_field',
    field: destination.field,
    value: value << shift,
    mask: ((1n << BigInt(destination.length)) - 1n) << shift,
    load,
  };
}

/** `output` to a port, whole packets. */
export const outputTo = (port: OfPort): OutputAct => ({
  kind: 'output',
  port,
  maxLen: port === 0xfffd ? 65535 : 0,
});
