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

it('changes what a miss does, and tells it as the switch does', () => {
  const run = oneSwitch(
    'ovs-vsctl add-br br0 -- set bridge br0 fail-mode=secure protocols=OpenFlow10,OpenFlow11,OpenFlow12,OpenFlow13,OpenFlow14,OpenFlow15',
  );
  const of = (version: number, words: string): string => run(`ovs-ofctl -O OpenFlow${version} ${words}`);
  const misses = (version: number): readonly string[] =>
    [...of(version, 'dump-tables br0').matchAll(/table (\d+):(?:(?!\n\n)[^])*?config=(\w+)/g)].map(
      ([, table, miss]) => `${table} ${miss}`,
    );
  const trace = (): string => run('ovs-appctl ofproto/trace br0 in_port=LOCAL,ip');
  expect(misses(12)).toEqual(['0 controller', '253 controller']);
  expect(of(12, 'mod-table br0 3 drop')).toBe('');
  expect(of(11, 'mod-table br0 0 continue')).toBe('');
  expect(misses(12)).toEqual(['0 continue', '1 controller', '3 drop', '4 controller', '253 controller']);
  // Of this version the switch sends numbers that are one further.
  expect(misses(11)).toEqual(['0 drop', '1 controller', '253 controller']);
  expect(trace()).toContain(' 1. No match.');
  of(12, 'mod-table br0 all controller');
  expect(trace()).toContain(' 0. No match, and a "packet-in" is called for.');
  expect(of(13, 'mod-table br0 0 drop')).toBe(
    "ovs-ofctl: table_mod 'drop' requires one of the OpenFlow versions OpenFlow11, OpenFlow12\n",
  );
  expect(of(11, 'mod-table br0 254 continue')).toContain("last table's flow miss handling can not be");
  expect(of(14, 'mod-table br0 254 evict')).toBe(
    'OFPT_ERROR (OF1.4) (xid=0x5): OFPTMFC_EPERM\nOFPT_TABLE_MOD (OF1.4) (xid=0x5): table_id=254, eviction=on, vacancy=off\n',
  );
  expect(of(14, 'mod-table br0 1 vacancy:20,80')).toBe('');
  expect(of(14, 'dump-table-desc br0')).toContain(
    '  table 1:\n   eviction=off eviction_flags=OTHER|IMPORTANCE|LIFETIME\n   vacancy=on vacancy_down=20% vacancy_up=80% vacancy=100%\n',
  );
  expect(of(14, 'mod-table br0 1 vacancy:80,20')).toContain('(OFPBPC_BAD_VALUE)');
  expect(of(14, 'mod-table br0 1 vac')).toBe('ovs-ofctl: Vacancy down value missing\n');
});

it('tells from OpenFlow 1.3 on what tables can do on a request of its own', () => {
  const run = oneSwitch(
    'ovs-vsctl add-br br0 -- set bridge br0 protocols=OpenFlow10,OpenFlow13,OpenFlow14,OpenFlow15',
  );
  const features = (version: number): string =>
    run(`ovs-ofctl -O OpenFlow${version} dump-table-features br0`);
  expect(features(13)).toMatch(/next tables: 1-253\n.*: meter apply_actions .*goto_table\n/);
  expect(features(14)).toMatch(/eviction: not supported\n {4}vacancy events: not supported\n/);
  expect(features(15)).toMatch(/instructions: apply_actions/);
  expect(features(13)).toMatch(
    /\n\n {2}tables 1\.\.\.252: ditto\n\n {2}table 253:\n[^]*\(same actions\)\n {4}\(same matching\)\n\n$/,
  );
  expect(run('ovs-ofctl dump-table-features br0')).toBe(
    "ovs-ofctl: dump-table-features needs OpenFlow 1.3 or later ('-O OpenFlow13')\n",
  );
});
