/**
 * Open vSwitch on a machine: follows its database, owns the machine's internal ports and tunnel devices, and carries
 * frames between the kernel's links and the switch's ports.
 */
import type { Context } from '../../base/context.ts';
import type { StepId } from '../../base/step.ts';
import type { Flow } from '../../flow/flow.ts';
import { OFPP, type OfPort } from '../../flow/ofport.table.ts';
import type { Kernel, Link } from '../../linux/index.ts';
import type { OfpAct } from '../../ofproto/index.ts';
import { outputTo } from '../../ofproto/actions/ofpact.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import type { SwitchRelease } from '../../ofproto/bridge/datapath.ts';
import type { Port } from '../../ofproto/bridge/port.ts';
import { tunnelDevice, type TunnelType } from '../../ofproto/bridge/tunnel-config.ts';
import {
  packetOut,
  receivePacket,
  resume,
  type Continuation,
  type DatapathSink,
  type PacketIn,
} from '../../ofproto/receive.ts';
import { Vswitch } from '../../ofproto/vswitch/vswitch.ts';
import type { ConnectionPattern } from '../../ovn/controller/index.ts';
import { createDatabase, vswitchSchema, type OvsDatabase } from '../../ovsdb/index.ts';
import { Daemon } from '../daemon.ts';
import { DatabaseServer } from '../database-server.ts';
import { Pausable } from '../pausable.ts';
import { AttachedDevices } from './attached-devices.ts';
import { BfdMonitor } from './bfd-monitor.ts';
import { BondMonitor } from './bond-monitor.ts';
import { TableInstaller, type InstalledTables } from './installed-tables.ts';
import { InternalPorts } from './internal-ports.ts';
import { initialiseDatabase, reportStatus } from './status-report.ts';
import { StpMonitor } from './stp-monitor.ts';
import { findAnywhere, switchConfig, zoneLimits, zoneTimeouts } from './switch-config.ts';
import { TunnelEndpoint } from './tunnel-endpoint.ts';

/** From a change of the database to its application, in nanoseconds. */
const DELAY = 1_000_000;
const SECOND = 1_000_000_000;
/** A controller tries to reach a bridge that it lost after this long, then after twice as long each time, up to the longest. */
const FIRST_RETRY = SECOND;
const LONGEST_RETRY = 8 * SECOND;

/** From a frame's arrival to the turn of the userspace datapath's polling loop, in nanoseconds. */
const USERSPACE_TURN = 1_000_000;

/** What a packet for the controller is handed to; the answer tells whether somebody took it. */
export type PacketInHandler = (bridge: Bridge, packetIn: PacketIn, parent: StepId | null) => boolean;

/** From `elapsed` after the connection was lost to a controller's next try (rconn's backoff), in nanoseconds. */
function untilNextTry(elapsed: number): number {
  let pause = FIRST_RETRY;
  let tried = 0;
  while (tried + pause <= elapsed) {
    tried += pause;
    if (pause === LONGEST_RETRY) return LONGEST_RETRY - ((elapsed - tried) % LONGEST_RETRY);
    pause *= 2;
  }
  return tried + pause - elapsed;
}

export class SwitchHost {
  readonly ovs: OvsDatabase;
  /** ovsdb-server of the switch's database. */
  readonly server: DatabaseServer;
  readonly vswitch: Vswitch;
  packetIn: PacketInHandler = () => false;
  readonly #context: Context;
  readonly #kernel: Kernel;
  readonly #namespace: string;
  readonly #daemon: Daemon;
  readonly #internal: InternalPorts;
  readonly #attached: AttachedDevices;
  /** Its timers stand still while vswitchd does not run. */
  readonly #process = new Pausable();
  #installer = new TableInstaller();
  #running = true;
  #ended = 0;
  /** Controllers have reached the bridges. */
  #connected = true;
  /** Called when vswitchd is started again. */
  started: () => void = () => undefined;
  /** Called when controllers have reached a vswitchd that was started. */
  connected: () => void = () => undefined;
  readonly #tunnels: TunnelEndpoint;
  readonly #bfd: BfdMonitor;
  readonly #stp: StpMonitor;
  readonly #bonds: BondMonitor;

  /** `namespace`: where vswitchd runs and looks for devices; '' is the root one. */
  constructor(
    context: Context,
    kernel: Kernel,
    { namespace = '', release = '3.7' }: { namespace?: string; release?: SwitchRelease | undefined } = {},
  ) {
    this.#context = context;
    const own = { ...context, clock: this.#process.clock(context.clock) };
    this.#kernel = kernel;
    this.#namespace = namespace;
    this.ovs = createDatabase(vswitchSchema, context.random.fork('ovs'));
    this.server = new DatabaseServer(
      {
        database: 'Open_vSwitch',
        socket: '/var/run/openvswitch/db.sock',
        column: 'Open_vSwitch,manager_options',
      },
      () => [...this.ovs.rows('Manager')].map(({ target }) => target),
    );
    this.vswitch = new Vswitch(kernel.host, context, release);
    const isUserspace = (): boolean =>
      [...this.vswitch.bridges.keys()].some((bridge) => this.#isUserspace(bridge));
    this.#internal = new InternalPorts({
      kernel,
      namespace,
      ovs: this.ovs,
      transmit: (link, octets, parent) => this.#fromLink(link, octets, parent),
    });
    this.#attached = new AttachedDevices({
      kernel,
      namespace,
      vswitch: this.vswitch,
      isUserspace: (bridge) => this.#isUserspace(bridge),
      receive: (link, octets, parent) => this.#fromLink(link, octets, parent),
    });
    this.#tunnels = new TunnelEndpoint(
      { kernel, namespace, isUserspace },
      this.vswitch,
      (port, octets, tunnel, parent) =>
        receivePacket(this.vswitch.datapath, port, octets, tunnel, parent, this.#sink),
    );
    this.#bfd = new BfdMonitor(own, this.vswitch, {
      send: (port, octets, parent) =>
        packetOut(port.bridge, octets, OFPP.none, [outputTo(port.ofPort)], parent, this.#sink),
      changed: () => this.#daemon.wake(),
    });
    this.#stp = new StpMonitor(own, this.vswitch, {
      ovs: this.ovs,
      send: (port, octets, parent) =>
        packetOut(port.bridge, octets, OFPP.none, [outputTo(port.ofPort)], parent, this.#sink),
    });
    this.#bonds = new BondMonitor(own, this.vswitch, {
      ovs: this.ovs,
      send: (port, octets, parent) =>
        packetOut(port.bridge, octets, OFPP.none, [outputTo(port.ofPort)], parent, this.#sink),
    });
    initialiseDatabase(this.ovs, kernel.host, release);
    this.#daemon = new Daemon(own.clock, DELAY, () => this.#reconfigure());
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

  /** Whether there is an ovs-vswitchd; the kernel's datapath and the database are there without it. */
  get running(): boolean {
    return this.#running;
  }

  /** Ends vswitchd: its flows are gone, the kernel goes on with its megaflows, and what fits none is lost. */
  stop(): void {
    if (!this.#running) return;
    this.#running = false;
    this.#connected = false;
    this.#ended = this.#context.clock.now();
    this.#process.pause();
    this.vswitch.end();
  }

  /** Starts vswitchd anew: its tables are empty until controllers have reached it and installed their flows. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#installer = new TableInstaller();
    this.vswitch.begin();
    this.#process.resume();
    this.#daemon.wake();
    this.started();
    const installer = this.#installer;
    this.#context.clock.after(untilNextTry(this.#context.clock.now() - this.#ended), () => {
      if (installer !== this.#installer || !this.#running) return;
      this.#connected = true;
      this.connected();
    });
  }

  get busy(): boolean {
    return this.#running && (this.#daemon.busy || this.#bfd.negotiating);
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
    const target = this.#connected ? this.vswitch.bridges.get(bridge) : undefined;
    if (target) this.#installer.install(target, tables);
  }

  /**
   * A controller sends a packet through `actions`, as if it had come in through `inPort`, its own unless it says so, with
   * the registers of `said`.
   */
  packetOut(
    bridge: string,
    octets: Uint8Array,
    actions: readonly OfpAct[],
    parent: StepId | null,
    inPort: OfPort = OFPP.controller,
    said: Flow | null = null,
  ): void {
    const target = this.#running ? this.vswitch.bridges.get(bridge) : undefined;
    if (target) packetOut(target, octets, inPort, actions, parent, this.#sink, said);
  }

  /** A controller gives a paused packet back. */
  resume(continuation: Continuation, octets: Uint8Array, metadata: Flow, parent: StepId | null): void {
    if (this.#running) resume(continuation, octets, metadata, parent, this.#sink);
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

  #concerns(link: Link): boolean {
    return (
      link.kind === 'internal' ||
      this.#internal.get(link.name) !== undefined ||
      this.#attached.get(link.name) !== undefined ||
      this.ovs.find('Interface', 'name', link.name).length > 0
    );
  }

  /** One pass: internal links made or removed, the switch configured, the outcome written back. */
  #reconfigure(): void {
    this.#internal.follow();
    const find = (name: string, type: string): Link | undefined =>
      type === 'internal'
        ? this.#internal.get(name)
        : type === ''
          ? this.#kernel.findLink(this.#namespace, name)
          : findAnywhere(this.#kernel, name);
    const statuses = this.vswitch.reconfigure(switchConfig(this.ovs, find));
    const { conntrack, userspace } = this.vswitch.datapath;
    const type = userspace ? 'netdev' : 'system';
    conntrack.limits.follow(zoneLimits(this.ovs, type));
    conntrack.timeouts.follow(zoneTimeouts(this.ovs, type), this.#context.clock.now());
    this.#tunnels.follow();
    this.#bfd.follow();
    this.#attached.follow();
    this.#stp.follow();
    this.#bonds.follow();
    reportStatus({
      ovs: this.ovs,
      vswitch: this.vswitch,
      statuses,
      linkOf: (name) => this.#internal.get(name) ?? this.#attached.get(name),
      portOf: (name) => this.#portOf(name),
    });
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
    const policer = port.dpPort === null ? null : this.vswitch.datapath.ports.get(port.dpPort)?.policer;
    if (policer?.admits(octets.length, this.#context.clock.now()) === false) {
      this.#recordPoliced(link, octets, parent);
      return true;
    }
    const take = (): void => receivePacket(this.vswitch.datapath, port, octets, null, parent, this.#sink);
    if (this.#isUserspace(port.bridge.name)) this.#context.clock.after(USERSPACE_TURN, take);
    else take();
    return true;
  }

  #recordPoliced(link: Link, octets: Uint8Array, parent: StepId | null): void {
    const { recorder } = this.#context;
    if (!recorder.active) return;
    recorder.record({
      parent,
      where: { host: this.#kernel.host, device: link.name },
      what: {
        kind: 'dropped',
        reason: { kind: 'blocked', problem: `over ingress_policing_rate of ${link.name}` },
      },
      frame: octets,
      because: [],
    });
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
    if (this.#running && this.packetIn(bridge, packetIn, parent)) return;
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
}
