/** Files of real deployments, where their folder is at hand: every set is read, and what is wrong in it is said. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { replay } from '../../shell/transcript.ts';
import { World } from '../../sim/index.ts';
import { withMembers } from '../os-net-config/device.ts';
import { configureNode } from '../os-net-config/commands.ts';
import { nicAliases } from '../os-net-config/nic-names.ts';
import { readDevices, readMapping } from '../os-net-config/read-config.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { planWorld } from './plan-world.ts';
import { readDeployment } from './read-deployment.ts';

const FOLDER = join(process.env['HOPSCOPE_GOLDEN'] ?? '../shared/golden', 'tripleo');
const present = existsSync(FOLDER);

function texts(...paths: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  const add = (path: string): void => {
    if (statSync(path).isDirectory()) for (const name of readdirSync(path)) add(join(path, name));
    else found.set(relative(FOLDER, path), readFileSync(path, 'utf8'));
  };
  for (const path of paths) add(join(FOLDER, path));
  return found;
}

const ROLES = `- name: Controller
  CountDefault: 3
  networks: [External, InternalApi, Storage, StorageMgmt, Tenant]
  default_route_networks: [External]
- name: Compute
  CountDefault: 1
  networks: [InternalApi, Storage, Tenant]
`;

/** What another tool would have filled in. */
const INFRARED = {
  install: { network: { protocol: 'ipv4', dvr: false, ovs: false }, version: 17, storage: {} },
  groups: { controller: ['controller-0'], compute: ['compute-0'] },
  hostname_map: {},
  nics_subfolder: '',
};

/** Paths of a set, and the errors that are in it. */
const SETS: readonly (readonly [readonly string[], readonly string[]])[] = [
  [['post2-layout'], []],
  [['infrared'], []],
  [['infrared-2018'], []],
  ...['single-nic-vlans', 'bond-with-vlans', 'multiple-nics'].map(
    (name) =>
      [
        [
          `heat/pike/${name}`,
          'heat/pike/network-environment.yaml',
          'heat/pike/network_data.yaml',
          'heat/pike/network-isolation.yaml',
          'heat/pike/run-os-net-config.sh',
        ],
        [],
      ] as const,
  ),
  ...['single-nic-vlans', 'bond-with-vlans'].map(
    (name) =>
      [
        [
          `heat/mitaka/${name}`,
          'heat/pike/network-environment.yaml',
          'heat/pike/network_data.yaml',
          'heat/pike/network-isolation.yaml',
        ],
        [],
      ] as const,
  ),
  ...['single-nic-vlans', 'bond-with-vlans', 'multiple-nics', 'multiple-nics-vlans'].map(
    (name) =>
      [
        [
          `heat-j2/ussuri/${name}`,
          'network_data/network_data.yaml',
          'heat-j2/ussuri/network-environment.j2.yaml',
          'heat-j2/ussuri/network-isolation.j2.yaml',
        ],
        [],
      ] as const,
  ),
  ...[
    '2_linux_bonds_vlans',
    'bonds_vlans',
    'multiple_nics',
    'multiple_nics_vlans',
    'single_nic_linux_bridge_vlans',
    'single_nic_vlans',
  ].map((name) => [[`ansible-j2/${name}`, 'network_data/network_data.yaml'], []] as const),
];

/** Sets of that time here have a template for controllers alone. */
const hasComputes = (paths: readonly string[]): boolean => !paths[0]?.startsWith('heat/mitaka');

function setOf(paths: readonly string[]): Map<string, string> {
  const files = texts(...paths);
  if (!hasComputes(paths)) files.set('counts.yaml', 'parameter_defaults: {ComputeCount: 0}\n');
  if (paths[0]?.startsWith('ansible')) files.set('roles_data.yaml', ROLES);
  return files;
}

it('reads every set', () => {
  for (const [paths, errors] of present ? SETS : []) {
    const { problems, nodes } = readDeployment(setOf(paths), { variables: INFRARED });
    expect([
      paths[0],
      problems.filter(({ severity }) => severity === 'error').map(({ message }) => message),
    ]).toEqual([paths[0], errors]);
    expect(nodes.length).toBeGreaterThan(0);
    for (const node of nodes) {
      const addresses = [...withMembers(node.devices)].flatMap((device) =>
        device.addresses.map(({ text }) => text),
      );
      expect([paths[0], node.name, addresses.toSorted()]).toEqual([
        paths[0],
        node.name,
        [...node.addresses.values()].toSorted(),
      ]);
      expect(configureNode(node.devices, node.nics, node.name).lines.length).toBeGreaterThan(0);
    }
  }
});

it.each(['standalone', 'undercloud'])('reads the template of a lone %s', (name) => {
  if (!present) return;
  const files = texts(`ansible-j2/${name}.j2`, 'network_data/network_data_undercloud.yaml');
  files.set('roles_data.yaml', '- {name: Standalone, CountDefault: 1, networks: []}\n');
  const { problems, nodes } = readDeployment(files);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const [bridge] = nodes[0]?.devices ?? [];
  expect([bridge?.name, bridge?.addresses[0]?.text]).toEqual([
    'br-ctlplane',
    nodes[0]?.addresses.get('ctlplane'),
  ]);
});

it('reads network_data of every form', () => {
  for (const name of present ? readdirSync(join(FOLDER, 'network_data')) : []) {
    const { networks, problems } = readDeployment(texts(`network_data/${name}`));
    expect([name, problems.filter(({ severity }) => severity === 'error')]).toEqual([name, []]);
    expect(networks.length).toBeGreaterThan(1);
  }
});

it("reads os-net-config's own samples, and says what a host here cannot have", () => {
  const folder = join(FOLDER, 'os-net-config-samples');
  for (const name of present ? readdirSync(folder) : []) {
    const { value, problems } = readYaml(readFileSync(join(folder, name), 'utf8'), name);
    expect([name, problems]).toEqual([name, []]);
    const mapping = readMapping(value);
    if (mapping) {
      expect(nicAliases([{ name: 'em1', mac: '12:34:56:de:f0:12' }], mapping).get('nic3') ?? 'em1').toBe(
        'em1',
      );
      continue;
    }
    const devices = readDevices(value, null);
    // Some have a route to an address inside its network, which is told.
    expect([name, devices.problems.filter(({ severity }) => severity === 'error')]).toEqual([name, []]);
    const made = configureNode(devices.value, [], 'node');
    expect([name, made.lines.length + made.unsupported.length > 0]).toEqual([name, true]);
  }
});

/** Time for the bridges' spanning tree. */
const CALM = 6e9;
const COUNTS = [
  [1, 2],
  [3, 1],
] as const;
const WORLDS = (present ? SETS : []).flatMap(([paths]) =>
  COUNTS.map(([control, compute]) => ({
    name: paths[0] ?? '',
    paths,
    control,
    compute: hasComputes(paths) ? compute : 0,
  })),
);

it.each(WORLDS)(
  'brings $name up with $control and $compute nodes: those of a network reach one another, and no others',
  ({ name, paths, control, compute }) => {
    const counts = `parameter_defaults: {ControllerCount: ${control}, ComputeCount: ${compute}}\n`;
    const deployment = readDeployment(new Map([...setOf(paths), ['counts.yaml', counts]]), {
      variables: INFRARED,
    });
    expect(deployment.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(deployment.nodes).toHaveLength(control + compute);
    const plan = planWorld(deployment, { networks: [], services: () => ['openvswitch'] });
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
    const defaults = new Set<string>();
    for (const { machine, line } of plan.transcript) {
      const { err } = replay(world, machine, line);
      // A template that asks for two default routes gets the first, as network-scripts add them one by one.
      const isSecond = line.startsWith('ip route add default') && defaults.has(machine);
      if (line.startsWith('ip route add default')) defaults.add(machine);
      expect([machine, line, err]).toEqual([
        machine,
        line,
        isSecond ? 'RTNETLINK answers: File exists\n' : '',
      ]);
    }
    world.clock.run(world.clock.now() + CALM);
    const wrong: string[] = [];
    for (const from of deployment.nodes)
      for (const to of deployment.nodes)
        for (const [network, address] of to.addresses) {
          if (from === to) continue;
          const { status } = replay(world, from.name, `ping -c1 -W0.2 ${address.split('/')[0]}`);
          if ((status === 0) !== from.addresses.has(network))
            wrong.push(`${from.name} ${status === 0 ? 'reaches' : 'misses'} ${to.name} in ${network}`);
        }
    expect([name, wrong]).toEqual([name, []]);
  },
  60_000,
);
