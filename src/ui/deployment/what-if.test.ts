import { expect, it } from 'vitest';
import type { DeploymentSnapshot } from '../../engine/snapshot.ts';
import { asItIs, changedFiles, changesFile, countProblem, subnetProblem, vlanProblem } from './what-if.ts';

const deployment: DeploymentSnapshot = {
  networks: [
    {
      name: 'ctlplane',
      lower: 'ctlplane',
      vlan: null,
      subnet: '192.168.24.0/24',
      gateway: '192.168.24.1',
      vip: null,
      nodes: [],
    },
    {
      name: 'Tenant',
      lower: 'tenant',
      vlan: 50,
      subnet: '172.17.2.0/24',
      gateway: null,
      vip: null,
      nodes: [],
    },
  ],
  nodes: [{ name: 'controller-0', role: 'Controller', template: 'nics/controller.yaml' }],
  templates: ['nics/controller.yaml', 'bonds.j2'],
  layouts: [{ name: 'One NIC', file: 'one.j2', text: 'network_config: []\n', bridge: 'br-ex' }],
  physicalNetworks: ['datacentre', 'tenant'],
  roles: [
    { name: 'Controller', count: 3 },
    { name: 'Compute', count: 1 },
  ],
};

const before = asItIs(deployment);

it('writes what differs as an environment, and nothing when nothing does', () => {
  expect(changedFiles(deployment, before, [], [])).toEqual([]);
  expect(
    changedFiles(
      deployment,
      {
        counts: { ...before.counts, Compute: '100' },
        templates: before.templates,
        vlans: { Tenant: '60' },
        subnets: { ...before.subnets, Tenant: '10.9.0.0/16' },
      },
      [],
      [],
    ),
  ).toEqual([
    {
      name: 'what-if-1.yaml',
      text: `parameter_merge_strategies:
  ControllerIPs: merge
  ComputeIPs: merge
parameter_defaults:
  ComputeCount: 100
  TenantNetworkVlanID: 60
  TenantNetCidr: 10.9.0.0/16
  TenantAllocationPools: []
  TenantVirtualFixedIPs: []
  ControllerIPs:
    tenant: []
  ComputeIPs:
    tenant: []
`,
    },
  ]);
});

it('moves the provisioning network by its own parameters, and routers with their networks', () => {
  const external = { ...deployment.networks[1], name: 'External', lower: 'external', gateway: '10.0.0.1' };
  const routed = { ...deployment, networks: [deployment.networks[0], external] } as DeploymentSnapshot;
  const [file] = changedFiles(
    routed,
    { ...asItIs(routed), subnets: { ctlplane: '10.1.2.128/25', External: 'fd00:9::/64' } },
    [],
    [],
  );
  expect(file?.text.split('\n').slice(3, 13)).toEqual([
    'parameter_defaults:',
    '  ControlPlaneSubnetCidr: 10.1.2.128/25',
    '  ControlPlaneDefaultRoute: 10.1.2.129',
    '  EC2MetadataIp: 10.1.2.129',
    '  ControlFixedIPs: []',
    '  ExternalNetCidr: fd00:9::/64',
    '  ExternalAllocationPools: []',
    "  ExternalInterfaceDefaultRoute: 'fd00:9::1'",
    '  ExternalVirtualFixedIPs: []',
    '  PublicVirtualFixedIPs: []',
  ]);
});

it('brings the file of a layout or of a template that was added, and the mapping that it needs', () => {
  expect(
    changedFiles(
      deployment,
      { ...before, templates: { Controller: 'what-if/one.j2', Compute: 'mine.yaml' } },
      [{ name: 'mine.yaml', text: 'mine' }],
      ['what-if-1.yaml'],
    ),
  ).toEqual([
    { name: 'what-if/one.j2', text: 'network_config: []\n' },
    { name: 'mine.yaml', text: 'mine' },
    {
      name: 'what-if-2.yaml',
      text: 'resource_registry:\n  OS::TripleO::Compute::Net::SoftwareConfig: mine.yaml\nparameter_defaults:\n  ControllerNetworkConfigTemplate: what-if/one.j2\n  ControllerParameters:\n    NeutronBridgeMappings: datacentre:br-ex,tenant:br-ex\n',
    },
  ]);
});

it('keeps earlier changes', () => {
  expect(changesFile(['a.yaml'])).toBe('what-if-1.yaml');
  expect(changesFile(['a.yaml', 'what-if-1.yaml'])).toBe('what-if-2.yaml');
});

it.each([
  [countProblem, '3', true],
  [countProblem, '201', false],
  [countProblem, '-1', false],
  [vlanProblem, '4094', true],
  [vlanProblem, '0', false],
  [vlanProblem, '4095', false],
  [subnetProblem, '10.0.0.0/8', true],
  [subnetProblem, 'fd00::/64', true],
  [subnetProblem, '10.0.0.0', false],
])('%o takes %s: %s', (problem, text, good) => {
  expect(problem(text) === '').toBe(good);
});
