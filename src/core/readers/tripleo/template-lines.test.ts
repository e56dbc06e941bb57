import { expect, it } from 'vitest';
import { withMembers } from '../os-net-config/device.ts';
import { readDeployment } from './read-deployment.ts';
import { deviceLines } from './template-lines.ts';

const NETWORKS = `- {name: Storage, name_lower: storage, vlan: 30, ip_subnet: 172.16.1.0/24}
- {name: Tenant, name_lower: tenant, vlan: 50, ip_subnet: 172.16.2.0/24}
`;
const ROLES =
  '- {name: Compute, CountDefault: 1, HostnameFormatDefault: n%index%, networks: [Storage, Tenant]}\n';
const TEMPLATE = `network_config:
- type: interface
  name: nic1
  use_dhcp: false

- type: ovs_bridge
  name: br-tenant
  members:
  - type: interface
    name: nic2
    primary: true
{% for network in role_networks %}
  - type: vlan
    vlan_id: {{ lookup('vars', networks_lower[network] ~ '_vlan_id') }}
{% endfor %}
  mtu: 1500
`;

it('gives each device its own lines, and every device of a loop the same', () => {
  const files = new Map([
    ['network_data.yaml', NETWORKS],
    ['roles_data.yaml', ROLES],
    ['compute.j2', TEMPLATE],
  ]);
  const { nodes } = readDeployment(files);
  const devices = nodes[0]?.devices ?? [];
  const lines = deviceLines(devices, 'compute.j2', TEMPLATE);
  expect([...withMembers(devices)].map((device) => [device.name, lines.get(device)])).toEqual([
    ['ens3', [2, 3, 4]],
    ['br-tenant', [6, 7, 8, 12, 15, 16]],
    ['ens4', [9, 10, 11]],
    ['vlan30', [13, 14]],
    ['vlan50', [13, 14]],
  ]);
  expect([...deviceLines(devices, 'other.j2', TEMPLATE).values()].flat()).toEqual([]);
});
