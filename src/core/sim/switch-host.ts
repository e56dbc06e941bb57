/**
 * Open vSwitch on a machine: follows its database, owns the machine's internal ports and tunnel devices, and carries
 * frames between the kernel's links and the switch's ports.
 */
import { formatMac, parseMac } from '../base/address.ts';
import type { Context } from '../base/context.ts';
import type { StepId } from '../base/step.ts';
import type { Flow } from '../flow/flow.ts';
import { OFPP, type OfPort } from '../flow/ofport.table.ts';
import { addTlvMappings, EMPTY_TLV_MAP } from '../flow/tlv-map.ts';
import { namespaceOf, setMac, type DrivenLink, type Kernel, type Link } from '../linux/index.ts';
import type { FlowSpec, GroupSpec, MeterSpec, OfpAct } from '../ofproto/index.ts';
import { outputTo } from '../ofproto/actions/ofpact.ts';
import { bfdStatus } from '../ofproto/bridge/bfd-text.ts';
import type { Bridge } from '../ofproto/bridge/bridge.ts';
import type { SwitchRelease } from '../ofproto/bridge/datapath.ts';
import type { Port } from '../ofproto/bridge/port.ts';
import type { TunnelType } from '../ofproto/bridge/tunnel-config.ts';
import {
  packetOut,
  receivePacket,
  resume,
  type Continuation,
  type DatapathSink,
  type PacketIn,
} from '../ofproto/receive.ts';
import { tunnelDevice, Vswitch, type InterfaceStatuses } from '../ofproto/vswitch/vswitch.ts';
import type { ConnectionPattern } from '../ovn/controller/index.ts';
import { createDatabase, vswitchSchema, type OvsDatabase, type OvsRow } from '../ovsdb/index.ts';
import { BfdMonitor } from './bfd-monitor.ts';
import { StpMonitor } from './stp-monitor.ts';
import { Daemon } from './daemon.ts';
import { findAnywhere, switchConfig } from './switch-config.ts';
import { TunnelEndpoint } from './tunnel-endpoint.ts';

/** From a change of the database to its application, in nanoseconds. */
const DELAY = 1_000_000;
const SECOND = 1_000_000_000;

const VERSIONS: Readonly<Record<SwitchRelease, string>> = { '2.15': '2.15.0', '3.7': '3.7.0' };
const DATAPATH_TYPES = ['netdev', 'system'];
const IFACE_TYPES = [
  'bareudp',
  'erspan',
  'geneve',
  'gre',
  'gtpu',
  'internal',
  'ip6erspan',
  'ip6gre',
  'patch',
  'srv6',
  'system',
  'tap',
  'vxlan',
];

/** OVN's Geneve option, which ovn-controller maps to `tun_metadata0` before it adds flows. */
const OVN_TLV = { optionClass: 0x0102, type: 0x80, length: 4, index: 0 };

/** The device that a userspace datapath makes for itself. */
const USERSPACE_DATAPATH = 'ovs-netdev';

/** From a frame's arrival to the turn of the userspace datapath's polling loop, in nanoseconds. */
const USERSPACE_TURN = 1_000_000;

interface InternalPort {
  readonly mac: string | null;
  readonly isUserspace: boolean;
}

/** What a controller wants on a bridge. */
export interface InstalledTables {
  readonly flows: readonly FlowSpec[];
  /** What is different in them from the last time, where that is known. */
  readonly changes: { readonly put: readonly FlowSpec[]; readonly gone: readonly FlowSpec[] } | null;
  readonly groups: readonly GroupSpec[];
  readonly meters: readonly MeterSpec[];
}

/** What is new or another object, and the ids that are gone. */
function changesBetween<T extends { readonly id: number }>(
  before: readonly T[],
  now: readonly T[],
): readonly [fresh: readonly T[], gone: readonly number[]] {
  const old = new Set(before);
  const kept = new Set(now.map(({ id }) => id));
  return [now.filter((one) => !old.has(one)), before.flatMap(({ id }) => (kept.has(id) ? [] : [id]))];
}

const NO_STATUS: ReadonlyMap<string, string> = new Map();

const sameMap = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean =>
  a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);

/** What a packet for the controller is handed to; the answer tells whether somebody took it. */
export type PacketInHandler = (bridge: Bridge, packetIn: PacketIn, parent: StepId | null) => boolean;

export class SwitchHost {
  readonly ovs: OvsDatabase;
  readonly vswitch: Vswitch;
  packetIn: PacketInHandler = () => false;
  readonly #context: Context;
  readonly #kernel: Kernel;
  readonly #namespace: string;
  readonly #daemon: Daemon;
  /** Internal ports' links; they keep their identity when moved to a namespace. */
  readonly #internal = new Map<string, Link>();
  readonly #attached = new Map<string, Link>();
  /** The groups and meters that a controller last installed, and where. */
  #installed:
    | {
        readonly bridge: Bridge;
        readonly failMode: Bridge['failMode'];
        readonly groups: readonly GroupSpec[];
        readonly meters: readonly MeterSpec[];
      }
    | undefined;
  readonly #tunnels: TunnelEndpoint;
  readonly #bfd: BfdMonitor;
  readonly #stp: StpMonitor;

  /** `namespace`: where vswitchd runs and looks for devices; '' is the root one. */
  constructor(
    context: Context,
    kernel: Kernel,
    { namespace = '', release = '3.7' }: { namespace?: string; release?: SwitchRelease | undefined } = {},
  ) {
    this.#context = context;
    this.#kernel = kernel;
    this.#namespace = namespace;
    this.ovs = createDatabase(vswitchSchema, context.random.fork('ovs'));
    this.vswitch = new Vswitch(kernel.host, context, release);
    const isUserspace = (): boolean =>
      [...this.vswitch.bridges.keys()].some((bridge) => this.#isUserspace(bridge));
    this.#tunnels = new TunnelEndpoint(
      { kernel, namespace, isUserspace },
      this.vswitch,
      (port, octets, tunnel, parent) =>
        receivePacket(this.vswitch.datapath, port, octets, tunnel, parent, this.#sink),
    );
    this.#bfd = new BfdMonitor(context, this.vswitch, {
      send: (port, octets, parent) =>
        packetOut(port.bridge, octets, OFPP.none, [outputTo(port.ofPort)], parent, this.#sink),
      changed: () => this.#daemon.wake(),
    });
    this.#stp = new StpMonitor(context, this.vswitch, {
      ovs: this.ovs,
      send: (port, octets, parent) =>
        packetOut(port.bridge, octets, OFPP.none, [outputTo(port.ofPort)], parent, this.#sink),
    });
    this.#initialise();
    this.#daemon = new Daemon(context.clock, DELAY, () => this.#reconfigure());
    this.ovs.subscribe(() => this.#daemon.wake());
    kernel.subscribe((event) => {
      if (event.kind === 'link' && this.#concerns(event.link)) this.#daemon.wake();
    });
    this.#daemon.wake();
  }

  /** The machine's name. */
  get host(): string {
    return this.#kernel.host;
  }

  get busy(): boolean {
    return this.#daemon.busy || this.#bfd.negotiating;
  }

  /** The kernel device that carries tunnels of a type. */
  tunnelDevice(type: TunnelType): string {
    for (const bridge of this.vswitch.bridges.values())
      for (const port of bridge.ports.values())
        if (port.tunnel?.type === type) return tunnelDevice(type, port.tunnel.port);
    return '';
  }

  /** Replaces what a controller has installed; flows, groups and meters that stay keep their counters. */
  install(bridge: string, tables: InstalledTables): void {
    const { groups, meters } = tables;
    const target = this.vswitch.bridges.get(bridge);
    if (!target) return;
    if (target.tlv.entries.length === 0) {
      const mapped = addTlvMappings(EMPTY_TLV_MAP, [OVN_TLV]);
      if (mapped.ok) target.tlv = mapped.value;
    }
    const from = this.#installed?.bridge === target ? this.#installed : undefined;
    const [freshGroups, goneGroups] = changesBetween(from?.groups ?? [], groups);
    const [freshMeters, goneMeters] = changesBetween(from?.meters ?? [], meters);
    for (const meter of freshMeters) target.addMeter(meter);
    for (const group of freshGroups) target.addGroup(group);
    if (from && tables.changes && from.failMode === target.failMode) target.changeFlows(tables.changes);
    else target.replaceFlows(tables.flows);
    for (const id of goneGroups) target.removeGroup(id);
    for (const id of goneMeters) target.removeMeter(id);
    this.#installed = { bridge: target, failMode: target.failMode, groups, meters };
  }

  /** A controller sends a packet through `actions`, as if it had come in through `inPort`, its own unless it says so. */
  packetOut(
    bridge: string,
    octets: Uint8Array,
    actions: readonly OfpAct[],
    parent: StepId | null,
    inPort: OfPort = OFPP.controller,
  ): void {
    const target = this.vswitch.bridges.get(bridge);
    if (target) packetOut(target, octets, inPort, actions, parent, this.#sink);
  }

  /** A controller gives a paused packet back. */
  resume(continuation: Continuation, octets: Uint8Array, metadata: Flow, parent: StepId | null): void {
    resume(continuation, octets, metadata, parent, this.#sink);
  }

  /** Forgets the tracked connections that fit all that is given. */
  flushConnections({ zone, label, protocol = 0, ends }: ConnectionPattern): void {
    const fits = (
      wanted: { readonly address: bigint; readonly port: number },
      address: bigint,
      port: number,
    ): boolean => wanted.address === address && (wanted.port === 0 || wanted.port === port);
    this.vswitch.datapath.conntrack.flush(
      zone,
      ({ original, reply, label: own }) =>
        (label === undefined || (own & label.mask) === label.value) &&
        (protocol === 0 || original.protocol === protocol) &&
        (ends === undefined ||
          (fits(ends.vip, original.destination, original.destinationPort) &&
            fits(ends.backend, reply.source, reply.sourcePort))),
    );
  }

  /** The flows of a table of a bridge with their ages, in whole seconds. */
  *flowStatistics(bridge: string, table: number) {
    const now = this.#context.clock.now();
    const seconds = (since: number): number => Math.floor((now - since) / SECOND);
    for (const rule of this.vswitch.bridges.get(bridge)?.tables.classifier(table)?.rules() ?? [])
      if (!rule.internal)
        yield {
          cookie: rule.cookie,
          match: rule.match,
          idleAge: seconds(rule.used),
          duration: seconds(rule.created),
        };
  }

  /** Number of flows of each table that has any, by table. */
  tableSizes(bridge: string): (readonly [number, number])[] {
    return this.vswitch.bridges.get(bridge)?.tables.sizes() ?? [];
  }

  /** Adds a device as a port, as a hypervisor does with `ovs-vsctl`. False when there is no such bridge. */
  addPort(bridge: string, device: string, externalIds: ReadonlyMap<string, string>): boolean {
    const row = this.ovs.find('Bridge', 'name', bridge)[0];
    if (!row) return false;
    this.ovs.transact((txn) => {
      const iface = txn.insert('Interface', { name: device, external_ids: externalIds });
      const port = txn.insert('Port', { name: device, interfaces: [iface] });
      txn.update('Bridge', row._uuid, { ports: [...row.ports, port] });
    });
    return true;
  }

  removePort(bridge: string, device: string): void {
    const row = this.ovs.find('Bridge', 'name', bridge)[0];
    const port = this.ovs.find('Port', 'name', device)[0];
    if (!row || !port) return;
    this.ovs.transact((txn) => {
      txn.update('Bridge', row._uuid, { ports: row.ports.filter((uuid) => uuid !== port._uuid) });
    });
  }

  /** The row that ovs-ctl makes when the database is new. */
  #initialise(): void {
    this.ovs.transact((txn) => {
      txn.insert('Open_vSwitch', {
        ovs_version: VERSIONS[this.vswitch.datapath.release],
        db_version: vswitchSchema.version,
        datapath_types: DATAPATH_TYPES,
        iface_types: IFACE_TYPES,
        dpdk_version: 'none',
        external_ids: new Map([
          ['hostname', this.#kernel.host],
          ['rundir', '/var/run/openvswitch'],
        ]),
      });
    });
  }

  #concerns(link: Link): boolean {
    return (
      link.kind === 'internal' ||
      this.#internal.has(link.name) ||
      this.#attached.has(link.name) ||
      this.ovs.find('Interface', 'name', link.name).length > 0
    );
  }

  /** One pass: internal links made or removed, the switch configured, the outcome written back. */
  #reconfigure(): void {
    this.#followInternalLinks();
    const find = (name: string, type: string): Link | undefined =>
      type === 'internal'
        ? this.#internal.get(name)
        : type === ''
          ? this.#kernel.findLink(this.#namespace, name)
          : findAnywhere(this.#kernel, name);
    const statuses = this.vswitch.reconfigure(switchConfig(this.ovs, find));
    this.#tunnels.follow();
    this.#bfd.follow();
    this.#attachDevices();
    this.#stp.follow();
    this.#report(statuses);
  }

  /** Names of interfaces that this switch owns as internal ports, with the MAC that they ask for and their datapath. */
  #wantedInternal(): Map<string, InternalPort> {
    const wanted = new Map<string, InternalPort>();
    for (const bridge of this.ovs.rows('Bridge'))
      for (const uuid of bridge.ports)
        for (const ifaceUuid of this.ovs.get('Port', uuid)?.interfaces ?? []) {
          const iface = this.ovs.get('Interface', ifaceUuid);
          if (!iface || (iface.type !== 'internal' && iface.name !== bridge.name)) continue;
          const own = iface.name === bridge.name ? (bridge.other_config.get('hwaddr') ?? null) : null;
          wanted.set(iface.name, { mac: iface.mac ?? own, isUserspace: bridge.datapath_type === 'netdev' });
        }
    return wanted;
  }

  #followInternalLinks(): void {
    const wanted = this.#wantedInternal();
    for (const [name, link] of this.#internal)
      if (!wanted.has(name) || link.deleted) {
        if (!link.deleted) this.#kernel.removeLink(link);
        this.#internal.delete(name);
      }
    const userspace = [...wanted.values()].some((port) => port.isUserspace);
    if (userspace && this.#kernel.findLink(this.#namespace, USERSPACE_DATAPATH) === undefined)
      this.#kernel.addTap(this.#namespace, {
        name: USERSPACE_DATAPATH,
        driver: { transmit: () => false },
      }).promiscFlag = true;
    for (const [name, { mac, isUserspace }] of wanted) {
      const asked = mac === null ? undefined : parseMac(mac);
      const link = this.#internal.get(name);
      if (link) {
        if (asked !== undefined && link.mac !== asked)
          setMac(namespaceOf(this.#kernel.machine, link), link, asked);
      } else if (this.#kernel.findLink(this.#namespace, name) === undefined)
        this.#internal.set(name, this.#makeInternal(name, asked, isUserspace));
    }
  }

  /** A port of the kernel's datapath, or the tap device that stands for it in the userspace datapath. */
  #makeInternal(name: string, mac: bigint | undefined, isUserspace: boolean): Link {
    const driven: DrivenLink = {
      name,
      ...(mac === undefined ? {} : { mac }),
      driver: { transmit: (from, octets, parent) => this.#fromLink(from, octets, parent) },
    };
    if (!isUserspace) return this.#kernel.addInternal(this.#namespace, driven);
    const link = this.#kernel.addTap(this.#namespace, driven);
    link.promiscFlag = true;
    return link;
  }

  /** Devices of the host that are ports give all their frames to the switch. */
  #attachDevices(): void {
    const wanted = new Map<string, Link>();
    const shared = new Set<string>();
    for (const bridge of this.vswitch.bridges.values())
      for (const port of bridge.ports.values()) {
        const link = port.type === '' ? this.#kernel.findLink(this.#namespace, port.name) : undefined;
        if (link) wanted.set(port.name, link);
        if (link && this.#isUserspace(bridge.name)) shared.add(port.name);
      }
    for (const [name, link] of this.#attached)
      if (wanted.get(name) !== link) {
        if (!link.deleted) this.#kernel.attachReceiver(link, null);
        this.#attached.delete(name);
      }
    for (const [name, link] of wanted) {
      if (this.#attached.has(name)) continue;
      this.#attached.set(name, link);
      // The userspace datapath reads a packet socket: the kernel's own stack sees every frame as well.
      const isShared = shared.has(name);
      if (isShared) link.promiscFlag = true;
      this.#kernel.attachReceiver(link, (from, octets, parent) =>
        this.#fromLink(from, octets, parent) && !isShared ? 'consumed' : 'pass',
      );
    }
  }

  #isUserspace(bridge: string): boolean {
    return this.ovs.find('Bridge', 'name', bridge)[0]?.datapath_type === 'netdev';
  }

  #portOf(name: string): Port | undefined {
    for (const bridge of this.vswitch.bridges.values()) {
      const port = bridge.portByName(name);
      if (port) return port;
    }
    return undefined;
  }

  #fromLink(link: Link, octets: Uint8Array, parent: StepId | null): boolean {
    const port = this.#portOf(link.name);
    if (!port) return false;
    const take = (): void => receivePacket(this.vswitch.datapath, port, octets, null, parent, this.#sink);
    if (this.#isUserspace(port.bridge.name)) this.#context.clock.after(USERSPACE_TURN, take);
    else take();
    return true;
  }

  readonly #sink: DatapathSink = {
    output: (dpPort, octets, tunnel, parent) => {
      const name = this.vswitch.datapath.ports.get(dpPort)?.name;
      if (tunnel) this.#tunnels.send(tunnel, octets, parent);
      else if (name !== undefined) this.#toLink(name, octets, parent);
    },
    packetIn: (bridge, packetIn, parent) => this.#toController(bridge, packetIn, parent),
  };

  /** What no controller takes is gone, and the run says so. */
  #toController(bridge: Bridge, packetIn: PacketIn, parent: StepId | null): void {
    if (this.packetIn(bridge, packetIn, parent)) return;
    const { recorder } = this.#context;
    if (!recorder.active) return;
    recorder.record({
      parent,
      where: { host: this.#kernel.host, bridge: bridge.name },
      what: {
        kind: 'dropped',
        reason: {
          kind: 'unsupported',
          feature: "a controller's answer to a packet that the switch hands up",
        },
      },
      frame: packetIn.octets,
      because: [],
    });
  }

  #toLink(name: string, octets: Uint8Array, parent: StepId | null): void {
    const internal = this.#internal.get(name);
    if (internal) {
      // The switch hands a frame over in a later moment, as a softirq does.
      this.#context.clock.after(0, () => this.#kernel.receive(internal, octets, parent));
      return;
    }
    const device = this.#attached.get(name);
    if (device) this.#kernel.transmit(device, octets, parent);
  }

  /** Writes what vswitchd tells of its ports: numbers, addresses, state, errors. */
  #report(statuses: InterfaceStatuses): void {
    this.ovs.transact((txn) => {
      for (const row of this.ovs.rows('Interface')) {
        const status = statuses.get(row.name);
        if (!status) continue;
        const link = this.#internal.get(row.name) ?? this.#attached.get(row.name);
        const values = {
          ofport: status.ofport,
          error: status.error,
          ...(link
            ? {
                mac_in_use: formatMac(link.mac),
                mtu: link.mtu,
                ifindex: link.index,
                admin_state: link.up ? ('up' as const) : ('down' as const),
                link_state: link.up && link.carrier ? ('up' as const) : ('down' as const),
              }
            : {}),
        };
        const changed = Object.entries(values).some(
          ([column, value]) => row[column as keyof OvsRow<'Interface'>] !== value,
        );
        const session = this.#portOf(row.name)?.bfd;
        const bfdStatusNow = session ? bfdStatus(session) : NO_STATUS;
        if (changed || !sameMap(row.bfd_status, bfdStatusNow))
          txn.update('Interface', row._uuid, { ...values, bfd_status: bfdStatusNow });
      }
      for (const row of this.ovs.rows('Bridge')) {
        const id = this.vswitch.bridges.get(row.name)?.datapathId ?? 0n;
        const text = id.toString(16).padStart(16, '0');
        if (row.datapath_id !== text) txn.update('Bridge', row._uuid, { datapath_id: text });
      }
      for (const root of this.ovs.rows('Open_vSwitch'))
        if (root.cur_cfg !== root.next_cfg)
          txn.update('Open_vSwitch', root._uuid, { cur_cfg: root.next_cfg });
    });
  }
}
