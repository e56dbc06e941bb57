/** Names of ports that are too long for OpenFlow, beside what the real ovs-ofctl printed of such a bridge. */
import { expect, it } from 'vitest';
import { replay } from '../transcript.ts';
import { World } from '../../sim/index.ts';

it('cuts names of ports to what a message holds, and knows no longer ones', () => {
  const world = new World(
    { machines: [{ name: 'hv', kind: 'machine', services: ['openvswitch'], nics: [] }], segments: [] },
    1,
  );
  const type = (line: string) => replay(world, 'hv', line);
  for (const name of ['patch-to-the-far-east', 'patch-to-the-far-west', 'patch-elsewhere-too'])
    type(
      `ovs-vsctl --may-exist add-br br0 -- add-port br0 ${name} -- set Interface ${name} type=patch options:peer=far`,
    );
  type('ip link add v type veth peer name w');
  type('ovs-vsctl add-port br0 v');
  type('ovs-ofctl add-flow br0 in_port=3,actions=output:1,output:2');
  expect(type('ovs-ofctl --no-stats --names dump-flows br0 in_port=patch-elsewhere').out).toBe(
    ' in_port="patch-elsewhere" actions=output:1,output:2\n',
  );
  expect(type('ovs-ofctl dump-flows br0 in_port=patch-elsewhere-too').err).toBe(
    'ovs-ofctl: patch-elsewhere-too: invalid or unknown port for in_port\n',
  );
  const shown = type('ovs-ofctl show br0').out;
  expect(shown).toMatch(/^ 1\(patch-to-the-fa\): addr:(?!00:00:00:00:00:00)\S+$/m);
  expect(shown).toMatch(
    /^ 4\(v\): .*\n.*\n.*\n {5}current: {4}10GB-FD COPPER\n {5}speed: 10000 Mbps now, 0 Mbps max$/m,
  );
});

it('tells of each port what the driver of its device does', () => {
  const world = new World(
    { machines: [{ name: 'hv', kind: 'machine', services: ['openvswitch'], nics: [] }], segments: [] },
    1,
  );
  const type = (line: string) => replay(world, 'hv', line);
  const bonds = [
    ['one', 'active-backup'],
    ['two', 'balance-rr'],
    ['none', 'balance-rr'],
  ] as const;
  type('ovs-vsctl add-br br0');
  for (const [bond, mode] of bonds) {
    type(`ip link add ${bond} type bond mode ${mode} miimon 100`);
    for (const at of bond === 'none' ? [] : ['a', 'b']) {
      type(`ip link add ${bond}${at} type veth peer name ${bond}${at}x`);
      type(`ip link set ${bond}${at}x up`);
      type(`ip link set ${bond}${at} master ${bond}`);
    }
    type(`ip link set ${bond} up`);
    type(`ip link add link ${bond} name ${bond}.7 type vlan id 7`);
  }
  for (const device of ['one', 'two', 'none', 'two.7', 'twoax']) type(`ovs-vsctl add-port br0 ${device}`);
  world.settle();
  const { out } = type('ovs-ofctl show br0');
  const told = ['one', 'two', 'none', 'two.7', 'twoax', 'br0'].map((name) => {
    const [rows = ''] = out.split(`(${name}): `)[1]?.split(/^ \S/m) ?? [];
    return [/current: +(.*)/.exec(rows)?.[1], /speed: (\d+)/.exec(rows)?.[1]];
  });
  expect(told).toEqual([
    ['10GB-FD', '10000'],
    ['OTHER', '20000'],
    [undefined, '0'],
    ['OTHER', '20000'],
    ['10GB-FD COPPER', '10000'],
    [undefined, '0'],
  ]);
  expect(type('ethtool two.7').out).toMatch(/Speed: 20000Mb\/s\n\tDuplex: Full\n[^]*Port: Other\n/);
  expect(type('ethtool one').out).toContain('Speed: 10000Mb/s\n');
});
