/**
 * What a TripleO deployment costs: three controllers and a hundred computes brought up from their files, and frames
 * through one of fifty nodes, with every step recorded.
 */
import { planWorld, readDeployment } from '../src/core/readers/tripleo/index.ts';
import { replay } from '../src/core/shell/transcript.ts';
import { World } from '../src/core/sim/index.ts';

const NETWORKS = ['InternalApi', 'Tenant'] as const;
const LOWER = { InternalApi: 'internal_api', Tenant: 'tenant' } as const;
const LAYOUT = `network_config:
- type: ovs_bridge
  name: br-ex
  use_dhcp: false
  addresses:
  - ip_netmask: {{ ctlplane_ip }}/{{ ctlplane_subnet_cidr }}
  members:
  - {type: interface, name: nic1, primary: true}
{% for network in role_networks %}
  - type: vlan
    vlan_id: {{ lookup('vars', networks_lower[network] ~ '_vlan_id') }}
    addresses:
    - ip_netmask: {{ lookup('vars', networks_lower[network] ~ '_ip') }}/{{ lookup('vars', networks_lower[network] ~ '_cidr') }}
{% endfor %}
`;

const filesOf = (controllers: number, computes: number): ReadonlyMap<string, string> =>
  new Map([
    [
      'network_data.yaml',
      NETWORKS.map(
        (name, at) =>
          `- {name: ${name}, name_lower: ${LOWER[name]}, vip: false, vlan: ${20 + at}, ip_subnet: 172.${16 + at}.0.0/24, allocation_pools: [{start: 172.${16 + at}.0.10, end: 172.${16 + at}.0.250}]}\n`,
      ).join(''),
    ],
    [
      'roles_data.yaml',
      `- {name: Controller, CountDefault: ${controllers}, HostnameFormatDefault: 'c%index%', networks: [InternalApi, Tenant]}
- {name: Compute, CountDefault: ${computes}, HostnameFormatDefault: 'n%index%', networks: [InternalApi, Tenant]}
`,
    ],
    ['layout.j2', LAYOUT],
  ]);

function build(controllers: number, computes: number): { readonly world: World; readonly commands: number } {
  const deployment = readDeployment(filesOf(controllers, computes));
  const [problem] = deployment.problems;
  if (problem) throw new Error(problem.message);
  const plan = planWorld(deployment, { networks: [], services: () => ['openvswitch'] });
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
    if (status !== 0) throw new Error(`${machine}: ${line}: ${err}`);
  }
  // As the page does: nobody looks at the network until it is calm.
  world.recorder.active = false;
  world.clock.run(world.clock.now() + 6e9);
  world.recorder.active = true;
  return { world, commands: plan.transcript.length };
}

function timed<T>(act: () => T): readonly [value: T, milliseconds: number] {
  const start = performance.now();
  const value = act();
  return [value, performance.now() - start];
}

/** Frames that devices of all machines have taken in. */
function received(world: World): number {
  let frames = 0;
  for (const { kernel } of world.hosts.values())
    for (const link of kernel.namespace().links.values()) frames += link.counters.rxPackets;
  return frames;
}

const [large, took] = timed(() => build(3, 100));
console.log(
  `  3 + 100 nodes built ${(took / 1000).toFixed(1)} s (${large.commands} commands, ${large.world.recorder.length} steps)`,
);

const { world } = build(2, 48);
const before = received(world);
const [outcome, milliseconds] = timed(() => replay(world, 'c0', 'ping -c 300 -i 0.01 172.17.0.50'));
if (outcome.status !== 0) throw new Error(outcome.err + outcome.out);
const frames = received(world) - before;
console.log(
  `  50 nodes            ${((frames * 1000) / milliseconds).toFixed(0)} frames/s, counted at each device (${frames} frames of 300 echoes through VLAN 21)`,
);
