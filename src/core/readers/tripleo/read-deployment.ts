/** Reads a set of TripleO files as one deployment. Never throws: what cannot be read is a placed problem. */
import type { Problem } from '../../base/result.ts';
import { checkMapping, readMapping } from '../os-net-config/read-config.ts';
import { member, problemAt, textOf, type Node, type Place } from '../yaml/node.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { checkDeployment } from './checks.ts';
import type { BridgeMapping, DeployedNode, Deployment } from './deployment.ts';
import { isRoleTemplate, isTemplate, isTripleoTemplate, recognise, type DocumentKind } from './document.ts';
import { mergeEnvironments, type Environment } from './environment.ts';
import type { FileTexts } from './file-set.ts';
import { ANSIBLE, renderTemplate, TRIPLEO } from './jinja/render.ts';
import { fromData, type Data, type Value } from './jinja/value.ts';
import { hasSharedTemplate, nodeConfig } from './nic-config.ts';
import { planNodes } from './node-plan.ts';
import { networkData } from './node-variables.ts';
import { NetworkReading } from './read-networks.ts';
import { RoleReading } from './read-roles.ts';
import type { Role } from './role.ts';

export interface ReadOptions {
  /** The name of a machine's NIC, counted from 0; `ens3` and on as under libvirt when absent. */
  readonly nicName?: (index: number) => string;
  /** Values of a template's variables that the files do not give, for sets rendered by another tool. */
  readonly variables?: Readonly<Record<string, Data>>;
  readonly stack?: string;
}

interface Documents {
  readonly nodes: ReadonlyMap<DocumentKind, readonly Node[]>;
  /** Texts of all files, those of another tool's templates rendered. */
  readonly files: FileTexts;
  readonly problems: Problem[];
}

const YAML_NAME = /\.(?:ya?ml|json|j2)$/;
/** Rendered by whoever made the set, before TripleO sees it: `x.yaml.j2` and `x.j2.j2`. */
const OUTER_TEMPLATE = /\.(?:ya?ml|j2)\.j2$/;

/** A file that is rendered before it is read: what it was, and which of its lines wrote which. */
interface Origin {
  readonly file: string;
  readonly lines: readonly number[];
}

interface Outer {
  readonly files: FileTexts;
  /** By the path of what was rendered. */
  readonly origins: ReadonlyMap<string, Origin>;
}

function renderOuter(files: FileTexts, variables: ReadonlyMap<string, Value>, problems: Problem[]): Outer {
  const texts = new Map<string, string>();
  const origins = new Map<string, Origin>();
  for (const [path, text] of files)
    if (OUTER_TEMPLATE.test(path) && isTemplate(path, text)) {
      const rendered = renderTemplate(text, path, variables, ANSIBLE);
      const name = path.replace(/\.j2$/, '');
      problems.push(...rendered.problems);
      texts.set(name, rendered.text);
      origins.set(name, { file: path, lines: rendered.lines });
    } else texts.set(path, text);
  return { files: texts, origins };
}

/** A problem with its places in the files as they were given. */
function inGivenFiles(problem: Problem, origins: ReadonlyMap<string, Origin>): Problem {
  const lineOf = (file: string, line: number): string => {
    const origin = origins.get(file);
    return `${origin?.file ?? file}:${origin?.lines[line - 1] ?? line}`;
  };
  const { place } = problem;
  const origin = origins.get(place?.file ?? '');
  return {
    ...problem,
    message: problem.message.replace(
      /\(([^()\s]+):(\d+)\)/g,
      (_, file: string, line: string) => `(${lineOf(file, Number(line))})`,
    ),
    ...(place && origin
      ? {
          place: {
            ...place,
            file: origin.file,
            line: origin.lines[(place.line ?? 1) - 1] ?? place.line ?? 1,
          },
        }
      : {}),
  };
}

/** Templates of TripleO itself are rendered with the networks that are known so far. */
function readAll(files: FileTexts, lists: readonly Node[], roles: readonly Role[]): Documents {
  const nodes = new Map<DocumentKind, Node[]>();
  const problems: Problem[] = [];
  const variables = new Map<string, Value>([
    ['networks', networkData(lists)],
    ['roles', fromData(roles.map(({ name, networks: joined, tags }) => ({ name, networks: joined, tags })))],
  ]);
  for (const [path, text] of files) {
    if (!YAML_NAME.test(path) || isRoleTemplate(path)) continue;
    const template = isTemplate(path, text);
    if (template && (!isTripleoTemplate(path) || lists.length === 0)) continue;
    const rendered = template ? renderTemplate(text, path, variables, TRIPLEO) : undefined;
    const read = readYaml(rendered?.text ?? text, path, rendered?.lines);
    problems.push(...(rendered?.problems ?? []), ...read.problems);
    if (read.value === undefined) continue;
    const kind = recognise(read.value);
    if (kind === 'other')
      problems.push(problemAt(read.value.place, 'this file is of no kind that is known here', 'warning'));
    nodes.set(kind, [...(nodes.get(kind) ?? []), read.value]);
  }
  return { nodes, files, problems };
}

function mappingsOf(environment: Environment, roles: readonly Role[]): BridgeMapping[] {
  const read = (node: Node | undefined, role: string | null): BridgeMapping[] => {
    if (node === undefined) return [];
    const texts =
      node.kind === 'list' ? node.items.map((item) => textOf(item) ?? '') : (textOf(node) ?? '').split(',');
    return texts.flatMap((text) => {
      const [physicalNetwork, bridge] = text.trim().split(':');
      return physicalNetwork === undefined || bridge === undefined
        ? []
        : [{ physicalNetwork, bridge, place: node.place, role }];
    });
  };
  return [
    ...read(environment.parameters.get('NeutronBridgeMappings')?.value, null),
    ...roles.flatMap(({ name }) =>
      read(member(environment.parameters.get(`${name}Parameters`)?.value, 'NeutronBridgeMappings'), name),
    ),
  ];
}

/** The parameters that fix the virtual address of each network, from a list of virtual addresses (vip_data). */
function withVipData(environment: Environment, lists: readonly Node[]): Environment {
  const parameters = new Map(environment.parameters);
  for (const list of lists)
    for (const item of list.kind === 'list' ? list.items : []) {
      const network = textOf(member(item, 'network'));
      const address = member(item, 'ip_address');
      if (network === undefined || address === undefined) continue;
      const name = network === 'ctlplane' ? 'ControlFixedIPs' : `${camel(network)}VirtualFixedIPs`;
      parameters.set(name, {
        key: name,
        keyPlace: item.place,
        value: { kind: 'list', items: [item], place: address.place },
      });
    }
  return { ...environment, parameters };
}

const camel = (lower: string): string =>
  lower.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Places where the set itself is meant. */
const originOf = (files: FileTexts): Place => ({ file: [...files.keys()][0] ?? '', line: 1, column: 1 });

function unique(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ message, place }) => {
    const key = `${place?.file}:${place?.line}:${place?.column}:${message}`;
    const known = seen.has(key);
    seen.add(key);
    return !known;
  });
}

export function readDeployment(given: FileTexts, options: ReadOptions = {}): Deployment {
  const problems: Problem[] = [];
  const variables = new Map(
    Object.entries(options.variables ?? {}).map(([key, data]) => [key, fromData(data)]),
  );
  const { files, origins } = renderOuter(given, variables, problems);
  const origin = originOf(files);
  const shared = hasSharedTemplate(files) ? origin : null;
  const first = readAll(files, [], []);
  const listed = first.nodes.get('network-data') ?? [];
  // Networks of the lists, for the templates of environments; the environments then change them.
  const bare = new NetworkReading(mergeEnvironments([])).all(listed, origin);
  const known = listed.length > 0 ? bare : [];
  const plainRoles = new RoleReading(mergeEnvironments([]), known).all({
    rolesData: first.nodes.get('roles-data') ?? [],
    deployments: first.nodes.get('baremetal-deployment') ?? [],
    shared,
  });
  const { nodes, problems: fileProblems } = listed.length > 0 ? readAll(files, listed, plainRoles) : first;
  problems.push(...fileProblems);
  const environment = withVipData(
    mergeEnvironments(nodes.get('environment') ?? []),
    nodes.get('vip-data') ?? [],
  );
  const networkReading = new NetworkReading(environment);
  const networks = networkReading.all(listed, origin);
  problems.push(...networkReading.problems);
  const roleReading = new RoleReading(environment, networks);
  const roles = roleReading.all({
    rolesData: nodes.get('roles-data') ?? [],
    deployments: nodes.get('baremetal-deployment') ?? [],
    shared,
  });
  problems.push(...roleReading.problems);
  const plan = planNodes(networks, roles, options.stack ?? 'overcloud');
  problems.push(...plan.problems);
  const naming = {
    name: options.nicName ?? ((index: number): string => `ens${index + 3}`),
    mapping: readMapping(nodes.get('interface-mapping')?.[0]) ?? null,
  };
  problems.push(...checkMapping(nodes.get('interface-mapping')?.[0]));
  const site = { environment, networks, lists: listed, vips: plan.vips };
  const deployed = plan.nodes.map((node): DeployedNode => {
    const config = nodeConfig(site, node, files, naming);
    problems.push(...config.problems);
    return {
      ...node,
      role: node.role.name,
      nics: config.nics,
      devices: config.devices,
      template: config.template,
    };
  });
  const parameter: Deployment['parameter'] = (name) => {
    const value = environment.parameters.get(name)?.value;
    const text = textOf(value);
    return value === undefined || text === undefined ? undefined : { text, place: value.place };
  };
  const read = {
    networks,
    roles,
    nodes: deployed,
    vips: plan.vips,
    bridgeMappings: mappingsOf(environment, roles),
    domain: parameter('CloudDomain')?.text ?? 'localdomain',
    parameter,
  };
  return {
    ...read,
    problems: unique([...problems, ...checkDeployment(read)].map((one) => inGivenFiles(one, origins))),
  };
}
