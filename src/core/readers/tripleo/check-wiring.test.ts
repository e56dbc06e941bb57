import { expect, it } from 'vitest';
import { readDeployment } from './read-deployment.ts';

const ADDRESS = '{ip_netmask: "{{ tenant_ip }}/{{ tenant_cidr }}"}';
const CONTROL = `network_config:
- {type: interface, name: nic1, addresses: [{ip_netmask: "{{ ctlplane_ip }}/{{ ctlplane_subnet_cidr }}"}]}
`;

/** What is said of a controller and a compute whose templates end so. */
const said = (controller: string, compute: string): readonly string[] =>
  readDeployment(
    new Map([
      [
        'network_data.yaml',
        '- {name: Tenant, name_lower: tenant, vip: false, vlan: 50, ip_subnet: 172.16.0.0/24}\n',
      ],
      [
        'roles_data.yaml',
        '- {name: Controller, CountDefault: 1, networks: [Tenant]}\n- {name: Compute, CountDefault: 1, networks: [Tenant]}\n',
      ],
      ['controller.j2', `${CONTROL}${controller}`],
      ['compute.j2', `${CONTROL}${compute}`],
    ]),
  ).problems.map(({ place, message }) => `${place?.file}:${place?.line}: ${message}`);

const tagged = (nic: number): string =>
  `- type: ovs_bridge\n  name: br-tenant\n  members:\n  - {type: interface, name: nic${nic}}\n  - {type: vlan, vlan_id: 50, addresses: [${ADDRESS}]}\n`;
const plain = (nic: number): string =>
  `- {type: interface, name: nic2}\n- {type: interface, name: nic${nic}, addresses: [${ADDRESS}]}\n`;
const bonded = `- type: linux_bond\n  name: bond1\n  members:\n  - {type: interface, name: nic2}\n  - {type: interface, name: nic3}\n- {type: vlan, device: bond1, vlan_id: 50, addresses: [${ADDRESS}]}\n`;

it('says nothing of roles that meet', () => {
  expect(said(tagged(2), tagged(2))).toEqual([]);
  expect(said(tagged(2), bonded)).toEqual([]);
  expect(said(plain(3), plain(3))).toEqual([]);
});

it('finds a tag that one role lacks', () => {
  expect(said(tagged(3), plain(3))).toEqual([
    'compute.j2:4: Tenant is without a tag on nic3 of Compute and in VLAN 50 on nic3 of Controller: they do not meet unless a switch between them changes that',
  ]);
});

it('finds NICs that are not joined', () => {
  expect(said(tagged(2), tagged(3))).toEqual([
    'compute.j2:7: Tenant is on nic3 of Compute and on nic2 of Controller: they do not meet where NICs of the same number are on one network',
  ]);
});
