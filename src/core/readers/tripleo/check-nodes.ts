/** Networks against the nodes' devices: what no NIC carries, what a trunk leaves out, which bridges are not there. */
import { mappingsOf } from './ovn-chassis.ts';
import type { Problem } from '../../base/result.ts';
import { withMembers, type Device } from '../os-net-config/device.ts';
import { problemAt } from '../yaml/node.ts';
import { carrierOf, carriersOf } from './carriers.ts';
import type { DeployedNode, Deployment } from './deployment.ts';
import { CONTROL_PLANE, type Network } from './network.ts';

type Parts = Pick<Deployment, 'networks' | 'roles' | 'nodes' | 'bridgeMappings' | 'parameter'>;

/** One node of each role is enough: a role's nodes are wired alike. */
const firstNodes = ({ roles, nodes }: Parts): DeployedNode[] =>
  roles.flatMap(({ name }) => nodes.find(({ role }) => role === name) ?? []);

/** VLAN ids that a trunk's own `trunks=` lets through; null when it says nothing. */
function trunksOf(bridge: Device, port: Device): readonly number[] | null {
  for (const text of [...bridge.ovsExtra, ...port.ovsExtra, port.options]) {
    const match = /(?:^|\s)(?:set\s+[Pp]ort\s+(\S+)\s+(?:\S+\s+)*?)?trunks[=:]\[?([\d,]+)/.exec(text);
    if (match && (match[1] === undefined || match[1] === port.name || match[1] === port.alias))
      return (match[2] ?? '').split(',').map(Number);
  }
  return null;
}

function leftOut(node: DeployedNode, network: Network): Problem[] {
  const vlan = [...withMembers(node.devices)].find(
    (device) => device.kind === 'vlan' && device.vlanId === network.vlan,
  );
  const bridge = vlan && carrierOf(node, vlan).bridge;
  if (!vlan || !bridge) return [];
  return bridge.members.flatMap((port) => {
    const trunks = trunksOf(bridge, port);
    return trunks && port.kind !== 'vlan' && network.vlan !== null && !trunks.includes(network.vlan)
      ? [
          problemAt(
            bridge.place,
            `VLAN ${network.vlan} (${network.name}) is missing from the trunk ${port.name} of ${bridge.name}`,
          ),
        ]
      : [];
  });
}

/** A network that a node should be on and is not: on a trunk its VLAN is missing, else no NIC carries it at all. */
function notCarried(node: DeployedNode, network: Network): Problem {
  const all = [...withMembers(node.devices)];
  const trunk = all.find(({ kind }) => kind === 'vlan');
  const place = node.devices[0]?.place ?? network.place;
  const vlan = all.find(({ kind, vlanId }) => kind === 'vlan' && vlanId === network.vlan);
  if (vlan) return problemAt(vlan.place, `${vlan.name} of ${node.role} has no address of ${network.name}`);
  if (network.vlan !== null && trunk)
    return problemAt(
      place,
      `VLAN ${network.vlan} (${network.name}) is missing from the trunk of ${node.role}: no device on it has that VLAN`,
    );
  return problemAt(place, `no NIC of ${node.role} carries ${network.name}`);
}

export function checkCarried(parts: Parts): Problem[] {
  const problems: Problem[] = [];
  const nodes = firstNodes(parts).filter(({ devices }) => devices.length > 0);
  for (const network of parts.networks) {
    if (!network.enabled || network.cidr === null) continue;
    let carried = false;
    for (const node of nodes) {
      const on = carriersOf(node, network).length > 0;
      carried ||= on;
      const wanted = node.addresses.has(network.name);
      const dhcp =
        network.name === CONTROL_PLANE && [...withMembers(node.devices)].some((one) => one.dhcp.length > 0);
      if (wanted && !on && !dhcp) problems.push(notCarried(node, network));
      problems.push(...leftOut(node, network));
    }
    const member = parts.roles.some(({ networks }) => networks.includes(network.name));
    if (!carried && nodes.length > 0 && !member && network.name !== CONTROL_PLANE)
      problems.push(problemAt(network.place, `no NIC of any role carries ${network.name}`, 'warning'));
  }
  const known = new Set(parts.networks.map(({ vlan }) => vlan));
  for (const node of nodes)
    for (const device of withMembers(node.devices))
      if (
        device.kind === 'vlan' &&
        device.vlanId !== null &&
        parts.networks.length > 1 &&
        !known.has(device.vlanId)
      )
        problems.push(problemAt(device.place, `VLAN ${device.vlanId} belongs to no network`, 'warning'));
  return problems;
}

/** Bridges that Neutron is told of, and physical networks with VLAN ranges that lead to no bridge. */
export function checkBridges(parts: Parts): Problem[] {
  const nodes = firstNodes(parts).filter(({ devices }) => devices.length > 0);
  if (nodes.length === 0) return [];
  const problems: Problem[] = [];
  const has = (node: DeployedNode, bridge: string): boolean =>
    [...withMembers(node.devices)].some(
      ({ kind, name }) => name === bridge && ['ovs_bridge', 'ovs_user_bridge'].includes(kind),
    );
  for (const { physicalNetwork, bridge, place, role } of parts.bridgeMappings) {
    const own = nodes.filter((node) =>
      role === null ? mappingsOf(parts, node.role)[0]?.role === null : node.role === role,
    );
    if (own.length > 0 && !own.some((node) => has(node, bridge)))
      problems.push(
        problemAt(
          place,
          `the physical network ${physicalNetwork} is mapped to ${bridge}, which ${role === null ? 'no role' : role} ${role === null ? 'has' : 'has not'}`,
        ),
      );
  }
  const ranges = parts.parameter('NeutronNetworkVLANRanges');
  if (ranges && parts.bridgeMappings.length > 0)
    for (const text of ranges.text.split(',')) {
      const [physicalNetwork = ''] = text.trim().split(':');
      if (
        physicalNetwork !== '' &&
        !parts.bridgeMappings.some((one) => one.physicalNetwork === physicalNetwork)
      )
        problems.push(
          problemAt(ranges.place, `the physical network ${physicalNetwork} has VLANs and no bridge mapping`),
        );
    }
  return problems;
}
