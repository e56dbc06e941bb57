/**
 * ovs-vswitchd's own part: brings bridges, ports and numbers in line with a configuration, and says what became of each
 * interface. What stays the same keeps its numbers, counters and learned addresses.
 */
import type { Context } from '../../base/context.ts';
import { OFPP, type OfPort } from '../../flow/ofport.table.ts';
import { BfdSession } from '../bridge/bfd.ts';
import { Bridge } from '../bridge/bridge.ts';
import { Datapath, type SwitchRelease } from '../bridge/datapath.ts';
import { defaultPortFlags, zeroCounters, type Port } from '../bridge/port.ts';
import { tunnelDevice, type TunnelConfig } from '../bridge/tunnel-config.ts';
import { HtbQos, type QosConfig } from '../qos/htb.ts';
import { isPolicing, Policer, samePolicing } from '../qos/policer.ts';
import { configureRstp } from '../rstp/bridge-rstp.ts';
import { configureStp } from '../spanning-tree/bridge-stp.ts';
import { configureBundles, leaveBundles } from './bundles.ts';
import type { BridgeConfig, InterfaceConfig, InterfaceStatus } from './config.ts';
import { mirrorsOf } from './mirrors.ts';
import { lacksDevice, openInterface } from './open-interface.ts';

/** Interfaces by name; names are unique over the bridges of a host. */
export type InterfaceStatuses = ReadonlyMap<string, InterfaceStatus>;

/** A configuration that makes another port of it than the one there is. */
function sameInterface(port: Port, config: InterfaceConfig): boolean {
  const { options } = config;
  const sameOptions =
    port.options.size === options.size &&
    [...options].every(([key, value]) => port.options.get(key) === value);
  const sameRequest = config.ofportRequest === null || config.ofportRequest === port.ofPort;
  return port.type === config.type && sameOptions && sameRequest;
}

export class Vswitch {
  readonly datapath: Datapath;
  readonly #context: Context;
  #bfdSessions = 0;
  /** The datapath may have ports of the process before, which the configuration has no more. */
  #hasFoundPorts = false;
  /** Gets each BPDU that is to leave by a port, without link and LLC headers. */
  onBpdu: (port: Port, bpdu: Uint8Array) => void = () => undefined;

  constructor(host: string, context: Context, release: SwitchRelease = '3.7') {
    this.#context = context;
    this.datapath = new Datapath(host, context, release);
  }

  get bridges(): ReadonlyMap<string, Bridge> {
    return this.datapath.bridges;
  }

  /** Names of interfaces are unique over the bridges. */
  portByName(name: string): Port | undefined {
    for (const bridge of this.bridges.values()) {
      const port = bridge.portByName(name);
      if (port) return port;
    }
    return undefined;
  }

  /** Whether a port is still one of the switch's. */
  has(port: Port): boolean {
    const { bridge, ofPort } = port;
    return this.bridges.get(bridge.name) === bridge && bridge.ports.get(ofPort) === port;
  }

  /** The process ends: its tables go with it, the kernel keeps ports, megaflows, meters and connections. */
  end(): void {
    this.datapath.cache.attended = false;
    for (const bridge of this.bridges.values()) bridge.replaceFlows([]);
  }

  /**
   * Another process begins: it flushes the megaflows that it finds, and knows no bridge until it is told its configuration
   * (`reconfigure`).
   */
  begin(): void {
    for (const bridge of this.bridges.values()) leaveBundles(bridge);
    this.datapath.begin();
    this.#bfdSessions = 0;
    this.#hasFoundPorts = true;
  }

  /** Makes bridges and ports what `configs` say. */
  reconfigure(configs: readonly BridgeConfig[]): InterfaceStatuses {
    const { bridges } = this.datapath;
    this.datapath.settings += 1;
    const names = new Set(configs.map((config) => config.name));
    for (const bridge of [...bridges.values()]) {
      if (names.has(bridge.name)) continue;
      for (const port of [...bridge.ports.values()]) this.#removePort(bridge, port);
      leaveBundles(bridge);
      bridges.delete(bridge.name);
    }
    this.datapath.userspace =
      configs.length > 0 && configs.every(({ datapathType }) => !['', 'system'].includes(datapathType));
    const statuses = new Map<string, InterfaceStatus>();
    for (const config of configs) {
      const known = bridges.get(config.name);
      const bridge = known ?? this.#addBridge(config.name);
      this.#configureBridge(bridge, config, statuses, known === undefined);
    }
    if (this.#hasFoundPorts) this.datapath.dropUnused();
    this.#hasFoundPorts = false;
    return statuses;
  }

  #addBridge(name: string): Bridge {
    const bridge = new Bridge(name, this.datapath, this.#context.clock);
    this.datapath.bridges.set(name, bridge);
    return bridge;
  }

  #configureBridge(
    bridge: Bridge,
    config: BridgeConfig,
    statuses: Map<string, InterfaceStatus>,
    isNew: boolean,
  ): void {
    this.#setFailMode(bridge, config.failMode, isNew);
    bridge.forwardReserved = config.forwardReserved;
    bridge.macs.configure(config);
    const wanted = new Map(
      config.ports.flatMap((port) => port.interfaces.map((one) => [one.name, one] as const)),
    );
    for (const port of [...bridge.ports.values()]) {
      const one = wanted.get(port.name);
      if (!one || !sameInterface(port, one) || lacksDevice(one)) this.#removePort(bridge, port);
    }
    const interfaces = config.ports.flatMap((port) => port.interfaces.map((one) => ({ port, one })));
    for (const { port, one } of interfaces.toSorted((a, b) => this.#round(a.one) - this.#round(b.one))) {
      statuses.set(one.name, this.#configureInterface(bridge, one));
      this.#configureBfd(bridge.portByName(one.name), one);
      this.#configurePolicing(bridge.portByName(one.name), one);
      this.#configureQos(bridge.portByName(one.name), one, port.qos ?? null);
    }
    bridge.datapathId = this.#datapathId(bridge, config);
    configureBundles(bridge, config.ports);
    bridge.mirrors = mirrorsOf(bridge, config.mirrors);
    bridge.portsChanged();
    configureStp(bridge, config, (port, bpdu) => this.onBpdu(port, bpdu));
    configureRstp(bridge, config, (port, bpdu) => this.onBpdu(port, bpdu));
  }

  /**
   * When an interface takes its number (`init_ports`, `bridge_add_ports`): those that a process before left in the datapath
   * keep theirs, others that ask for one come before those that take what is free.
   */
  #round({ name, ofportRequest }: InterfaceConfig): number {
    if (this.#hasFoundPorts && this.datapath.portNumber(name) !== undefined) return 0;
    return ofportRequest === null ? 2 : 1;
  }

  /** A bridge without controller starts its tables anew with each mode; a standalone one forwards by itself. */
  #setFailMode(bridge: Bridge, mode: BridgeConfig['failMode'], isNew: boolean): void {
    if (bridge.failMode === mode && !isNew) return;
    bridge.failMode = mode;
    bridge.startTables();
  }

  /** The bridge's MAC: as configured, else the smallest of its ports that are not its local one. */
  #datapathId(bridge: Bridge, config: BridgeConfig): bigint {
    if (config.mac !== null) return config.mac;
    const macs = [...bridge.ports.values()]
      .filter((port) => port.ofPort !== OFPP.local && port.mac !== 0n)
      .map((port) => port.mac);
    const local = bridge.ports.get(OFPP.local);
    return macs.reduce((least, mac) => (mac < least ? mac : least), macs[0] ?? local?.mac ?? 0n);
  }

  #removePort(bridge: Bridge, port: Port): void {
    bridge.ports.delete(port.ofPort);
    if (port.bundle) bridge.macs.flush(port.bundle);
    const shared = port.dpPort !== null && this.#dpPortUsers(port.dpPort) > 0;
    if (port.dpPort !== null && !shared) this.datapath.ports.delete(port.dpPort);
  }

  #dpPortUsers(dpPort: number): number {
    let users = 0;
    for (const bridge of this.datapath.bridges.values())
      for (const port of bridge.ports.values()) if (port.dpPort === dpPort) users += 1;
    return users;
  }

  #configureInterface(bridge: Bridge, config: InterfaceConfig): InterfaceStatus {
    const known = bridge.portByName(config.name);
    if (known) {
      if (config.device) {
        known.mac = config.device.mac;
        known.mtu = config.device.mtu;
        known.speed = config.device.speed ?? null;
        known.isCopper = config.device.isCopper ?? false;
        known.mayEnable = config.device.up;
      }
      return { ofport: known.ofPort, error: null };
    }
    const opened = openInterface(this.datapath, config);
    if (!opened.ok) return { ofport: -1, error: opened.error };
    const tunnel = opened.value;
    const ofPort = (
      config.name === bridge.name
        ? OFPP.local
        : bridge.freePort((config.ofportRequest ?? config.ofport ?? undefined) as OfPort | undefined)
    ) as OfPort;
    const dpPort = config.type === 'patch' ? null : this.#dpPort(config, tunnel);
    // Tunnels share a device, and count for themselves.
    const device = dpPort === null || tunnel ? undefined : this.datapath.ports.get(dpPort);
    bridge.ports.set(ofPort, {
      bridge,
      ofPort,
      name: config.name,
      type: config.type,
      dpPort,
      tunnel,
      peerName: config.type === 'patch' ? (config.options.get('peer') ?? null) : null,
      options: config.options,
      mac: config.device?.mac ?? 0n,
      mtu: config.device?.mtu ?? 0,
      speed: config.device?.speed ?? null,
      isCopper: config.device?.isCopper ?? false,
      mayEnable: config.device?.up ?? true,
      flags: defaultPortFlags(),
      created: this.#context.clock.now(),
      counters: device?.counters ?? zeroCounters(),
      bundle: null,
      bfd: null,
      stp: null,
      rstp: null,
      stpSeen: { state: 'disabled', since: 0 },
    });
    return { ofport: ofPort, error: null };
  }

  /** The kernel polices what it receives: of an internal port that is what the switch sends to the host, which is not looked at. */
  #configurePolicing(port: Port | undefined, { type, policing }: InterfaceConfig): void {
    const own = port && port.dpPort !== null ? this.datapath.ports.get(port.dpPort) : undefined;
    if (!own || type !== '' || !policing) return;
    if (!isPolicing(policing)) own.policer = null;
    else if (!own.policer || !samePolicing(own.policer.config, policing))
      own.policer = new Policer(policing, this.#context.clock.now());
  }

  #configureQos(port: Port | undefined, { device }: InterfaceConfig, qos: QosConfig | null): void {
    const own = port && port.dpPort !== null ? this.datapath.ports.get(port.dpPort) : undefined;
    if (!own || !device) return;
    if (qos?.type === 'linux-htb') {
      const before = own.qos instanceof HtbQos ? own.qos : null;
      own.qos = new HtbQos(
        qos,
        { speed: device.speed ?? null, mtu: device.mtu },
        before,
        this.#context.clock.now(),
      );
    } else own.qos = qos && qos.type !== 'linux-noop' ? { unmodelled: qos.type } : null;
  }

  #configureBfd(port: Port | undefined, { name, bfd }: InterfaceConfig): void {
    if (!port) return;
    if (bfd?.get('enable') !== 'true') {
      port.bfd = null;
      return;
    }
    if (!port.bfd) {
      port.bfd = new BfdSession(name, this.#bfdSessions, this.#context);
      this.#bfdSessions += 1;
    }
    port.bfd.configure(bfd);
  }

  #dpPort(config: InterfaceConfig, tunnel: TunnelConfig | null): number {
    const name = tunnel ? tunnelDevice(tunnel.type, tunnel.port) : config.name;
    return this.datapath.portNumber(name) ?? this.datapath.addPort(name, config.type).number;
  }
}
