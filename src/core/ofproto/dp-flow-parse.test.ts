import { expect, it } from 'vitest';
import { formatFlow } from '../flow/flow-text.ts';
import { parseDpKey } from './dp-flow-parse.ts';

const read = (text: string): string => {
  const key = parseDpKey(text);
  return key.ok ? `${key.value.inPort}: ${formatFlow(key.value.flow)}` : key.error;
};

it.each([
  [
    'in_port(1),eth(src=00:00:00:00:00:01,dst=00:00:00:00:00:02),eth_type(0x0800),ipv4(src=10.0.0.1,dst=10.0.0.2,proto=6,tos=0,ttl=64,frag=no),tcp(src=1,dst=80)',
    '1: tcp,vlan_tci=0x0000,dl_src=00:00:00:00:00:01,dl_dst=00:00:00:00:00:02,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=no,tp_src=1,tp_dst=80,tcp_flags=0',
  ],
  [
    'recirc_id(0),in_port(tap0),eth_type(0x0800),ipv4(src=10.0.0.0/255.0.0.0,proto=17,frag=later)',
    'tap0: udp,vlan_tci=0x0000,dl_src=00:00:00:00:00:00,dl_dst=00:00:00:00:00:00,nw_src=10.0.0.0,nw_dst=0.0.0.0,nw_tos=0,nw_ecn=0,nw_ttl=0,nw_frag=later',
  ],
  [
    'ct_state(+trk-new+est),in_port(2),eth_type(0x0806),arp(sip=1.2.3.4,tip=5.6.7.8,op=1)',
    '2: ct_state=est|trk,arp,vlan_tci=0x0000,dl_src=00:00:00:00:00:00,dl_dst=00:00:00:00:00:00,arp_spa=1.2.3.4,arp_tpa=5.6.7.8,arp_op=1,arp_sha=00:00:00:00:00:00,arp_tha=00:00:00:00:00:00',
  ],
  ['in_port(1)', '1: vlan_tci=0x0000,dl_src=00:00:00:00:00:00,dl_dst=00:00:00:00:00:00,dl_type=0x05ff'],
  ['foo(1)', 'syntax error at foo(1)'],
  ['in_port(1),eth(src=zz)', 'syntax error at zz'],
  ['in_port(1', 'syntax error at in_port(1'],
])('%s', (text, expected) => expect(read(text)).toBe(expected));
