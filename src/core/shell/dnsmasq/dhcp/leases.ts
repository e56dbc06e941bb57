/** The leases of dnsmasq, and its file of them: expiry, hardware, address, name, client identifier. */
import { formatIpv4, formatMac, parseIpv4, parseMac } from '../../../base/address.ts';
import { equalBytes, fromHex, toHex } from '../../../base/bytes.ts';
import { FOREVER } from './time.ts';

export interface Lease {
  readonly address: number;
  hardware: bigint;
  clientId: Uint8Array | null;
  name: string | null;
  /** The name with the domain; null without one. */
  fullName: string | null;
  nameIsConfigured: boolean;
  /** Seconds since 1970; 0 = it does not end. */
  expires: number;
}

export class Leases {
  /** The newest first. */
  #leases: Lease[] = [];
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  all(): readonly Lease[] {
    return this.#leases;
  }

  ofAddress(address: number): Lease | undefined {
    return this.#leases.find((lease) => lease.address === address);
  }

  /** The client's: by its identifier, else by its hardware where either has none. */
  ofClient(hardware: bigint, clientId: Uint8Array | null): Lease | undefined {
    const byId =
      clientId && this.#leases.find((lease) => lease.clientId && equalBytes(lease.clientId, clientId));
    return (
      byId ??
      this.#leases.find(
        (lease) => lease.hardware === hardware && (clientId === null || lease.clientId === null),
      )
    );
  }

  /** A new lease; undefined when there are as many as there may be. */
  add(address: number, hardware: bigint): Lease | undefined {
    if (this.#leases.length >= this.#most) return undefined;
    const lease: Lease = {
      address,
      hardware,
      clientId: null,
      name: null,
      fullName: null,
      nameIsConfigured: false,
      expires: 0,
    };
    this.#leases.unshift(lease);
    return lease;
  }

  remove(lease: Lease): void {
    this.#leases = this.#leases.filter((one) => one !== lease);
  }

  /** Takes away what has run out by `now`, in seconds since 1970. */
  prune(now: number): void {
    this.#leases = this.#leases.filter(({ expires }) => expires === 0 || expires > now);
  }

  /** A name belongs to one lease at a time; one that was configured is not lost to a client that claims it. */
  setName(lease: Lease, name: string, domain: string | null, isConfigured: boolean): void {
    const same = (one: string | null): boolean => one?.toLowerCase() === name.toLowerCase();
    if (same(lease.name)) {
      lease.nameIsConfigured ||= isConfigured;
      return;
    }
    const other = this.#leases.find((one) => same(one.name));
    if (other?.nameIsConfigured === true && !isConfigured) return;
    if (other !== undefined) Object.assign(other, { name: null, fullName: null, nameIsConfigured: false });
    lease.name = name;
    lease.fullName = domain === null ? null : `${name}.${domain}`;
    lease.nameIsConfigured = isConfigured;
  }

  /** The file as dnsmasq writes it. */
  text(): string {
    return this.#leases
      .map(({ expires, hardware, address, name, clientId }) => {
        const id = clientId === null ? '*' : toHex(clientId, ':');
        return `${expires} ${formatMac(hardware)} ${formatIpv4(address)} ${name ?? '*'} ${id}\n`;
      })
      .join('');
  }

  /** Reads a file of leases; lines of IPv6 and those that are none are passed over. */
  read(text: string, domain: string | null): void {
    for (const line of text.split('\n')) {
      const [expires = '', mac = '', ip = '', name = '*', id = '*'] = line.split(' ');
      const hardware = parseMac(mac);
      const address = parseIpv4(ip);
      if (hardware === undefined || address === undefined || !/^\d+$/.test(expires)) continue;
      const lease = this.add(address, hardware);
      if (lease === undefined) return;
      lease.expires = Number(expires);
      lease.clientId = id === '*' ? null : (fromHex(id.replaceAll(':', '')) ?? null);
      if (name !== '*') this.setName(lease, name, domain, false);
    }
  }
}

/** When a lease of so many seconds ends. */
export const expiryOf = (now: number, seconds: number): number => (seconds === FOREVER ? 0 : now + seconds);
