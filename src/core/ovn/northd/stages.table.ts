/** The stages of the logical pipelines with the table numbers of OVN 26.03. */
import type { DatapathKind } from './model/datapaths.ts';

export interface Stage {
  readonly name: string;
  readonly datapath: DatapathKind;
  readonly pipeline: 'ingress' | 'egress';
  readonly table: number;
}

const SWITCH_INGRESS = [
  'ls_in_check_port_sec',
  'ls_in_apply_port_sec',
  'ls_in_mirror',
  'ls_in_lookup_fdb',
  'ls_in_put_fdb',
  'ls_in_pre_acl',
  'ls_in_pre_lb',
  'ls_in_pre_stateful',
  'ls_in_acl_hint',
  'ls_in_acl_eval',
  'ls_in_acl_sample',
  'ls_in_acl_action',
  'ls_in_qos',
  'ls_in_ct_extract',
  'ls_in_lb_aff_check',
  'ls_in_lb',
  'ls_in_lb_aff_learn',
  'ls_in_pre_hairpin',
  'ls_in_nat_hairpin',
  'ls_in_hairpin',
  'ls_in_acl_after_lb_eval',
  'ls_in_acl_after_lb_sample',
  'ls_in_acl_after_lb_action',
  'ls_in_pre_network_function',
  'ls_in_stateful',
  'ls_in_network_function',
  'ls_in_arp_rsp',
  'ls_in_dhcp_options',
  'ls_in_dhcp_response',
  'ls_in_dns_lookup',
  'ls_in_dns_response',
  'ls_in_external_port',
  'ls_in_l2_lkup',
  'ls_in_l2_unknown',
] as const;

const SWITCH_EGRESS = [
  'ls_out_lookup_fdb',
  'ls_out_put_fdb',
  'ls_out_pre_acl',
  'ls_out_pre_lb',
  'ls_out_pre_stateful',
  'ls_out_acl_hint',
  'ls_out_acl_eval',
  'ls_out_acl_sample',
  'ls_out_acl_action',
  'ls_out_mirror',
  'ls_out_qos',
  'ls_out_pre_network_function',
  'ls_out_stateful',
  'ls_out_network_function',
  'ls_out_check_port_sec',
  'ls_out_apply_port_sec',
] as const;

const ROUTER_INGRESS = [
  'lr_in_admission',
  'lr_in_lookup_neighbor',
  'lr_in_learn_neighbor',
  'lr_in_ip_input',
  'lr_in_dhcp_relay_req',
  'lr_in_unsnat',
  'lr_in_post_unsnat',
  'lr_in_defrag',
  'lr_in_ct_extract',
  'lr_in_lb_aff_check',
  'lr_in_dnat',
  'lr_in_lb_aff_learn',
  'lr_in_ecmp_stateful',
  'lr_in_nd_ra_options',
  'lr_in_nd_ra_response',
  'lr_in_ip_routing_pre',
  'lr_in_ip_routing',
  'lr_in_ip_routing_ecmp',
  'lr_in_policy',
  'lr_in_policy_ecmp',
  'lr_in_dhcp_relay_resp_chk',
  'lr_in_dhcp_relay_resp',
  'lr_in_arp_resolve',
  'lr_in_chk_pkt_len',
  'lr_in_larger_pkts',
  'lr_in_gw_redirect',
  'lr_in_network_id',
  'lr_in_arp_request',
  'lr_in_ecmp_stateful_egr',
] as const;

const ROUTER_EGRESS = [
  'lr_out_chk_dnat_local',
  'lr_out_undnat',
  'lr_out_post_undnat',
  'lr_out_snat',
  'lr_out_post_snat',
  'lr_out_egr_loop',
  'lr_out_delivery',
] as const;

export type StageName =
  | (typeof SWITCH_INGRESS)[number]
  | (typeof SWITCH_EGRESS)[number]
  | (typeof ROUTER_INGRESS)[number]
  | (typeof ROUTER_EGRESS)[number];

const numbered = (
  names: readonly StageName[],
  datapath: DatapathKind,
  pipeline: Stage['pipeline'],
): readonly Stage[] => names.map((name, table) => ({ name, datapath, pipeline, table }));

/** Every stage in the order of its pipeline. */
export const STAGES: readonly Stage[] = [
  ...numbered(SWITCH_INGRESS, 'switch', 'ingress'),
  ...numbered(SWITCH_EGRESS, 'switch', 'egress'),
  ...numbered(ROUTER_INGRESS, 'router', 'ingress'),
  ...numbered(ROUTER_EGRESS, 'router', 'egress'),
];

/** Stages by the name that `ovn-sbctl lflow-list` prints. */
export const STAGE = Object.fromEntries(STAGES.map((stage) => [stage.name, stage])) as Readonly<
  Record<StageName, Stage>
>;
