/** A set of files of our own, whole and damaged in every way that one lost line can damage it. */
import { describe, expect, it } from 'vitest';
import { withMembers } from '../os-net-config/device.ts';
import type { Deployment } from './deployment.ts';
import { readDeployment } from './read-deployment.ts';

const ENVIRONMENT = `parameter_defaults:
  ControlPlaneSubnetCidr: '24'
  ControlPlaneDefaultRoute: 192.168.24.1
  EC2MetadataIp: 192.168.24.1
  DnsServers: ['10.0.0.1']
  InternalApiNetCidr: 172.17.1.0/24
  InternalApiAllocationPools: [{'start': '172.17.1.10', 'end': '172.17.1.149'}]
  InternalApiNetworkVlanID: 20
  TenantNetCidr: 172.17.2.0/24
  TenantAllocationPools: [{'start': '172.17.2.10', 'end': '172.17.2.149'}]
  TenantNetworkVlanID: 50
  ExternalNetCidr: 10.0.0.0/24
  ExternalAllocationPools: [{'start': '10.0.0.101', 'end': '10.0.0.149'}]
  ExternalInterfaceDefaultRoute: 10.0.0.1
  NeutronBridgeMappings: datacentre:br-ex
  ControllerCount: 2
  ControllerHostnameFormat: 'controller-%index%'
  InternalApiVirtualFixedIPs: [{'ip_address': '172.17.1.48'}]
resource_registry:
  OS::TripleO::Controller::Net::SoftwareConfig: nics/controller.yaml
`;

const ROLES = `- name: Controller
  CountDefault: 1
  networks: [External, InternalApi, Tenant]
  default_route_networks: [External]
`;

const TEMPLATE = `heat_template_version: rocky
parameters:
  ControlPlaneIp: {type: string, default: ''}
  ControlPlaneSubnetCidr: {type: string, default: '24'}
  EC2MetadataIp: {type: string, default: ''}
  InternalApiIpSubnet: {type: string, default: ''}
  InternalApiNetworkVlanID: {type: number, default: 20}
  TenantIpSubnet: {type: string, default: ''}
  TenantNetworkVlanID: {type: number, default: 50}
  ExternalIpSubnet: {type: string, default: ''}
  ExternalInterfaceDefaultRoute: {type: string, default: ''}
  DnsServers: {type: comma_delimited_list, default: []}
resources:
  OsNetConfigImpl:
    type: OS::Heat::SoftwareConfig
    properties:
      group: script
      config:
        str_replace:
          template: {get_file: run-os-net-config.sh}
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
              - type: vlan
                device: nic1
                vlan_id: {get_param: InternalApiNetworkVlanID}
                addresses:
                - ip_netmask: {get_param: InternalApiIpSubnet}
              - type: ovs_bridge
                name: br-tenant
                members:
                - type: interface
                  name: nic2
                  primary: true
                - type: vlan
                  vlan_id: {get_param: TenantNetworkVlanID}
                  addresses:
                  - ip_netmask: {get_param: TenantIpSubnet}
              - type: ovs_bridge
                name: bridge_name
                addresses:
                - ip_netmask: {get_param: ExternalIpSubnet}
                routes:
                - default: true
                  next_hop: {get_param: ExternalInterfaceDefaultRoute}
                members:
                - type: interface
                  name: nic3
                  primary: true
`;

const SET: Readonly<Record<string, string>> = {
  'network-environment.yaml': ENVIRONMENT,
  'roles_data.yaml': ROLES,
  'nics/controller.yaml': TEMPLATE,
};

const read = (changes: Readonly<Record<string, string>> = {}): Deployment =>
  readDeployment(new Map(Object.entries({ ...SET, ...changes })));

/** The set with one text of one file replaced. */
function changed(file: keyof typeof SET, from: string | RegExp, to: string): Deployment {
  const text = SET[file] ?? '';
  const after = text.replace(from, to);
  expect(after).not.toBe(text);
  return read({ [file]: after });
}

const said = ({ problems }: Deployment): string[] =>
  problems.map(({ place, message }) => `${place?.file}:${place?.line}: ${message}`);

describe('the whole set', () => {
  const deployment = read();

  it('has nothing wrong', () => expect(said(deployment)).toEqual([]));

  it('gives the networks', () => {
    expect(
      deployment.networks.map(({ name, nameLower, vlan, gateway, vip, mtu }) => [
        name,
        nameLower,
        vlan,
        gateway,
        vip,
        mtu,
      ]),
    ).toEqual([
      ['ctlplane', 'ctlplane', null, '192.168.24.1', true, 1500],
      ['InternalApi', 'internal_api', 20, null, true, 1500],
      ['Tenant', 'tenant', 50, null, false, 1500],
      ['External', 'external', null, '10.0.0.1', true, 1500],
    ]);
    expect(deployment.vips.get('InternalApi')).toBe('172.17.1.48');
  });

  it('gives the machines with their devices', () => {
    expect(deployment.nodes.map(({ name, nics }) => [name, nics.map((nic) => nic.name)])).toEqual([
      ['controller-0', ['ens3', 'ens4', 'ens5']],
      ['controller-1', ['ens3', 'ens4', 'ens5']],
    ]);
    const [, second] = deployment.nodes;
    expect(
      [...withMembers(second?.devices ?? [])].map(({ kind, name, vlanId, device, addresses, routes }) => [
        kind,
        name,
        vlanId,
        device,
        addresses.map(({ text }) => text),
        routes.map(({ destination, nextHop }) => `${destination} via ${nextHop}`),
      ]),
    ).toEqual([
      ['interface', 'ens3', null, null, ['192.168.24.12/24'], ['169.254.169.254/32 via 192.168.24.1']],
      ['vlan', 'vlan20', 20, 'ens3', ['172.17.1.11/24'], []],
      ['ovs_bridge', 'br-tenant', null, null, [], []],
      ['interface', 'ens4', null, null, [], []],
      ['vlan', 'vlan50', 50, null, ['172.17.2.11/24'], []],
      ['ovs_bridge', 'br-ex', null, null, ['10.0.0.103/24'], ['default via 10.0.0.1']],
      ['interface', 'ens5', null, null, [], []],
    ]);
  });
});

it.each<[string, Deployment, string]>([
  [
    'a VLAN used twice',
    changed('network-environment.yaml', 'TenantNetworkVlanID: 50', 'TenantNetworkVlanID: 20'),
    'network-environment.yaml:11: VLAN 20 of Tenant is used by InternalApi as well (network-environment.yaml:8)',
  ],
  [
    'overlapping subnets',
    changed('network-environment.yaml', '172.17.2.0/24', '172.17.0.0/16'),
    'network-environment.yaml:9: 172.17.0.0/16 of Tenant overlaps 172.17.1.0/24 of InternalApi (network-environment.yaml:6)',
  ],
  [
    'a pool outside its subnet',
    changed('network-environment.yaml', "'end': '172.17.2.149'", "'end': '172.17.3.149'"),
    'network-environment.yaml:10: the pool of Tenant is outside its subnet: 172.17.3.149 is not in 172.17.2.0/24',
  ],
  [
    'a network that no NIC carries',
    changed('nics/controller.yaml', /^ +addresses:\n.*ExternalIpSubnet}\n/m, ''),
    'nics/controller.yaml:24: no NIC of Controller carries External',
  ],
  [
    'a VLAN missing from the trunk',
    changed(
      'nics/controller.yaml',
      /^ +- type: vlan\n.*\n.*InternalApiNetworkVlanID}\n.*\n.*InternalApiIpSubnet}\n/m,
      '',
    ),
    'nics/controller.yaml:24: VLAN 20 (InternalApi) is missing from the trunk of Controller: no device on it has that VLAN',
  ],
  [
    'a VLAN that the port of a bridge does not let through',
    changed(
      'nics/controller.yaml',
      'name: br-tenant\n',
      'name: br-tenant\n                ovs_extra: set port nic2 trunks=10,20\n',
    ),
    'nics/controller.yaml:39: VLAN 50 (Tenant) is missing from the trunk ens4 of br-tenant',
  ],
  [
    'a mapping to no bridge',
    changed('network-environment.yaml', 'datacentre:br-ex', 'datacentre:br-public'),
    'network-environment.yaml:15: the physical network datacentre is mapped to br-public, which no role has',
  ],
  [
    'an MTU too small for the overlay',
    changed('nics/controller.yaml', 'name: nic2\n', 'name: nic2\n                  mtu: 1400\n'),
    'nics/controller.yaml:42: the MTU 1400 of ens4 is too small for the overlay: guests send 1442 octets, and Geneve adds 58',
  ],
  [
    'a virtual address outside',
    changed('network-environment.yaml', '172.17.1.48', '172.17.9.48'),
    'network-environment.yaml:6: the virtual address 172.17.9.48 of InternalApi is not in 172.17.1.0/24',
  ],
  [
    'a parameter without value',
    changed('nics/controller.yaml', 'get_param: TenantIpSubnet', 'get_param: TenantSubnet'),
    'nics/controller.yaml:48: the parameter TenantSubnet has no value',
  ],
  [
    'a field that a device has not',
    changed('nics/controller.yaml', 'primary: true', 'primry: true'),
    'nics/controller.yaml:44: interface has no primry: os-net-config warns and goes on without it',
  ],
  [
    'a template that is not there',
    readDeployment(new Map([['env.yaml', ENVIRONMENT]])),
    'env.yaml:20: nics/controller.yaml is not among the files',
  ],
])('finds %s', (_, deployment, problem) => {
  expect(said(deployment)).toContain(problem);
});

describe('with any one line lost', () => {
  const cases = Object.entries(SET).flatMap(([file, text]) =>
    text
      .trimEnd()
      .split('\n')
      .map((line, at) => [file, at, line] as const),
  );
  const whole = read();
  const shape = ({ nodes, networks }: Deployment): string =>
    JSON.stringify([nodes, networks], (_, value: unknown) =>
      value instanceof Map ? [...value] : typeof value === 'bigint' ? String(value) : value,
    ).replaceAll(/"line":\d+/g, '');

  it.each(cases)('%s line %i (%s)', (file, at) => {
    const text = SET[file] ?? '';
    const lines = text.split('\n');
    const damaged = readDeployment(
      new Map(Object.entries({ ...SET, [file]: lines.toSpliced(at, 1).join('\n') })),
    );
    for (const { place } of damaged.problems) {
      const length = (SET[place?.file ?? ''] ?? '').split('\n').length;
      expect(place?.line).toBeGreaterThanOrEqual(1);
      expect(place?.line).toBeLessThanOrEqual(length);
    }
    // What is read without a word of complaint is what the remaining lines say.
    if (damaged.problems.length === 0 && shape(damaged) !== shape(whole))
      expect(QUIET.some((pattern) => pattern.test(lines[at] ?? ''))).toBe(true);
  });
});

/** Lines without which the set means something else that is as right: counts, names, defaults, what TripleO knows itself. */
const QUIET: readonly RegExp[] = [
  /ControllerCount|HostnameFormat|FixedIPs|AllocationPools|DnsServers|dns_servers|CountDefault/,
  /ControlPlaneSubnetCidr|ControlPlaneDefaultRoute|NeutronBridgeMappings|ExternalInterfaceDefaultRoute: 10/,
  /primary: true|use_dhcp|routes:|NetworkVlanID: (?:20|50)|^- name: Controller|default_route_networks/,
];

it('joins parameters that an environment says are to be merged, and puts others in their place', () => {
  const addresses = (strategies: string): readonly (string | undefined)[] =>
    readDeployment(
      new Map([
        ...Object.entries(SET),
        [
          'a.yaml',
          'parameter_defaults:\n  ControllerIPs: {internal_api: [172.17.1.70], tenant: [172.17.2.70]}\n',
        ],
        ['b.yaml', `${strategies}parameter_defaults:\n  ControllerIPs: {internal_api: [172.17.1.80]}\n`],
      ]),
    ).nodes.flatMap((node) =>
      node.name === 'controller-0' ? ['InternalApi', 'Tenant'].map((name) => node.addresses.get(name)) : [],
    );
  expect(addresses('parameter_merge_strategies: {ControllerIPs: merge}\n')).toEqual([
    '172.17.1.80/24',
    '172.17.2.70/24',
  ]);
  expect(addresses('')).toEqual(['172.17.1.80/24', '172.17.2.10/24']);
});
