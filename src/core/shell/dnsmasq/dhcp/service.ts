/** dnsmasq's DHCP half at work in a namespace: its socket, the ranges of each device, relays, and where answers go. */
import { formatIpv4 } from '../../../base/address.ts';
import type { Context } from '../../../base/context.ts';
import { STRERROR } from '../../../linux/errno.ts';
import type { Datagram, Kernel, Link } from '../../../linux/index.ts';
import { readMac, readU32 } from '../../../wire/octets.ts';
import { sendUdp } from '../../../linux/udp.ts';
import { AddressProbe } from './address-probe.ts';
import type { Arrival } from './asked.ts';
import { FIXED_SIZE, readClientMessage, type ClientMessage } from './client-message.ts';
import { DHCP_CLIENT_PORT, DHCP_SERVER_PORT } from '../../../wire/index.ts';
import { sameNet, type Subnet } from './range.ts';
import { relayOfReply, relayUp } from './relay.ts';
import type { ReplyMessage } from './reply-message.ts';
import type { DhcpSite } from './dhcp-site.ts';
import { DhcpServer } from './server.ts';
import type { DhcpSettings } from './settings.ts';

const CLASS_SELECTOR_6 = 0xc0;
const EVERYBODY = 0xffffffff;
/** Messages that wait while an address is being probed. */
const MOST_WAITING = 64;

export interface ServiceSite extends Omit<DhcpSite, 'available' | 'now' | 'draw'> {
  readonly kernel: Kernel;
  readonly namespace: string;
  readonly context: Context;
  /** Whether a device is one that it serves. */
  readonly serves: (device: string) => boolean;
}

interface Waiting {
  readonly message: ClientMessage;
  readonly datagram: Datagram;
  readonly link: Link;
  readonly address: number;
}

const maskOf = (length: number): number => (length === 0 ? 0 : (-1 << (32 - length)) >>> 0);

/** The mask that an address of this class has, for networks behind a relay. */
const classMask = (address: number): number =>
  address >>> 31 === 0 ? 0xff000000 : address >>> 30 === 2 ? 0xffff0000 : 0xffffff00;

export class DhcpService {
  readonly server: DhcpServer;
  readonly #site: ServiceSite;
  readonly #settings: DhcpSettings;
  readonly #probe: AddressProbe;
  readonly #waiting: Waiting[] = [];
  readonly #close: () => void;

  /** `bound`: the device that its socket is bound to, if to one alone. */
  constructor(site: ServiceSite, settings: DhcpSettings, bound: Link | null) {
    this.#site = site;
    this.#settings = settings;
    const { context } = site;
    this.#probe = new AddressProbe(site, (inUse) => {
      const first = this.#waiting[0];
      if (inUse && first) this.server.addresses.moveOn(this.#subnets(first));
      this.#work();
    });
    this.server = new DhcpServer(
      {
        ...site,
        now: () => Math.floor(context.clock.wallMs() / 1000),
        draw: () => context.random.fork(`dnsmasq renewal ${context.clock.now()}`).below(0x10000),
        available: (address) => (settings.pings ? this.#probe.state(address) : 'free'),
      },
      settings,
    );
    this.#close = site.kernel.namespace(site.namespace).sockets.open({
      protocol: 'udp',
      family: 4,
      port: DHCP_SERVER_PORT,
      local: null,
      remote: null,
      remotePort: null,
      ifindex: bound?.index ?? null,
      program: 'dnsmasq',
      receive: (datagram) => this.#receive(datagram),
    });
  }

  close(): void {
    this.#probe.close();
    this.#close();
  }

  get #links(): readonly Link[] {
    return [...this.#site.kernel.namespace(this.#site.namespace).links.values()];
  }

  #receive(datagram: Datagram): void {
    const { payload } = datagram;
    const link = this.#links.find(({ index }) => index === datagram.ifindex);
    if (link === undefined || payload.length < FIXED_SIZE) return;
    if (this.#relayBack(link, datagram)) return;
    const [first] = link.addresses4;
    if (first === undefined) {
      if (this.#site.serves(link.name))
        this.#site.say(`DHCP packet received on ${link.name} which has no address`);
      return;
    }
    if (this.#settings.notOn.includes(link.name) || !this.#site.serves(link.name)) return;
    const own = link.addresses4.map(({ local }) => local);
    for (const { local, server, octets } of relayUp(this.#settings.relays, own, payload))
      this.#send(octets, datagram, { remote: server, local, port: DHCP_SERVER_PORT });
    const message = readClientMessage(payload);
    if (message === undefined || this.#settings.ranges.length === 0) return;
    if (this.#waiting.length >= MOST_WAITING) return;
    this.#waiting.push({ message, datagram, link, address: first.local });
    if (this.#waiting.length === 1) this.#work();
  }

  /** A server's answer goes on to the client. */
  #relayBack(from: Link, datagram: Datagram): boolean {
    const { payload } = datagram;
    const local = relayOfReply(this.#settings.relays, payload, from.name);
    if (local === undefined) return false;
    const link = this.#links.find(({ addresses4 }) => addresses4.some((one) => one.local === local));
    if (link) this.#toClient(payload, datagram, link);
    return true;
  }

  /** One message after the other; one that waits for the wire holds up those behind it. */
  #work(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const { message, datagram, link, address } = next;
      const arrival: Arrival = {
        device: link.name,
        address,
        isUnicast: datagram.destination !== BigInt(EVERYBODY),
        subnets: this.#subnets(next),
      };
      const answer = this.server.receive(message, arrival);
      if (answer === 'later') return;
      this.#probe.forgetUsed();
      this.#waiting.shift();
      if (answer !== null) this.#answer(answer, next);
    }
  }

  /** The ranges of the networks that a device is on, or those of a client behind a relay. */
  #subnets({ message, link, address }: Waiting): readonly Subnet[] {
    const ranges = this.#settings.ranges.toReversed();
    const here = link.addresses4.toReversed().flatMap(({ local, length, broadcast }) =>
      ranges.flatMap((range): Subnet[] => {
        const netmask = range.netmask ?? maskOf(length);
        if (!sameNet(local, range.start, netmask) || !sameNet(local, range.end, netmask)) return [];
        const usual = broadcast ?? (local | ~netmask) >>> 0;
        return [{ range, netmask, broadcast: range.broadcast ?? usual, local, router: local }];
      }),
    );
    const { relay, ownAddress } = message;
    if (relay === 0 && here.some(({ range, netmask }) => sameNet(ownAddress, range.start, netmask)))
      return here;
    const remote = relay === 0 ? ownAddress : relay;
    if (remote === 0) return here;
    const there = ranges.flatMap((range): Subnet[] => {
      const netmask = range.netmask ?? classMask(range.start);
      if (!sameNet(remote, range.start, netmask) || !sameNet(remote, range.end, netmask)) return [];
      const broadcast = range.broadcast ?? (range.start | ~netmask) >>> 0;
      return [{ range, netmask, broadcast, local: address, router: relay }];
    });
    return relay === 0 && there.length === 0 ? here : there;
  }

  #answer(reply: ReplyMessage, { message, datagram, link }: Waiting): void {
    const octets = reply.finish();
    const { clientAddress } = reply;
    if (message.relay !== 0)
      this.#send(octets, datagram, { remote: message.relay, local: 0, port: DHCP_SERVER_PORT });
    else if (clientAddress !== 0) {
      const isSource = datagram.source === BigInt(clientAddress) && datagram.sourcePort !== 0;
      const port = isSource ? datagram.sourcePort : DHCP_CLIENT_PORT;
      this.#send(octets, datagram, { remote: clientAddress, local: 0, port });
    } else this.#toClient(octets, datagram, link);
  }

  /** To a client without an address: by broadcast where it asks for that, else by an entry in the neighbour table. */
  #toClient(octets: Uint8Array, datagram: Datagram, link: Link): void {
    const message = { flags: ((octets[10] ?? 0) << 8) | (octets[11] ?? 0), address: readU32(octets, 16) };
    const { kernel, namespace, context } = this.#site;
    const isBroadcast = (message.flags & 0x8000) !== 0;
    if (!isBroadcast) {
      const net = kernel.namespace(namespace);
      const key = BigInt(message.address);
      const neighbour =
        net.neighbours.find(4, link.index, key) ??
        net.neighbours.create(4, link.index, key, context.clock.now());
      const mac = readMac(octets, 28);
      const flags = { override: true, admin: true };
      kernel.stack.neighbours.update(net, link, neighbour, mac, 'STALE', datagram.parent, flags);
    }
    const remote = isBroadcast ? EVERYBODY : message.address;
    this.#send(octets, datagram, { remote, local: 0, port: DHCP_CLIENT_PORT, link });
  }

  #send(
    payload: Uint8Array,
    { parent }: Datagram,
    to: { readonly remote: number; readonly local: number; readonly port: number; readonly link?: Link },
  ): void {
    const { kernel, namespace, context } = this.#site;
    const sent = sendUdp(
      kernel.stack,
      kernel.namespace(namespace),
      {
        family: 4,
        local: BigInt(to.local),
        remote: BigInt(to.remote),
        sourcePort: DHCP_SERVER_PORT,
        destinationPort: to.port,
        payload,
        tos: CLASS_SELECTOR_6,
        ...(to.link ? { oif: to.link.index } : {}),
        program: { name: 'dnsmasq', recorder: context.recorder },
      },
      parent,
    );
    if (!sent.ok)
      this.#site.say(`Error sending DHCP packet to ${formatIpv4(to.remote)}: ${STRERROR[sent.error.errno]}`);
  }
}
