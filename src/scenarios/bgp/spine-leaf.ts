/**
 * The post's gateways in a fabric: their ToRs are leaves under spines, so that what one ToR learns from OVN all others reach,
 * over as many equal ways as there are spines.
 */
import { packagedFiles } from '../../core/sim/routing/daemons-file.ts';
import type { MachineSpec, NicSpec, SegmentSpec } from '../../core/sim/machine.ts';
import type { Scenario } from '../scenario.ts';
import { CENTRAL, fakeMultinode, joined, on, type Line } from './fake-multinode.ts';
import { FRR_FILES, setUpGateways, type Gateway } from './gateway-router.ts';
import { DGP, guestNetwork, GW1, GW2, IMPORT_VRF } from './guest-network.ts';

const SPINE_ASN = 4_200_000_000;

interface Spine {
  readonly name: string;
  /** In the network that the guests' router sends to the first gateway. */
  readonly address: string;
  /** The leaf's device of the cable to it. */
  readonly uplink: string;
  readonly index: number;
}

const spine = (index: number): Spine => ({
  name: `spine-${index + 1}`,
  address: `41.0.0.${index + 11}`,
  uplink: `eth${index + 3}`,
  index,
});

const leaves: readonly Gateway[] = [GW1, GW2];

const cable = (one: Spine, leaf: Gateway): string => `${one.name}-${leaf.node}`;

const nic = (one: Spine, at: number, leaf: Gateway, name: string, tag: string): NicSpec => ({
  name,
  mac: `0a:99:${tag}:00:0${one.index + 1}:0${at + 1}`,
  addresses: [],
  segment: cable(one, leaf),
});

const machine = (one: Spine): MachineSpec => ({
  name: one.name,
  kind: 'machine',
  services: ['frr'],
  nics: leaves.map((leaf, at) => nic(one, at, leaf, `swp${at + 1}`, '05')),
  files: packagedFiles(['bgpd']),
});

/** A spine speaks with every leaf, and is reached at its own address. */
const configureSpine = ({ name, address }: Spine): Line[] =>
  on(name, [
    `ip addr add ${address}/32 dev lo`,
    'sysctl -w net.ipv4.ip_forward=1',
    `vtysh <<'EOF'
configure
router bgp ${SPINE_ASN}
  bgp router-id ${address}
  no bgp ebgp-requires-policy
${leaves.map((_, at) => `  neighbor swp${at + 1} interface remote-as external`).join('\n')}
  address-family ipv4 unicast
    network ${address}/32
  exit-address-family
EOF`,
  ]);

/** A leaf forwards, and speaks with every spine besides its gateway. */
const configureLeaf = (leaf: Gateway, spines: readonly Spine[]): Line[] =>
  on(leaf.node, [
    ...spines.flatMap(({ uplink }) => [
      `ip link set ${uplink} netns frr-ns`,
      `ip netns exec frr-ns ip link set ${uplink} up`,
    ]),
    'ip netns exec frr-ns sysctl -w net.ipv4.ip_forward=1',
    `vtysh -N frr-ns <<'EOF'
configure
router bgp ${leaf.tor.asn}
${spines.map(({ uplink }) => `  neighbor ${uplink} interface remote-as external`).join('\n')}
  address-family ipv4 unicast
    network ${leaf.tor.routerId}/32
  exit-address-family
EOF`,
  ]);

const advertiseGuests: readonly Line[] = [
  ...joined(CENTRAL, 'ovn-nbctl', [
    'set logical_router lr-guest options:dynamic-routing=true options:dynamic-routing-vrf-id=100',
    ...leaves.map(
      ({ node }) =>
        `set logical_router_port lrp-guest-ls-guest-${node} options:dynamic-routing-redistribute=connected`,
    ),
    `set logical_router_port ${DGP} options:dynamic-routing-maintain-vrf=true`,
    ...['192.168.10.0/24', '192.168.20.0/24'].map(
      (network) => `lr-route-add lr-ovn-gw-2-ext0 ${network} fe80::216:6ff:fe12:f00d lrp-ovn-gw-2-to-join`,
    ),
  ]),
  ...on(GW2.node, [IMPORT_VRF]),
];

/** A fabric with so many spines, from 1 to 8, over the two ToRs of the gateways. */
export function spineLeaf(count: number): Omit<Scenario, 'id' | 'title' | 'summary' | 'tryNext'> {
  const spines = Array.from({ length: count }, (_, index) => spine(index));
  const world = fakeMultinode({
    chassis: 0,
    gateways: leaves.length,
    routes: (name) => leaves.some(({ node }) => node === name),
    files: FRR_FILES,
  });
  const segments: SegmentSpec[] = spines.flatMap((one) =>
    leaves.map((leaf) => ({
      id: cable(one, leaf),
      name: `${one.name} to ${leaf.node}`,
      mtu: 1500,
      delay: 10_000,
    })),
  );
  return {
    machines: [
      ...world.machines.map((one) => {
        const at = leaves.findIndex(({ node }) => node === one.name);
        const leaf = leaves[at];
        if (!leaf) return one;
        const uplinks = spines.map((each) => nic(each, at, leaf, each.uplink, '06'));
        return { ...one, nics: [...one.nics, ...uplinks] };
      }),
      ...spines.map(machine),
    ],
    segments: [...world.segments, ...segments],
    transcript: [
      ...world.transcript,
      ...setUpGateways(leaves),
      ...guestNetwork,
      ...advertiseGuests,
      ...spines.flatMap(configureSpine),
      ...leaves.flatMap((leaf) => configureLeaf(leaf, spines)),
    ],
  };
}

const onTor = (line: string): string => `ip netns exec frr-ns ${line}`;

export const SPINE_LEAF: Scenario = {
  ...spineLeaf(2),
  id: 'spine-leaf',
  title: 'OVN and BGP in a spine-and-leaf fabric',
  summary:
    'The two ToRs of the gateways under two spines. The guest behind one of them is reachable from everywhere, over equal ways.',
  tryNext: [
    { host: 'ovn-gw-1', line: onTor('ip route'), why: 'the guest networks, over both spines' },
    {
      host: 'ovn-gw-1',
      line: onTor('ping -c 2 192.168.10.10'),
      why: 'the guest, from the ToR whose chassis does not serve it',
    },
    { host: 'spine-1', line: 'ping -c 2 192.168.10.10', why: 'and from a spine' },
    { host: 'spine-1', line: 'vtysh -c "show bgp ipv4"', why: 'what the leaves tell a spine' },
    {
      host: 'ovn-gw-1',
      line: onTor('ip link set eth3 down'),
      why: 'one uplink away: the other carries all',
    },
    { host: 'ovn-gw-1', line: onTor('ip route'), why: 'one way is left' },
    {
      host: 'ovn-gw-1',
      line: onTor('ping -c 2 192.168.10.10'),
      why: 'the guest is still reached',
    },
  ],
};
