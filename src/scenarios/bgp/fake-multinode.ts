/**
 * The wiring of ovn-fake-multinode: a host with two Open vSwitch bridges, and containers that are OVN nodes. Each container
 * has eth0 on podman's network, eth1 on the bridge of the underlay and eth2 on that of the external networks.
 */
import type { MachineSpec, NicSpec, SegmentSpec, WorldSpec } from '../../core/sim/machine.ts';

export interface Line {
  readonly machine: string;
  readonly line: string;
}

/** The same lines on one machine. */
export const on = (machine: string, lines: readonly string[]): Line[] =>
  lines.map((line) => ({ machine, line }));

/** One command line for several commands of `ovn-nbctl` or `ovs-vsctl`: databases and daemons see one change. */
export const joined = (machine: string, program: string, commands: readonly string[]): Line[] =>
  on(machine, [`${program} ${commands.join(' -- ')}`]);

export const LAB = 'ovnlab';
export const CENTRAL = 'ovn-central-az1';
const IMAGE = 'localhost/ovn/ovn-multi-node:latest';
const FIRST_ADDRESS = 2;

interface Node {
  readonly name: string;
  readonly role: 'central' | 'gateway' | 'chassis';
  /** Counts the containers from 0, in the order in which they were started. */
  readonly index: number;
  /** Whether FRR is on it. */
  readonly routes: boolean;
}

const underlay = ({ index }: Node): string => `170.168.0.${FIRST_ADDRESS + index}`;

const BRIDGES = [
  { device: 'eth0', bridge: 'podman0', tag: '0a', port: 'veth' },
  { device: 'eth1', bridge: 'br-ovn', tag: '01', port: 'ovn' },
  { device: 'eth2', bridge: 'br-ovn-ext', tag: '02', port: 'ext' },
] as const;

const two = (number: number): string => number.toString(16).padStart(2, '0');
const portOf = (kind: string, { index }: Node): string => `${kind}${index}${kind === 'veth' ? '' : '_l'}`;

function nic(node: Node, { device, tag }: (typeof BRIDGES)[number], atHost: boolean): NicSpec {
  const address =
    device === 'eth0'
      ? `10.88.0.${FIRST_ADDRESS + node.index}/16`
      : device === 'eth1'
        ? `${underlay(node)}/16`
        : null;
  const port = BRIDGES.find((one) => one.device === device)?.port ?? '';
  return {
    name: atHost ? portOf(port, node) : device,
    mac: `${atHost ? '6e' : '0a'}:88:00:${tag}:00:${two(FIRST_ADDRESS + node.index)}`,
    addresses: atHost || address === null ? [] : [address],
    segment: `${node.name}-${device}`,
  };
}

const container = (node: Node, files: Readonly<Record<string, string>>): MachineSpec => ({
  name: node.name,
  kind: 'container',
  services: [
    ...(node.role === 'central' ? (['ovn-central'] as const) : (['openvswitch', 'ovn-controller'] as const)),
    ...(node.routes ? (['frr'] as const) : []),
  ],
  nics: BRIDGES.map((bridge) => nic(node, bridge, false)),
  ...(node.routes ? { files } : {}),
});

/** What `ovs-ctl start` and `configure_ovn.sh` do on a node. */
const configure = (node: Node): Line[] => [
  ...joined(node.name, 'ovs-vsctl', [
    `set Open_vSwitch . external_ids:system-id=${node.name} external_ids:hostname=${node.name}`,
    `set open . external_ids:ovn-encap-ip=${underlay(node)} external-ids:ovn-encap-type=geneve ` +
      'external-ids:ovn-remote=tcp:170.168.0.2:6642 external-ids:ovn-bridge-mappings=public:br-ex',
    ...(node.role === 'gateway' ? ['set open . external-ids:ovn-cms-options=enable-chassis-as-gw'] : []),
    'add-br br-ex',
    'add-port br-ex eth2',
  ]),
  ...on(node.name, ['ip link set eth2 up']),
];

const plug = (nodes: readonly Node[]): Line[] => [
  ...on(
    LAB,
    nodes.map((node) => `ip link set ${portOf('veth', node)} master podman0 up`),
  ),
  ...joined(
    LAB,
    'ovs-vsctl',
    nodes.flatMap((node) =>
      BRIDGES.filter(({ device }) => device !== 'eth0').flatMap(({ device, bridge, port }) => [
        `--may-exist add-port ${bridge} ${portOf(port, node)}`,
        `set interface ${portOf(port, node)} external_ids:container_id=${node.name} external_ids:container_iface=${device}`,
      ]),
    ),
  ),
];

/** `./ovn_cluster.sh start` with so many chassis and gateways; `files` are on the nodes that route. */
export function fakeMultinode(options: {
  readonly chassis: number;
  readonly gateways: number;
  readonly routes: (name: string) => boolean;
  readonly files: Readonly<Record<string, string>>;
}): WorldSpec {
  const names = [
    { name: CENTRAL, role: 'central' as const },
    ...Array.from({ length: options.gateways }, (_, at) => ({
      name: `ovn-gw-${at + 1}`,
      role: 'gateway' as const,
    })),
    ...Array.from({ length: options.chassis }, (_, at) => ({
      name: `ovn-chassis-${at + 1}`,
      role: 'chassis' as const,
    })),
  ];
  const nodes = names.map((one, index): Node => ({ ...one, index, routes: options.routes(one.name) }));
  const segments: SegmentSpec[] = nodes.flatMap((node) =>
    BRIDGES.map(({ device }) => ({
      id: `${node.name}-${device}`,
      name: `${node.name} ${device}`,
      mtu: 1500,
      delay: 20_000,
    })),
  );
  const lab: MachineSpec = {
    name: LAB,
    kind: 'machine',
    services: ['openvswitch'],
    nics: nodes.flatMap((node) => BRIDGES.map((bridge) => nic(node, bridge, true))),
    nodeContainers: nodes.map(({ name }) => ({ machine: name, image: IMAGE, command: '/usr/sbin/init' })),
  };
  return {
    machines: [lab, ...nodes.map((node) => container(node, options.files))],
    segments,
    transcript: [
      ...on(LAB, [
        'ip link add podman0 type bridge',
        'ip addr add 10.88.0.1/16 dev podman0',
        'ip link set podman0 up',
        'ovs-vsctl add-br br-ovn',
        'ovs-vsctl add-br br-ovn-ext',
      ]),
      ...plug(nodes),
      ...on(CENTRAL, ['ovn-nbctl set-connection ptcp:6641', 'ovn-sbctl set-connection ptcp:6642']),
      ...nodes.filter(({ role }) => role !== 'central').flatMap(configure),
    ],
  };
}
