/** The kernel's end of Open vSwitch's tunnels: `genev_sys_6081`, `gre_sys` and the like, UDP or GRE towards the underlay, and back. */
import { formatIpv4, formatIpv6 } from '../../base/address.ts';
import type { StepId, What } from '../../base/step.ts';
import { setUp, tunnelSourcePort, type Datagram, type Kernel, type Link } from '../../linux/index.ts';
import type { Port } from '../../ofproto/bridge/port.ts';
import { tunnelDevice, type TunnelAddress, type TunnelType } from '../../ofproto/bridge/tunnel-config.ts';
import type { TunnelMetadata, TunnelSend } from '../../ofproto/receive.ts';
import type { Vswitch } from '../../ofproto/vswitch/vswitch.ts';
import {
  decodePacket,
  encodeGeneve,
  encodeGre,
  encodeVxlan,
  findLayer,
  type LayerOf,
  ovnKeys,
  payloadOf,
  type GeneveOptionValue,
} from '../../wire/index.ts';

type Receive = (port: Port, octets: Uint8Array, tunnel: TunnelMetadata, parent: StepId | null) => void;

/** `GENEVE_MAX_MTU` less what the outer headers take, as the kernel makes these devices. */
const DEVICE_MTU = 65_000;

/** Types that this world can carry. */
type Carried = 'geneve' | 'vxlan' | 'gre';
const CARRIED: readonly TunnelType[] = ['geneve', 'vxlan', 'gre'] satisfies Carried[];
const isCarried = (type: TunnelType): type is Carried => CARRIED.includes(type);

const GRE_PROTOCOL = 47;
/** Transparent Ethernet bridging: a frame in GRE. */
const ETHERNET_IN_GRE = 0x6558;
const KEY_MASK = 0xffff_ffffn;

interface Device {
  readonly type: Carried;
  /** 0 for GRE, which has no ports. */
  readonly udpPort: number;
  /** Null for the userspace datapath, which unwraps by itself and has no device. */
  readonly link: Link | null;
  readonly close: () => void;
}

/** The ends of a tunnel as this host sees them. */
interface Ends {
  readonly local: TunnelAddress;
  readonly remote: TunnelAddress;
}

const addressText = ({ ipv4, ipv6 }: TunnelAddress): string =>
  ipv6 === 0n ? formatIpv4(ipv4) : formatIpv6(ipv6);
const addressOf = (family: 4 | 6, value: bigint): TunnelAddress =>
  family === 4 ? { ipv4: Number(value), ipv6: 0n } : { ipv4: 0, ipv6: value };

/** Where the switch runs, and whether its bridges are of the userspace datapath (all of a host are of one type). */
interface TunnelSite {
  readonly kernel: Kernel;
  readonly namespace: string;
  readonly isUserspace: () => boolean;
}

export class TunnelEndpoint {
  readonly #kernel: Kernel;
  readonly #namespace: string;
  readonly #isUserspace: () => boolean;
  readonly #vswitch: Vswitch;
  readonly #receive: Receive;
  readonly #devices = new Map<string, Device>();
  /** What goes with the frame that a device is sending or receiving: the kernel's links carry octets alone. */
  #sending: TunnelSend | null = null;
  #arriving: TunnelMetadata | null = null;

  constructor(site: TunnelSite, vswitch: Vswitch, receive: Receive) {
    this.#kernel = site.kernel;
    this.#namespace = site.namespace;
    this.#isUserspace = site.isUserspace;
    this.#vswitch = vswitch;
    this.#receive = receive;
  }

  /** Makes the devices that the switch's tunnel ports need, and takes away those that none needs any more. */
  follow(): void {
    const wanted = new Map<string, { readonly type: Carried; readonly udpPort: number }>();
    for (const bridge of this.#vswitch.bridges.values())
      for (const { tunnel } of bridge.ports.values())
        if (tunnel && isCarried(tunnel.type))
          wanted.set(tunnelDevice(tunnel.type, tunnel.port), { type: tunnel.type, udpPort: tunnel.port });
    for (const [name, device] of this.#devices)
      if (!wanted.has(name)) {
        device.close();
        if (device.link) this.#kernel.removeLink(device.link);
        this.#devices.delete(name);
      }
    for (const [name, { type, udpPort }] of wanted)
      if (!this.#devices.has(name)) this.#devices.set(name, this.#open(name, type, udpPort));
  }

  #open(name: string, type: Carried, udpPort: number): Device {
    if (this.#isUserspace()) {
      const close = this.#listen(type, udpPort, (datagram) => {
        const { frame, tunnel, step } = this.#unwrap(type, name, datagram) ?? {};
        const port = this.#anyPort(type, udpPort);
        if (frame && tunnel && port) this.#receive(port, frame, tunnel, step ?? null);
      });
      return { type, udpPort, link: null, close };
    }
    const link = this.#kernel.addTunnel(
      {
        name,
        mtu: DEVICE_MTU,
        driver: { transmit: (from, octets, parent) => this.#encapsulate(type, from.name, octets, parent) },
      },
      type === 'gre' ? 'gretap' : type,
      udpPort,
      this.#namespace,
    );
    setUp(this.#kernel.namespace(this.#namespace), link);
    this.#kernel.attachReceiver(link, (_, octets, parent) => this.#enter(type, udpPort, octets, parent));
    const close = this.#listen(type, udpPort, (datagram) => this.#arrived(type, link, datagram));
    return { type, udpPort, link, close };
  }

  #listen(type: Carried, udpPort: number, receive: (datagram: Datagram) => void): () => void {
    return type === 'gre'
      ? this.#kernel.listenProtocol(GRE_PROTOCOL, receive, this.#namespace)
      : this.#kernel.listenUdp(udpPort, receive, this.#namespace);
  }

  /** Wraps a frame and sends it over the host's own routes. */
  send(tunnel: TunnelSend, octets: Uint8Array, parent: StepId | null): void {
    const device = this.#devices.get(tunnelDevice(tunnel.type, tunnel.port));
    if (!device) return;
    this.#sending = tunnel;
    if (device.link) this.#kernel.transmit(device.link, octets, parent);
    else this.#encapsulate(device.type, tunnelDevice(tunnel.type, tunnel.port), octets, parent);
    this.#sending = null;
  }

  #encapsulate(type: Carried, device: string, octets: Uint8Array, parent: StepId | null): boolean {
    const tunnel = this.#sending;
    if (!tunnel) return false;
    const vni = Number((tunnel.key ?? 0n) & KEY_MASK);
    const metadata = type === 'geneve' ? optionsText(tunnel.options) : '';
    const ends = { local: tunnel.source, remote: tunnel.destination };
    const step = this.#record(
      device,
      { kind: 'encapsulated', protocol: type, vni, metadata, ...textOf(ends) },
      octets,
      parent,
    );
    const family = tunnel.destination.ipv6 === 0n ? 4 : 6;
    const value = (address: TunnelAddress): bigint => (family === 4 ? BigInt(address.ipv4) : address.ipv6);
    const outer = {
      family,
      local: value(tunnel.source),
      remote: value(tunnel.destination),
      ttl: tunnel.ttl,
      tos: tunnel.tos,
      dontFragment: tunnel.dontFragment,
    } as const;
    if (type === 'gre') {
      // A GRE device of this kind sends over IPv4 alone.
      if (family !== 4) return false;
      const key = tunnel.key === null ? {} : { key: vni };
      const gre = encodeGre({ protocol: ETHERNET_IN_GRE, checksum: tunnel.checksum, ...key }, octets);
      const send = { ...outer, protocol: GRE_PROTOCOL, payload: () => gre };
      return this.#kernel.ipSend(send, step, this.#namespace).ok;
    }
    const payload =
      type === 'geneve'
        ? encodeGeneve({ vni, oam: tunnel.oam, options: tunnel.options }, octets)
        : encodeVxlan({ vni }, octets);
    const sent = this.#kernel.udpSend(
      {
        ...outer,
        sourcePort: tunnelSourcePort(octets),
        destinationPort: tunnel.port,
        payload,
        checksum: tunnel.checksum,
      },
      step,
      this.#namespace,
    );
    return sent.ok;
  }

  /** A datagram for a device's port: unwrapped, it is a frame that came in at the device. */
  #arrived(type: Carried, link: Link, datagram: Datagram): void {
    const unwrapped = this.#unwrap(type, link.name, datagram);
    if (!unwrapped) return;
    this.#arriving = unwrapped.tunnel;
    this.#kernel.receive(link, unwrapped.frame, unwrapped.step);
    this.#arriving = null;
  }

  #unwrap(
    type: Carried,
    device: string,
    datagram: Datagram,
  ):
    | { readonly frame: Uint8Array; readonly tunnel: TunnelMetadata; readonly step: StepId | null }
    | undefined {
    const decoded = decodePacket(datagram.datagram, { offset: 0, size: datagram.datagram.length });
    const header = findLayer(decoded, type);
    if (!header || (header.kind === 'gre' && !isEthernetInGre(header))) return undefined;
    const vni = header.kind === 'gre' ? (header.key ?? 0) : header.vni;
    const frame = payloadOf(datagram.datagram, header).slice();
    const tunnel: TunnelMetadata = {
      key: header.kind === 'gre' && header.key === null ? null : BigInt(vni),
      source: addressOf(datagram.family, datagram.source),
      destination: addressOf(datagram.family, datagram.destination),
      tos: datagram.tos,
      ttl: datagram.ttl,
      dontFragment: findLayer(decoded, 'ipv4')?.dontFragment ?? false,
      checksum:
        header.kind === 'gre'
          ? header.checksum !== null
          : findLayer(decoded, 'udp')?.checksum.verdict !== 'absent',
      oam: header.kind === 'geneve' && header.oam,
      options: header.kind === 'geneve' ? header.options : [],
      groupPolicy: 0,
    };
    const metadata = header.kind === 'geneve' ? optionsText(header.options) : '';
    const ends = { local: tunnel.destination, remote: tunnel.source };
    const what: What = {
      kind: 'decapsulated',
      protocol: header.kind,
      vni,
      metadata,
      ...textOf(ends),
    };
    return { frame, tunnel, step: this.#record(device, what, frame, datagram.parent) };
  }

  #enter(type: Carried, udpPort: number, octets: Uint8Array, parent: StepId | null): 'consumed' | 'pass' {
    const port = this.#anyPort(type, udpPort);
    if (!port || !this.#arriving) return 'pass';
    this.#receive(port, octets, this.#arriving, parent);
    return 'consumed';
  }

  #record(device: string, what: What, frame: Uint8Array, parent: StepId | null): StepId | null {
    const { recorder } = this.#kernel.context;
    if (!recorder.active) return parent;
    return recorder.record({
      parent,
      where: { host: this.#kernel.host, device },
      what,
      frame,
      because: [],
    });
  }

  /** Any port of the device: the switch finds the right one by the outer header. */
  #anyPort(type: Carried, udpPort: number): Port | undefined {
    for (const bridge of this.#vswitch.bridges.values())
      for (const port of bridge.ports.values())
        if (port.tunnel?.type === type && port.tunnel.port === udpPort) return port;
    return undefined;
  }
}

/** A GRE device drops what is broken, and what holds no frame. */
const isEthernetInGre = ({ version, protocol, checksum }: LayerOf<'gre'>): boolean =>
  version === 0 && protocol === ETHERNET_IN_GRE && checksum?.verdict !== 'wrong';

const textOf = ({ local, remote }: Ends) => ({ local: addressText(local), remote: addressText(remote) });

/** OVN's keys, as far as the options have them. */
function optionsText(options: readonly GeneveOptionValue[]): string {
  const keys = ovnKeys({ options });
  return keys ? `ingress key ${keys.ingress}, egress key ${keys.egress}` : '';
}
