/**
 * NIC layouts in the manner of TripleO's own, for deployments whose files bring no other: one NIC, bonds, a NIC a
 * network. Each is a template in Ansible form that suits any role and any networks, and each has `br-ex`.
 */

export interface NicLayout {
  /** As a person would call it. */
  readonly name: string;
  /** Under which name it joins a set. */
  readonly file: string;
  readonly text: string;
}

/** The bridge that every layout has, for all physical networks. */
export const LAYOUT_BRIDGE = 'br-ex';

const control = (indent: string): string =>
  [
    'use_dhcp: false',
    'dns_servers: {{ ctlplane_dns_nameservers }}',
    'addresses:',
    '- ip_netmask: {{ ctlplane_ip }}/{{ ctlplane_subnet_cidr }}',
    'routes: {{ ctlplane_host_routes }}',
  ]
    .map((line) => `${indent}${line}\n`)
    .join('');

const address = (indent: string): string =>
  [
    'addresses:',
    "- ip_netmask: {{ lookup('vars', networks_lower[network] ~ '_ip') }}/{{ lookup('vars', networks_lower[network] ~ '_cidr') }}",
    "routes: {{ lookup('vars', networks_lower[network] ~ '_host_routes') }}",
  ]
    .map((line) => `${indent}${line}\n`)
    .join('');

const vlans = (indent: string, device: string): string => `{% for network in role_networks %}
${indent}- type: vlan
${device === '' ? '' : `${indent}  device: ${device}\n`}${indent}  vlan_id: {{ lookup('vars', networks_lower[network] ~ '_vlan_id') }}
${address(`${indent}  `)}{% endfor %}
`;

const CONTROL_NIC = `- type: interface
  name: nic1
${control('  ')}`;

/** A bridge for provider networks on a NIC of its own. */
const provider = (nic: string): string => `- type: ovs_bridge
  name: ${LAYOUT_BRIDGE}
  use_dhcp: false
  members:
  - {type: interface, name: ${nic}, primary: true}
`;

export const NIC_LAYOUTS: readonly NicLayout[] = [
  {
    name: 'One NIC with VLANs',
    file: 'single-nic-vlans.j2',
    text: `network_config:
- type: ovs_bridge
  name: ${LAYOUT_BRIDGE}
${control('  ')}  members:
  - {type: interface, name: nic1, primary: true}
${vlans('  ', '')}`,
  },
  {
    name: 'One NIC with VLANs on a Linux bridge',
    file: 'single-nic-linux-bridge-vlans.j2',
    text: `network_config:
- type: linux_bridge
  name: br-nic1
${control('  ')}  members:
  - {type: interface, name: nic1, primary: true}
${vlans('', 'br-nic1')}${provider('nic2')}`,
  },
  {
    name: 'VLANs on a bond of Open vSwitch',
    file: 'bond-with-vlans.j2',
    text: `network_config:
${CONTROL_NIC}- type: ovs_bridge
  name: ${LAYOUT_BRIDGE}
  use_dhcp: false
  members:
  - type: ovs_bond
    name: bond1
    ovs_options: {{ bond_interface_ovs_options }}
    members:
    - {type: interface, name: nic2, primary: true}
    - {type: interface, name: nic3}
${vlans('  ', '')}`,
  },
  {
    name: 'VLANs on a Linux bond',
    file: 'linux-bond-with-vlans.j2',
    text: `network_config:
${CONTROL_NIC}- type: linux_bond
  name: bond1
  bonding_options: mode=active-backup miimon=100
  members:
  - {type: interface, name: nic2, primary: true}
  - {type: interface, name: nic3}
${vlans('', 'bond1')}${provider('nic4')}`,
  },
  {
    name: 'A NIC for each network',
    file: 'multiple-nics.j2',
    text: `network_config:
${CONTROL_NIC}{% for network in networks_all if network in role_networks and network != 'External' %}
- type: interface
  name: nic{{ networks_all.index(network) + 3 }}
  use_dhcp: false
${address('  ')}{% endfor %}
- type: ovs_bridge
  name: ${LAYOUT_BRIDGE}
  use_dhcp: false
{% if 'External' in role_networks %}
{% set network = 'External' %}
${address('  ')}{% endif %}
  members:
  - {type: interface, name: nic2, primary: true}
`,
  },
];
