/** What a bridge's flow tables can do, as `dump-tables` tells it: OpenFlow 1.0 to 1.2 do so, later versions have a request of its own for it. */
import { TABLES } from '../../ofproto/bridge/flow-tables.ts';

/** OpenFlow 1.0 on the wire; 1.1 is 2, 1.2 is 3. */
const [OF10, OF11, OF12] = [1, 2, 3];

const TRANSPORT_12 =
  'tcp_{src,dst} udp_{src,dst} sctp_{src,dst} icmp_{type,code} icmpv6_{type,code} nd_{target,sll,tll}';
const NETWORK_12 = 'ip_dscp nw_ecn arp_{op,spa,tpa,sha,tha}';

const MATCHING = new Map([
  [OF10, 'in_port eth_{src,dst,type} vlan_{vid,pcp} ip_{src,dst} nw_{proto,tos} tcp_{src,dst}'],
  [
    OF11,
    'metadata in_port eth_{src,dst,type} vlan_{vid,pcp} mpls_{label,tc} ip_{src,dst} nw_{proto,tos} tcp_{src,dst}',
  ],
  [
    OF12,
    `metadata in_port_oxm eth_{src,dst,type} vlan_{vid,pcp} mpls_{label,tc} ip_{src,dst} ipv6_{src,dst,label} nw_proto ${NETWORK_12} ${TRANSPORT_12}`,
  ],
]);

const ACTIONS = new Map([
  [
    OF11,
    'output group set_vlan_vid set_vlan_pcp strip_vlan push_vlan mod_dl_src mod_dl_dst mod_nw_src mod_nw_dst mod_nw_tos mod_nw_ecn mod_nw_ttl mod_tp_src mod_tp_dst dec_ttl set_mpls_label set_mpls_tc set_mpls_ttl dec_mpls_ttl push_mpls pop_mpls set_queue',
  ],
  [
    OF12,
    'output group set_field strip_vlan push_vlan mod_nw_ttl dec_ttl set_mpls_ttl dec_mpls_ttl push_mpls pop_mpls set_queue',
  ],
]);
const SET_FIELD = `metadata in_port_oxm eth_{src,dst} vlan_{vid,pcp} mpls_{label,tc} ip_{src,dst} ipv6_{src,dst,label} ${NETWORK_12} ${TRANSPORT_12}`;

const LAST = TABLES - 1;

/** Lines below a table's counters, given that the table before it was told of; '' where the version has none. */
export function featuresText(table: number, version: number): string {
  const matching = MATCHING.get(version);
  if (matching === undefined) return '';
  if (table > 0 && isLikeBefore(table, version)) return '    (same features)\n';
  const actions = ACTIONS.get(version);
  const lines = [
    ...(version === OF12 ? ['metadata: match=0xffffffffffffffff write=0xffffffffffffffff'] : []),
    ...(actions === undefined ? [] : ['config=controller']),
    'max_entries=1000000',
  ];
  if (actions !== undefined) {
    // The last table has no other to go to.
    const goto = table === LAST ? '' : ' goto_table';
    lines.push(
      'instructions (table miss and others):',
      `  instructions: apply_actions clear_actions write_actions write_metadata${goto}`,
    );
    if (table === LAST && version === OF12) lines.push('  (same actions)');
    else {
      lines.push('  Write-Actions and Apply-Actions features:', `    actions: ${actions}`);
      if (version === OF12) lines.push(`    supported on Set-Field: ${SET_FIELD}`);
    }
  }
  if (table === LAST) lines.push('(same matching)');
  else lines.push('matching:', `  exact match or wildcard: ${matching}`);
  return lines.map((line) => `    ${line}\n`).join('');
}

/** Whether a table can do what the one before it can. */
export const isLikeBefore = (table: number, version: number): boolean =>
  table !== LAST || !ACTIONS.has(version);
