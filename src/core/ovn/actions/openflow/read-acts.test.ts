import { expect, it } from 'vitest';
import { fromHex } from '../../../base/bytes.ts';
import { parseActions } from '../../../ofproto/actions/act-list.ts';
import { actOctets } from './act-octets.ts';
import { readActs } from './read-acts.ts';

it.each([
  'set_field:0xa000001->reg0,set_field:00:00:00:00:00:01->eth_dst,resubmit(,8)',
  'set_field:0x10/0x10->reg10,move:NXM_NX_XXREG0[]->NXM_NX_XXREG1[]',
  'push:NXM_OF_ETH_DST[],push:NXM_NX_REG0[0..15],pop:NXM_NX_REG0[16..31],pop:NXM_OF_ETH_SRC[]',
  'meter:3,mod_nw_ttl:255,dec_ttl,dec_ttl(1,2),group:7,set_queue:4,ct_clear,resubmit(,42,ct)',
  'clone(set_field:1->reg15,resubmit(,46))',
  'ct(commit,force,zone=NXM_NX_REG13[0..15],table=20,nat(src=10.0.0.1-10.0.0.9:10-20,random),exec(set_field:0x1/0x1->ct_mark))',
  'ct(zone=5,nat(dst=[fd00::1]:80))',
  'learn(table=70,idle_timeout=2,priority=5,delete_learned,eth_type=0x800,NXM_OF_IP_SRC[],load:0x5->NXM_NX_REG4[],load:NXM_OF_IP_DST[]->NXM_NX_REG5[])',
  'controller(userdata=00.00.00.01,pause,meter_id=5)',
  'controller(max_len=100,id=2)',
  'sample(probability=10,collector_set_id=1,obs_domain_id=2,obs_point_id=3)',
  'check_pkt_larger(1400)->NXM_NX_REG0[3]',
])('reads back %s', (text) => {
  const acts = parseActions(text);
  if (!acts.ok) throw new Error(acts.error);
  const octets = actOctets(acts.value.actions);
  const again = readActs(octets);
  if (!again.ok) throw new Error(again.error);
  expect(actOctets(again.value)).toEqual(octets);
});

it.each([
  ['0019', 'truncated action'],
  ['00190004', 'bad length of an action'],
  ['0019001080000404', 'truncated action'],
  ['fffa000800000000', 'unknown action 65530'],
  ['ffff001000000001001b000000000000', 'unknown vendor'],
  ['ffff001000002320ffff000000000000', 'unknown Nicira action 65535'],
])('refuses %s', (hex, error) => {
  expect(readActs(fromHex(hex) ?? new Uint8Array(0))).toEqual({ ok: false, error });
});
