/** dnsmasq's DHCP server: a client's message in, what becomes of its lease, and the answer (RFC 2131; dnsmasq(8)). */
import { formatIpv4, formatMac } from '../../../base/address.ts';
import { encodeUtf8 } from '../../../base/utf8.ts';
import { writeU32 } from '../../../wire/octets.ts';
import { AddressChoice } from './address-choice.ts';
import { understand, type Arrival, type Asked } from './asked.ts';
import { chooseOptions } from './choice.ts';
import { addressOption, type ClientMessage } from './client-message.ts';
import { DHCP_MESSAGE, DHCP_OPTION } from '../../../wire/index.ts';
import { fillReply } from './fill-reply.ts';
import type { DhcpSite } from './dhcp-site.ts';
import { expiryOf, Leases, type Lease } from './leases.ts';
import { printable, requestedTexts } from './option-text.ts';
import { sameNet, subnetOf, type Subnet } from './range.ts';
import { ReplyMessage } from './reply-message.ts';
import type { DhcpSettings } from './settings.ts';
import { tagsMatch, type Tags } from './tags.ts';
import { FOREVER } from './time.ts';
import { TransactionLog } from './transaction-log.ts';

const SHORTEST_WISH = 120;
/** `later`: an address is being looked for on the wire. */
export type Answer = ReplyMessage | null | 'later';

/** How a lease is granted or refused. */
interface Granting {
  readonly selecting: boolean;
  /** Without an offer before it. */
  readonly rapid: boolean;
  readonly fuzz: number;
  readonly isUnicast: boolean;
}

const withRange = (tags: Tags, { range }: Subnet): Tags =>
  range.sets === null ? tags : [range.sets, ...tags];

export class DhcpServer {
  readonly leases: Leases;
  readonly #site: DhcpSite;
  readonly #settings: DhcpSettings;
  readonly #log: TransactionLog;
  readonly addresses: AddressChoice;

  constructor(site: DhcpSite, settings: DhcpSettings) {
    this.#site = site;
    this.#settings = settings;
    this.#log = new TransactionLog(settings, site.say);
    this.leases = new Leases(settings.mostLeases);
    this.addresses = new AddressChoice(site, settings, this.#log, this.leases);
  }

  receive(message: ClientMessage, arrival: Arrival): Answer {
    this.leases.prune(this.#site.now());
    const asked = understand(this.#settings, this.leases, this.#log, message, arrival);
    if (asked === null) return null;
    switch (message.type) {
      case DHCP_MESSAGE.discover:
        return this.#discover(asked);
      case DHCP_MESSAGE.request:
        return this.#request(asked);
      case DHCP_MESSAGE.decline:
        return this.#decline(asked);
      case DHCP_MESSAGE.release:
        return this.#release(asked);
      case DHCP_MESSAGE.inform:
        return this.#inform(asked);
      default:
        return null;
    }
  }

  #isIgnored({ host, tags }: Asked): boolean {
    return (host?.ignores ?? false) || this.#settings.ignored.some((list) => tagsMatch(list, tags, false));
  }

  #discover(asked: Asked): Answer {
    const { message, subnets, tags } = asked;
    const wanted = addressOption(message, DHCP_OPTION.requestedAddress) ?? null;
    if (this.#isIgnored(asked)) {
      if (!this.#settings.quiet) this.#log.packet(asked, 'DHCPDISCOVER', null, 'ignored', true);
      return null;
    }
    const address = this.addresses.choose(asked);
    if (address === 'later') return address;
    const nothing = address === null;
    this.#log.packet(asked, 'DHCPDISCOVER', wanted, nothing ? 'no address available' : '', nothing);
    const subnet = nothing ? undefined : subnetOf(subnets, address, tags);
    if (nothing || subnet === undefined) return null;
    if (this.#settings.rapidCommit && message.option(DHCP_OPTION.rapidCommit))
      return this.#grant(asked, address, { selecting: true, rapid: true, fuzz: 0, isUnicast: false });
    this.#log.tags(message, withRange(tags, subnet));
    this.#log.packet(asked, 'DHCPOFFER', address);
    const reply = new ReplyMessage(message);
    reply.yourAddress = address;
    this.#fill(asked, reply, DHCP_MESSAGE.offer, subnet, asked.offerName, this.#leaseTime(asked, subnet));
    return reply;
  }

  #leaseTime({ host, message }: Asked, { range }: Subnet): number {
    const time = host?.leaseTime ?? range.leaseTime;
    const wish = addressOption(message, DHCP_OPTION.leaseTime);
    if (wish === undefined) return time;
    const least = Math.max(wish, SHORTEST_WISH);
    return time === FOREVER || least < time ? least : time;
  }

  #request(asked: Asked): Answer {
    const { message, address: own, subnets } = asked;
    if (this.#isIgnored(asked)) return null;
    const wanted = addressOption(message, DHCP_OPTION.requestedAddress);
    const server = addressOption(message, DHCP_OPTION.serverId);
    const { authoritative } = this.#settings;
    const selecting = wanted !== undefined && server !== undefined;
    const address = wanted ?? message.ownAddress;
    let { lease } = asked;
    let error = '';
    if (selecting) {
      if (!subnets.some(({ local }) => local === server) && server !== own) {
        if (!authoritative) return null;
        error = 'wrong server-ID';
      }
      if (lease && lease.address !== address) {
        this.#drop(lease);
        lease = undefined;
      }
    } else if (wanted !== undefined) {
      if (!lease && !authoritative) return null;
      if (lease && lease.address !== address) error = 'wrong address';
    } else if (lease ? lease.address !== address : !authoritative) {
      // Who asks all may have its lease elsewhere.
      if (!asked.isUnicast) return null;
      error = 'lease not found';
    }
    this.#log.packet(asked, 'DHCPREQUEST', address);
    const fuzz = wanted === undefined ? this.#site.draw() : 0;
    const isUnicast = asked.isUnicast && error !== 'lease not found';
    const how = { selecting, rapid: false, fuzz, isUnicast };
    const now = { ...asked, lease };
    return error === '' ? this.#grant(now, address, how) : this.#refuse(now, address, error, how);
  }

  #refuse(asked: Asked, address: number, error: string, { rapid, isUnicast }: Granting): Answer {
    const { message, subnets } = asked;
    this.#log.packet(asked, rapid ? 'NOANSWER' : 'DHCPNAK', address, error, true);
    if (rapid) return null;
    const reply = new ReplyMessage(message);
    const server = new Uint8Array(4);
    writeU32(server, 0, subnets[0]?.local ?? asked.address);
    reply.put(DHCP_OPTION.messageType, Uint8Array.of(DHCP_MESSAGE.nak));
    reply.put(DHCP_OPTION.serverId, server);
    reply.put(DHCP_OPTION.message, encodeUtf8(asked.client.zeroEnded ? `${error}\0` : error));
    const { ownAddress } = message;
    const isNear = subnets.some(({ local, netmask }) => sameNet(local, ownAddress, netmask));
    if (!isUnicast || error === 'wrong network' || message.relay !== 0 || ownAddress === 0 || isNear) {
      reply.setBroadcast();
      reply.forgetClientAddress();
    }
    this.#log.answer(message, reply);
    return reply;
  }

  /** The name of a lease: what was configured, what the records say, the client's own, or one made of its hardware. */
  #nameOf(asked: Asked, address: number, tags: Tags): { name: string | null; isConfigured: boolean } {
    const { message, isNameConfigured } = asked;
    const { domain, nameOf } = this.#site;
    const known = isNameConfigured ? undefined : nameOf(address);
    if (known !== undefined) {
      const isBelow = domain !== null && known.endsWith(`.${domain}`);
      return { name: isBelow ? known.slice(0, -domain.length - 1) : known, isConfigured: true };
    }
    const isListed = (lists: readonly (readonly string[])[]): boolean =>
      lists.some((list) => tagsMatch(list, tags, true));
    const isIgnored = !isNameConfigured && isListed(this.#settings.ignoredNames);
    let name = isIgnored ? null : asked.name;
    if (name === null && isListed(this.#settings.generatedNames))
      name = formatMac(message.hardware).replaceAll(':', '-');
    return { name, isConfigured: isNameConfigured };
  }

  #grant(asked: Asked, address: number, how: Granting): Answer {
    const { message, host, subnets, tags } = asked;
    let error = this.addresses.objection(asked, address, how.selecting);
    let { lease } = asked;
    if (error === '' && lease === undefined) {
      lease = this.leases.ofAddress(address);
      if (lease) this.#log.say(`abandoning lease to ${formatMac(lease.hardware)} of ${formatIpv4(address)}`);
      else lease = this.leases.add(address, message.hardware);
      if (lease === undefined) error = 'no leases left';
    }
    const subnet = subnetOf(subnets, address, tags);
    if (error !== '' || lease === undefined || subnet === undefined)
      return this.#refuse(asked, address, error, how);
    const all = withRange(tags, subnet);
    this.#log.tags(message, all);
    const { name, isConfigured } = this.#nameOf(asked, address, all);
    const { domain } = this.#site;
    lease.hardware = message.hardware;
    lease.clientId = asked.clientId;
    if (host?.domain && host.domain !== domain && name !== null)
      this.#log.say(`Ignoring domain ${host.domain} for DHCP host name ${name}`);
    if (name !== null) this.leases.setName(lease, name, domain, isConfigured);
    const time = this.#leaseTime(asked, subnet);
    lease.expires = expiryOf(this.#site.now(), time);
    this.#log.packet(asked, 'DHCPACK', address, name ?? '');
    this.#site.leasesChanged();
    const reply = new ReplyMessage(message);
    reply.yourAddress = address;
    this.#fill(asked, reply, DHCP_MESSAGE.ack, subnet, name, time, how);
    return reply;
  }

  #drop(lease: Lease): void {
    this.leases.remove(lease);
    this.#site.leasesChanged();
  }

  #isForThis({ message, address, subnets }: Asked): boolean {
    const server = addressOption(message, DHCP_OPTION.serverId);
    return server !== undefined && server === (subnets[0]?.local ?? address);
  }

  #decline(asked: Asked): null {
    const { message, lease } = asked;
    const address = addressOption(message, DHCP_OPTION.requestedAddress);
    if (!this.#isForThis(asked) || address === undefined) return null;
    const said = message.option(DHCP_OPTION.message, 1);
    this.#log.packet(asked, 'DHCPDECLINE', address, said ? printable(said) : '', true);
    if (lease?.address === address) this.#drop(lease);
    this.addresses.decline(asked, address);
    return null;
  }

  #release(asked: Asked): null {
    const { message, lease, subnets, tags } = asked;
    if (!subnetOf(subnets, message.ownAddress, tags) || !this.#isForThis(asked)) return null;
    const isKnown = lease?.address === message.ownAddress;
    if (lease && isKnown) this.#drop(lease);
    this.#log.packet(asked, 'DHCPRELEASE', message.ownAddress, isKnown ? '' : 'unknown lease', !isKnown);
    return null;
  }

  #inform(asked: Asked): Answer {
    const { message, subnets, tags, lease } = asked;
    const isIgnored = this.#isIgnored(asked);
    const address = message.ownAddress;
    this.#log.packet(asked, 'DHCPINFORM', address, isIgnored ? 'ignored' : '');
    const subnet = subnetOf(subnets, address, tags);
    if (isIgnored || address === 0 || subnet === undefined) return null;
    const leased = (lease ?? this.leases.ofAddress(address))?.name;
    const name = asked.name ?? leased ?? this.#site.nameOf(address) ?? null;
    this.#log.tags(message, withRange(tags, subnet));
    this.#log.packet(asked, 'DHCPACK', address, name ?? '');
    const reply = new ReplyMessage(message);
    this.#fill(asked, reply, DHCP_MESSAGE.ack, subnet, name, null);
    return reply;
  }

  /** `time` null: an answer about no lease. */
  #fill(
    { message, tags, client }: Asked,
    reply: ReplyMessage,
    type: number,
    subnet: Subnet,
    name: string | null,
    time: number | null,
    how: Pick<Granting, 'fuzz' | 'rapid'> = { fuzz: 0, rapid: false },
  ): void {
    const { options, boots, overloads, broadcasts } = this.#settings;
    const { domain, servesNames } = this.#site;
    const requested = message.option(DHCP_OPTION.requestedOptions) ?? null;
    if (requested !== null)
      for (const line of requestedTexts(requested)) this.#log.detail(message, `requested options: ${line}`);
    const missing = fillReply(reply, {
      ...how,
      type,
      subnet,
      name,
      domain,
      time,
      requested,
      servesNames,
      zeroEnded: client.zeroEnded,
      fqdnFlags: client.fqdnFlags,
      options: chooseOptions(options, tags, subnet.range.sets),
      boots,
      tags: withRange(tags, subnet),
      overloads,
      broadcasts: broadcasts.some((list) => tagsMatch(list, tags, true)),
    });
    for (const code of missing)
      this.#log.say(`cannot send DHCP/BOOTP option ${code}: no space left in packet`);
    this.#log.answer(message, reply);
  }
}
