/** Roles from roles_data, from a baremetal deployment, or from the templates that an environment registers. */
import type { Problem } from '../../base/result.ts';
import { Fields } from '../os-net-config/fields.ts';
import { parseAddress } from '../os-net-config/prefix.ts';
import { entriesOf, itemsOf, member, problemAt, textOf, type Node, type Place } from '../yaml/node.ts';
import type { Environment } from './environment.ts';
import { CONTROL_PLANE, type Network } from './network.ts';
import { STANDARD_ROLES, type Role } from './role.ts';

const COUNT_LIMIT = 200;

interface Sources {
  readonly rolesData: readonly Node[];
  readonly deployments: readonly Node[];
  /** Where a template that wires any role begins; with it, and no role named, there are TripleO's own two. */
  readonly shared: Place | null;
}

export class RoleReading {
  readonly problems: Problem[] = [];
  readonly #environment: Environment;
  readonly #networks: readonly Network[];

  constructor(environment: Environment, networks: readonly Network[]) {
    this.#environment = environment;
    this.#networks = networks;
  }

  #report(place: Place, message: string, severity: 'error' | 'warning' = 'error'): void {
    this.problems.push(problemAt(place, message, severity));
  }

  all({ rolesData, deployments, shared }: Sources): Role[] {
    const entries = new Map<string, Fields>();
    for (const list of [...rolesData, ...deployments])
      for (const item of itemsOf(list)) {
        const name = textOf(member(item, 'name'));
        if (item.kind !== 'map' || name === undefined) this.#report(item.place, 'this role has no name');
        else entries.set(name, new Fields(item, this.problems));
      }
    const listed = [...entries].map(([name, fields]) => this.#role(name, fields, fields.place));
    const found = listed.length > 0 ? listed : this.#registered();
    if (found.length > 0 || shared === null) return found;
    return ['Controller', 'Compute'].map((name) => this.#role(name, null, shared));
  }

  /** Roles that have a NIC template; with none, nothing tells which roles there are. */
  #registered(): Role[] {
    const names = new Map<string, Place>();
    for (const [key, entry] of this.#environment.registry) {
      const name = /^OS::TripleO::(\w+)::Net::SoftwareConfig$/.exec(key)?.[1];
      if (name !== undefined) names.set(name, entry.keyPlace);
    }
    for (const [key, entry] of this.#environment.parameters) {
      const name = /^(\w+)NetworkConfigTemplate$/.exec(key)?.[1];
      if (name !== undefined && name !== '') names.set(name, entry.keyPlace);
    }
    return [...names].map(([name, place]) => this.#role(name, null, place));
  }

  #role(name: string, fields: Fields | null, place: Place): Role {
    const { parameters } = this.#environment;
    const defaults = fields?.get('defaults');
    const config = member(defaults, 'network_config');
    const instances = fields?.items('instances') ?? [];
    const given =
      this.#count(parameters.get(`${name}Count`)?.value) ??
      this.#count(fields?.get('count')) ??
      (instances.length > 0 ? instances.length : undefined) ??
      this.#count(fields?.get('CountDefault'));
    const format =
      textOf(parameters.get(`${name}HostnameFormat`)?.value) ??
      fields?.text('hostname_format') ??
      fields?.text('HostnameFormatDefault') ??
      STANDARD_ROLES[name]?.format ??
      `%stackname%-${name.toLowerCase()}-%index%`;
    return {
      name,
      place,
      count: given ?? (['Controller', 'Compute'].includes(name) ? 1 : 0),
      hostnameFormat: format,
      hostnames: instances.flatMap((instance) => textOf(member(instance, 'hostname')) ?? []),
      networks: this.#memberNetworks(name, fields, defaults),
      defaultRouteNetworks: [
        ...(fields?.texts('default_route_networks') ?? []),
        ...itemsOf(member(config, 'default_route_network')).flatMap((item) => textOf(item) ?? []),
      ],
      tags: fields?.texts('tags') ?? [],
      template: this.#template(name, config),
      fixed: this.#fixed(name, instances),
    };
  }

  #count(node: Node | undefined): number | undefined {
    const text = textOf(node);
    if (node === undefined || text === undefined || text === '') return undefined;
    if (/^\d+$/.test(text) && Number(text) <= COUNT_LIMIT) return Number(text);
    this.#report(node.place, `a number of nodes from 0 to ${COUNT_LIMIT} expected`);
    return undefined;
  }

  /** By name or by lower name, as the two kinds of file write it. */
  #known(text: string, place: Place): string[] {
    if (text === CONTROL_PLANE) return [];
    const network = this.#networks.find(({ name, nameLower }) => name === text || nameLower === text);
    if (network === undefined) this.#report(place, `there is no network ${text}`);
    return network === undefined ? [] : [network.name];
  }

  #memberNetworks(name: string, fields: Fields | null, defaults: Node | undefined): readonly string[] {
    const listed = fields?.get('networks') ?? member(defaults, 'networks');
    if (listed?.kind === 'map')
      return entriesOf(listed).flatMap(({ key, keyPlace }) => this.#known(key, keyPlace));
    if (listed?.kind === 'list')
      return listed.items.flatMap((item) =>
        this.#known(textOf(item) ?? textOf(member(item, 'network')) ?? '', item.place),
      );
    const ports = [...this.#environment.registry]
      .filter(([, entry]) => !/noop|OS::Heat::None/.test(textOf(entry.value) ?? ''))
      .flatMap(([key]) => {
        const match = /^OS::TripleO::(\w+)::Ports::(\w+)Port$/.exec(key);
        return match && match[1] === name ? [match[2] ?? ''] : [];
      });
    const wanted = ports.length > 0 ? ports : (STANDARD_ROLES[name]?.networks ?? []);
    return wanted.filter((one) => this.#networks.some((network) => network.name === one && network.enabled));
  }

  #template(name: string, config: Node | undefined): Role['template'] {
    const { registry, parameters } = this.#environment;
    const node =
      parameters.get(`${name}NetworkConfigTemplate`)?.value ??
      member(config, 'template') ??
      registry.get(`OS::TripleO::${name}::Net::SoftwareConfig`)?.value;
    const path = textOf(node);
    return node === undefined || path === undefined || path === 'OS::Heat::None'
      ? null
      : { path, place: node.place };
  }

  #fixed(name: string, instances: readonly Node[]): ReadonlyMap<string, readonly string[]> {
    const fixed = new Map<string, string[]>();
    for (const key of [`${name}IPs`, ...(name === 'Compute' ? ['NovaComputeIPs'] : [])])
      for (const { key: network, value } of entriesOf(this.#environment.parameters.get(key)?.value)) {
        if (fixed.has(network)) continue;
        fixed.set(
          network,
          itemsOf(value).map((item) => this.#address(item)),
        );
      }
    instances.forEach((instance, at) => {
      for (const port of itemsOf(member(instance, 'networks'))) {
        const network = textOf(member(port, 'network'));
        const address = member(port, 'fixed_ip');
        if (network === undefined || address === undefined) continue;
        const all = fixed.get(network) ?? [];
        all[at] = this.#address(address);
        fixed.set(network, all);
      }
    });
    return fixed;
  }

  #address(node: Node): string {
    const text = textOf(node) ?? '';
    if (parseAddress(text) !== undefined) return text;
    this.#report(node.place, `${text} is no address`);
    return '';
  }
}
