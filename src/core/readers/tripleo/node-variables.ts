/** What TripleO sets for one node before its NIC template is resolved: parameters in Heat form, variables in Ansible form. */
import { itemsOf, member, nodeOf, plainOf, textOf, type Node, type Place, type Plain } from '../yaml/node.ts';
import type { Environment } from './environment.ts';
import { fromData, type Data, type Value } from './jinja/value.ts';
import { CONTROL_PLANE, lowerName, type Network } from './network.ts';
import type { NodePlan } from './node-plan.ts';

export interface Site {
  readonly environment: Environment;
  readonly networks: readonly Network[];
  /** The lists of networks as their files have them. */
  readonly lists: readonly Node[];
  readonly vips: ReadonlyMap<string, string>;
}

const EXTERNAL_BRIDGE = 'br-ex';
const PUBLIC_INTERFACE = 'nic1';

const parameter = ({ environment }: Site, name: string): string | undefined =>
  textOf(environment.parameters.get(name)?.value);

const bridgeOf = (site: Site): string => parameter(site, 'NeutronPhysicalBridge') ?? EXTERNAL_BRIDGE;
const interfaceOf = (site: Site): string => parameter(site, 'NeutronPublicInterface') ?? PUBLIC_INTERFACE;

/** What run-os-net-config.sh finds in its environment. */
export const scriptInputs = (site: Site): ReadonlyMap<string, string> =>
  new Map([
    ['bridge_name', bridgeOf(site)],
    ['interface_name', interfaceOf(site)],
  ]);

/** The control plane takes the default route when no network of the role does. */
const defaultRouteOf = (node: NodePlan, network: Network): boolean => {
  const { defaultRouteNetworks } = node.role;
  const wanted = defaultRouteNetworks.length > 0 ? defaultRouteNetworks : ['External'];
  const listed = wanted.some((name) => name === network.name || name === network.nameLower);
  if (network.name !== CONTROL_PLANE) return listed && node.addresses.has(network.name);
  return (
    listed ||
    !wanted.some((name) =>
      [...node.addresses.keys()].some((one) => one === name || one.toLowerCase() === name),
    )
  );
};

function hostRoutes(node: NodePlan, network: Network, defaultRoute: boolean): Data {
  const routes: Data[] = network.routes.map(({ destination, nextHop }) => ({
    ip_netmask: destination,
    next_hop: nextHop,
  }));
  if (defaultRoute && network.gateway !== null && defaultRouteOf(node, network))
    routes.unshift({ default: true, next_hop: network.gateway });
  return routes;
}

/** The parameters of a template in Heat form for one node. */
export function heatParameters(site: Site, node: NodePlan, place: Place): ReadonlyMap<string, Node> {
  const values = new Map<string, Node>();
  const set = (name: string, value: Plain, at: Place): void => void values.set(name, nodeOf(value, at));
  for (const network of site.networks) {
    const address = node.addresses.get(network.name) ?? '';
    if (network.name === CONTROL_PLANE) {
      set('ControlPlaneIp', address.split('/')[0] ?? '', network.cidrPlace);
      set('ControlPlaneMtu', network.mtu, network.mtuPlace);
      // With a gateway of its own the role's default route is added to the control plane's.
      set('ControlPlaneStaticRoutes', hostRoutes(node, network, true) as Plain, network.place);
      if (network.gateway !== null) set('ControlPlaneDefaultRoute', network.gateway, network.place);
      continue;
    }
    set(`${network.name}IpSubnet`, address, network.cidrPlace);
    set(`${network.name}Mtu`, network.mtu, network.mtuPlace);
    set(`${network.name}InterfaceRoutes`, hostRoutes(node, network, true) as Plain, network.place);
    if (network.vlan !== null) set(`${network.name}NetworkVlanID`, network.vlan, network.vlanPlace);
    if (network.gateway !== null) set(`${network.name}InterfaceDefaultRoute`, network.gateway, network.place);
  }
  set('NeutronPhysicalBridge', bridgeOf(site), place);
  set('NeutronPublicInterface', interfaceOf(site), place);
  for (const [name, { value }] of site.environment.parameters) values.set(name, value);
  const length = site.networks.find(({ name }) => name === CONTROL_PLANE)?.cidr?.length;
  const cidr = values.get('ControlPlaneSubnetCidr');
  // The template joins an address and a length; a whole network in its place stands for its length.
  if (length !== undefined) set('ControlPlaneSubnetCidr', String(length), cidr?.place ?? place);
  return values;
}

/** The variables of a template in Ansible form for one node. */
export function ansibleVariables(site: Site, node: NodePlan): ReadonlyMap<string, Value> {
  const { environment, networks, vips } = site;
  const variables: Record<string, Data> = {};
  for (const network of networks) {
    const [ip = '', length = ''] = (node.addresses.get(network.name) ?? '').split('/');
    const lower = network.nameLower;
    variables[`${lower}_mtu`] = network.mtu;
    if (network.vlan !== null) variables[`${lower}_vlan_id`] = network.vlan;
    if (network.gateway !== null) variables[`${lower}_gateway_ip`] = network.gateway;
    if (ip === '') continue;
    variables[`${lower}_ip`] = ip;
    variables[`${lower}_cidr`] = Number(length);
    if (network.name === CONTROL_PLANE) variables['ctlplane_subnet_cidr'] = Number(length);
    variables[`${lower}_host_routes`] = hostRoutes(node, network, true);
  }
  const others = networks.filter(({ name, enabled }) => name !== CONTROL_PLANE && enabled);
  const texts = (name: string): Data =>
    itemsOf(environment.parameters.get(name)?.value).flatMap((item) => textOf(item) ?? []);
  const vip = (name: string): Data => ({
    fixed_ips: [{ ip_address: vips.get(name) ?? vips.get(CONTROL_PLANE) ?? '' }],
  });
  const skipped = environment.parameters.get('NetworkConfigSkip')?.value;
  return new Map(
    Object.entries({
      ...variables,
      ctlplane_dns_nameservers: texts('DnsServers'),
      dns_search_domains: texts('DnsSearchDomains'),
      role_name: node.role.name,
      role_networks: node.role.networks,
      // The name of the same list in EDPM's templates.
      nodeset_networks: node.role.networks,
      role_tags: node.role.tags,
      networks_all: others.map(({ name }) => name),
      networks_lower: Object.fromEntries(networks.map(({ name, nameLower }) => [name, nameLower])),
      networks_skip_config: skipped ? (plainOf(skipped) as Data) : [],
      neutron_physical_bridge_name: bridgeOf(site),
      neutron_public_interface_name: interfaceOf(site),
      bond_interface_ovs_options: parameter(site, 'BondInterfaceOvsOptions') ?? 'bond_mode=active-backup',
      num_dpdk_interface_rx_queues: Number(parameter(site, 'NumDpdkInterfaceRxQueues') ?? 1),
      local_mtu: networks.find(({ name }) => name === CONTROL_PLANE)?.mtu ?? 1500,
      deployed_server_port_map: {
        control_virtual_ip: vip(CONTROL_PLANE),
        public_virtual_ip: vip('External'),
      },
    }).map(([name, data]) => [name, fromData(data)]),
  );
}

/** What TripleO's own rendering of a role's template is given. */
export function roleVariables(site: Site, role: NodePlan['role']): ReadonlyMap<string, Value> {
  return new Map([
    [
      'role',
      fromData({
        name: role.name,
        networks: role.networks,
        tags: role.tags,
        default_route_networks:
          role.defaultRouteNetworks.length > 0 ? role.defaultRouteNetworks : ['External'],
        deprecated_nic_config_name: '',
      }),
    ],
    ['networks', networkData(site.lists)],
  ]);
}

/** The networks as a template's `networks` list has them: all that their files say, and the names that follow. */
export function networkData(lists: readonly Node[]): Value {
  const items = lists.flatMap(itemsOf).filter((item) => item.kind === 'map');
  return items.map((item) => {
    const value = fromData(plainOf(item) as Data);
    const name = textOf(member(item, 'name')) ?? '';
    if (value instanceof Map && !value.has('name_lower')) value.set('name_lower', lowerName(name));
    return value;
  });
}
