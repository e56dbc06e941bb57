import { expect, it } from 'vitest';
import type { DeploymentSnapshot } from '../../engine/snapshot.ts';
import { asItIs, changesFile, countProblem, environmentOf, subnetProblem, vlanProblem } from './what-if.ts';

const deployment: DeploymentSnapshot = {
  networks: [
    { name: 'ctlplane', vlan: null, subnet: '192.168.24.0/24', vip: null, nodes: [] },
    { name: 'Tenant', vlan: 50, subnet: '172.17.2.0/24', vip: null, nodes: [] },
  ],
  nodes: [],
  roles: [
    { name: 'Controller', count: 3 },
    { name: 'Compute', count: 1 },
  ],
};

it('writes what differs as an environment, and nothing when nothing does', () => {
  const before = asItIs(deployment);
  expect(environmentOf(before, asItIs(deployment))).toBeNull();
  expect(
    environmentOf(before, {
      counts: { ...before.counts, Compute: '100' },
      vlans: { Tenant: '60' },
      subnets: { ...before.subnets, Tenant: '10.9.0.0/16' },
    }),
  ).toBe(
    'parameter_defaults:\n  ComputeCount: 100\n  TenantNetworkVlanID: 60\n  TenantNetCidr: 10.9.0.0/16\n  TenantAllocationPools: []\n',
  );
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
