/** A nic-config template in Heat form: its parameters, and the network configuration that its script is given. */
import type { Problem } from '../../../base/result.ts';
import { readYaml } from '../../yaml/read-yaml.ts';
import { entriesOf, member, problemAt, textOf, type Node, type Read } from '../../yaml/node.ts';
import { replaceTexts } from './reference-functions.ts';
import { asParameter, resolve } from './resolve.ts';
import { HeatScope } from './scope.ts';

export interface HeatSite {
  /** `parameter_defaults` and what TripleO sets for the node. */
  readonly parameters: ReadonlyMap<string, Node>;
  /** What run-os-net-config.sh is given: `bridge_name`, `interface_name`. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly file: (path: string) => string | undefined;
}

/** The names of a template's parameters, with the type that each is declared with. */
function parametersOf(template: Node): ReadonlyMap<string, Node> {
  return new Map(entriesOf(member(template, 'parameters')).map(({ key, value }) => [key, value]));
}

function values(template: Node, site: HeatSite, problems: Problem[]): Map<string, Node> {
  const found = new Map<string, Node>();
  for (const [name, declaration] of parametersOf(template)) {
    const given = site.parameters.get(name) ?? member(declaration, 'default');
    if (given === undefined) continue;
    const type = textOf(member(declaration, 'type')) ?? 'string';
    const source =
      type === 'json' && given.kind === 'scalar' && given.text !== ''
        ? (readYaml(given.text, given.place.file).value ?? given)
        : given;
    const value = asParameter(source, type);
    if (value === undefined) problems.push(problemAt(given.place, `${name} is not a ${type}`));
    else found.set(name, value);
  }
  return found;
}

const CONFIG_TYPES = /^(?:OS::Heat::(?:SoftwareConfig|StructuredConfig|Value)|OS::TripleO::.*Config)$/;

/** The place of a template where the configuration stands, whichever of the three forms it has. */
function findConfig(template: Node): Node | undefined {
  for (const { value: resource } of entriesOf(member(template, 'resources'))) {
    if (!CONFIG_TYPES.test(textOf(member(resource, 'type')) ?? '')) continue;
    const properties = member(resource, 'properties');
    const config = member(properties, 'config');
    const structured = member(config, 'os_net_config');
    if (structured) return structured;
    for (const replace of ['str_replace', 'str_replace_strict']) {
      const script = member(member(member(config, replace), 'params'), '$network_config');
      if (script) return script;
    }
    const value = member(properties, 'value');
    if (member(value, 'network_config')) return value;
  }
  return undefined;
}

/** The network configuration of a template with every function resolved; undefined when it has none. */
export function resolveNicConfig(template: Node, site: HeatSite): Read<Node | undefined> {
  const problems: Problem[] = [];
  const config = findConfig(template);
  if (config === undefined)
    return {
      value: undefined,
      problems: [problemAt(template.place, 'this template has no network configuration')],
    };
  const scope = new HeatScope({
    parameters: values(template, site, problems),
    inputs: site.inputs,
    resources: new Map(entriesOf(member(template, 'resources')).map(({ key, value }) => [key, value])),
    conditions: new Map(entriesOf(member(template, 'conditions')).map(({ key, value }) => [key, value])),
    file: site.file,
  });
  const value = replaceTexts(resolve(config, scope), site.inputs);
  return { value, problems: [...problems, ...scope.problems] };
}
