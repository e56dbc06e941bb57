/**
 * "OpenStack TripleO networking layout" as a running network: three controllers and a compute node, guests of one
 * hypervisor, wired by their own template files; OVN across them with a router whose gateway is on controller-1.
 */
import { joinChassis, planWorld, readDeployment } from '../../core/readers/tripleo/index.ts';
import type { MachineSpec } from '../../core/sim/machine.ts';
import type { Scenario } from '../scenario.ts';
import { DEPLOY_SCRIPT, NETWORK_ENVIRONMENT, NODES_DATA, ROLES_DATA } from './environment-file.ts';
import { CLOUD, INSTANCE, INSTANCE_PORT } from './cloud.ts';
import { FOLDER, HYPERVISOR, LISTING } from './listing.ts';
import { serviceFiles, startServices } from './control-plane.ts';
import { COMPUTE_TEMPLATE, CONTROLLER_TEMPLATE } from './nic-templates.ts';

const FILES: Readonly<Record<string, string>> = {
  [`${FOLDER}/roles_data.yaml`]: ROLES_DATA,
  [`${FOLDER}/nodes_data.yaml`]: NODES_DATA,
  [`${FOLDER}/network/network-environment.yaml`]: NETWORK_ENVIRONMENT,
  [`${FOLDER}/network/three-nics-vlans/controller.yaml`]: CONTROLLER_TEMPLATE,
  [`${FOLDER}/network/three-nics-vlans/compute.yaml`]: COMPUTE_TEMPLATE,
};

const INTERNET = 'internet';

/** NICs of the guests in order: management, data, external. */
const MACS = {
  'compute-0': ['52:54:00:de:4a:38', '52:54:00:c7:74:4b', '52:54:00:22:de:5c'],
  'controller-0': ['52:54:00:74:29:4f', '52:54:00:1c:44:26', '52:54:00:20:3c:4e'],
  'controller-1': ['52:54:00:0b:ad:3b', '52:54:00:2f:9f:3e', '52:54:00:75:a5:ed'],
  'controller-2': ['52:54:00:da:a3:1e', '52:54:00:57:26:67', '52:54:00:2c:21:d5'],
} as const;

/** What `source` sets for the client of a cloud. */
const rc = (cloud: string): string => `export OS_CLOUDNAME=${cloud}\n`;

const undercloud: MachineSpec = {
  name: 'undercloud-0',
  kind: 'machine',
  services: [],
  nics: [
    { name: 'eth0', mac: '52:54:00:5e:10:a4', addresses: [], segment: '' },
    { name: 'eth1', mac: '52:54:00:8b:77:12', addresses: [], segment: '' },
    { name: 'eth2', mac: '52:54:00:f1:0d:9c', addresses: [], segment: '' },
  ],
  files: {
    ...FILES,
    '/root/overcloud_deploy.sh': DEPLOY_SCRIPT,
    '/root/stackrc': rc('undercloud'),
    '/root/overcloudrc': rc('overcloud'),
  },
};

const SET: ReadonlyMap<string, string> = new Map(Object.entries(FILES));
const deployment = readDeployment(SET);

const plan = planWorld(deployment, {
  networks: [
    { name: 'management', mac: '52:54:00:cc:1d:8b', addresses: [] },
    { name: 'data', mac: '52:54:00:7b:c9:0a', addresses: [] },
    { name: 'external', mac: '52:54:00:0c:eb:7c', addresses: ['10.0.0.1/24'] },
  ],
  macs: MACS,
  startOrder: ['compute-0', 'controller-1', 'controller-2', 'controller-0'],
  guests: [undercloud],
  files: ({ name }) => serviceFiles(deployment, name),
  services: ({ name }) =>
    name === 'controller-0'
      ? ['openvswitch', 'ovn-central', 'ovn-controller']
      : ['openvswitch', 'ovn-controller'],
});

const machines: readonly MachineSpec[] = [
  {
    name: HYPERVISOR,
    kind: 'machine',
    services: [],
    nics: [{ name: 'eno1', mac: 'b8:ca:3a:60:4e:18', addresses: ['192.0.2.2/30'], segment: 'uplink' }],
    hypervisor: plan.hypervisor,
  },
  ...plan.machines.map((machine) =>
    machine.name === 'compute-0'
      ? {
          ...machine,
          hypervisor: {
            networks: [],
            domains: [
              {
                machine: INSTANCE.name,
                shutOff: true,
                interfaces: [
                  {
                    source: {
                      kind: 'openvswitch' as const,
                      bridge: 'br-int',
                      target: INSTANCE.tap,
                      ifaceId: INSTANCE_PORT,
                    },
                    mac: INSTANCE.mac,
                    device: 'eth0',
                  },
                ],
              },
            ],
          },
        }
      : machine,
  ),
  { name: INSTANCE.name, kind: 'machine', services: [], nics: [] },
  {
    name: INTERNET,
    kind: 'machine',
    services: [],
    nics: [{ name: 'eth0', mac: '00:00:5e:00:53:01', addresses: ['192.0.2.1/30'], segment: 'uplink' }],
  },
];

const on = (machine: string, ...lines: readonly string[]) => lines.map((line) => ({ machine, line }));

/** MACs that Open vSwitch drew for the tunnel VLAN's ports. */
const TUNNEL_MACS = [
  ...on('compute-0', 'ip link set vlan50 address 6a:9b:72:22:3f:68'),
  ...on('controller-1', 'ip link set vlan50 address 0e:d0:eb:00:1b:e7'),
];

const roads = [
  ...on(HYPERVISOR, 'sysctl -qw net.ipv4.ip_forward=1', 'ip route add default via 192.0.2.1'),
  ...on(
    INTERNET,
    'ip addr add 8.8.8.8/32 dev lo',
    'ip route add 10.0.0.0/24 via 192.0.2.2',
    // Replies have crossed nine routers when they get here.
    'sysctl -qw net.ipv4.ip_default_ttl=55',
  ),
  ...on(
    'undercloud-0',
    'ip addr add 192.168.24.1/24 brd + dev eth0',
    'ip addr add 10.0.0.11/24 brd + dev eth2',
    'ip route add default via 10.0.0.1',
  ),
];

export const TRIPLEO_LAYOUT: Scenario = {
  ...LISTING,
  machines,
  segments: [{ id: 'uplink', name: 'uplink', mtu: 1500, delay: 3_900_000 }],
  transcript: [
    ...plan.transcript,
    ...TUNNEL_MACS,
    ...roads,
    ...joinChassis(deployment),
    ...CLOUD,
    ...startServices(deployment),
  ],
  set: SET,
};
