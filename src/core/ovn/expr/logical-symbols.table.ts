/** The symbols of OVN 26.03's logical flows: what ovn-sb(5) lists under "Symbols", and the ones northd uses besides. */
import { FIELDS, type FieldName } from '../../flow/fields.table.ts';
import { addField, addOvnField, addPart, addPredicate, addString } from './define.ts';
import { LOG_FIELDS } from './log-fields.table.ts';
import { SCOPE, SymbolTable } from './symbol.ts';

/** Registers that logical flows may use; the ones above serve the chassis. */
const REGISTER_COUNT = 10;

const FLAG_BITS: readonly (readonly [string, number | string])[] = [
  ['loopback', 0],
  ['force_snat_for_dnat', 2],
  ['force_snat_for_lb', 3],
  ['skip_snat_for_lb', 9],
  ['use_snat_zone', 11],
  ['localnet', 15],
  ['icmp_snat', 17],
  ['tunnel_rx', 16],
  ['unsnat_new', 20],
  ['unsnat_not_tracked', 21],
  ['network_id', '28..31'],
  ['from_ctrl', 19],
  ['igmp_loopback', 22],
  ['pkt_sampled', 23],
];

const CT_MARK_PARTS: readonly (readonly [string, string])[] = [
  ['blocked', '0'],
  ['natted', '1'],
  ['ecmp_reply_port', '16..31'],
  ['skip_snat', '2'],
  ['force_snat', '3'],
  ['obs_stage', '4..5'],
  ['allow_established', '6'],
  ['obs_collector_id', '16..23'],
];

const CT_LABEL_PARTS: readonly (readonly [string, string])[] = [
  ['ecmp_reply_eth', '32..79'],
  ['label', '96..127'],
  ['obs_point_id', '96..127'],
  ['obs_unused', '0..95'],
  ['acl_id', '80..95'],
  ['nf', '7'],
  ['nf_id', '17..24'],
  ['tun_if', '8'],
  ['tun_if_id', '80..95'],
];

/** Bits of ct_state; all but `trk` need a tracked packet. */
const CT_STATES = ['new', 'est', 'rel', 'rpl', 'inv', 'trk', 'snat', 'dnat'] as const;

/** Registers of 32 and 64 bits are parts of the widest register that contains them, so that they cannot disagree. */
function addRegisters(table: SymbolTable): void {
  const wide = Math.floor(REGISTER_COUNT / 4);
  for (let i = 0; i < wide; i += 1) addField(table, `xxreg${i}`, FIELDS[`xxreg${i}` as FieldName]);
  for (let i = 0; i < REGISTER_COUNT / 2; i += 1) {
    const parent = Math.floor(i / 2);
    const low = 64 * (1 - (i % 2));
    if (parent < wide) addPart(table, `xreg${i}`, `xxreg${parent}[${low}..${low + 63}]`);
    else addField(table, `xreg${i}`, FIELDS[`xreg${i}` as FieldName]);
  }
  for (let i = 0; i < REGISTER_COUNT; i += 1) {
    const parent = Math.floor(i / 4);
    const isWide = parent < wide;
    const low = 32 * (isWide ? 3 - (i % 4) : 1 - (i % 2));
    const name = isWide ? `xxreg${parent}` : `xreg${Math.floor(i / 2)}`;
    addPart(table, `reg${i}`, `${name}[${low}..${low + 31}]`);
  }
}

function addMetadata(table: SymbolTable): void {
  addString(table, 'inport', LOG_FIELDS.inport);
  addString(table, 'outport', LOG_FIELDS.outport);
  addField(table, '__inport', LOG_FIELDS.inport);
  addField(table, '__outport', LOG_FIELDS.outport);
  addPredicate(table, 'from_evpn_vtep', '__inport[31]');
  addPredicate(table, 'to_evpn_vtep', '__outport[31]');
  addString(table, 'remote_outport', LOG_FIELDS.remoteOutport);
  addRegisters(table);
  addField(table, 'flags', LOG_FIELDS.flags);
  for (const [name, bits] of FLAG_BITS) addPart(table, `flags.${name}`, `flags[${bits}]`);
}

function addConntrack(table: SymbolTable): void {
  const scope = SCOPE.ctCommit;
  addField(table, 'ct_mark', FIELDS.ct_mark, undefined, { scope });
  for (const [name, bits] of CT_MARK_PARTS)
    addPart(table, `ct_mark.${name}`, `ct_mark[${bits}]`, undefined, scope);
  addField(table, 'ct_label', FIELDS.ct_label, undefined, { scope });
  for (const [name, bits] of CT_LABEL_PARTS)
    addPart(table, `ct_label.${name}`, `ct_label[${bits}]`, undefined, scope);
  addField(table, 'ct_state', FIELDS.ct_state);
  for (const [bit, name] of CT_STATES.entries())
    addPart(table, `ct.${name}`, `ct_state[${bit}]`, name === 'trk' ? undefined : 'ct.trk');
}

function addEthernet(table: SymbolTable): void {
  addField(table, 'eth.src', FIELDS.eth_src);
  addField(table, 'eth.dst', FIELDS.eth_dst);
  addField(table, 'eth.type', FIELDS.eth_type, undefined, { mustCrossproduct: true });
  addPredicate(table, 'eth.bcast', 'eth.dst == ff:ff:ff:ff:ff:ff');
  addPart(table, 'eth.mcast', 'eth.dst[40]');
  addPredicate(table, 'eth.mcastv6', 'eth.dst[32..47] == 0x3333');
  addField(table, 'vlan.tci', FIELDS.vlan_tci);
  addPredicate(table, 'vlan.present', 'vlan.tci[12]');
  addPart(table, 'vlan.pcp', 'vlan.tci[13..15]', 'vlan.present');
  addPart(table, 'vlan.vid', 'vlan.tci[0..11]', 'vlan.present');
}

function addIp(table: SymbolTable): void {
  addPredicate(table, 'ip4', 'eth.type == 0x800');
  addPredicate(table, 'ip6', 'eth.type == 0x86dd');
  addPredicate(table, 'ip', 'ip4 || ip6');
  addField(table, 'ip.proto', FIELDS.nw_proto, 'ip', { mustCrossproduct: true });
  addField(table, 'ip.dscp', FIELDS.ip_dscp, 'ip');
  addField(table, 'ip.ecn', FIELDS.nw_ecn, 'ip');
  addField(table, 'ip.ttl', FIELDS.nw_ttl, 'ip');
  addField(table, 'ip4.src', FIELDS.ip_src, 'ip4');
  addField(table, 'ip4.dst', FIELDS.ip_dst, 'ip4');
  addPredicate(table, 'ip4.src_mcast', 'ip4.src[28..31] == 0xe');
  addPredicate(table, 'ip4.mcast', 'eth.mcast && ip4.dst[28..31] == 0xe');
  addPredicate(table, 'icmp4', 'ip4 && ip.proto == 1');
  addField(table, 'icmp4.type', FIELDS.icmp_type, 'icmp4');
  addField(table, 'icmp4.code', FIELDS.icmp_code, 'icmp4');
  addPredicate(table, 'igmp', 'ip4.mcast && ip.proto == 2');
  addField(table, 'ip6.src', FIELDS.ipv6_src, 'ip6');
  addField(table, 'ip6.dst', FIELDS.ipv6_dst, 'ip6');
  addField(table, 'ip6.label', FIELDS.ipv6_label, 'ip6');
  const reserved = Array.from({ length: 16 }, (_, scope) => `ff0${scope.toString(16)}::0`).join(', ');
  addPredicate(table, 'ip6.mcast_rsvd', `ip6.dst == { ${reserved} }`);
  addPredicate(table, 'ip6.mcast_all_nodes', 'ip6.dst == ff01::1 || ip6.dst == ff02::1');
  addPredicate(table, 'ip6.mcast_all_rtrs', 'ip6.dst == ff01::2 || ip6.dst == ff02::2 || ip6.dst == ff05::2');
  addPredicate(table, 'ip6.mcast_sol_node', 'ip6.dst == ff02::1:ff00:0000/104');
  addPredicate(
    table,
    'ip6.mcast_flood',
    'eth.mcastv6 && (ip6.mcast_rsvd || ip6.mcast_all_nodes || ip6.mcast_all_rtrs || ip6.mcast_sol_node)',
  );
  addPredicate(table, 'ip6.mcast', 'eth.mcastv6 && ip6.dst[120..127] == 0xff');
  addPredicate(table, 'icmp6', 'ip6 && ip.proto == 58');
  addField(table, 'icmp6.type', FIELDS.icmpv6_type, 'icmp6', { mustCrossproduct: true });
  addField(table, 'icmp6.code', FIELDS.icmpv6_code, 'icmp6', { mustCrossproduct: true });
  addPredicate(table, 'icmp', 'icmp4 || icmp6');
  addField(table, 'ip.frag', FIELDS.ip_frag, 'ip');
  addPredicate(table, 'ip.is_frag', 'ip.frag[0]');
  addPredicate(table, 'ip.later_frag', 'ip.frag[1]');
  addPredicate(table, 'ip.first_frag', 'ip.is_frag && !ip.later_frag');
}

function addArp(table: SymbolTable): void {
  for (const [name, type] of [
    ['arp', '0x806'],
    ['rarp', '0x8035'],
  ] as const) {
    addPredicate(table, name, `eth.type == ${type}`);
    addField(table, `${name}.op`, FIELDS.arp_op, name);
    addField(table, `${name}.spa`, FIELDS.arp_spa, name);
    addField(table, `${name}.sha`, FIELDS.arp_sha, name);
    addField(table, `${name}.tpa`, FIELDS.arp_tpa, name);
    addField(table, `${name}.tha`, FIELDS.arp_tha, name);
  }
}

function addNeighbourDiscovery(table: SymbolTable): void {
  const message = (type: string): string => `icmp6.type == ${type} && icmp6.code == 0 && ip.ttl == 255`;
  addPredicate(table, 'nd', message('{135, 136}'));
  addPredicate(table, 'nd_ns', message('135'));
  addPredicate(table, 'nd_ns_mcast', `ip6.mcast && ${message('135')}`);
  addPredicate(table, 'nd_na', message('136'));
  addPredicate(table, 'nd_rs', message('133'));
  addPredicate(table, 'nd_ra', message('134'));
  addField(table, 'nd.target', FIELDS.nd_target, 'nd');
  addField(table, 'nd.sll', FIELDS.nd_sll, 'nd_ns');
  addField(table, 'nd.tll', FIELDS.nd_tll, 'nd_na');
  addPredicate(table, 'mldv1', 'eth.mcastv6 && ip6.src == fe80::/10 && icmp6.type == {130, 131, 132}');
  addPredicate(table, 'mldv2', 'eth.mcastv6 && ip6.dst == ff02::16 && icmp6.type == 143');
}

function addTransport(table: SymbolTable): void {
  addPredicate(table, 'tcp', 'ip.proto == 6');
  addField(table, 'tcp.src', FIELDS.tcp_src, 'tcp');
  addField(table, 'tcp.dst', FIELDS.tcp_dst, 'tcp');
  addField(table, 'tcp.flags', FIELDS.tcp_flags, 'tcp');
  addPredicate(table, 'udp', 'ip.proto == 17');
  addField(table, 'udp.src', FIELDS.udp_src, 'udp');
  addField(table, 'udp.dst', FIELDS.udp_dst, 'udp');
  addPredicate(table, 'sctp', 'ip.proto == 132');
  addField(table, 'sctp.src', FIELDS.sctp_src, 'sctp');
  addField(table, 'sctp.dst', FIELDS.sctp_dst, 'sctp');
}

/** A new table of the production symbols. Make one for each daemon and keep it: it remembers expansions. */
export function logicalSymbols(): SymbolTable {
  const table = new SymbolTable();
  addMetadata(table);
  addConntrack(table);
  addEthernet(table);
  addIp(table);
  addArp(table);
  addNeighbourDiscovery(table);
  addTransport(table);
  addField(table, 'pkt.mark', FIELDS.pkt_mark);
  addOvnField(table, 'icmp4.frag_mtu', { id: 0, bits: 16 });
  addOvnField(table, 'icmp6.frag_mtu', { id: 1, bits: 32 });
  return table;
}

/**
 * The symbols for ACLs that are to match all fragments: ports and protocols come from conntrack's original tuple
 * instead of the packet (`acl_ct_translation`).
 */
export function connectionSymbols(): SymbolTable {
  const table = logicalSymbols();
  const protocols = [
    ['tcp', 6],
    ['udp', 17],
    ['sctp', 132],
  ] as const;
  for (const [name] of protocols) for (const each of [`${name}.src`, `${name}.dst`, name]) table.delete(each);
  addField(table, 'ct_proto', FIELDS.ct_nw_proto, 'ct.trk');
  for (const [name, proto] of protocols) {
    addPredicate(table, name, `ct.trk && !ct.inv && ct_proto == ${proto}`);
    addField(table, `${name}.src`, FIELDS.ct_tp_src, name);
    addField(table, `${name}.dst`, FIELDS.ct_tp_dst, name);
  }
  return table;
}
