/** What a datapath does with a packet: the result of translating OpenFlow, as data. */
import type { Field } from '../flow/field.ts';
import type { Flow } from '../flow/flow.ts';
import type { TlvMap } from '../flow/tlv-map.ts';
import type { NatAct, PacketInReason } from './actions/ofpact.ts';

/** Header groups that one `set(...)` rewrites. */
export type SetKey =
  | 'skb_priority'
  | 'skb_mark'
  | 'eth'
  | 'ipv4'
  | 'ipv6'
  | 'tcp'
  | 'udp'
  | 'sctp'
  | 'icmp'
  | 'icmpv6'
  | 'arp'
  | 'nd'
  | 'nd_ext'
  | 'nsh'
  | 'mpls';

/** One field of a `set(...)`; `mask` all ones to write all of it, 0 when it is only listed. */
export interface SetPart {
  /** As in the datapath's text, e.g. `hlimit`. */
  readonly name: string;
  readonly field: Field;
  readonly value: bigint;
  readonly mask: bigint;
}

/** Data that goes up with a packet. `recircId` finds the frozen state; `continuation` asks for the packet back. */
export interface ControllerUpcall {
  readonly kind: 'controller';
  readonly reason: PacketInReason;
  readonly dontSend: boolean;
  readonly continuation: boolean;
  readonly recircId: number;
  readonly ruleCookie: bigint;
  readonly controllerId: number;
  readonly maxLen: number;
}

export interface SampleUpcall {
  readonly kind: 'flow_sample';
  readonly probability: number;
  readonly collectorSet: number;
  readonly observationDomain: number;
  readonly observationPoint: number;
  readonly outputPort: number;
  readonly direction: 'default' | 'ingress' | 'egress';
}

export interface CtDpAction {
  readonly kind: 'ct';
  readonly commit: boolean;
  readonly force: boolean;
  readonly zone: number;
  readonly mark: { readonly value: number; readonly mask: number } | null;
  readonly label: { readonly value: bigint; readonly mask: bigint } | null;
  readonly helper: string | null;
  /** Name of the timeout policy. */
  readonly timeout: string | null;
  readonly nat: NatAct | null;
}

export type DpAction =
  | { readonly kind: 'output'; readonly port: number }
  | { readonly kind: 'trunc'; readonly size: number }
  | {
      readonly kind: 'set';
      readonly key: SetKey;
      readonly parts: readonly SetPart[];
      readonly masked: boolean;
    }
  /** The tunnel that later outputs to a tunnel port use: words of `tunnel` up to the metadata. */
  | { readonly kind: 'set_tunnel'; readonly tunnel: Flow; readonly type: string; readonly tlv: TlvMap }
  | { readonly kind: 'push_vlan'; readonly tpid: number; readonly tci: number }
  | { readonly kind: 'pop_vlan' }
  | { readonly kind: 'push_mpls' | 'add_mpls'; readonly label: number; readonly ethType: number }
  | { readonly kind: 'pop_mpls'; readonly ethType: number }
  | { readonly kind: 'push_eth'; readonly source: bigint; readonly destination: bigint }
  | { readonly kind: 'pop_eth' }
  | { readonly kind: 'push_nsh'; readonly flow: Flow; readonly metadata: Uint8Array }
  | { readonly kind: 'pop_nsh' }
  | CtDpAction
  | { readonly kind: 'ct_clear' }
  | { readonly kind: 'hash'; readonly algorithm: 'l4' | 'sym_l4'; readonly basis: number }
  | { readonly kind: 'recirc'; readonly id: number }
  | { readonly kind: 'lb_output'; readonly bond: number }
  | { readonly kind: 'meter'; readonly meter: number }
  | { readonly kind: 'userspace'; readonly upcall: ControllerUpcall | SampleUpcall }
  | { readonly kind: 'sample'; readonly probability: number; readonly actions: readonly DpAction[] }
  | { readonly kind: 'clone'; readonly actions: readonly DpAction[] }
  | {
      readonly kind: 'check_pkt_len';
      readonly size: number;
      readonly greater: readonly DpAction[];
      readonly lessEqual: readonly DpAction[];
    };

/** Why a packet of a flow must pass through ovs-vswitchd each time. */
export type SlowReason = 'cfm' | 'bfd' | 'lacp' | 'stp' | 'lldp' | 'action' | 'match';

export const SLOW_EXPLANATIONS: Readonly<Record<SlowReason, string>> = {
  cfm: 'Consists of CFM packets',
  bfd: 'Consists of BFD packets',
  lacp: 'Consists of LACP packets',
  stp: 'Consists of STP packets',
  lldp: 'Consists of LLDP packets',
  action: 'Uses action(s) not supported by datapath',
  match: "Datapath can't match specifically enough",
};
