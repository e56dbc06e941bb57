/** The NIC templates of the layout in Heat form: nic1 flat and as a trunk, nic2 in br-tenant, nic3 in br-ex. */

/** Names of networks whose VLANs a role has on nic1. */
type Trunk = readonly ('InternalApi' | 'Storage' | 'StorageMgmt')[];

const parameter = (name: string, type: string, fallback: string): string =>
  `  ${name}: {type: ${type}, default: ${fallback}}\n`;

const vlan = (network: string, indent: string, device: string): string =>
  [
    `- type: vlan`,
    ...(device === '' ? [] : [`  device: ${device}`]),
    `  vlan_id: {get_param: ${network}NetworkVlanID}`,
    `  addresses:`,
    `  - ip_netmask: {get_param: ${network}IpSubnet}`,
  ]
    .map((line) => `${indent}${line}\n`)
    .join('');

const DEFAULT_ROUTE_ON_CONTROL_PLANE = `                - default: true
                  next_hop: {get_param: ControlPlaneDefaultRoute}
`;

const EXTERNAL_ADDRESS = `                addresses:
                - ip_netmask: {get_param: ExternalIpSubnet}
                routes:
                - default: true
                  next_hop: {get_param: ExternalInterfaceDefaultRoute}
`;

function template(role: string, trunk: Trunk, isExternal: boolean): string {
  const networks = [...trunk, 'Tenant', ...(isExternal ? ['External'] : [])];
  return `heat_template_version: rocky
description: Network configuration of the ${role} role, three NICs with VLANs.
parameters:
${parameter('ControlPlaneIp', 'string', "''")}${parameter('ControlPlaneSubnetCidr', 'string', "'24'")}${parameter('ControlPlaneDefaultRoute', 'string', "''")}${parameter('EC2MetadataIp', 'string', "''")}${parameter('DnsServers', 'comma_delimited_list', '[]')}${networks
    .map(
      (network) =>
        parameter(`${network}IpSubnet`, 'string', "''") + parameter(`${network}NetworkVlanID`, 'number', '1'),
    )
    .join('')}${isExternal ? parameter('ExternalInterfaceDefaultRoute', 'string', "''") : ''}
resources:
  OsNetConfigImpl:
    type: OS::Heat::SoftwareConfig
    properties:
      group: script
      config:
        str_replace:
          template: {get_file: /usr/share/openstack-tripleo-heat-templates/network/scripts/run-os-net-config.sh}
          params:
            $network_config:
              network_config:
              - type: interface
                name: nic1
                use_dhcp: false
                dns_servers: {get_param: DnsServers}
                addresses:
                - ip_netmask:
                    list_join: ['/', [{get_param: ControlPlaneIp}, {get_param: ControlPlaneSubnetCidr}]]
                routes:
                - ip_netmask: 169.254.169.254/32
                  next_hop: {get_param: EC2MetadataIp}
${isExternal ? '' : DEFAULT_ROUTE_ON_CONTROL_PLANE}${trunk.map((network) => vlan(network, '              ', 'nic1')).join('')}              - type: ovs_bridge
                name: br-tenant
                use_dhcp: false
                members:
                - type: interface
                  name: nic2
                  primary: true
${vlan('Tenant', '                ', '')}              - type: ovs_bridge
                name: bridge_name
                use_dhcp: false
${isExternal ? EXTERNAL_ADDRESS : ''}                members:
                - type: interface
                  name: nic3
                  primary: true
outputs:
  OS::stack_id:
    value: {get_resource: OsNetConfigImpl}
`;
}

export const CONTROLLER_TEMPLATE = template('controller', ['InternalApi', 'Storage', 'StorageMgmt'], true);
export const COMPUTE_TEMPLATE = template('compute', ['InternalApi', 'Storage'], false);
