import { expect, it } from 'vitest';
import { oneSwitch } from '../fixture/one-switch.ts';

it("bridge/dump-flows lists all flows, the switch's own last", () => {
  const type = oneSwitch(
    'ovs-vsctl add-br br0 -- set bridge br0 fail-mode=secure',
    'ovs-ofctl add-flow br0 table=5,actions=drop',
    'ovs-ofctl add-flow br0 table=5,priority=40,udp,tp_dst=3,actions=mod_vlan_vid:3,output:2',
    'ovs-ofctl add-flow br0 table=3,priority=7,ip,cookie=5,actions=output:1',
  );
  const own = [
    'priority=2,recirc_id=0,actions=drop',
    'priority=0,reg0=0x1,actions=controller(reason=)',
    'priority=0,reg0=0x2,actions=drop',
    'priority=0,reg0=0x3,actions=drop',
  ];
  const rows = (offload: string): string[] => [
    `cookie=0x5, table_id=3, duration=?s, n_packets=0, n_bytes=0, ${offload}priority=7,ip,actions=output:1\n`,
    `table_id=5, duration=?s, n_packets=0, n_bytes=0, ${offload},actions=drop\n`,
    `table_id=5, duration=?s, n_packets=0, n_bytes=0, ${offload}priority=40,udp,tp_dst=3,actions=mod_vlan_vid:3,output:2\n`,
    ...own.map((flow) => `table_id=254, duration=?s, n_packets=0, n_bytes=0, ${offload}${flow}\n`),
  ];
  const dump = (words: string): string =>
    type(`ovs-appctl bridge/dump-flows ${words}`).replaceAll(/duration=\d+s/g, 'duration=?s');
  expect(dump('br0')).toBe(rows('').join(''));
  expect(dump('--offload-stats br0')).toBe(rows('n_offload_packets=0, n_offload_bytes=0, ').join(''));
  expect(dump('br1')).toBe('Unknown bridge\novs-appctl: ovs-vswitchd: server returned an error\n');
});
