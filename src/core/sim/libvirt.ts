/**
 * libvirt on a hypervisor: virtual networks are Linux bridges of its kernel, and each NIC of a guest is a tap there that
 * leads to the guest's own kernel.
 */
import { formatMac, parseMac } from '../base/address.ts';
import { present } from '../base/assert.ts';
import type { Context } from '../base/context.ts';
import { setBridge } from '../linux/bridge/settings.ts';
import { scopeOf } from '../linux/bridge/spanning-tree.ts';
import { setUp, type Kernel, type Link } from '../linux/index.ts';
import { addressFromText } from './address-text.ts';
import type { DomainInterfaceSpec, DomainSpec, HypervisorSpec, VirtualNetworkSpec } from './machine.ts';
import { Segment, type SegmentEnd } from './segment.ts';
import type { SwitchHost } from './switch/switch-host.ts';

const MTU = 1500;
/** From a guest's queue to the host's tap, one way, in nanoseconds. */
const DELAY = 20_000;

export interface DomainInterface {
  readonly spec: DomainInterfaceSpec;
  readonly guest: Link;
  /** The tap while the guest runs. */
  tap: Link | null;
  /** `virsh domif-setlink`: false while the guest's cable is pulled. */
  linkUp: boolean;
}

export interface Domain {
  readonly name: string;
  /** Number while it runs; libvirt counts starts. */
  id: number | null;
  readonly interfaces: readonly DomainInterface[];
}

/** What libvirt needs of a guest's machine. */
export interface GuestMachine {
  readonly kernel: Kernel;
  running: boolean;
}

export class Libvirt {
  readonly networks: readonly VirtualNetworkSpec[];
  readonly domains = new Map<string, Domain>();
  /** The cables between guests and taps. */
  readonly segments: readonly Segment[];
  readonly #context: Context;
  readonly #kernel: Kernel;
  readonly #guests: ReadonlyMap<string, GuestMachine>;
  readonly #switch: () => SwitchHost | undefined;
  readonly #cables = new Map<DomainInterface, { readonly segment: Segment; readonly end: SegmentEnd }>();
  #started = 0;

  constructor(
    context: Context,
    kernel: Kernel,
    spec: HypervisorSpec,
    guests: ReadonlyMap<string, GuestMachine>,
    openvswitch: () => SwitchHost | undefined,
  ) {
    this.#switch = openvswitch;
    this.#context = context;
    this.#kernel = kernel;
    this.#guests = guests;
    this.networks = spec.networks;
    for (const network of spec.networks) this.#makeNetwork(network);
    this.segments = spec.domains.flatMap((domain) => this.#define(domain));
    for (const { machine, shutOff } of spec.domains) {
      const guest = guests.get(machine);
      if (shutOff && guest) guest.running = false;
      else this.start(machine);
    }
  }

  #makeNetwork(network: VirtualNetworkSpec): void {
    const net = this.#kernel.namespace();
    const mac = present(parseMac(network.mac), 'MAC');
    const bridge = this.#kernel.addLink('', { kind: 'bridge', name: network.bridge, mac });
    if (!bridge.ok) return;
    const scope = scopeOf(net, bridge.value);
    if (scope !== undefined) {
      setBridge(scope, { kind: 'forward-delay', value: 0 });
      setBridge(scope, { kind: 'stp', on: network.stp });
    }
    if (network.anchored !== false) {
      const anchor = this.#kernel.addTap('', {
        name: `${network.bridge}-nic`,
        mac,
        driver: { transmit: () => false },
      });
      this.#kernel.setMaster(anchor, bridge.value);
    }
    setUp(net, bridge.value);
    for (const text of network.addresses) {
      const address = addressFromText(text);
      if (address) this.#kernel.addAddress4(bridge.value, address);
    }
  }

  #define({ machine, interfaces }: DomainSpec): Segment[] {
    const guest = present(this.#guests.get(machine), `guest ${machine}`).kernel;
    const segments: Segment[] = [];
    const made = interfaces.map((spec): DomainInterface => {
      const segment = new Segment(
        { id: `${machine}-${spec.device}`, name: `${machine} ${spec.device}`, mtu: MTU, delay: DELAY },
        this.#context.clock,
        this.#context.recorder,
      );
      const link = guest.addPhysical('', {
        name: spec.device,
        mac: present(parseMac(spec.mac), 'MAC'),
        mtu: MTU,
        carrier: false,
        driver: {
          transmit: (_, octets, parent) => {
            segment.transmit(end, octets, parent);
            return true;
          },
        },
      });
      const end: SegmentEnd = {
        host: machine,
        device: spec.device,
        isUp: () => link.up && link.carrier && !link.deleted,
        receive: (octets, parent) => guest.receive(link, octets, parent),
      };
      segment.plug(end);
      setUp(guest.namespace(), link);
      const one: DomainInterface = { spec, guest: link, tap: null, linkUp: true };
      this.#cables.set(one, { segment, end });
      segments.push(segment);
      return one;
    });
    this.domains.set(machine, { name: machine, id: null, interfaces: made });
    return segments;
  }

  /** The lowest `vnetN` that is free. */
  #tapName(): string {
    for (let n = 0; ; n += 1) if (this.#kernel.findLink('', `vnet${n}`) === undefined) return `vnet${n}`;
  }

  /** `virsh start`. */
  start(name: string): boolean {
    const domain = this.domains.get(name);
    const guest = this.#guests.get(name);
    if (!domain || !guest || domain.id !== null) return false;
    this.#started += 1;
    domain.id = this.#started;
    guest.running = true;
    for (const one of domain.interfaces) this.#plugIn(one);
    return true;
  }

  #plugIn(one: DomainInterface): void {
    const cable = present(this.#cables.get(one), 'cable');
    const guest = present(this.#guests.get(cable.end.host), 'guest').kernel;
    const { source } = one.spec;
    const device = source.kind === 'network' ? (one.spec.tap ?? this.#tapName()) : source.target;
    // libvirt gives the tap the guest's MAC with its first octet made high, so that a bridge never takes it.
    const mac = 0xfe0000000000n | (present(parseMac(one.spec.mac), 'MAC') & 0xffffffffffn);
    const tap = this.#kernel.addTap('', {
      name: device,
      mac,
      mtu: MTU,
      driver: {
        transmit: (_, octets, parent) => {
          cable.segment.transmit(end, octets, parent);
          return true;
        },
      },
    });
    const end: SegmentEnd = {
      host: this.#kernel.host,
      device,
      isUp: () => tap.up && !tap.deleted,
      receive: (octets, parent) => this.#kernel.receive(tap, octets, parent),
    };
    cable.segment.plug(end);
    setUp(this.#kernel.namespace(), tap);
    if (source.kind === 'openvswitch') this.#addPort(source.bridge, device, source.ifaceId, one.spec.mac);
    else {
      const network = this.networks.find(({ name }) => name === source.name);
      const bridge = network && this.#kernel.findLink('', network.bridge);
      if (bridge) this.#kernel.setMaster(tap, bridge);
    }
    one.tap = tap;
    guest.setCarrier(one.guest, one.linkUp);
  }

  #addPort(bridge: string, device: string, ifaceId: string, mac: string): void {
    const ids = new Map([
      ['attached-mac', mac],
      ['iface-id', ifaceId],
      ['iface-status', 'active'],
    ]);
    this.#switch()?.addPort(bridge, device, ids);
  }

  /** `virsh destroy`: the guest stops at once, and its taps go. */
  destroy(name: string): boolean {
    const domain = this.domains.get(name);
    const guest = this.#guests.get(name);
    if (!domain || !guest || domain.id === null) return false;
    domain.id = null;
    guest.running = false;
    for (const one of domain.interfaces) {
      guest.kernel.setCarrier(one.guest, false);
      const { segment } = present(this.#cables.get(one), 'cable');
      const end = segment.ends.find(({ host }) => host === this.#kernel.host);
      if (end) segment.unplug(end);
      const { source } = one.spec;
      if (source.kind === 'openvswitch') this.#switch()?.removePort(source.bridge, source.target);
      if (one.tap) this.#kernel.removeLink(one.tap);
      one.tap = null;
    }
    return true;
  }

  /** `virsh domif-setlink`: what the guest sees of its cable. False when the domain has no such interface. */
  setLink(domain: Domain, target: string, up: boolean): boolean {
    const one = domain.interfaces.find(
      ({ tap, guest }) => tap?.name === target || formatMac(guest.mac) === target.toLowerCase(),
    );
    if (!one) return false;
    one.linkUp = up;
    present(this.#guests.get(domain.name), 'guest').kernel.setCarrier(one.guest, up);
    return true;
  }
}
