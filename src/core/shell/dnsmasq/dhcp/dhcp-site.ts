/** What dnsmasq's DHCP server finds on its machine. */
import type { Availability } from './pool.ts';

/** Clock, chance, wire, records and log of the machine. */
export interface DhcpSite {
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly say: (text: string) => void;
  /** A 16-bit number. */
  readonly draw: () => number;
  /** Asks the wire whether an address is in use; where it has to wait, the message is to be brought again. */
  readonly available: (address: number) => Availability;
  /** The name that the server's own records have for an address, and the other way round. */
  readonly nameOf: (address: number) => string | undefined;
  readonly addressOf: (name: string) => number | undefined;
  readonly domain: string | null;
  /** Whether it is a name server at the usual port as well. */
  readonly servesNames: boolean;
  readonly leasesChanged: () => void;
}
