/**
 * What a TripleO deployment costs: three controllers and a hundred computes brought up from their files, and frames
 * through one of fifty nodes, with every step recorded.
 */
import { centralNode, joinChassis, planWorld, readDeployment } from '../src/core/readers/tripleo/index.ts';
import { replay } from '../src/core/shell/transcript.ts';
import type { World } from '../src/core/sim/index.ts';
import { bringUp } from '../src/engine/worker/bring-up.ts';

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

interface Built {
  readonly world: World;
  readonly commands: number;
}

/** As the page opens files: the nodes' commands, OVN on all of them, and time until the network is calm. */
async function build(controllers: number, computes: number): Promise<Built> {
  const deployment = readDeployment(filesOf(controllers, computes));
  const [problem] = deployment.problems;
  if (problem) throw new Error(problem.message);
  const central = centralNode(deployment)?.name;
  const plan = planWorld(deployment, {
    networks: [],
    services: ({ name }) =>
      name === central ? ['openvswitch', 'ovn-central', 'ovn-controller'] : ['openvswitch', 'ovn-controller'],
  });
  const { world, refused } = await bringUp(plan, joinChassis(deployment), {
    signal: new AbortController().signal,
    progress: () => undefined,
    output: () => undefined,
  });
  if (refused[0]) throw new Error(`${refused[0].place}: ${refused[0].message}`);
  return { world, commands: plan.transcript.length };
}

const processor = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

async function timed<T>(
  act: () => T | Promise<T>,
): Promise<{ readonly value: T; readonly milliseconds: number; readonly cpuSeconds: number }> {
  const start = performance.now();
  const cpu = processor();
  const value = await act();
  return { value, milliseconds: performance.now() - start, cpuSeconds: processor() - cpu };
}

/** Frames that devices of all machines have taken in. */
function received(world: World): number {
  let frames = 0;
  for (const { kernel } of world.hosts.values())
    for (const link of kernel.namespace().links.values()) frames += link.counters.rxPackets;
  return frames;
}

const { value: large, ...took } = await timed(async () => build(3, 100));
console.log(
  `  3 + 100 nodes with OVN built ${(took.milliseconds / 1000).toFixed(1)} s, ${took.cpuSeconds.toFixed(1)} s of processor time (${large.commands} commands, ${large.world.recorder.length} steps)`,
);

const { world } = await build(2, 48);
const before = received(world);
const { value: outcome, ...ran } = await timed(() => replay(world, 'c0', 'ping -c 300 -i 0.01 172.17.0.50'));
if (outcome.status !== 0) throw new Error(outcome.err + outcome.out);
const frames = received(world) - before;
console.log(
  `  50 nodes            ${((frames * 1000) / ran.milliseconds).toFixed(0)} frames/s, ${(frames / ran.cpuSeconds).toFixed(0)} a second of processor time, counted at each device (${frames} frames of 300 echoes through VLAN 21)`,
);
