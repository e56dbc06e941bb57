/** One node's devices against one another: names, VLANs, NICs and routes that cannot stand together. */
import type { Problem } from '../../base/result.ts';
import { withMembers, type Device } from '../os-net-config/device.ts';
import { formatNetwork, holds, parseAddress } from '../os-net-config/prefix.ts';
import { problemAt } from '../yaml/node.ts';
import type { DeployedNode } from './deployment.ts';

const PORTS = ['interface', 'linux_bond', 'ovs_bond', 'linux_team', 'ovs_dpdk_port', 'sriov_pf', 'sriov_vf'];

/** Which device a VLAN sits on: its bridge, or the device that it names. */
function vlansBelow(devices: readonly Device[]): Map<string, Device[]> {
  const below = new Map<string, Device[]>();
  const visit = (list: readonly Device[], parent: Device | null): void => {
    for (const device of list) {
      if (device.kind === 'vlan') {
        const key = parent?.name ?? device.device ?? '';
        below.set(key, [...(below.get(key) ?? []), device]);
      }
      visit(device.members, device);
    }
  };
  visit(devices, null);
  return below;
}

function names(node: DeployedNode): Problem[] {
  const seen = new Map<string, Device>();
  const problems: Problem[] = [];
  for (const device of withMembers(node.devices)) {
    if (device.kind === 'route_table') continue;
    const known = seen.get(device.name);
    if (!known) seen.set(device.name, device);
    // A NIC is often written once alone and once as a port; with two masters it is an error.
    else if (known.kind !== device.kind || device.kind !== 'interface')
      problems.push(
        problemAt(
          device.place,
          `${device.name} of ${node.role} is given twice (${known.place.file}:${known.place.line})`,
        ),
      );
  }
  const ports = new Map<string, Device>();
  for (const device of withMembers(node.devices))
    for (const member of device.members) {
      if (!PORTS.includes(member.kind)) continue;
      const other = ports.get(member.name);
      if (other && other !== device)
        problems.push(problemAt(member.place, `${member.alias} is a port of ${other.name} already`));
      ports.set(member.name, device);
    }
  return problems;
}

function lowerDevices(node: DeployedNode): Problem[] {
  const known = new Set([...withMembers(node.devices)].map(({ name }) => name));
  for (const { name } of node.nics) known.add(name);
  return [...withMembers(node.devices)].flatMap((device) =>
    device.kind === 'vlan' && device.device !== null && !known.has(device.device)
      ? [problemAt(device.place, `there is no ${device.device} for ${device.name}`)]
      : [],
  );
}

function routes(node: DeployedNode): Problem[] {
  const problems: Problem[] = [];
  const defaults: Device[] = [];
  const all = [...withMembers(node.devices)];
  for (const device of all)
    for (const route of device.routes) {
      const hop = parseAddress(route.nextHop);
      const near =
        hop &&
        all.some(
          ({ addresses, dhcp }) => dhcp.length > 0 || addresses.some((one) => holds(one, hop.family, hop.ip)),
        );
      if (hop && !near)
        problems.push(
          problemAt(route.place, `the next hop ${route.nextHop} is on no network of ${node.role}`, 'warning'),
        );
      if (route.destination === 'default' && route.table === null && hop?.family === 4) defaults.push(device);
    }
  const [, second] = defaults;
  if (second)
    problems.push(
      problemAt(
        second.place,
        `${node.role} has two default routes: over ${defaults.map(({ name }) => name).join(' and ')}`,
        'warning',
      ),
    );
  return problems;
}

function addresses(node: DeployedNode): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, Device>();
  for (const device of withMembers(node.devices))
    for (const address of device.addresses) {
      const network = formatNetwork(address);
      const other = seen.get(network);
      if (other && other !== device && address.length < (address.family === 4 ? 32 : 128))
        problems.push(
          problemAt(
            address.place,
            `${device.name} and ${other.name} of ${node.role} are both in ${network}`,
            'warning',
          ),
        );
      seen.set(network, device);
    }
  return problems;
}

export function checkDevices(node: DeployedNode): Problem[] {
  const twice = [...vlansBelow(node.devices)].flatMap(([lower, vlans]) =>
    vlans.flatMap((vlan, index) =>
      vlans.slice(0, index).some(({ vlanId }) => vlanId === vlan.vlanId)
        ? [problemAt(vlan.place, `VLAN ${vlan.vlanId} is used twice on ${lower} of ${node.role}`)]
        : [],
    ),
  );
  return [...twice, ...names(node), ...lowerDevices(node), ...routes(node), ...addresses(node)];
}
