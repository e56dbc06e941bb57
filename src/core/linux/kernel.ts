/**
 * One host's kernel: its network namespaces and links, driven from outside by commands (what netlink would ask), by
 * frames that arrive, and by the clock. Nothing here knows other hosts: a physical link's driver carries frames away.
 */
import type { Context } from '../base/context.ts';
import { invariant } from '../base/assert.ts';
import { ok } from '../base/result.ts';
import type { StepId } from '../base/step.ts';
import { addLink, deleteLink, forget, setMaster, type LinkSpec, type Maker } from './create-link.ts';
import {
  attach,
  detach,
  findLink,
  namespaceOf,
  receive,
  setCarrier,
  transmit,
  updateOperState,
} from './device.ts';
import { refuse, type NetlinkResult } from './errno.ts';
import type { KernelEvent } from './event.ts';
import { addAddress4, type NewIpv4Address } from './ip4/address.ts';
import { solicitArp } from './ip4/arp.ts';
import { openProtocol, sendIp, type IpSend } from './ip-protocol.ts';
import { addAddress6, type NewIpv6Address } from './ip6/address.ts';
import { settingChanged6 } from './ip6/link-changes.ts';
import { solicitNeighbour } from './ip6/neighbour-discovery.ts';
import type { FrameReceiver, Link, LinkDriver, VxlanState } from './link.ts';
import type { KernelFeature, Machine, Namespace, TapListener } from './namespace.ts';
import { NeighbourDiscovery } from './neighbour.ts';
import { newLink, type NewLink } from './new-link.ts';
import { newNamespace } from './new-namespace.ts';
import { newStack } from './new-stack.ts';
import type { IpReceiver, Socket } from './socket.ts';
import type { Stack } from './stack.ts';
import type { TcpConnection, TcpHandlers } from './tcp/connection.ts';
import {
  tcpConnect,
  tcpListen,
  type TcpAccept,
  type TcpConnectOptions,
  type TcpListenOptions,
} from './tcp/open.ts';
import { sendUdp, type UdpSend } from './udp.ts';

export interface KernelOptions {
  /** What this kernel was built with; all features when absent. */
  readonly features?: ReadonlySet<KernelFeature>;
  /** Debian 12's when absent. */
  readonly release?: string;
}

const RELEASE = '6.1.0-37-amd64';

const ALL_FEATURES: ReadonlySet<KernelFeature> = new Set([
  'vlan',
  'vlan-filtering',
  'vrf',
  'bond',
  'dummy',
  'geneve',
  'gre',
  'macvlan',
]);

/** A link whose frames somebody outside carries: a cable's end (`physical`) or a port of Open vSwitch (`internal`). */
export interface DrivenLink {
  readonly name: string;
  readonly driver: LinkDriver;
  readonly mac?: bigint;
  readonly mtu?: number;
  /** Physical links only; true when absent. */
  readonly carrier?: boolean;
}

/** As vswitchd asks for it: no learning, everything else by default. */
const externalVxlan = (port: number): VxlanState => ({
  vni: 0,
  local: null,
  remote: null,
  port,
  sourcePorts: { first: 0, last: 0 },
  ttl: 0,
  tos: 0,
  learning: false,
  proxy: false,
  collectMetadata: true,
  udpChecksum: true,
  zeroChecksum6: true,
  ageing: 300,
  maxAddresses: 0,
  dontFragment: 'unset',
  fdb: new Map(),
});

export class Kernel implements Maker {
  readonly host: string;
  readonly context: Context;
  readonly machine: Machine;
  readonly stack: Stack;
  readonly #listeners = new Set<(event: KernelEvent) => void>();

  constructor(host: string, context: Context, options: KernelOptions = {}) {
    this.host = host;
    this.context = context;
    const neighbours = new NeighbourDiscovery({ 4: solicitArp, 6: solicitNeighbour(() => this.stack) });
    this.machine = {
      host,
      context,
      features: options.features ?? ALL_FEATURES,
      release: options.release ?? RELEASE,
      namespaces: new Map(),
      protocols: new Map(),
      linkListeners: [],
      notify: (event) => {
        for (const listener of this.#listeners) listener(event);
      },
      flushNeighbours: (net, link, family, keepPermanent) =>
        neighbours.flush(net, link, keepPermanent, family),
    };
    this.stack = newStack(this.machine, neighbours);
    this.#watch(newNamespace(this.machine, ''));
  }

  /** Tells `listener` of every change, as netlink does; the answer ends it. */
  subscribe(listener: (event: KernelEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  get namespaces(): ReadonlyMap<string, Namespace> {
    return this.machine.namespaces;
  }

  /** A namespace that exists; '' is the root one. */
  namespace(name = ''): Namespace {
    const net = this.machine.namespaces.get(name);
    invariant(net !== undefined, `no namespace ${name}`);
    return net;
  }

  addNamespace(name: string): NetlinkResult<Namespace> {
    if (this.machine.namespaces.has(name)) return refuse('EEXIST');
    const net = newNamespace(this.machine, name);
    this.#watch(net);
    this.machine.notify({ kind: 'namespace', name, deleted: false });
    return ok(net);
  }

  /** Physical links go back to the root namespace, all others end with it. */
  deleteNamespace(name: string): NetlinkResult {
    const net = this.machine.namespaces.get(name);
    if (net === undefined || name === '') return refuse('ENOENT');
    for (const link of [...net.links.values()]) {
      if (link.kind === 'physical' || link.kind === 'internal') this.moveLink(link, this.namespace());
      else if (link.kind !== 'lo') forget(this.machine, net, link);
    }
    this.machine.namespaces.delete(name);
    this.machine.notify({ kind: 'namespace', name, deleted: true });
    return ok(undefined);
  }

  findLink(namespace: string, name: string): Link | undefined {
    return findLink(this.namespace(namespace), name);
  }

  addLink(namespace: string, spec: LinkSpec): NetlinkResult<Link> {
    return addLink(this, this.namespace(namespace), spec);
  }

  deleteLink(link: Link): NetlinkResult {
    return deleteLink(this.machine, namespaceOf(this.machine, link), link);
  }

  setMaster(link: Link, master: Link | null): NetlinkResult {
    return setMaster(this.machine, namespaceOf(this.machine, link), link, master);
  }

  /** The end of a cable. */
  addPhysical(namespace: string, driven: DrivenLink): Link {
    const link = this.#driven(namespace, 'physical', driven);
    setCarrier(this.namespace(namespace), link, driven.carrier ?? true);
    return link;
  }

  /** A port that another datapath owns, such as an internal port of Open vSwitch. */
  addInternal(namespace: string, driven: DrivenLink): Link {
    return this.#driven(namespace, 'internal', driven);
  }

  /** A tap device that a program holds open: what the kernel sends goes to the program, `receive` brings what it writes. */
  addTap(namespace: string, driven: DrivenLink): Link {
    const link = this.#driven(namespace, 'tap', driven);
    link.carrier = true;
    link.operReported = false;
    updateOperState(this.namespace(namespace), link);
    return link;
  }

  /** A tunnel device whose ends come with each packet (`external`), as Open vSwitch makes them. */
  addTunnel(driven: DrivenLink, type: 'geneve' | 'vxlan' | 'gretap', port: number, namespace = ''): Link {
    const of = { geneve: { genevePort: port }, vxlan: { vxlan: externalVxlan(port) }, gretap: {} } as const;
    return this.#driven(namespace, type, driven, of[type]);
  }

  #driven(
    namespace: string,
    kind: 'physical' | 'internal' | 'tap' | 'geneve' | 'vxlan' | 'gretap',
    driven: DrivenLink,
    tunnel: Pick<NewLink, 'genevePort' | 'vxlan'> = {},
  ): Link {
    const link = newLink(
      {
        kind,
        ...tunnel,
        name: driven.name,
        driver: driven.driver,
        ...(driven.mac === undefined ? {} : { mac: driven.mac }),
        ...(driven.mtu === undefined ? {} : { mtu: driven.mtu }),
      },
      this.context.random,
    );
    attach(this.namespace(namespace), link);
    return link;
  }

  /** Takes a link away without the refusals of `ip link del`: a port was removed from its datapath. */
  removeLink(link: Link): void {
    forget(this.machine, namespaceOf(this.machine, link), link);
  }

  setCarrier(link: Link, carrier: boolean): void {
    setCarrier(namespaceOf(this.machine, link), link, carrier);
  }

  /** Lets a datapath take all frames of a link (`null` gives them back to the host). */
  attachReceiver(link: Link, receiver: FrameReceiver | null): void {
    link.receiver = receiver;
  }

  /** `ip link set LINK netns NAME`: the link loses its addresses and is down there. */
  moveLink(link: Link, target: Namespace): NetlinkResult {
    const net = namespaceOf(this.machine, link);
    if (net === target) return ok(undefined);
    if (link.kind === 'lo' || link.kind === 'bridge' || link.kind === 'bond' || link.kind === 'vrf')
      return refuse('EINVAL', 'The interface netns is immutable');
    if (findLink(target, link.name) !== undefined) return refuse('EEXIST');
    setMaster(this.machine, net, link, null);
    detach(net, link);
    link.ipv6.groups.clear();
    link.groups4.clear();
    link.multicast.clear();
    attach(target, link);
    return ok(undefined);
  }

  /** A frame came in at a link (`netif_receive_skb`). */
  receive(link: Link, octets: Uint8Array, parent: StepId | null): void {
    if (!link.deleted) receive(namespaceOf(this.machine, link), link, octets, parent);
  }

  /** Sends a whole frame out of a link (`dev_queue_xmit`). */
  transmit(link: Link, octets: Uint8Array, parent: StepId | null): void {
    if (!link.deleted) transmit(namespaceOf(this.machine, link), link, octets, parent);
  }

  /** Sees every frame of a link (null: of all links of the namespace) as a packet socket does. The answer ends it. */
  tap(namespace: string, link: Link | null, listener: TapListener, promiscuous = true): () => void {
    const { taps } = this.namespace(namespace);
    const tap = { link, listener };
    taps.push(tap);
    if (link !== null && promiscuous) link.promiscuity += 1;
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      taps.splice(taps.indexOf(tap), 1);
      if (link !== null && promiscuous) link.promiscuity -= 1;
    };
  }

  addAddress4(link: Link, address: NewIpv4Address, replace = false): NetlinkResult {
    return addAddress4(namespaceOf(this.machine, link), link, address, replace);
  }

  addAddress6(link: Link, address: NewIpv6Address, replace = false): NetlinkResult {
    return addAddress6(this.stack, namespaceOf(this.machine, link), link, address, replace);
  }

  /** Sends a UDP datagram over the host's routes; a tunnel's encapsulation uses this. */
  udpSend(send: UdpSend, parent: StepId | null, namespace = ''): NetlinkResult {
    return sendUdp(this.stack, this.namespace(namespace), send, parent);
  }

  /** Sends an IP datagram of another protocol, as a tunnel without UDP does. */
  ipSend(send: IpSend, parent: StepId | null, namespace = ''): NetlinkResult {
    return sendIp(this.stack, this.namespace(namespace), send, parent);
  }

  /** Receives the datagrams of an IP protocol, of both families. The answer ends it. */
  listenProtocol(protocol: number, receiver: IpReceiver, namespace = ''): () => void {
    const net = this.namespace(namespace);
    const closers = [openProtocol(net, 4, protocol, receiver), openProtocol(net, 6, protocol, receiver)];
    return () => {
      for (const close of closers) close();
    };
  }

  /** Receives the datagrams to a UDP port of both families. The answer closes it. */
  listenUdp(port: number, receiver: Socket['receive'], namespace = ''): () => void {
    const { sockets } = this.namespace(namespace);
    const open = (family: 4 | 6): (() => void) =>
      sockets.open({
        protocol: 'udp',
        family,
        port,
        local: null,
        remote: null,
        remotePort: null,
        ifindex: null,
        receive: receiver,
      });
    const closers = [open(4), open(6)];
    return () => {
      for (const close of closers) close();
    };
  }

  /**
   * Takes TCP connections to a port. `accept` says who reads a connection that was established; the answer ends the
   * listening. A listener bound to a VRF takes what comes by all its links; one bound to nothing takes what comes by no
   * VRF, unless `net.ipv4.tcp_l3mdev_accept` says otherwise.
   */
  tcpListen(namespace: string, options: TcpListenOptions, accept: TcpAccept): NetlinkResult<() => void> {
    return tcpListen(this.stack, this.namespace(namespace), options, accept);
  }

  /**
   * Begins a TCP connection: `remote` in the low 32 bits for IPv4; a link-local `remote` needs `ifindex`, its scope.
   * What cannot even begin is refused here; what fails later comes to `handlers.onClosed`.
   */
  tcpConnect(
    namespace: string,
    options: TcpConnectOptions,
    handlers: TcpHandlers,
  ): NetlinkResult<TcpConnection> {
    return tcpConnect(this.stack, this.namespace(namespace), options, handlers);
  }

  #watch(net: Namespace): void {
    net.sysctl.listen((key, value) => settingChanged6(this.stack, net, key, value));
  }
}
