/** Any node count, CIDRs, VLANs and NIC layout: what comes up joins the nodes of each network, and no others. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { replay } from '../../shell/transcript.ts';
import { World } from '../../sim/index.ts';
import { planWorld } from './plan-world.ts';
import { readDeployment } from './read-deployment.ts';

const NETWORKS = ['Storage', 'InternalApi', 'Tenant', 'External'] as const;
const LOWER: Readonly<Record<string, string>> = { InternalApi: 'internal_api' };
const lower = (name: string): string => LOWER[name] ?? name.toLowerCase();

const CONTROL = `- type: interface
  name: nic1
  use_dhcp: false
  addresses:
  - ip_netmask: {{ ctlplane_ip }}/{{ ctlplane_subnet_cidr }}
`;

const vlans = (indent: string, device: string): string => `{% for network in role_networks %}
${indent}- type: vlan
${device === '' ? '' : `${indent}  device: ${device}\n`}${indent}  vlan_id: {{ lookup('vars', networks_lower[network] ~ '_vlan_id') }}
${indent}  addresses:
${indent}  - ip_netmask: {{ lookup('vars', networks_lower[network] ~ '_ip') }}/{{ lookup('vars', networks_lower[network] ~ '_cidr') }}
{% endfor %}
`;

/** NIC layouts of our own in the manner of TripleO's: one NIC, bonds, a NIC a network. */
const LAYOUTS: Readonly<Record<string, string>> = {
  'single NIC with VLANs': `network_config:
- type: ovs_bridge
  name: br-ex
  use_dhcp: false
  addresses:
  - ip_netmask: {{ ctlplane_ip }}/{{ ctlplane_subnet_cidr }}
  members:
  - {type: interface, name: nic1, primary: true}
${vlans('  ', '')}`,
  'single NIC with VLANs on a Linux bridge': `network_config:
- type: linux_bridge
  name: br-ex
  use_dhcp: false
  addresses:
  - ip_netmask: {{ ctlplane_ip }}/{{ ctlplane_subnet_cidr }}
  members:
  - {type: interface, name: nic1, primary: true}
${vlans('', 'br-ex')}`,
  'VLANs on a bond of Open vSwitch': `network_config:
${CONTROL}- type: ovs_bridge
  name: br-ex
  use_dhcp: false
  members:
  - type: ovs_bond
    name: bond1
    ovs_options: bond_mode=active-backup
    members:
    - {type: interface, name: nic2, primary: true}
    - {type: interface, name: nic3}
${vlans('  ', '')}`,
  'VLANs on a Linux bond': `network_config:
${CONTROL}- type: linux_bond
  name: bond1
  bonding_options: mode=active-backup
  members:
  - {type: interface, name: nic2, primary: true}
  - {type: interface, name: nic3}
${vlans('', 'bond1')}`,
  'a NIC a network': `network_config:
${CONTROL}{% for network in networks_all if network in role_networks %}
- type: interface
  name: nic{{ networks_all.index(network) + 2 }}
  use_dhcp: false
  addresses:
  - ip_netmask: {{ lookup('vars', networks_lower[network] ~ '_ip') }}/{{ lookup('vars', networks_lower[network] ~ '_cidr') }}
{% endfor %}
`,
};

interface Choice {
  readonly layout: string;
  readonly controllers: number;
  readonly computes: number;
  readonly vlans: readonly number[];
  readonly subnets: readonly number[];
}

const choices: fc.Arbitrary<Choice> = fc.record({
  layout: fc.constantFrom(...Object.keys(LAYOUTS)),
  controllers: fc.integer({ min: 1, max: 3 }),
  computes: fc.integer({ min: 1, max: 2 }),
  vlans: fc.uniqueArray(fc.integer({ min: 2, max: 4094 }), { minLength: 4, maxLength: 4 }),
  subnets: fc.uniqueArray(fc.integer({ min: 16, max: 31 }), { minLength: 4, maxLength: 4 }),
});

function filesOf({ layout, controllers, computes, vlans: ids, subnets }: Choice): Map<string, string> {
  const networks = NETWORKS.map(
    (name, at) =>
      `- {name: ${name}, name_lower: ${lower(name)}, vip: false, vlan: ${ids[at]}, ip_subnet: 172.${subnets[at]}.0.0/24, allocation_pools: [{start: 172.${subnets[at]}.0.10, end: 172.${subnets[at]}.0.99}]}`,
  );
  return new Map([
    ['network_data.yaml', `${networks.join('\n')}\n`],
    [
      'roles_data.yaml',
      `- {name: Controller, CountDefault: ${controllers}, HostnameFormatDefault: 'c%index%', networks: [External, InternalApi, Storage, Tenant], default_route_networks: [ctlplane]}
- {name: Compute, CountDefault: ${computes}, HostnameFormatDefault: 'n%index%', networks: [InternalApi, Tenant]}
`,
    ],
    ['layout.j2', LAYOUTS[layout] ?? ''],
  ]);
}

/** Time for the bridges' spanning tree. */
const CALM = 6e9;

it('joins the nodes of every network and no others', () => {
  fc.assert(
    fc.property(choices, (choice) => {
      const deployment = readDeployment(filesOf(choice));
      expect(deployment.problems).toEqual([]);
      const plan = planWorld(deployment, { networks: [], services: () => ['openvswitch'] });
      expect(plan.unsupported).toEqual([]);
      const world = new World(
        {
          machines: [
            { name: 'hypervisor', kind: 'machine', services: [], nics: [], hypervisor: plan.hypervisor },
            ...plan.machines,
          ],
          segments: [],
        },
        1,
      );
      for (const { machine, line } of plan.transcript)
        expect([machine, line, replay(world, machine, line)]).toEqual([
          machine,
          line,
          { status: 0, out: '', err: '' },
        ]);
      world.clock.run(world.clock.now() + CALM);
      for (const from of deployment.nodes)
        for (const to of deployment.nodes)
          for (const [network, address] of to.addresses) {
            if (from === to) continue;
            const target = address.split('/')[0] ?? '';
            const { status } = replay(world, from.name, `ping -c1 -W0.2 ${target}`);
            expect([choice.layout, from.name, to.name, network, status === 0]).toEqual([
              choice.layout,
              from.name,
              to.name,
              network,
              from.addresses.has(network),
            ]);
          }
    }),
    { numRuns: 12, seed: 7 },
  );
}, 120_000);
