/**
 * Router advertisements as zebra sends and hears them (RFC 4861 6.2): on the interfaces of unnumbered neighbours, where
 * hearing one tells who is at the other end.
 */
import { ETHERTYPE, frameOf } from '../../linux/ether.ts';
import { buildIpv6, HEADER6, NEXT, readIpv6Header } from '../../linux/ip6/packet.ts';
import type { Kernel, Link } from '../../linux/index.ts';
import type { RouterAdvertisingState } from '../../frr/zebra/kernel-port.ts';
import { writeTransportChecksum } from '../../wire/checksum.ts';
import { readMac, writeMac, writeU16 } from '../../wire/octets.ts';

const SECOND = 1e9;
const ROUTER_SOLICITATION = 133;
const ROUTER_ADVERTISEMENT = 134;
const ALL_NODES = (0xff02n << 112n) | 1n;
const ALL_NODES_MAC = 0x333300000001n;
/** The first advertisements come quickly. */
const FAST_COUNT = 4;
const FAST_INTERVAL = SECOND;
const ETHERNET_HEADER = 14;

export interface HeardRouter {
  readonly namespace: string;
  readonly interface: string;
  readonly address: bigint;
  readonly mac: bigint;
  readonly present: boolean;
  /** The one that was heard there before; null: none. */
  readonly replaced: bigint | null;
}

interface Advertiser {
  readonly namespace: string;
  readonly name: string;
  /** Nanoseconds. */
  interval: number;
  fastLeft: number;
  cancelTimer: (() => void) | null;
  stopListening: (() => void) | null;
  heard: { readonly address: bigint; readonly mac: bigint } | null;
  sent: number;
  received: number;
}

export class RouterAdvertising {
  readonly #kernel: Kernel;
  readonly #told: (heard: HeardRouter) => boolean;
  readonly #advertisers = new Map<string, Advertiser>();
  readonly #unsubscribe: () => void;

  /** `told` answers whether the router is the neighbour from now on. */
  constructor(kernel: Kernel, told: (heard: HeardRouter) => boolean) {
    this.#kernel = kernel;
    this.#told = told;
    this.#unsubscribe = kernel.subscribe((event) => {
      if (event.kind === 'link' && !event.deleted) this.#linkChanged(event.namespace, event.link);
    });
  }

  stop(): void {
    this.#unsubscribe();
    for (const advertiser of this.#advertisers.values()) this.#end(advertiser);
    this.#advertisers.clear();
  }

  /** `interval` in milliseconds; null stops. The interface may come later. */
  set(namespace: string, name: string, interval: number | null): void {
    const key = `${namespace} ${name}`;
    const known = this.#advertisers.get(key);
    if (interval === null) {
      if (known !== undefined) this.#end(known);
      this.#advertisers.delete(key);
      return;
    }
    if (known !== undefined) {
      known.interval = interval * 1e6;
      return;
    }
    const advertiser: Advertiser = {
      namespace,
      name,
      interval: interval * 1e6,
      fastLeft: FAST_COUNT,
      cancelTimer: null,
      stopListening: null,
      heard: null,
      sent: 0,
      received: 0,
    };
    this.#advertisers.set(key, advertiser);
    this.#begin(advertiser);
  }

  /** How it stands with an interface; null where nothing is sent. */
  stateOf(namespace: string, name: string): RouterAdvertisingState | null {
    const advertiser = this.#advertisers.get(`${namespace} ${name}`);
    if (advertiser === undefined) return null;
    const { interval, sent, received, heard } = advertiser;
    return { interval: interval / 1e6, sent, received, heard };
  }

  #end(advertiser: Advertiser): void {
    advertiser.cancelTimer?.();
    advertiser.cancelTimer = null;
    advertiser.stopListening?.();
    advertiser.stopListening = null;
  }

  #linkOf({ namespace, name }: Advertiser): Link | undefined {
    return this.#kernel.namespaces.has(namespace) ? this.#kernel.findLink(namespace, name) : undefined;
  }

  #begin(advertiser: Advertiser): void {
    const link = this.#linkOf(advertiser);
    if (link === undefined || !link.up || !link.carrier) return;
    advertiser.stopListening ??= this.#kernel.tap(
      advertiser.namespace,
      link,
      ({ direction, octets }) => {
        if (direction === 'in') this.#frame(advertiser, octets);
      },
      false,
    );
    advertiser.fastLeft = FAST_COUNT;
    advertiser.cancelTimer?.();
    advertiser.cancelTimer = null;
    this.#send(advertiser);
  }

  #linkChanged(namespace: string, link: Link): void {
    const advertiser = this.#advertisers.get(`${namespace} ${link.name}`);
    if (advertiser === undefined) return;
    if (link.up && link.carrier) {
      if (advertiser.cancelTimer === null) this.#begin(advertiser);
      return;
    }
    this.#end(advertiser);
    const { heard } = advertiser;
    advertiser.heard = null;
    if (heard !== null)
      this.#told({ namespace, interface: link.name, ...heard, present: false, replaced: null });
  }

  #send(advertiser: Advertiser): void {
    const link = this.#linkOf(advertiser);
    if (link === undefined || !link.up || !link.carrier) {
      advertiser.cancelTimer = null;
      return;
    }
    const source = linkLocalAddress(link);
    if (source !== undefined) {
      if (advertiser.fastLeft > 0) advertiser.fastLeft -= 1;
      advertiser.sent += 1;
      this.#kernel.transmit(link, advertisement(link, source, advertiser.interval), null);
    }
    const wait = advertiser.fastLeft > 0 ? FAST_INTERVAL : advertiser.interval;
    advertiser.cancelTimer = this.#kernel.context.clock.after(wait, () => this.#send(advertiser));
  }

  #frame(advertiser: Advertiser, frame: Uint8Array): void {
    const datagram = frame.subarray(ETHERNET_HEADER);
    if (frame.length < ETHERNET_HEADER + HEADER6 + 8 || frame[12] !== 0x86 || frame[13] !== 0xdd) return;
    const header = readIpv6Header(datagram);
    if (typeof header === 'string' || header.hopLimit !== 255 || datagram[6] !== NEXT.icmpv6) return;
    const type = datagram[HEADER6];
    if (type === ROUTER_SOLICITATION) {
      advertiser.cancelTimer?.();
      this.#send(advertiser);
      return;
    }
    if (type !== ROUTER_ADVERTISEMENT || header.source >> 118n !== 0x3fan) return;
    advertiser.received += 1;
    const before = advertiser.heard;
    const mac = readMac(frame, 6);
    if (before?.address === header.source) return;
    const isTaken = this.#told({
      namespace: advertiser.namespace,
      interface: advertiser.name,
      address: header.source,
      mac,
      present: true,
      replaced: before?.address ?? null,
    });
    if (isTaken) advertiser.heard = { address: header.source, mac };
  }
}

const linkLocalAddress = (link: Link): bigint | undefined =>
  link.ipv6.addresses.find((one) => one.address >> 118n === 0x3fan && !one.tentative)?.address;

/** The advertisement that zebra sends for an unnumbered neighbour: no prefix, the sender's address. */
function advertisement(link: Link, source: bigint, interval: number): Uint8Array {
  const message = new Uint8Array(24);
  message[0] = ROUTER_ADVERTISEMENT;
  message[4] = 64;
  writeU16(message, 6, Math.min(9000, Math.max(1, Math.round((3 * interval) / SECOND))));
  message[16] = 1;
  message[17] = 1;
  writeMac(message, 18, link.mac);
  writeTransportChecksum(message, 2, { family: 6, source, destination: ALL_NODES }, NEXT.icmpv6);
  const datagram = buildIpv6({ source, destination: ALL_NODES, next: NEXT.icmpv6, hopLimit: 255 }, message);
  return frameOf(ALL_NODES_MAC, link.mac, ETHERTYPE.ipv6, datagram);
}
