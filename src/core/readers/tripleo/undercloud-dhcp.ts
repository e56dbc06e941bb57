/**
 * DHCP on nodes' devices: the undercloud's server on the control plane knows every node by its MACs, as Neutron's agent
 * there does. Other networks have no server that the files tell of.
 */
import { unsupported, type Unsupported } from '../../base/result.ts';
import type { MachineSpec } from '../../sim/machine.ts';
import { withMembers, type Device, type DeviceKind } from '../os-net-config/device.ts';
import { orderNics, type Nic } from '../os-net-config/nic-names.ts';
import { formatAddress, holds, networkOf, parseAddress, type Prefix } from '../os-net-config/prefix.ts';
import { carrierOf, carriersOf } from './carriers.ts';
import type { DeployedNode, Deployment } from './deployment.ts';
import { CONTROL_PLANE, type Network } from './network.ts';
import { networkNumbers } from './virtual-networks.ts';

interface Line {
  readonly machine: string;
  readonly line: string;
}

export interface DhcpPlan {
  /** The server's machine, with one NIC on the virtual network of this number; null when nobody asks. */
  readonly server: { readonly machine: MachineSpec; readonly network: number } | null;
  /** After the nodes' own lines. */
  readonly lines: readonly Line[];
  readonly unsupported: readonly Unsupported[];
}

/** Kinds that can ask without a tag. */
const ASKING: readonly DeviceKind[] = [
  'interface',
  'linux_bridge',
  'linux_bond',
  'ovs_bridge',
  'ovs_user_bridge',
];
const HOSTS = '/var/lib/neutron/dhcp/ctlplane/host';
const LEASE_SECONDS = 86_400;

interface Asker {
  readonly node: DeployedNode;
  readonly device: Device;
  /** Of the NICs that it reaches. */
  readonly macs: readonly string[];
}

/** Numbers of the NICs below a device, from 0. */
function nicNumbers(node: DeployedNode, device: Device): readonly number[] {
  const order = orderNics(node.nics).map(({ name }) => name);
  const { below } = carrierOf(node, device);
  return [device, ...below].map(({ name }) => order.indexOf(name)).filter((at) => at >= 0);
}

/** The virtual network that the control plane is on: where some node has its address, else the first NICs'. */
function controlNetwork({ nodes, networks }: Deployment, numbers: readonly number[]): number {
  const control = networks.find(({ name }) => name === CONTROL_PLANE);
  for (const node of control ? nodes : [])
    for (const { device } of control ? carriersOf(node, control) : []) {
      const at = device.kind === 'vlan' ? undefined : nicNumbers(node, device)[0];
      if (at !== undefined) return numbers[at] ?? at;
    }
  return numbers[0] ?? 0;
}

/** The gateway when it is on the network, else the first address that nobody has. */
function serverAddress(cidr: Prefix, { gateway }: Network, { nodes, vips }: Deployment): string {
  const own = parseAddress(gateway ?? '');
  if (own && holds(cidr, own.family, own.ip)) return formatAddress(own.family, own.ip);
  const taken = new Set([
    ...nodes.map(({ addresses }) => addresses.get(CONTROL_PLANE)?.split('/')[0]),
    vips.get(CONTROL_PLANE),
  ]);
  let ip = networkOf(cidr) + 1n;
  while (taken.has(formatAddress(cidr.family, ip))) ip += 1n;
  return formatAddress(cidr.family, ip);
}

const netmask = (length: number): string =>
  formatAddress(4, length === 0 ? 0n : (0xffffffffn << BigInt(32 - length)) & 0xffffffffn);

function nameOf(nodes: Deployment['nodes']): string {
  let name = 'undercloud';
  while (nodes.some((node) => node.name === name)) name += '-0';
  return name;
}

/** `nicsOf` gives a node's NICs with their MACs. */
export function planDhcp(
  deployment: Deployment,
  nicsOf: (node: DeployedNode) => readonly Nic[],
  mac: string,
): DhcpPlan {
  const { nodes, networks } = deployment;
  const missing: Unsupported[] = [];
  const numbers = networkNumbers(nodes);
  const number = controlNetwork(deployment, numbers);
  const control = networks.find(({ name }) => name === CONTROL_PLANE);
  const cidr = control?.cidr?.family === 4 ? control.cidr : null;
  const askers: Asker[] = [];
  for (const node of nodes)
    for (const device of withMembers(node.devices)) {
      const where = `${node.name}: ${device.place.file}:${device.place.line}`;
      if (device.dhcp.includes(6)) missing.push(unsupported(`DHCP for IPv6 on ${device.name}`, where));
      if (!device.dhcp.includes(4)) continue;
      const nics = nicNumbers(node, device);
      const served =
        cidr !== null &&
        ASKING.includes(device.kind) &&
        node.addresses.has(CONTROL_PLANE) &&
        nics.some((at) => (numbers[at] ?? at) === number) &&
        !askers.some((other) => other.node === node);
      if (served) askers.push({ node, device, macs: nics.flatMap((at) => nicsOf(node)[at]?.mac ?? []) });
      else
        missing.push(
          unsupported(`DHCP on ${device.name}, on whose network the files tell of no server,`, where),
        );
    }
  if (control === undefined || cidr === null || askers.length === 0)
    return { server: null, lines: [], unsupported: missing };
  const name = nameOf(nodes);
  const address = serverAddress(cidr, control, deployment);
  const hosts = askers.map(
    ({ node, macs }) =>
      `${macs.join(',')},${node.name},${node.addresses.get(CONTROL_PLANE)?.split('/')[0]}\n`,
  );
  const range = `${formatAddress(4, networkOf(cidr))},static,${netmask(cidr.length)},${LEASE_SECONDS}s`;
  return {
    server: {
      network: number,
      machine: {
        name,
        kind: 'machine',
        services: [],
        nics: [{ name: 'eth0', mac, addresses: [], segment: '' }],
        files: { [HOSTS]: hosts.join('') },
      },
    },
    lines: [
      { machine: name, line: `ip addr add ${address}/${cidr.length} brd + dev eth0` },
      {
        machine: name,
        line: `dnsmasq --no-hosts --no-resolv --port=0 --bind-dynamic --interface=eth0 --dhcp-hostsfile=${HOSTS} --dhcp-range=${range} --dhcp-option=option:router,${control.gateway ?? address}`,
      },
      // The hypervisor's bridges forward once their spanning tree is calm.
      { machine: name, line: 'sleep 5' },
      ...askers.flatMap(({ node, device }) => [
        { machine: node.name, line: `dhclient -1 -q ${device.name}` },
        ...(device.defroute ? [] : [{ machine: node.name, line: `ip route del default dev ${device.name}` }]),
      ]),
    ],
    unsupported: missing,
  };
}
