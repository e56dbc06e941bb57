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

it('only gateways between zones have tunnels to chassis of other zones; encryption is asked of the tunnels', () => {
  const world = new World(MULTINODE_OVN, 1);
  const run = (machine: string, line: string): LineOutcome => replay(world, machine, line);
  for (const { machine, line } of MULTINODE_OVN.transcript) run(machine, line);
  run(
    'central',
    'ovn-sbctl chassis-add far geneve 192.168.50.200 -- set Chassis far other_config:is-remote=true',
  );
  const far = (): string =>
    run('worker1', 'ovs-vsctl --bare --columns=options find Interface options:remote_ip=192.168.50.200').out;
  expect(far()).toBe('');
  run('worker1', 'ovs-vsctl set open . external-ids:ovn-is-interconn=true');
  expect(far()).toBe('csum=true key=flow local_ip=192.168.50.100 remote_ip=192.168.50.200\n');
  run('central', 'ovn-nbctl set NB_Global . ipsec=true options:ipsec_encapsulation=true');
  expect(far()).toBe(
    'csum=true ipsec_encapsulation=yes key=flow local_ip=192.168.50.100 remote_ip=192.168.50.200 remote_name=far\n',
  );
});

it('a port behind another one without a tag has no flows; what comes from remote VTEPs passes the load balancers', () => {
  const world = new World(MULTINODE_OVN, 1);
  const run = (machine: string, line: string): LineOutcome => replay(world, machine, line);
  for (const { machine, line } of MULTINODE_OVN.transcript) run(machine, line);
  const flows = (filter: string): string =>
    run('worker1', `ovs-ofctl --no-stats dump-flows br-int ${filter}`).out;
  run('central', 'ovn-nbctl lsp-add network1 nested vm1 7');
  expect(run('central', 'ovn-sbctl --bare --columns=tag find Port_Binding logical_port=nested').out).toBe(
    '7\n',
  );
  expect(flows('dl_vlan=7')).toContain('strip_vlan');
  run('central', 'ovn-appctl -t ovn-northd pause');
  run('central', 'ovn-sbctl clear Port_Binding nested tag');
  expect(flows('dl_vlan=7')).toBe('');
  run('central', 'ovn-appctl -t ovn-northd resume');
  run('central', 'ovn-nbctl set Logical_Switch network1 other_config:dynamic-routing-vni=10');
  expect(flows('reg14=0x80000000/0x80000000')).toContain('priority=110,');
});
