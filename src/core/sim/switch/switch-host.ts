/**
 * Open vSwitch on a machine: its processes, which follow the database, own the machine's internal ports and tunnel devices,
 * and listen to controllers.
 */
import type { Context } from '../../base/context.ts';
import type { StepId } from '../../base/step.ts';
import type { Flow } from '../../flow/flow.ts';
import { OFPP, type OfPort } from '../../flow/ofport.table.ts';
import type { Kernel, Link } from '../../linux/index.ts';
import type { OfpAct } from '../../ofproto/index.ts';
import type { SwitchRelease } from '../../ofproto/bridge/datapath.ts';
import { tunnelDevice, type TunnelType } from '../../ofproto/bridge/tunnel-config.ts';
import { packetOut, resume, type Continuation } from '../../ofproto/receive.ts';
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
import { PortFrames, type PacketInHandler } from './port-frames.ts';
import { initialiseDatabase, reportStatus } from './status-report.ts';
import { StpMonitor } from './stp-monitor.ts';
import { deviceOf, findAnywhere, switchConfig, zoneLimits, zoneTimeouts } from './switch-config.ts';
import { TunnelEndpoint } from './tunnel-endpoint.ts';

/** From a change of the database to its application, in nanoseconds. */
const DELAY = 1_000_000;
const SECOND = 1_000_000_000;
/** A controller tries to reach a bridge that it lost after this long, then after twice as long each time, up to the longest. */
const FIRST_RETRY = SECOND;
const LONGEST_RETRY = 8 * SECOND;

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
  readonly #frames: PortFrames;
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
      transmit: (link, octets, parent) => this.#frames.fromLink(link, octets, parent),
    });
    this.#attached = new AttachedDevices({
      kernel,
      namespace,
      vswitch: this.vswitch,
      isUserspace: (bridge) => this.#isUserspace(bridge),
      receive: (link, octets, parent) => this.#frames.fromLink(link, octets, parent),
    });
    this.#tunnels = new TunnelEndpoint(
      { kernel, namespace, isUserspace },
      this.vswitch,
      (port, octets, tunnel, parent) => this.#frames.receive(port, octets, tunnel, parent),
    );
    this.#frames = new PortFrames({
      context,
      kernel,
      vswitch: this.vswitch,
      internal: this.#internal,
      attached: this.#attached,
      tunnels: this.#tunnels,
      isUserspace: (bridge) => this.#isUserspace(bridge),
      toController: (bridge, packetIn, parent) => this.#running && this.packetIn(bridge, packetIn, parent),
    });
    const send = this.#frames.send.bind(this.#frames);
    this.#bfd = new BfdMonitor(own, this.vswitch, { send, changed: () => this.#daemon.wake() });
    this.#stp = new StpMonitor(own, this.vswitch, { ovs: this.ovs, send });
    this.#bonds = new BondMonitor(own, this.vswitch, { ovs: this.ovs, send });
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
    this.#reconfigure();
    this.#process.resume();
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
    if (target) packetOut(target, octets, inPort, actions, parent, this.#frames.sink, said);
  }

  /** A controller gives a paused packet back. */
  resume(continuation: Continuation, octets: Uint8Array, metadata: Flow, parent: StepId | null): void {
    if (this.#running) resume(continuation, octets, metadata, parent, this.#frames.sink);
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
    const config = switchConfig(this.ovs, (name, type) => deviceOf(this.#kernel, find(name, type)));
    const statuses = this.vswitch.reconfigure(config);
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
      portOf: (name) => this.vswitch.portByName(name),
    });
  }

  #isUserspace(bridge: string): boolean {
    return this.ovs.find('Bridge', 'name', bridge)[0]?.datapath_type === 'netdev';
  }
}
