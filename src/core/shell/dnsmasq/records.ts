/** What dnsmasq itself knows: the names of hosts files and of its options, and the answers that follow from them. */
import { formatIp, type Family, type IpAddress } from '../../linux/family.ts';
import { CLASS_IN, reverseName, TYPE, type Question, type ResourceRecord } from '../dns/message.ts';
import { parseHosts } from '../name-service.ts';
import type { DnsmasqOptions } from './options.ts';

const MOST_ALIASES = 10;

/** Whether a name is `domain` or lies below it; '' is above all. */
const isBelow = (name: string, domain: string): boolean =>
  domain === '' || name === domain || name.endsWith(`.${domain}`);

/** The entry with the longest domain that a name lies below. */
export function closest<T extends { readonly domain: string }>(
  entries: readonly T[],
  name: string,
): readonly T[] {
  const matching = entries.filter(({ domain }) => isBelow(name, domain));
  const longest = Math.max(...matching.map(({ domain }) => domain.length));
  return matching.filter(({ domain }) => domain.length === longest);
}

/** The records of one server. A name with several addresses has them in another order at each answer. */
export class LocalRecords {
  readonly #options: DnsmasqOptions;
  readonly #addresses = new Map<string, IpAddress[]>();
  readonly #names = new Map<string, string>();
  readonly #aliases = new Map<string, string>();
  /** Names of DHCP clients, and the names of their addresses. */
  #leased: ReadonlyMap<string, IpAddress> = new Map();
  #leasedNames: ReadonlyMap<string, string> = new Map();

  /** `hosts` are the texts of the hosts files, in the order in which they are read. */
  constructor(options: DnsmasqOptions, hosts: readonly string[]) {
    this.#options = options;
    this.reload(hosts);
  }

  /** Takes other texts in place of those before. */
  reload(hosts: readonly string[]): void {
    const options = this.#options;
    this.#addresses.clear();
    this.#names.clear();
    this.#aliases.clear();
    for (const { names, addresses } of options.hostRecords)
      for (const address of addresses) this.#add(address, names);
    for (const { names, target } of options.aliases)
      for (const name of names) this.#aliases.set(name, target);
    const { domain } = options;
    const suffix = options.expandsHosts && domain !== null ? `.${domain}` : '';
    for (const text of hosts)
      for (const { address, names } of parseHosts(text))
        this.#add(
          address,
          names.flatMap((name) =>
            name.includes('.') || suffix === '' ? [name] : [`${name}${suffix}`, name],
          ),
        );
  }

  #add(address: IpAddress, names: readonly string[]): void {
    const reverse = reverseName(address);
    for (const name of names) {
      if (!this.#names.has(reverse)) this.#names.set(reverse, name);
      const key = name.toLowerCase();
      const known = this.#addresses.get(key) ?? [];
      this.#addresses.set(key, known);
      if (!known.some((each) => each.family === address.family && each.address === address.address))
        known.push(address);
    }
  }

  /** Takes the names of DHCP clients, whole ones first, in place of those before; names known otherwise stay as they are. */
  setLeases(leases: readonly { readonly names: readonly string[]; readonly address: IpAddress }[]): void {
    const free = leases.flatMap(({ names, address }) =>
      names.filter((name) => !this.#addresses.has(name.toLowerCase())).map((name) => ({ name, address })),
    );
    this.#leased = new Map(free.map(({ name, address }) => [name.toLowerCase(), address]));
    this.#leasedNames = new Map(free.toReversed().map(({ name, address }) => [reverseName(address), name]));
  }

  /** The first name that the records have for an address, and the first address for a name; not those of DHCP clients. */
  nameOf(address: IpAddress): string | undefined {
    return this.#names.get(reverseName(address));
  }

  addressOf(name: string, family: Family): bigint | undefined {
    return this.#addresses.get(name.toLowerCase())?.find((one) => one.family === family)?.address;
  }

  /** Whether a name has records of any type. */
  has(name: string): boolean {
    const key = name.toLowerCase();
    if (this.#leased.has(key) || this.#leasedNames.has(key)) return true;
    return this.#addresses.has(key) || this.#aliases.has(key) || this.#names.has(key);
  }

  /** The answer from here alone; empty when there is none. */
  answer({ name, type, class: kind }: Question): readonly ResourceRecord[] {
    if (kind !== CLASS_IN) return [];
    const records: ResourceRecord[] = [];
    const add = (owner: string, of: number, text: string): void =>
      void records.push({ name: owner, type: of, class: CLASS_IN, ttl: 0, text });
    let owner = name === '.' ? '' : name;
    if (type !== TYPE.PTR)
      for (let left = MOST_ALIASES; left > 0; left -= 1) {
        const target = this.#aliases.get(owner.toLowerCase());
        if (target === undefined || (!this.#addresses.has(target) && !this.#aliases.has(target))) break;
        add(owner, TYPE.CNAME, target);
        owner = target;
        if (type === TYPE.CNAME) return records;
      }
    const reverse = this.#names.get(owner.toLowerCase()) ?? this.#leasedNames.get(owner.toLowerCase());
    if (reverse !== undefined && (type === TYPE.PTR || type === TYPE.ANY)) add(owner, TYPE.PTR, reverse);
    for (const [family, of] of [
      [4, TYPE.A],
      [6, TYPE.AAAA],
    ] as const) {
      if (type !== of && type !== TYPE.ANY) continue;
      for (const { address } of this.#rotated(owner, family)) add(owner, of, formatIp(family, address));
    }
    return records;
  }

  #rotated(name: string, family: 4 | 6): readonly IpAddress[] {
    const key = name.toLowerCase();
    const all = this.#addresses.get(key);
    const leased = this.#leased.get(key);
    const given = all ?? (leased ? [leased] : []);
    const found = given.filter((each) => each.family === family);
    const [first, ...rest] = found;
    if (all && first !== undefined) {
      if (rest.length > 0)
        this.#addresses.set(key, [...all.filter((each) => each.family !== family), ...rest, first]);
      return found;
    }
    return closest(this.#options.addresses, key).flatMap(({ address }) =>
      address?.family === family ? [address] : [],
    );
  }

  /** Whether `--address=/DOMAIN/` without an address says that the name does not exist. */
  isDenied(name: string): boolean {
    return closest(this.#options.addresses, name.toLowerCase()).some(({ address }) => address === null);
  }
}
