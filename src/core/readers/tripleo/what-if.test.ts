/** Any node count, CIDRs, VLANs and NIC layout: what comes up joins the nodes of each network, and no others. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { replay } from '../../shell/transcript.ts';
import { World } from '../../sim/index.ts';
import { NIC_LAYOUTS } from './nic-layouts.table.ts';
import { planWorld } from './plan-world.ts';
import { readDeployment } from './read-deployment.ts';

const NETWORKS = ['Storage', 'InternalApi', 'Tenant', 'External'] as const;
const LOWER: Readonly<Record<string, string>> = { InternalApi: 'internal_api' };
const lower = (name: string): string => LOWER[name] ?? name.toLowerCase();

interface Choice {
  readonly layout: (typeof NIC_LAYOUTS)[number];
  readonly controllers: number;
  readonly computes: number;
  readonly vlans: readonly number[];
  readonly subnets: readonly number[];
}

const choices: fc.Arbitrary<Choice> = fc.record({
  layout: fc.constantFrom(...NIC_LAYOUTS),
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
    [layout.file, layout.text],
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
      for (const { machine, line } of plan.transcript) {
        const { status, err } = replay(world, machine, line);
        expect([machine, line, status, err]).toEqual([machine, line, 0, '']);
      }
      world.clock.run(world.clock.now() + CALM);
      for (const from of deployment.nodes)
        for (const to of deployment.nodes)
          for (const [network, address] of to.addresses) {
            if (from === to) continue;
            const target = address.split('/')[0] ?? '';
            const { status } = replay(world, from.name, `ping -c1 -W0.2 ${target}`);
            expect([choice.layout.name, from.name, to.name, network, status === 0]).toEqual([
              choice.layout.name,
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
