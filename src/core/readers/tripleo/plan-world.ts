/**
 * A deployment as a virtual one: every node a guest of one hypervisor, whose virtual networks join the nodes' NICs by
 * their number, and the commands that os-net-config's configuration comes down to on each node.
 */
import { createRandom, type Random } from '../../base/random.ts';
import type { Unsupported } from '../../base/result.ts';
import type { DomainSpec, HypervisorSpec, MachineSpec } from '../../sim/machine.ts';
import { configureNode } from '../os-net-config/commands.ts';
import { orderNics, type Nic } from '../os-net-config/nic-names.ts';
import type { DeployedNode, Deployment } from './deployment.ts';
import { hostsFile } from './hosts-file.ts';
import { kernelSettings } from './kernel-settings.ts';
import { planDhcp } from './undercloud-dhcp.ts';
import { networkNumbers } from './virtual-networks.ts';

export interface WorldPlanOptions {
  /** Names of the virtual networks, for the first NIC of every node, the second ... */
  readonly networks: readonly {
    readonly name: string;
    readonly mac: string;
    readonly addresses: readonly string[];
  }[];
  /** MACs of a node's NICs, where they are known; others are drawn. */
  readonly macs?: Readonly<Record<string, readonly string[]>>;
  /** Nodes in the order in which they were started; others follow. */
  readonly startOrder?: readonly string[];
  /** Further guests, e.g. the undercloud. */
  readonly guests?: readonly MachineSpec[];
  readonly services: (node: DeployedNode) => MachineSpec['services'];
  readonly files?: (node: DeployedNode) => Readonly<Record<string, string>>;
}

export interface WorldPlan {
  readonly machines: readonly MachineSpec[];
  readonly hypervisor: HypervisorSpec;
  readonly transcript: readonly { readonly machine: string; readonly line: string }[];
  readonly unsupported: readonly Unsupported[];
}

/** A MAC of QEMU's own range. */
function drawMac(random: Random): string {
  const octets = Array.from({ length: 3 }, () => random.below(256).toString(16).padStart(2, '0'));
  return `52:54:00:${octets.join(':')}`;
}

/** The virtual network of a NIC; those beyond the given names are counted. */
const networkName = (given: WorldPlanOptions['networks'], number: number): string =>
  given[number]?.name ?? `net${number + 1}`;

function domainOf(name: string, nics: readonly Nic[], network: (at: number) => string): DomainSpec {
  return {
    machine: name,
    interfaces: nics.map((nic, at) => ({
      source: { kind: 'network', name: network(at) },
      mac: nic.mac,
      device: nic.name,
    })),
  };
}

const resolvConf = (servers: readonly string[], domains: readonly string[]): string =>
  [
    ...(domains.length > 0 ? [`search ${domains.join(' ')}`] : []),
    ...servers.map((server) => `nameserver ${server}`),
    '',
  ].join('\n');

export function planWorld(deployment: Deployment, options: WorldPlanOptions): WorldPlan {
  const random = createRandom(1);
  const hosts = hostsFile(deployment);
  const unsupported: Unsupported[] = [];
  const transcript: { machine: string; line: string }[] = [];
  const domains: DomainSpec[] = [];
  const numbers = networkNumbers(deployment.nodes);
  const network = (at: number): string => networkName(options.networks, numbers[at] ?? at);
  const used = new Set(options.networks.map((_, number) => number));
  const drawn = new Map<DeployedNode, readonly Nic[]>();
  const guests = deployment.nodes.map((node): MachineSpec => {
    const own = random.fork(node.name);
    const known = options.macs?.[node.name] ?? [];
    const nics = orderNics(node.nics).map((nic, at) => ({ ...nic, mac: known[at] ?? drawMac(own) }));
    nics.forEach((_, at) => used.add(numbers[at] ?? at));
    drawn.set(node, nics);
    domains.push(domainOf(node.name, nics, network));
    const made = configureNode(node.devices, nics, node.name);
    unsupported.push(...made.unsupported);
    const lines = made.lines.length === 0 ? [] : [kernelSettings(), ...made.lines];
    transcript.push(...lines.map((line) => ({ machine: node.name, line })));
    return {
      name: node.name,
      kind: 'machine',
      services: options.services(node),
      nics: [],
      files: {
        '/etc/hosts': hosts,
        '/etc/resolv.conf': resolvConf(made.nameServers, made.domains),
        ...options.files?.(node),
      },
    };
  });
  const dhcp = planDhcp(
    deployment,
    (node) => drawn.get(node) ?? [],
    drawMac(random.fork('the server of the control plane')),
  );
  unsupported.push(...dhcp.unsupported);
  transcript.push(...dhcp.lines);
  if (dhcp.server) {
    const { machine, network: number } = dhcp.server;
    guests.push({ ...machine, nics: [] });
    domains.push(domainOf(machine.name, machine.nics, () => networkName(options.networks, number)));
  }
  for (const guest of options.guests ?? []) domains.push(domainOf(guest.name, guest.nics, network));
  const rank = ({ machine }: DomainSpec): number => {
    const at = options.startOrder?.indexOf(machine) ?? -1;
    return at < 0 ? Number.MAX_SAFE_INTEGER : at;
  };
  const networks = [...used]
    .toSorted((a, b) => a - b)
    .map((number) => {
      const given = options.networks[number];
      const name = networkName(options.networks, number);
      return {
        name,
        bridge: name,
        mac: given?.mac ?? drawMac(random),
        stp: true,
        addresses: given?.addresses ?? [],
      };
    });
  return {
    machines: [...guests, ...(options.guests ?? []).map((guest) => ({ ...guest, nics: [] }))],
    hypervisor: { networks, domains: domains.toSorted((a, b) => rank(a) - rank(b)) },
    transcript,
    unsupported,
  };
}
