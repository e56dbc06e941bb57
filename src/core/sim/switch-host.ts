/**
 * Open vSwitch on a machine: follows its database, owns the machine's internal ports and tunnel devices, and carries
 * frames between the kernel's links and the switch's ports.
 */
import { formatMac, parseMac } from '../base/address.ts';
import type { Context } from '../base/context.ts';
import type { StepId } from '../base/step.ts';
import { addTlvMappings, EMPTY_TLV_MAP } from '../flow/tlv-map.ts';
import { namespaceOf, setMac, type Kernel, type Link } from '../linux/index.ts';
import type { FlowSpec } from '../ofproto/index.ts';
import type { Bridge } from '../ofproto/bridge/bridge.ts';
import type { Port } from '../ofproto/bridge/port.ts';
import type { TunnelType } from '../ofproto/bridge/tunnel-config.ts';
import { receivePacket, type DatapathSink, type PacketIn } from '../ofproto/receive.ts';
import { tunnelDevice, Vswitch, type InterfaceStatuses } from '../ofproto/vswitch/vswitch.ts';
import { createDatabase, vswitchSchema, type OvsDatabase, type OvsRow } from '../ovsdb/index.ts';
import { Daemon } from './daemon.ts';
import { findAnywhere, switchConfig } from './switch-config.ts';
import { TunnelEndpoint } from './tunnel-endpoint.ts';

/** From a change of the database to its application, in nanoseconds. */
const DELAY = 1_000_000;

const VERSION = '3.7.0';
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
  'lisp',
  'patch',
  'srv6',
  'stt',
  'system',
  'tap',
  'vxlan',
];

/** OVN's Geneve option, which ovn-controller maps to `tun_metadata0` before it adds flows. */
const OVN_TLV = { optionClass: 0x0102, type: 0x80, length: 4, index: 0 };

/** What a packet for the controller is handed to; the answer tells whether somebody took it. */
export type PacketInHandler = (bridge: Bridge, packetIn: PacketIn, parent: StepId | null) => boolean;

export class SwitchHost {
  readonly ovs: OvsDatabase;
  readonly vswitch: Vswitch;
  packetIn: PacketInHandler = () => false;
  readonly #context: Context;
  readonly #kernel: Kernel;
  readonly #daemon: Daemon;
  /** Internal ports' links; they keep their identity when moved to a namespace. */
  readonly #internal = new Map<string, Link>();
  readonly #attached = new Map<string, Link>();
  readonly #tunnels: TunnelEndpoint;

  constructor(context: Context, kernel: Kernel) {
    this.#context = context;
    this.#kernel = kernel;
    this.ovs = createDatabase(vswitchSchema, context.random.fork('ovs'));
    this.vswitch = new Vswitch(kernel.host, context);
    this.#tunnels = new TunnelEndpoint(kernel, this.vswitch, (port, octets, tunnel, parent) =>
      receivePacket(this.vswitch.datapath, port, octets, tunnel, parent, this.#sink),
    );
    this.#initialise();
    this.#daemon = new Daemon(context.clock, DELAY, () => this.#reconfigure());
    this.ovs.subscribe(() => this.#daemon.wake());
    kernel.subscribe((event) => {
      if (event.kind === 'link' && this.#concerns(event.link)) this.#daemon.wake();
    });
    this.#daemon.wake();
  }

  get busy(): boolean {
    return this.#daemon.busy;
  }

  /** The kernel device that carries tunnels of a type. */
  tunnelDevice(type: TunnelType): string {
    for (const bridge of this.vswitch.bridges.values())
      for (const port of bridge.ports.values())
        if (port.tunnel?.type === type) return tunnelDevice(type, port.tunnel.port);
    return '';
  }

  /** Replaces what a controller has installed; flows that stay keep their counters. */
  installFlows(bridge: string, flows: readonly FlowSpec[]): void {
    const target = this.vswitch.bridges.get(bridge);
    if (!target) return;
    if (target.tlv.entries.length === 0) {
      const mapped = addTlvMappings(EMPTY_TLV_MAP, [OVN_TLV]);
      if (mapped.ok) target.tlv = mapped.value;
    }
    target.replaceFlows(flows);
  }

  /** Number of flows of each table that has any, by table. */
  tableSizes(bridge: string): (readonly [number, number])[] {
    return this.vswitch.bridges.get(bridge)?.tables.sizes() ?? [];
  }

  /** The row that ovs-ctl makes when the database is new. */
  #initialise(): void {
    this.ovs.transact((txn) => {
      txn.insert('Open_vSwitch', {
        ovs_version: VERSION,
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
          ? this.#kernel.findLink('', name)
          : findAnywhere(this.#kernel, name);
    const statuses = this.vswitch.reconfigure(switchConfig(this.ovs, find));
    this.#tunnels.follow();
    this.#attachDevices();
    this.#report(statuses);
  }

  /** Names of interfaces that this switch owns as internal ports, with the MAC that they ask for. */
  #wantedInternal(): Map<string, string | null> {
    const wanted = new Map<string, string | null>();
    for (const bridge of this.ovs.rows('Bridge'))
      for (const uuid of bridge.ports)
        for (const ifaceUuid of this.ovs.get('Port', uuid)?.interfaces ?? []) {
          const iface = this.ovs.get('Interface', ifaceUuid);
          if (!iface || (iface.type !== 'internal' && iface.name !== bridge.name)) continue;
          wanted.set(
            iface.name,
            iface.mac ?? (iface.name === bridge.name ? (bridge.other_config.get('hwaddr') ?? null) : null),
          );
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
    for (const [name, mac] of wanted) {
      const asked = mac === null ? undefined : parseMac(mac);
      const link = this.#internal.get(name);
      if (link) {
        if (asked !== undefined && link.mac !== asked)
          setMac(namespaceOf(this.#kernel.machine, link), link, asked);
      } else if (this.#kernel.findLink('', name) === undefined)
        this.#internal.set(
          name,
          this.#kernel.addInternal('', {
            name,
            ...(asked === undefined ? {} : { mac: asked }),
            driver: { transmit: (from, octets, parent) => this.#fromLink(from, octets, parent) },
          }),
        );
    }
  }

  /** Devices of the host that are ports give all their frames to the switch. */
  #attachDevices(): void {
    const wanted = new Map<string, Link>();
    for (const bridge of this.vswitch.bridges.values())
      for (const port of bridge.ports.values()) {
        const link = port.type === '' ? this.#kernel.findLink('', port.name) : undefined;
        if (link) wanted.set(port.name, link);
      }
    for (const [name, link] of this.#attached)
      if (wanted.get(name) !== link) {
        if (!link.deleted) this.#kernel.attachReceiver(link, null);
        this.#attached.delete(name);
      }
    for (const [name, link] of wanted) {
      if (this.#attached.has(name)) continue;
      this.#attached.set(name, link);
      this.#kernel.attachReceiver(link, (from, octets, parent) =>
        this.#fromLink(from, octets, parent) ? 'consumed' : 'pass',
      );
    }
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
    receivePacket(this.vswitch.datapath, port, octets, null, parent, this.#sink);
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
        if (changed) txn.update('Interface', row._uuid, values);
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
