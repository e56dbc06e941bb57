/** Which nodes a deployment has and which addresses they get, as Neutron's allocation from the pools would give them. */
import type { Problem } from '../../base/result.ts';
import { formatAddress, holds, networkOf, parseAddress, sizeOf } from '../os-net-config/prefix.ts';
import { problemAt } from '../yaml/node.ts';
import { CONTROL_PLANE, type Network } from './network.ts';
import type { Role } from './role.ts';

export interface NodePlan {
  readonly name: string;
  readonly role: Role;
  readonly index: number;
  /** Network's name to `ip/length`. */
  readonly addresses: ReadonlyMap<string, string>;
}

export interface AddressPlan {
  readonly nodes: readonly NodePlan[];
  /** Network's name to its virtual address. */
  readonly vips: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

/** Gives out the addresses of one network: those asked for, else the lowest free one of its pools. */
class Allocator {
  readonly #network: Network;
  readonly #taken = new Map<bigint, string>();
  readonly #problems: Problem[];
  #full = false;

  constructor(network: Network, problems: Problem[]) {
    this.#network = network;
    this.#problems = problems;
    const gateway = network.gateway === null ? undefined : parseAddress(network.gateway);
    if (gateway) this.#taken.set(gateway.ip, 'the gateway');
  }

  reserve(ip: bigint): void {
    if (!this.#taken.has(ip)) this.#taken.set(ip, '');
  }

  give(who: string, wanted: string | undefined): string | undefined {
    const { cidr } = this.#network;
    if (cidr === null) return undefined;
    const fixed = wanted === undefined || wanted === '' ? undefined : parseAddress(wanted);
    if (fixed) {
      const holder = this.#taken.get(fixed.ip);
      if (holder !== undefined && holder !== '') this.#warn(`${wanted} is given to ${holder} and to ${who}`);
      if (!holds(cidr, fixed.family, fixed.ip))
        this.#warn(`${wanted} of ${who} is not in ${this.#network.name}`);
      this.#taken.set(fixed.ip, who);
      return formatAddress(fixed.family, fixed.ip);
    }
    for (const { start, end } of this.#pools())
      for (let ip = start; ip <= end; ip += 1n)
        if (!this.#taken.has(ip)) {
          this.#taken.set(ip, who);
          return formatAddress(cidr.family, ip);
        }
    if (!this.#full) this.#warn(`the pools of ${this.#network.name} have no address for ${who}`);
    this.#full = true;
    return undefined;
  }

  #pools(): readonly { readonly start: bigint; readonly end: bigint }[] {
    const { cidr, pools } = this.#network;
    if (cidr === null) return [];
    const usable = pools.filter((pool) => pool.family === cidr.family);
    if (usable.length > 0) return usable;
    // Neutron's own pool is all of the subnet; the first addresses are left to whoever is there already.
    const size = sizeOf(cidr);
    const first = networkOf(cidr);
    return [{ start: first + (size > 16n ? 10n : 1n), end: first + size - 2n }];
  }

  #warn(message: string): void {
    this.#problems.push(problemAt(this.#network.cidrPlace, message));
  }
}

const hostname = (role: Role, index: number, stack: string): string =>
  role.hostnames[index] ??
  role.hostnameFormat.replaceAll('%index%', String(index)).replaceAll('%stackname%', stack);

/** The nodes of all roles with their addresses, and the networks' virtual addresses. */
export function planNodes(networks: readonly Network[], roles: readonly Role[], stack: string): AddressPlan {
  const problems: Problem[] = [];
  const allocators = new Map(
    networks
      .filter(({ enabled }) => enabled)
      .map((network) => [network.name, new Allocator(network, problems)]),
  );
  // What is asked for by name is not given to somebody else.
  for (const network of networks) {
    const wanted = [
      network.fixedVip,
      ...roles.flatMap((role) => (role.fixed.get(network.nameLower) ?? []).slice(0, role.count)),
    ];
    for (const text of wanted) {
      const address = text === null ? undefined : parseAddress(text ?? '');
      if (address) allocators.get(network.name)?.reserve(address.ip);
    }
  }
  const vips = new Map<string, string>();
  for (const network of networks) {
    if (!network.vip || !network.enabled) continue;
    const vip = allocators
      .get(network.name)
      ?.give(`the virtual address of ${network.name}`, network.fixedVip ?? undefined);
    if (vip !== undefined) vips.set(network.name, vip);
  }
  const nodes = roles.flatMap((role) =>
    Array.from({ length: role.count }, (_, index): NodePlan => {
      const name = hostname(role, index, stack);
      const addresses = new Map<string, string>();
      for (const network of networks) {
        if (network.name !== CONTROL_PLANE && !role.networks.includes(network.name)) continue;
        const address = allocators.get(network.name)?.give(name, role.fixed.get(network.nameLower)?.[index]);
        if (address !== undefined && network.cidr)
          addresses.set(network.name, `${address}/${network.cidr.length}`);
      }
      return { name, role, index, addresses };
    }),
  );
  return { nodes, vips, problems };
}
