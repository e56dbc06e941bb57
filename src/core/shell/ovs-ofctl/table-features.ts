/** What a bridge's flow tables can do: OpenFlow 1.0 to 1.2 tell it with their counters, later versions on a request of its own. */
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
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

/** OpenFlow 1.4 and 1.5 on the wire. */
const [OF14, OF15] = [5, 6];
const SINCE_13 = {
  actions:
    'output group set_field strip_vlan push_vlan mod_nw_ttl dec_ttl set_mpls_ttl dec_mpls_ttl push_mpls pop_mpls set_queue',
  setField:
    'tun_{id,src,dst,ipv6_{src,dst},flags,gbp_{id,flags},erspan_{idx,ver,dir,hwid},metadata0...metadata63} metadata in_{port,port_oxm} pkt_mark ct_{mark,label} reg0...reg31 xreg0...xreg15 xxreg0...xxreg7 eth_{src,dst} vlan_{tci,vid,pcp} mpls_{label,tc,ttl} ip_{src,dst} ipv6_{src,dst,label} nw_tos ip_dscp nw_{ecn,ttl} arp_{op,spa,tpa,sha,tha} tcp_{src,dst} udp_{src,dst} sctp_{src,dst} icmp_{type,code} icmpv6_{type,code} nd_{target,sll,tll,reserved,options_type} nsh_{flags,spi,si,c1...c4,ttl}',
  masked:
    'dp_hash tun_{id,src,dst,ipv6_{src,dst},flags,gbp_{id,flags},erspan_{idx,ver,dir,hwid},gtpu_{flags,msgtype},metadata0...metadata63} metadata pkt_mark ct_{state,mark,label,nw_{src,dst},ipv6_{src,dst},tp_{src,dst}} reg0...reg31 xreg0...xreg15 xxreg0...xxreg7 eth_{src,dst} vlan_{tci,vid} ip_{src,dst} ipv6_{src,dst,label} ip_frag arp_{spa,tpa,sha,tha} tcp_{src,dst,flags} udp_{src,dst} sctp_{src,dst} nd_{target,sll,tll} nsh_{flags,c1...c4}',
  exact:
    'recirc_id packet_type conj_id in_{port,port_oxm} actset_output ct_{zone,nw_proto} eth_type vlan_pcp mpls_{label,tc,bos,ttl} nw_{proto,tos} ip_dscp nw_{ecn,ttl} arp_op icmp_{type,code} icmpv6_{type,code} nd_{reserved,options_type} nsh_{mdtype,np,spi,si,ttl}',
} as const;

/** The lines of a table from OpenFlow 1.3 on. */
function linesSince13(table: number, version: number): readonly string[] {
  const meter = version === OF15 ? '' : 'meter ';
  // The last table has no other to go to.
  const goto = table === LAST ? '' : ' goto_table';
  const isLast = table === LAST;
  return [
    'metadata: match=0xffffffffffffffff write=0xffffffffffffffff',
    ...(version >= OF14 ? ['eviction: not supported', 'vacancy events: not supported'] : []),
    'max_entries=1000000',
    'instructions (table miss and others):',
    ...(isLast ? [] : [`  next tables: ${table + 1}-${LAST}`]),
    `  instructions: ${meter}apply_actions clear_actions write_actions write_metadata${goto}`,
    ...(isLast
      ? ['  (same actions)', '(same matching)']
      : [
          '  Write-Actions and Apply-Actions features:',
          `    actions: ${SINCE_13.actions}`,
          `    supported on Set-Field: ${SINCE_13.setField}`,
          'matching:',
          `  arbitrary mask: ${SINCE_13.masked}`,
          `  exact match or wildcard: ${SINCE_13.exact}`,
        ]),
  ];
}

/** What OpenFlow 1.1 tells of a miss is one further than what was set: the switch sends the number that it keeps. */
const MISS_11 = {
  default: 'controller',
  controller: 'continue',
  continue: 'drop',
  drop: 'controller',
} as const;

function missOf(bridge: Bridge, table: number, version: number): string {
  const miss = bridge.tableMiss.get(table) ?? 'default';
  if (version === OF11) return MISS_11[miss];
  if (version === OF12) return miss === 'default' ? 'controller' : miss;
  return '';
}

/** Instructions and fields of a table of OpenFlow 1.1 or 1.2, where they are not those of the one before. */
function abilities(table: number, version: number, matching: string): readonly string[] {
  const actions = ACTIONS.get(version);
  const lines: string[] = [];
  if (actions !== undefined) {
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
  if (table === LAST) return [...lines, '(same matching)'];
  return [...lines, 'matching:', `  exact match or wildcard: ${matching}`];
}

function linesBefore13(bridge: Bridge, table: number, version: number, matching: string): readonly string[] {
  const isFirst = table === 0;
  const isLastOfOwn = table === LAST && ACTIONS.has(version);
  const miss = missOf(bridge, table, version);
  const isAlike = !isFirst && !isLastOfOwn && miss === missOf(bridge, table - 1, version);
  if (isAlike) return ['(same features)'];
  return [
    ...(version === OF12 ? ['metadata: match=0xffffffffffffffff write=0xffffffffffffffff'] : []),
    ...(miss === '' ? [] : [`config=${miss}`]),
    'max_entries=1000000',
    ...(isFirst || isLastOfOwn
      ? abilities(table, version, matching)
      : ['(same instructions)', '(same matching)']),
  ];
}

/** What can be told of a table, given that the one before it was told of. */
interface Features {
  readonly text: string;
  readonly isLikeBefore: boolean;
}

const textOf = (lines: readonly string[]): string => lines.map((line) => `    ${line}\n`).join('');

/** Lines below a table's counters; none from OpenFlow 1.3 on. */
export function featuresBefore13(bridge: Bridge, table: number, version: number): Features {
  const matching = MATCHING.get(version);
  const lines = matching === undefined ? [] : linesBefore13(bridge, table, version, matching);
  return { text: textOf(lines), isLikeBefore: lines.length <= 1 };
}

export const featuresSince13 = (table: number, version: number): Features => ({
  text: textOf(linesSince13(table, version)),
  isLikeBefore: table > 0 && table < LAST,
});
