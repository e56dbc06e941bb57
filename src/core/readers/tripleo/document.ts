/** One file of a set, recognised by what it says and not by its name. */
import { entriesOf, itemsOf, member, type Node } from '../yaml/node.ts';

export type DocumentKind =
  /** `resource_registry`, `parameter_defaults`. */
  | 'environment'
  /** A template with resources; `nic-config` when one of them is a network configuration. */
  | 'heat-template'
  | 'network-data'
  | 'roles-data'
  /** The list that `openstack overcloud node provision` takes. */
  | 'baremetal-deployment'
  | 'vip-data'
  /** os-net-config's own file. */
  | 'network-config'
  | 'interface-mapping'
  /** A template to be rendered for a role or a node. */
  | 'jinja-template'
  | 'other';

const hasAny = (node: Node | undefined, keys: readonly string[]): boolean =>
  keys.some((key) => member(node, key) !== undefined);

const NETWORK_KEYS = [
  'ip_subnet',
  'ipv6_subnet',
  'name_lower',
  'vip',
  'subnets',
  'allocation_pools',
  'vlan',
  'mtu',
];
const ROLE_KEYS = [
  'CountDefault',
  'HostnameFormatDefault',
  'ServicesDefault',
  'RoleParametersDefault',
  'default_route_networks',
];
const DEPLOYMENT_KEYS = ['count', 'hostname_format', 'defaults', 'instances'];

/** What kind of file a document is; a list is known by the first of its items that tells. */
export function recognise(root: Node): DocumentKind {
  if (root.kind === 'map') {
    if (hasAny(root, ['heat_template_version', 'HeatTemplateFormatVersion'])) return 'heat-template';
    if (hasAny(root, ['resource_registry', 'parameter_defaults', 'parameters', 'parameter_merge_strategies']))
      return member(root, 'resources') === undefined ? 'environment' : 'heat-template';
    if (member(root, 'network_config') !== undefined) return 'network-config';
    if (member(root, 'interface_mapping') !== undefined) return 'interface-mapping';
    return 'other';
  }
  for (const item of itemsOf(root)) {
    if (hasAny(item, ROLE_KEYS)) return 'roles-data';
    if (hasAny(item, DEPLOYMENT_KEYS)) return 'baremetal-deployment';
    if (member(item, 'network') !== undefined) return 'vip-data';
    if (hasAny(item, NETWORK_KEYS)) return 'network-data';
    if (member(item, 'networks') !== undefined) return 'roles-data';
    if (member(item, 'type') !== undefined) return 'network-config';
  }
  return entriesOf(root).length === 0 && itemsOf(root).some((item) => member(item, 'name') !== undefined)
    ? 'network-data'
    : 'other';
}

const STATEMENT = /\{%|\{\{|\{#/;

/** Whether a text is to be rendered before it can be read. */
export const isTemplate = (path: string, text: string): boolean =>
  /\.j2(?:\.ya?ml)?$/.test(path) && STATEMENT.test(text);

/** Whether a template is rendered by TripleO for each role (`role.role.j2.yaml`) rather than by Ansible. */
export const isRoleTemplate = (path: string): boolean => path.endsWith('.role.j2.yaml');
export const isTripleoTemplate = (path: string): boolean => /\.j2\.ya?ml$/.test(path);
