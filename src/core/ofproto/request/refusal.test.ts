/** Requests that a switch refuses while it reads them, as ovs-vswitchd 3.7 does. */
import { expect, it } from 'vitest';
import { parseFlow, type FlowCommand } from '../flow-parse.ts';
import type { OfVersion } from '../protocol.table.ts';
import { refusalOf } from './refusal.ts';

function check(
  version: OfVersion,
  text: string,
  expected: string | null,
  log?: string,
  command: FlowCommand = 'add',
): void {
  const parsed = parseFlow(text, command);
  if (!parsed.ok) throw new Error(parsed.error);
  const refusal = refusalOf(parsed.value, version);
  expect(refusal?.error ?? null, text).toBe(expected);
  expect(refusal?.log[0]?.[1], text).toBe(log);
}

it('refuses terms without their prerequisites', () => {
  check(1, 'ct_nw_src=10.0.0.1,actions=drop', 'OFPBMC_BAD_PREREQ');
  check(1, 'ip,ct_state=+trk+est,ct_nw_src=10.0.0.1,actions=drop', null);
  check(1, 'ct_state=+trk+est,ct_nw_src=10.0.0.1,actions=drop', 'OFPBAC_MATCH_INCONSISTENT');
  check(6, 'ip,ipv6_label=5,actions=drop', 'OFPBMC_BAD_PREREQ');
  check(1, 'tcp,tp_dst=80,ip_frag=later,actions=drop', 'OFPBMC_BAD_PREREQ');
  check(6, 'tcp,tcp_flags=+syn,ip_frag=later,actions=drop', 'OFPBMC_BAD_PREREQ');
  check(6, 'tcp,tp_dst=80,ip_frag=yes,actions=drop', null);
  check(6, 'dl_src=02:00:00:00:00:01,packet_type=(1,0x800),actions=drop', 'OFPBMC_BAD_PREREQ');
  check(4, 'dl_vlan_pcp=3,vlan_tci=1,actions=drop', 'OFPBMC_BAD_PREREQ');
  check(4, 'dl_vlan_pcp=3,actions=drop', null);
});

it('refuses actions that never fit', () => {
  const width = 'bundle_load action requires at least 16 bit destination.';
  const bundle = 'actions=bundle_load(eth_src,0,hrw,ofport,reg0[2..10],members:1)';
  check(1, bundle, 'OFPBAC_BAD_ARGUMENT', width);
  check(1, bundle.replace('[2..10]', '[0..15]'), null);
  check(3, 'actions=push_mpls:0x800', 'OFPBAC_BAD_ARGUMENT');
  check(
    1,
    'actions=decap()',
    'OFPBAC_BAD_VENDOR_TYPE',
    'unknown OpenFlow10 action for vendor 0x2320 and type 47',
  );
  check(4, 'actions=decap()', null);
  check(5, 'actions=write_actions(note:01)', 'OFPBAC_BAD_TYPE', 'disallowed action in action set');
  check(
    5,
    'ip,actions=ct(zone=1,nat(dst=10.0.0.1))',
    'OFPBAC_BAD_ARGUMENT',
    'CT action requires commit flag if actions other than NAT without arguments are specified.',
  );
  check(6, 'actions=set_field:5/4->metadata', 'OFPBMC_BAD_WILDCARDS');
  check(5, 'actions=set_field:5/4->metadata', null);
  check(
    6,
    'actions=load:1->dp_hash[0]',
    'OFPBAC_BAD_SET_ARGUMENT',
    'destination field dp_hash is not writable',
  );
});

it('takes a missing table for the first one', () => {
  check(4, 'actions=goto_table:0', 'OFPBIC_BAD_TABLE_ID', undefined, 'modify');
  check(4, 'actions=goto_table:1', null, undefined, 'modify');
});
