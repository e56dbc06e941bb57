/** A deployment that was read, with other counts, networks and NIC layouts: its own files, and what says the changes. */
import type { DeploymentSnapshot } from '../../engine/snapshot.ts';

/** What a person may change; texts as typed. */
export interface Changes {
  /** By role. */
  readonly counts: Readonly<Record<string, string>>;
  /** By role: the file that wires its nodes, of the set or of those that are added. */
  readonly templates: Readonly<Record<string, string>>;
  /** By network. */
  readonly vlans: Readonly<Record<string, string>>;
  readonly subnets: Readonly<Record<string, string>>;
}

export interface TextFile {
  readonly name: string;
  readonly text: string;
}

/** TripleO's own name of the provisioning network, whose parameters are called otherwise. */
const CONTROL_PLANE = 'ctlplane';
/** Where layouts stand in a changed set. */
const FOLDER = 'what-if';

/** Layouts that the set has not, as files that would join it. */
export const layoutFiles = ({ layouts, templates }: DeploymentSnapshot) =>
  layouts
    .map(({ name, file, text, bridge }) => ({ title: name, name: `${FOLDER}/${file}`, text, bridge }))
    .filter(({ name }) => !templates.includes(name));

/** Name of the file that holds the changes: none of `taken`, where earlier changes are. It comes last, so that what it says holds. */
export function changesFile(taken: readonly string[]): string {
  for (let at = 1; ; at += 1) {
    const name = `what-if-${at}.yaml`;
    if (!taken.includes(name)) return name;
  }
}

export const asItIs = ({ roles, networks, nodes }: DeploymentSnapshot): Changes => ({
  counts: Object.fromEntries(roles.map(({ name, count }) => [name, String(count)])),
  templates: Object.fromEntries(
    roles.map(({ name }) => [name, nodes.find(({ role }) => role === name)?.template ?? '']),
  ),
  vlans: Object.fromEntries(
    networks.flatMap(({ name, vlan }) => (vlan === null ? [] : [[name, String(vlan)]])),
  ),
  subnets: Object.fromEntries(
    networks.flatMap(({ name, subnet }) => (subnet === null ? [] : [[name, subnet]])),
  ),
});

/** What is wrong with a field, for the one who typed it; '' when nothing is. */
export const countProblem = (text: string): string =>
  /^\d{1,4}$/.test(text) && Number(text) <= MOST_NODES ? '' : `0 to ${MOST_NODES}`;
export const vlanProblem = (text: string): string =>
  /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= 4094 ? '' : '1 to 4094';
export const subnetProblem = (text: string): string =>
  /^[\d.]+\/\d{1,2}$|^[\da-f:]+\/\d{1,3}$/i.test(text) ? '' : 'address/length';

const MOST_NODES = 200;

/** How an environment names the template of a role: Heat's are registered, others are a parameter. */
function templateLines(
  role: string,
  path: string,
): { readonly registry: readonly string[]; readonly parameters: readonly string[] } {
  return /\.ya?ml$/.test(path) && !/\.j2/.test(path)
    ? { registry: [`  OS::TripleO::${role}::Net::SoftwareConfig: ${path}`], parameters: [] }
    : { registry: [], parameters: [`  ${role}NetworkConfigTemplate: ${path}`] };
}

/** The first host of a subnet, where routers are; '' when that is not to be seen. */
function firstHost(subnet: string): string {
  const [address = '', length = ''] = subnet.split('/');
  if (address.includes(':')) return address.includes('::') ? address.replace(/::.*$/, '::1') : '';
  const parts = address.split('.').map(Number);
  const whole = parts.reduce((sum, part) => sum * 256 + part, 0);
  const size = 2 ** (32 - Number(length));
  const first = whole - (whole % size) + 1;
  return [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.');
}

/** Another subnet of a network, as parameters: its router is the first host, everything else is given out anew. */
function subnetLines(
  { name, gateway }: DeploymentSnapshot['networks'][number],
  subnet: string,
): readonly string[] {
  const router = firstHost(subnet);
  if (name === CONTROL_PLANE)
    return [
      `  ControlPlaneSubnetCidr: ${subnet}`,
      `  ControlPlaneDefaultRoute: ${router}`,
      `  EC2MetadataIp: ${router}`,
      '  ControlFixedIPs: []',
    ];
  return [
    `  ${name}NetCidr: ${subnet}`,
    `  ${name}AllocationPools: []`,
    ...(gateway === null ? [] : [`  ${name}InterfaceDefaultRoute: '${router}'`]),
    `  ${name}VirtualFixedIPs: []`,
    ...(name === 'External' ? ['  PublicVirtualFixedIPs: []'] : []),
  ];
}

/** The files that make the changes, to stand behind those of the set, whose names are `taken`; none when nothing differs. */
export function changedFiles(
  deployment: DeploymentSnapshot,
  changes: Changes,
  added: readonly TextFile[],
  taken: readonly string[],
): TextFile[] {
  const before = asItIs(deployment);
  const registry: string[] = [];
  const parameters: string[] = [];
  const files = new Map<string, TextFile>();
  for (const [role, count] of Object.entries(changes.counts))
    if (count !== before.counts[role]) parameters.push(`  ${role}Count: ${count}`);
  for (const [role, path] of Object.entries(changes.templates)) {
    if (path === before.templates[role]) continue;
    const lines = templateLines(role, path);
    registry.push(...lines.registry);
    parameters.push(...lines.parameters);
    const layout = layoutFiles(deployment).find(({ name }) => name === path);
    const file = layout ?? added.find(({ name }) => name === path);
    if (file) files.set(path, { name: path, text: file.text });
    // A layout of ours has one bridge for them all.
    if (layout && deployment.physicalNetworks.length > 0)
      parameters.push(
        `  ${role}Parameters:`,
        `    NeutronBridgeMappings: ${deployment.physicalNetworks.map((one) => `${one}:${layout.bridge}`).join(',')}`,
      );
  }
  for (const [network, vlan] of Object.entries(changes.vlans))
    if (vlan !== before.vlans[network]) parameters.push(`  ${network}NetworkVlanID: ${vlan}`);
  const moved = deployment.networks.filter(
    ({ name }) => changes.subnets[name] !== undefined && changes.subnets[name] !== before.subnets[name],
  );
  for (const network of moved) parameters.push(...subnetLines(network, changes.subnets[network.name] ?? ''));
  // What was fixed in an old subnet is given out anew in the new one; other networks keep what they have.
  const fixed = moved.length === 0 ? [] : deployment.roles.map(({ name }) => `${name}IPs`);
  for (const parameter of fixed)
    parameters.push(`  ${parameter}:`, ...moved.map(({ lower }) => `    ${lower}: []`));
  const sections = [
    ...(fixed.length > 0
      ? ['parameter_merge_strategies:', ...fixed.map((parameter) => `  ${parameter}: merge`)]
      : []),
    ...(registry.length > 0 ? ['resource_registry:', ...registry] : []),
    ...(parameters.length > 0 ? ['parameter_defaults:', ...parameters] : []),
  ];
  return sections.length === 0
    ? []
    : [...files.values(), { name: changesFile(taken), text: `${sections.join('\n')}\n` }];
}
