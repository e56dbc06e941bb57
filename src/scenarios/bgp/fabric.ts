/**
 * A spine-and-leaf fabric of any size: every leaf is cabled to every spine, sessions are unnumbered, and each leaf has a
 * guest in a network of its own, which BGP carries to all others over as many equal ways as there are spines.
 */
import { packagedFiles } from '../../core/sim/routing/daemons-file.ts';
import type { MachineSpec, NicSpec, SegmentSpec } from '../../core/sim/machine.ts';
import type { Scenario } from '../scenario.ts';
import { on } from './fake-multinode.ts';
import { fabricId, readFabricId } from './fabric-size.ts';

const SPINE_ASN = 4_200_000_000;
const FIRST_LEAF_ASN = 4_200_000_001;

const hex = (value: number): string => value.toString(16).padStart(2, '0');

const spineName = (spine: number): string => `spine-${spine + 1}`;
const leafName = (leaf: number): string => `leaf-${leaf + 1}`;
const cable = (spine: number, leaf: number): string => `${spineName(spine)}-${leafName(leaf)}`;
/** The network behind a leaf: 10.1.0.0/24 and on. */
const networkOf = (leaf: number): string => `10.${1 + (leaf >> 8)}.${leaf & 255}`;

const nic = (spine: number, leaf: number, end: 'spine' | 'leaf'): NicSpec => ({
  name: `swp${(end === 'spine' ? leaf : spine) + 1}`,
  mac: `0a:fa:${end === 'spine' ? '01' : '02'}:${hex(spine)}:${hex(leaf >> 8)}:${hex(leaf & 255)}`,
  addresses: [],
  segment: cable(spine, leaf),
});

const machine = (name: string, nics: readonly NicSpec[]): MachineSpec => ({
  name,
  kind: 'machine',
  services: ['frr'],
  nics,
  files: packagedFiles(['bgpd']),
});

const configure = (asn: number, routerId: string, ports: number, more: readonly string[]): string =>
  [
    "vtysh <<'EOF'",
    'configure',
    `router bgp ${asn}`,
    `  bgp router-id ${routerId}`,
    '  no bgp ebgp-requires-policy',
    '  bgp bestpath as-path multipath-relax',
    ...Array.from({ length: ports }, (_, port) => `  neighbor swp${port + 1} interface remote-as external`),
    '  address-family ipv4 unicast',
    ...more.map((line) => `    ${line}`),
    '  exit-address-family',
    'EOF',
  ].join('\n');

/** Undefined for another id, and for a size that cannot be made. */
export function fabricOf(id: string): Scenario | undefined {
  const size = readFabricId(id);
  return size?.problem === '' ? fabric(size.spines, size.leaves) : undefined;
}

function fabric(spineCount: number, leafCount: number): Scenario {
  const spines = Array.from({ length: spineCount }, (_, spine) => spine);
  const leaves = Array.from({ length: leafCount }, (_, leaf) => leaf);
  const segments = spines.flatMap((spine) =>
    leaves.map((leaf): SegmentSpec => ({
      id: cable(spine, leaf),
      name: `${spineName(spine)} to ${leafName(leaf)}`,
      mtu: 1500,
      delay: 10_000,
    })),
  );
  const last = leafCount - 1;
  const guest = (leaf: number): string => `${networkOf(leaf)}.10`;
  return {
    id: fabricId(spineCount, leafCount),
    title: `BGP fabric, ${spineCount} ${spineCount === 1 ? 'spine' : 'spines'} and ${leafCount} leaves`,
    summary:
      'Unnumbered sessions from every leaf to every spine, a guest behind each leaf. The address says the size: fabric-4x16 has four spines and sixteen leaves.',
    machines: [
      ...spines.map((spine) =>
        machine(
          spineName(spine),
          leaves.map((leaf) => nic(spine, leaf, 'spine')),
        ),
      ),
      ...leaves.map((leaf) =>
        machine(
          leafName(leaf),
          spines.map((spine) => nic(spine, leaf, 'leaf')),
        ),
      ),
    ],
    segments,
    transcript: [
      ...spines.flatMap((spine) =>
        on(spineName(spine), [
          'sysctl -qw net.ipv4.ip_forward=1',
          configure(SPINE_ASN, `10.255.0.${spine + 1}`, leafCount, []),
        ]),
      ),
      ...leaves.flatMap((leaf) =>
        on(leafName(leaf), [
          'sysctl -qw net.ipv4.ip_forward=1',
          'ip netns add guest',
          'ip link add guest0 type veth peer name eth0 netns guest',
          `ip addr add ${networkOf(leaf)}.1/24 dev guest0`,
          'ip link set guest0 up',
          `ip netns exec guest ip addr add ${guest(leaf)}/24 dev eth0`,
          'ip netns exec guest ip link set eth0 up',
          `ip netns exec guest ip route add default via ${networkOf(leaf)}.1`,
          configure(FIRST_LEAF_ASN + leaf, `10.254.${leaf >> 8}.${leaf & 255}`, spineCount, [
            `maximum-paths ${Math.max(2, spineCount)}`,
            `network ${networkOf(leaf)}.0/24`,
          ]),
        ]),
      ),
    ],
    tryNext: [
      { host: leafName(0), line: 'vtysh -c "show bgp summary"', why: 'a session to every spine' },
      { host: leafName(0), line: `ip route show ${networkOf(last)}.0/24`, why: 'one way for each spine' },
      {
        host: leafName(0),
        line: `ip netns exec guest ping -c 2 ${guest(last)}`,
        why: 'from the first guest to the last',
      },
      { host: spineName(0), line: 'ip link set swp1 down', why: 'one cable away' },
      {
        host: leafName(0),
        line: `ip netns exec guest ping -c 2 ${guest(last)}`,
        why: spineCount > 1 ? 'the others carry on' : 'the only one is gone',
      },
    ],
  };
}
