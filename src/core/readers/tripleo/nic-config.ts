/** One node's devices: its role's template found, rendered or resolved for the node, and read as os-net-config reads it. */
import type { Problem } from '../../base/result.ts';
import { withMembers, type Device } from '../os-net-config/device.ts';
import { nicAliases, type Nic } from '../os-net-config/nic-names.ts';
import { readDevices } from '../os-net-config/read-config.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { problemAt, type Node, type Place, type Read } from '../yaml/node.ts';
import { isRoleTemplate, isTemplate, isTripleoTemplate, recognise } from './document.ts';
import { findFile, type FileTexts } from './file-set.ts';
import { resolveNicConfig } from './heat/template.ts';
import { ANSIBLE, renderTemplate, TRIPLEO, type Rendered } from './jinja/render.ts';
import type { Value } from './jinja/value.ts';
import type { NodePlan } from './node-plan.ts';
import {
  ansibleVariables,
  heatParameters,
  roleVariables,
  scriptInputs,
  type Site,
} from './node-variables.ts';

/** Names of role templates in TripleO's and Infrared's trees. */
const TEMPLATE_NAMES: Readonly<Record<string, string>> = {
  BlockStorage: 'cinder-storage',
  CephStorage: 'ceph-storage',
  ObjectStorage: 'swift-storage',
};

/** Whether some file wires nodes of whatever role. */
export const hasSharedTemplate = (files: FileTexts): boolean => sharedTemplates(files).length > 0;

/** Files that wire nodes: templates in any form, and os-net-config's own files. */
export const nicTemplates = (files: FileTexts): string[] =>
  [...files]
    .filter(([path, text]) => {
      if (!/network_config:/.test(text)) return false;
      if (isTemplate(path, text)) return true;
      const root = readYaml(text, path).value;
      return root !== undefined && ['heat-template', 'network-config'].includes(recognise(root));
    })
    .map(([path]) => path);

const sharedTemplates = (files: FileTexts): string[] =>
  [...files]
    .filter(([path, text]) => isRoleTemplate(path) || (path.endsWith('.j2') && /network_config:/.test(text)))
    .map(([path]) => path);

/** The role's template among the files: the one that it names, else the one that is named after it, else the only one. */
function templateOf(role: NodePlan['role'], files: FileTexts): string | undefined {
  if (role.template) {
    const found = findFile(files, role.template.place.file, role.template.path);
    if (found !== undefined) return found;
  }
  const base = TEMPLATE_NAMES[role.name] ?? role.name.toLowerCase();
  const named = [...files.keys()].find((path) =>
    [`${base}.yaml`, `${base}.j2`, `${base}.json`].includes(path.split('/').at(-1) ?? ''),
  );
  if (named !== undefined) return named;
  const [only, ...more] = sharedTemplates(files);
  return more.length === 0 ? only : undefined;
}

function readRendered(rendered: Rendered, path: string): Read<Node | undefined> {
  const read = readYaml(rendered.text, path, rendered.lines);
  return { value: read.value, problems: [...rendered.problems, ...read.problems] };
}

/**
 * A template for Ansible. Some of TripleO's own count on line ends after statements being kept, which Ansible drops:
 * what is no YAML by the one rule is tried by the other.
 */
function readForNode(
  text: string,
  path: string,
  variables: ReadonlyMap<string, Value>,
): Read<Node | undefined> {
  const usual = readRendered(renderTemplate(text, path, variables, ANSIBLE), path);
  if (usual.value !== undefined) return usual;
  const kept = readRendered(renderTemplate(text, path, variables, { ...ANSIBLE, trimBlocks: false }), path);
  return kept.value === undefined ? usual : kept;
}

/** The network configuration of a node, with `nicN` still as written. */
function configOf(site: Site, node: NodePlan, path: string, files: FileTexts): Read<Node | undefined> {
  const text = files.get(path) ?? '';
  const place: Place = { file: path, line: 1, column: 1 };
  const read = !isTemplate(path, text)
    ? readYaml(text, path)
    : isTripleoTemplate(path)
      ? readRendered(renderTemplate(text, path, roleVariables(site, node.role), TRIPLEO), path)
      : readForNode(text, path, ansibleVariables(site, node));
  const { problems } = read;
  if (read.value === undefined) return { value: undefined, problems };
  if (recognise(read.value) !== 'heat-template') return { value: read.value, problems };
  const resolved = resolveNicConfig(read.value, {
    parameters: heatParameters(site, node, place),
    inputs: scriptInputs(site),
    file: (name) => {
      const found = findFile(files, path, name);
      return found === undefined ? undefined : files.get(found);
    },
  });
  return { value: resolved.value, problems: [...problems, ...resolved.problems] };
}

/** The NICs that devices name: `nic1` to the highest number, or by their own names. */
function nicsOf(devices: readonly Device[], name: (index: number) => string): Nic[] {
  let count = 0;
  const named = new Set<string>();
  const see = (alias: string): void => {
    const number = /^nic(\d+)$/.exec(alias)?.[1];
    if (number === undefined) named.add(alias);
    else count = Math.max(count, Number(number));
  };
  for (const device of withMembers(devices)) {
    if (['interface', 'sriov_pf', 'ib_interface'].includes(device.kind)) see(device.alias);
    if (device.kind === 'vlan' && device.device !== null && /^nic\d+$/.test(device.device))
      see(device.device);
  }
  return [
    ...Array.from({ length: Math.min(count, NIC_LIMIT) }, (_, at) => ({ name: name(at), mac: '' })),
    ...[...named].map((one) => ({ name: one, mac: '' })),
  ];
}

const NIC_LIMIT = 64;

export interface NodeConfig {
  readonly devices: readonly Device[];
  readonly nics: readonly Nic[];
  /** The template that gave them. */
  readonly template: string | null;
  readonly problems: readonly Problem[];
}

export interface NicNaming {
  /** The name of a machine's NIC, counted from 0. */
  readonly name: (index: number) => string;
  /** A mapping file's names; null counts the NICs. */
  readonly mapping: ReadonlyMap<string, string> | null;
}

export function nodeConfig(site: Site, node: NodePlan, files: FileTexts, naming: NicNaming): NodeConfig {
  const path = templateOf(node.role, files);
  if (path === undefined) {
    const { template, place } = node.role;
    const what = template
      ? `${template.path} is not among the files`
      : `nothing tells the NICs of ${node.role.name}`;
    return { devices: [], nics: [], template: null, problems: [problemAt(template?.place ?? place, what)] };
  }
  const config = configOf(site, node, path, files);
  const written = readDevices(config.value, null);
  const nics = nicsOf(written.value, naming.name);
  const mapped = [...(naming.mapping?.values() ?? [])].filter((to) => !to.includes(':'));
  const all = [
    ...nics,
    ...mapped.filter((to) => !nics.some(({ name }) => name === to)).map((name) => ({ name, mac: '' })),
  ];
  const devices = readDevices(config.value, nicAliases(naming.mapping === null ? nics : all, naming.mapping));
  return {
    devices: devices.value,
    nics,
    template: path,
    problems: [...config.problems, ...devices.problems],
  };
}
