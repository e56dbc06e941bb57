/** Which device of a node carries which network, and over which NIC. */
import { withMembers, type Device } from '../os-net-config/device.ts';
import { holds } from '../os-net-config/prefix.ts';
import type { DeployedNode } from './deployment.ts';
import type { Network } from './network.ts';

/** The way of a network through a node, from the device that has its address down to the NICs. */
export interface Carrier {
  readonly device: Device;
  /** Bridge that the device is, or is a port of. */
  readonly bridge: Device | null;
  /** Interfaces and bonds between, the device's own first; their lowest MTU bounds the network's. */
  readonly below: readonly Device[];
}

const BRIDGES = ['ovs_bridge', 'ovs_user_bridge', 'linux_bridge'];
const isBridge = (device: Device): boolean => BRIDGES.includes(device.kind);

/** Members that lead out of the node. */
const uplinks = (device: Device): Device[] =>
  device.members.filter(({ kind }) => kind !== 'vlan').flatMap((member) => [member, ...uplinks(member)]);

function parentOf(devices: readonly Device[], wanted: Device): Device | null {
  for (const device of devices) {
    if (device.members.includes(wanted)) return device;
    const inside = parentOf(device.members, wanted);
    if (inside) return inside;
  }
  return null;
}

export function carrierOf(node: DeployedNode, device: Device): Carrier {
  if (isBridge(device)) return { device, bridge: device, below: uplinks(device) };
  const parent = parentOf(node.devices, device);
  const bridge = parent && isBridge(parent) ? parent : null;
  const lower =
    device.device === null
      ? null
      : ([...withMembers(node.devices)].find(({ name }) => name === device.device) ?? null);
  const below =
    lower && lower !== bridge ? [lower, ...uplinks(lower)] : bridge ? uplinks(bridge) : uplinks(device);
  return { device, bridge, below };
}

/** The devices of a node that have an address of the network. */
export function carriersOf(node: DeployedNode, network: Network): Carrier[] {
  const { cidr } = network;
  if (cidr === null) return [];
  return [...withMembers(node.devices)]
    .filter(({ addresses }) => addresses.some(({ family, ip }) => holds(cidr, family, ip)))
    .map((device) => carrierOf(node, device));
}
