/** Which address dnsmasq gives to a client, and why it cannot have another (RFC 2131; dnsmasq(8)). */
import { formatIpv4, formatMac } from '../../../base/address.ts';
import { fromBigInt } from '../../../base/bytes.ts';
import type { Asked } from './asked.ts';
import { addressOption } from './client-message.ts';
import { DHCP_OPTION } from '../../../wire/index.ts';
import type { DhcpSite } from './dhcp-site.ts';
import { ownsHardware, type DhcpHost } from './host.ts';
import type { Leases } from './leases.ts';
import { freeAddress } from './pool.ts';
import { inPool, subnetOf, type DhcpRange, type Subnet } from './range.ts';
import type { DhcpSettings } from './settings.ts';
import type { TransactionLog } from './transaction-log.ts';

/** An address that a client refused is not given to it for so long. */
const DECLINED_FOR = 600;

export class AddressChoice {
  readonly #site: DhcpSite;
  readonly #settings: DhcpSettings;
  readonly #log: TransactionLog;
  readonly #leases: Leases;
  readonly #epochs = new Map<DhcpRange, number>();
  readonly #declined = new Map<DhcpHost, number>();

  constructor(site: DhcpSite, settings: DhcpSettings, log: TransactionLog, leases: Leases) {
    this.#site = site;
    this.#settings = settings;
    this.#log = log;
    this.#leases = leases;
  }

  /** The address that was set down for a host, by number or by its name among the server's records. */
  #addressOf({ address, name }: DhcpHost): number | null {
    if (address !== null || name === null) return address;
    const { domain, addressOf } = this.#site;
    return addressOf(name) ?? (domain === null ? undefined : addressOf(`${name}.${domain}`)) ?? null;
  }

  #reservedFor(address: number): DhcpHost | undefined {
    return this.#settings.hosts.find((host) => this.#addressOf(host) === address);
  }

  #isDeclined(host: DhcpHost): boolean {
    return (this.#declined.get(host) ?? -Infinity) + DECLINED_FOR > this.#site.now();
  }

  /** The configured address, when it can be given to this client now. */
  #configured({ host, lease, subnets }: Asked): number | null {
    const address = host === undefined ? null : this.#addressOf(host);
    if (host === undefined || address === null) return null;
    const other = this.#leases.ofAddress(address);
    const because = (why: string): null => {
      this.#log.say(`not using configured address ${formatIpv4(address)} because it ${why}`);
      return null;
    };
    if (other && other !== lease && !ownsHardware(host, other.hardware))
      return because(`is leased to ${formatMac(other.hardware)}`);
    if (subnets.some(({ router }) => router === address)) return because('is in use by the server or relay');
    return this.#isDeclined(host) ? because('was previously declined') : address;
  }

  /** An address for a client that has none; null = there is none. */
  choose(asked: Asked): number | null | 'later' {
    const { message, lease, subnets, tags } = asked;
    const configured = this.#configured(asked);
    if (configured !== null) return configured;
    if (lease && inPool(subnets, lease.address, tags) && !this.#reservedFor(lease.address))
      return lease.address;
    const isTaken = (address: number): boolean =>
      this.#leases.ofAddress(address) !== undefined || this.#reservedFor(address) !== undefined;
    const wanted = addressOption(message, DHCP_OPTION.requestedAddress);
    if (wanted !== undefined && inPool(subnets, wanted, tags) && !isTaken(wanted)) {
      const state = this.#site.available(wanted);
      if (state !== 'used') return state === 'free' ? wanted : 'later';
    }
    return freeAddress({
      subnets,
      tags,
      hardware: fromBigInt(message.hardware, 6),
      sequential: this.#settings.sequential,
      epoch: (range) => this.#epochs.get(range) ?? 0,
      isTaken,
      largestLeased: ({ start, end }) =>
        Math.max(
          start,
          ...this.#leases
            .all()
            .map(({ address }) => address)
            .filter((address) => address <= end),
        ),
      available: this.#site.available,
    });
  }

  /** The next search in these ranges begins elsewhere. */
  moveOn(subnets: readonly Subnet[]): void {
    for (const { range } of subnets) this.#epochs.set(range, (this.#epochs.get(range) ?? 0) + 1);
  }

  /** Why a client cannot have an address; '' when it can. */
  objection({ host, subnets, tags, lease }: Asked, address: number, selecting: boolean): string {
    const configured = host === undefined ? null : this.#addressOf(host);
    if (subnetOf(subnets, address, tags) === undefined) return 'wrong network';
    if (!inPool(subnets, address, tags) && configured !== address) return 'address not available';
    if (!selecting && host !== undefined && configured !== null && configured !== address) {
      const other = this.#leases.ofAddress(configured);
      const isOwn = subnets.some(({ router }) => router === configured);
      if (!isOwn && !this.#isDeclined(host) && (other === undefined || other === lease))
        return 'static lease available';
    }
    const reserved = this.#reservedFor(address);
    if (reserved !== undefined && reserved !== host) return 'address reserved';
    const other = lease ? undefined : this.#leases.ofAddress(address);
    return other !== undefined && !(host && ownsHardware(host, other.hardware)) ? 'address in use' : '';
  }

  /** A client found the address in use: one that was set down for it rests, others are sought elsewhere from now on. */
  decline({ host, subnets }: Asked, address: number): void {
    if (host !== undefined && this.#addressOf(host) === address) {
      this.#log.say(`disabling DHCP static address ${formatIpv4(address)} for 10m`);
      this.#declined.set(host, this.#site.now());
    } else this.moveOn(subnets);
  }
}
