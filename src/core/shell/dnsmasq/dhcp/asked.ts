/** What a message means by the settings: who asks, which host it is, and its tags. */
import { formatIpv4 } from '../../../base/address.ts';
import { equalBytes } from '../../../base/bytes.ts';
import type { ClientMessage } from './client-message.ts';
import { DHCP_OPTION } from '../../../wire/index.ts';
import { clientName, type ClientName } from './host-name.ts';
import { hardwareMatches, hostOf, type Asker, type DhcpHost } from './host.ts';
import type { Lease, Leases } from './leases.ts';
import { printable } from './option-text.ts';
import type { Subnet } from './range.ts';
import type { DhcpSettings } from './settings.ts';
import type { Tags } from './tags.ts';
import type { TransactionLog } from './transaction-log.ts';

/** Where a message came in. */
export interface Arrival {
  readonly device: string;
  /** The server's address there. */
  readonly address: number;
  readonly isUnicast: boolean;
  readonly subnets: readonly Subnet[];
}

/** What the steps of one answer share. */
export interface Asked extends Arrival {
  readonly message: ClientMessage;
  readonly clientId: Uint8Array | null;
  readonly lease: Lease | undefined;
  readonly host: DhcpHost | undefined;
  readonly tags: Tags;
  readonly client: ClientName;
  readonly name: string | null;
  readonly isNameConfigured: boolean;
  /** The name in an offer: never another than the client's own. */
  readonly offerName: string | null;
}

/** Reads a message; null when there is no range for it. */
export function understand(
  settings: DhcpSettings,
  leases: Leases,
  log: TransactionLog,
  message: ClientMessage,
  arrival: Arrival,
): Asked | null {
  const { subnets, device } = arrival;
  const given = settings.ignoresClientIds ? undefined : message.option(DHCP_OPTION.clientId, 1);
  const lease = leases.ofClient(message.hardware, given ?? null);
  const clientId = given ?? lease?.clientId ?? null;
  if (subnets.length === 0) {
    const from = message.relay === 0 ? device : formatIpv4(message.relay);
    log.say(`no address range available for DHCP request via ${from}`);
    return null;
  }
  for (const { range, netmask } of subnets)
    log.detail(
      message,
      range.kind === 'static'
        ? `available DHCP subnet: ${formatIpv4(range.start)}/${formatIpv4(netmask)}`
        : `available DHCP range: ${formatIpv4(range.start)} -- ${formatIpv4(range.end)}`,
    );
  let tags = tagsOf(settings, message, device);
  const vendor = message.option(DHCP_OPTION.vendorClass, 1);
  const user = message.option(DHCP_OPTION.userClass, 1);
  if (vendor) log.detail(message, `vendor class: ${printable(vendor)}`);
  if (user) log.detail(message, `user class: ${printable(user)}`);
  const client = clientName(message);
  const asker: Asker = { hardware: message.hardware, clientId, name: null };
  let host = hostOf(settings.hosts, asker, tags, subnets);
  if (host !== undefined) tags = ['known', ...tags];
  else if (hostOf(settings.hosts, asker, tags, null) !== undefined) tags = ['known-othernet', ...tags];
  if (client.given !== null) log.detail(message, `client provides name: ${client.given}`);
  if (host === undefined && client.name !== null) {
    // A name does not stand for a host that is known by something else.
    const named = hostOf(settings.hosts, { ...asker, clientId: null, name: client.name }, tags, subnets);
    if (named?.clientId === null && named.hardware.length === 0) {
      host = named;
      tags = ['known', ...tags];
    }
  }
  for (const tag of host?.sets ?? []) tags = [tag, ...tags];
  const configured = host?.name ?? null;
  const name = configured ?? client.name;
  const isOwnName =
    client.fqdnFlags !== 0 || client.name === null || configured?.toLowerCase() === client.name.toLowerCase();
  const unconfigured = client.fqdnFlags === 0 ? null : client.name;
  return {
    ...arrival,
    message,
    clientId: host?.clientId === 'ignored' ? null : clientId,
    lease,
    host,
    tags,
    client,
    name,
    isNameConfigured: configured !== null,
    offerName: configured !== null && isOwnName ? configured : unconfigured,
  };
}

/** Tags by device, hardware, options and classes. */
function tagsOf(settings: DhcpSettings, message: ClientMessage, device: string): Tags {
  let tags = [device];
  for (const { tag, pattern } of settings.hardware)
    if (hardwareMatches(pattern, message.hardware)) tags = [tag, ...tags];
  for (const { tag, code, value } of settings.matches) {
    const option = message.option(code, 1);
    if (option && (value === null || equalBytes(option.subarray(0, value.length), value)))
      tags = [tag, ...tags];
  }
  for (const { tag, kind, text } of settings.classes) {
    const option = message.option(kind === 'vendor' ? DHCP_OPTION.vendorClass : DHCP_OPTION.userClass, 1);
    if (option && contains(option, text)) tags = [tag, ...tags];
  }
  return tags;
}

function contains(octets: Uint8Array, text: Uint8Array): boolean {
  for (let at = 0; at + text.length <= octets.length; at += 1)
    if (equalBytes(octets.subarray(at, at + text.length), text)) return true;
  return false;
}
