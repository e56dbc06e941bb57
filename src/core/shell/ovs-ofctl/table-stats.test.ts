import { expect, it } from 'vitest';
import { oneSwitch } from '../fixture/one-switch.ts';

const type = oneSwitch(
  'ovs-vsctl add-br br0 -- set bridge br0 fail-mode=secure protocols=OpenFlow10,OpenFlow11,OpenFlow12,OpenFlow13',
  'ovs-ofctl add-flow br0 table=3,ip,actions=drop',
);
const tables = (version: number): string => type(`ovs-ofctl -O OpenFlow${version} dump-tables br0`);

it('tells tables that are alike in one line', () => {
  expect(tables(13)).toBe(`OFPST_TABLE reply (OF1.3) (xid=0x2):
  table 0:
    active=0, lookup=0, matched=0

  tables 1...2: ditto

  table 3:
    active=1, lookup=0, matched=0

  table 4:
    active=0, lookup=0, matched=0

  tables 5...253: ditto
`);
});

it('tells up to OpenFlow 1.2 what they can do; the last has no table to go to', () => {
  expect(tables(10)).toMatch(/ {2}tables 5\.\.\.253: ditto\n$/);
  expect(tables(12).replace(/(Set-Field|wildcard): .*/g, '$1')).toBe(`OFPST_TABLE reply (OF1.2) (xid=0x2):
  table 0:
    active=0, lookup=0, matched=0
    metadata: match=0xffffffffffffffff write=0xffffffffffffffff
    config=controller
    max_entries=1000000
    instructions (table miss and others):
      instructions: apply_actions clear_actions write_actions write_metadata goto_table
      Write-Actions and Apply-Actions features:
        actions: output group set_field strip_vlan push_vlan mod_nw_ttl dec_ttl set_mpls_ttl dec_mpls_ttl push_mpls pop_mpls set_queue
        supported on Set-Field
    matching:
      exact match or wildcard

  tables 1...2: ditto

  table 3:
    active=1, lookup=0, matched=0
    (same features)

  table 4:
    active=0, lookup=0, matched=0
    (same features)

  tables 5...252: ditto

  table 253:
    active=0, lookup=0, matched=0
    metadata: match=0xffffffffffffffff write=0xffffffffffffffff
    config=controller
    max_entries=1000000
    instructions (table miss and others):
      instructions: apply_actions clear_actions write_actions write_metadata
      (same actions)
    (same matching)
`);
  const last = tables(11).split('  table 253:\n')[1] ?? '';
  expect(last).toContain('instructions: apply_actions clear_actions write_actions write_metadata\n');
  expect(last).toContain('actions: output group set_vlan_vid set_vlan_pcp strip_vlan push_vlan mod_dl_src');
  expect(last).toMatch(/ {4}\(same matching\)\n$/);
});
