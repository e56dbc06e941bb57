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
