import { expect, it } from 'vitest';
import { replay, type LineOutcome } from '../core/shell/transcript.ts';
import { World } from '../core/sim/index.ts';
import { MULTINODE_OVN } from './multinode-ovn.ts';

const plain = (text: string): string => text.replaceAll(`"`, ``);

it('chassis that let flows name the ends of tunnels carry packets over one port, and go back to one port each', () => {
  const world = new World(MULTINODE_OVN, 1);
  const run = (machine: string, line: string): LineOutcome => replay(world, machine, line);
  for (const { machine, line } of MULTINODE_OVN.transcript) run(machine, line);
  const machines = ['central', 'worker1', 'worker2'];
  for (const machine of machines)
    run(machine, 'ovs-vsctl set open . external-ids:ovn-enable-flow-based-tunnels=true');

  const { out } = run('worker1', 'ovs-vsctl show');
  expect(plain(out)).toContain(
    '        Port ovn-geneve\n            Interface ovn-geneve\n                type: geneve\n' +
      '                options: {key=flow, local_ip=flow, remote_ip=flow}\n',
  );
  expect(out).not.toContain('remote_ip="');
  const flows = run('worker1', 'ovs-ofctl -O OpenFlow15 dump-flows br-int').out;
  expect(flows).toMatch(
    /set_field:192\.168\.50\.100->tun_src,set_field:192\.168\.50\.101->tun_dst,output:\d+,resubmit\(,4\d\)/,
  );
  expect(run('worker1', 'ip netns exec vm1 ping 192.168.0.12 -c1').status).toBe(0);
  expect(run('worker2', 'ip netns exec vm2 ping 192.168.0.11 -c1').status).toBe(0);

  for (const machine of machines)
    run(machine, 'ovs-vsctl remove open . external-ids ovn-enable-flow-based-tunnels');
  expect(run('worker1', 'ovs-vsctl list-ports br-int').out).not.toContain('ovn-geneve');
  expect(run('worker1', 'ip netns exec vm1 ping 192.168.0.12 -c1').status).toBe(0);
});
