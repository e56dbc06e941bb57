/** Nodes whose NICs ask by DHCP get the addresses that the plan has for them. */
import { expect, it } from 'vitest';
import { replay } from '../../shell/transcript.ts';
import { World } from '../../sim/index.ts';
import { planWorld } from './plan-world.ts';
import { readDeployment } from './read-deployment.ts';

const files = (template: string): Map<string, string> =>
  new Map([
    [
      'roles_data.yaml',
      "- {name: Controller, CountDefault: 2, HostnameFormatDefault: 'c%index%', networks: []}\n",
    ],
    ['environment.yaml', 'parameter_defaults: {ControlPlaneDefaultRoute: 192.168.24.1}\n'],
    ['layout.j2', template],
  ]);

const BRIDGE = `network_config:
- type: ovs_bridge
  name: br-ex
  use_dhcp: true
  members: [{type: interface, name: nic1, primary: true}]
- {type: interface, name: nic2, use_dhcp: true, use_dhcpv6: true}
`;

it('brings nodes up whose bridge asks the undercloud; other networks have no server', () => {
  const deployment = readDeployment(files(BRIDGE));
  expect(deployment.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const plan = planWorld(deployment, { networks: [], services: () => ['openvswitch'] });
  expect(plan.unsupported.slice(0, 2).map(({ feature }) => feature)).toEqual([
    'DHCP for IPv6 on ens4',
    'DHCP on ens4, on whose network the files tell of no server,',
  ]);
  const hypervisor = {
    name: 'hypervisor',
    kind: 'machine' as const,
    services: [],
    nics: [],
    hypervisor: plan.hypervisor,
  };
  const world = new World({ machines: [hypervisor, ...plan.machines], segments: [] }, 1);
  for (const { machine, line } of plan.transcript) {
    const { status, err } = replay(world, machine, line);
    expect([machine, line, status, err]).toEqual([machine, line, 0, '']);
  }
  for (const node of deployment.nodes) {
    const [, address] =
      /inet (\S+) .*dynamic/.exec(replay(world, node.name, 'ip -4 addr show br-ex').out) ?? [];
    expect(address).toBe(node.addresses.get('ctlplane'));
    expect(replay(world, node.name, 'ip route show default').out).toBe(
      'default via 192.168.24.1 dev br-ex \n',
    );
  }
  const other = deployment.nodes[1]?.addresses.get('ctlplane')?.split('/')[0];
  expect(replay(world, 'c0', `ping -c1 -W1 ${other}`).status).toBe(0);
});

it('leaves the default route away where the device is not to have it', () => {
  const deployment = readDeployment(
    files('network_config:\n- {type: interface, name: nic1, use_dhcp: true, defroute: false}\n'),
  );
  const { transcript } = planWorld(deployment, { networks: [], services: () => [] });
  expect(
    transcript
      .filter(({ machine }) => machine === 'c1')
      .map(({ line }) => line)
      .slice(-2),
  ).toEqual(['dhclient -1 -q ens3', 'ip route del default dev ens3']);
});
