/**
 * The spanning tree protocol of IEEE 802.1D-1998 as ovs-vswitchd runs it for a bridge: which bridge is the root, which
 * port leads there, which ports serve their segments, and when each may learn and forward.
 */
import { encodeStp } from '../../wire/index.ts';
import { readU16 } from '../../wire/octets.ts';
import { isBetterWay, readOffer, supersedes } from './stp-offer.ts';
import { DEFAULT_PORT_PRIORITY, StpTimer, type StpPort, type StpRole, type StpState } from './stp-port.ts';
import {
  bridgeId,
  bridgeOf,
  milliseconds,
  ownTimes,
  units,
  type StpSettings,
  type StpTimes,
} from './stp-settings.ts';

const HOLD_TIME = 256;
const CONFIG_SIZE = 35;
const TCN_SIZE = 4;
const FLAG = { topologyChange: 0x01, acknowledgement: 0x80 } as const;

export class Stp {
  readonly name: string;
  bridgeId: bigint;
  root: bigint;
  rootPathCost = 0;
  rootPort: StpPort | null = null;
  /** The bridge's own times, in force while it is the root. */
  readonly own: StpTimes = { maxAge: 0, helloTime: 0, forwardDelay: 0 };
  /** Times in force. */
  readonly times: StpTimes = { maxAge: 0, helloTime: 0, forwardDelay: 0 };
  /** Set when learned addresses are no longer to be trusted; whoever flushes them resets it. */
  needsFlush = false;
  /** Called whenever anything was computed anew. */
  onChange: () => void = () => undefined;
  readonly #ports = new Map<number, StpPort>();
  readonly #send: (port: StpPort, bpdu: Uint8Array) => void;
  readonly #hello = new StpTimer();
  readonly #tcn = new StpTimer();
  readonly #topologyChangeTimer = new StpTimer();
  #topologyChange = false;
  #topologyChangeDetected = false;
  #remainder = 0;

  /** `send` gets each BPDU that is to go out, without link and LLC headers. */
  constructor(name: string, settings: StpSettings, send: (port: StpPort, bpdu: Uint8Array) => void) {
    this.name = name;
    this.#send = send;
    this.bridgeId = bridgeId(settings);
    this.root = this.bridgeId;
    this.configure(settings);
    this.#hello.start(this.times.helloTime);
  }

  get isRoot(): boolean {
    return this.bridgeId === this.root;
  }

  /** Ports that take part, by number. */
  get enabledPorts(): StpPort[] {
    return [...this.#ports.values()]
      .filter(({ state }) => state !== 'disabled')
      .toSorted((a, b) => a.index - b.index);
  }

  /** Takes over settings; times are brought within their bounds (802.1D, 8.10.2). */
  configure(settings: StpSettings): void {
    this.#setId(bridgeId(settings));
    Object.assign(this.own, ownTimes(settings));
    if (this.isRoot) Object.assign(this.times, this.own);
  }

  /** The port with a number from 0 on; a new one is disabled. */
  port(index: number): StpPort {
    const known = this.#ports.get(index);
    if (known) return known;
    const port: StpPort = {
      index,
      name: '',
      id: (index + 1) | (DEFAULT_PORT_PRIORITY << 8),
      pathCost: 2,
      state: 'disabled',
      designatedRoot: 0n,
      designatedCost: 0,
      designatedBridge: 0n,
      designatedPort: 0,
      topologyChangeAck: false,
      configPending: false,
      messageAge: new StpTimer(),
      forwardDelay: new StpTimer(),
      hold: new StpTimer(),
      sent: 0,
      received: 0,
      errors: 0,
    };
    this.#ports.set(index, port);
    this.#designate(port);
    return port;
  }

  enable(port: StpPort): void {
    if (port.state !== 'disabled') return;
    this.#designate(port);
    this.#setState(port, 'blocking');
    this.#quiet(port);
    port.hold.stop();
    port.sent = 0;
    port.received = 0;
    port.errors = 0;
    this.#selectStates();
  }

  disable(port: StpPort): void {
    if (port.state === 'disabled') return;
    const wasRoot = this.isRoot;
    this.#designate(port);
    this.#setState(port, 'disabled');
    this.#quiet(port);
    this.#update();
    this.#selectStates();
    if (this.isRoot && !wasRoot) this.#becomeRoot();
  }

  setPriority(port: StpPort, priority: number): void {
    const id = (port.id & 0xff) | ((priority & 0xff) << 8);
    if (id === port.id) return;
    if (this.#isDesignated(port)) port.designatedPort = id;
    port.id = id;
    if (this.bridgeId !== port.designatedBridge || id >= port.designatedPort) return;
    this.#designate(port);
    this.#selectStates();
  }

  setPathCost(port: StpPort, cost: number): void {
    if (port.pathCost === cost) return;
    port.pathCost = cost;
    this.#update();
    this.#selectStates();
  }

  roleOf(port: StpPort): StpRole {
    if (this.rootPort?.id === port.id) return 'root';
    if (this.#isDesignated(port)) return 'designated';
    return port.state === 'disabled' ? 'disabled' : 'alternate';
  }

  /** Lets `ms` milliseconds pass. */
  tick(ms: number): void {
    const total = ms + this.#remainder;
    const elapsed = units(total);
    this.#remainder = total - milliseconds(elapsed);
    if (elapsed === 0) return;
    if (this.#hello.expired(elapsed, this.times.helloTime)) this.#greet();
    if (this.#tcn.expired(elapsed, this.own.helloTime)) this.#notify();
    if (this.#topologyChangeTimer.expired(elapsed, this.times.maxAge + this.times.forwardDelay)) {
      this.#topologyChangeDetected = false;
      this.#topologyChange = false;
    }
    for (const port of this.enabledPorts)
      if (port.messageAge.expired(elapsed, this.times.maxAge)) this.#forget(port);
    for (const port of this.enabledPorts) {
      if (port.forwardDelay.expired(elapsed, this.times.forwardDelay)) this.#advance(port);
      if (port.hold.expired(elapsed, HOLD_TIME) && port.configPending) this.#sendConfig(port);
    }
  }

  /** Takes in a BPDU (what follows the LLC header) that came through `port`. */
  receive(port: StpPort, bpdu: Uint8Array): void {
    if (port.state === 'disabled') return;
    const type = bpdu[3];
    if (bpdu.length >= TCN_SIZE && readU16(bpdu, 0) === 0) {
      if (type === 0 && bpdu.length >= CONFIG_SIZE) {
        this.#receiveConfig(port, bpdu);
        port.received += 1;
        return;
      }
      if (type === 0x80 && bpdu.length === TCN_SIZE) {
        if (this.#isDesignated(port)) {
          this.detectTopologyChange();
          port.topologyChangeAck = true;
          this.#sendConfig(port);
        }
        port.received += 1;
        return;
      }
    }
    port.errors += 1;
  }

  /** The topology is another: the root says so to all, any other bridge tells the root. */
  detectTopologyChange(): void {
    if (this.isRoot) {
      this.#topologyChange = true;
      this.#topologyChangeTimer.start();
    } else if (!this.#topologyChangeDetected) this.#notify();
    this.needsFlush = true;
    this.#topologyChangeDetected = true;
    this.onChange();
  }

  #setId(id: bigint): void {
    if (id === this.bridgeId) return;
    const wasRoot = this.isRoot;
    for (const port of this.enabledPorts) if (this.#isDesignated(port)) port.designatedBridge = id;
    this.bridgeId = id;
    this.#update();
    this.#selectStates();
    if (this.isRoot && !wasRoot) this.#becomeRoot();
  }

  #receiveConfig(port: StpPort, bpdu: Uint8Array): void {
    const messageAge = readU16(bpdu, 27);
    const maxAge = readU16(bpdu, 29);
    if (messageAge >= maxAge) return;
    const offer = readOffer(bpdu);
    if (!supersedes(offer, port, this.bridgeId)) {
      if (this.#isDesignated(port)) this.#sendConfig(port);
      return;
    }
    const wasRoot = this.isRoot;
    port.designatedRoot = offer.root;
    port.designatedCost = offer.cost;
    port.designatedBridge = offer.bridge;
    port.designatedPort = offer.port;
    port.messageAge.start(messageAge);
    this.#update();
    this.#selectStates();
    if (!this.isRoot && wasRoot) {
      this.#hello.stop();
      if (this.#topologyChangeDetected) {
        this.#topologyChangeTimer.stop();
        this.#notify();
      }
    }
    if (port !== this.rootPort) return;
    const flags = bpdu[4] as number;
    this.times.maxAge = maxAge;
    this.times.helloTime = readU16(bpdu, 31);
    this.times.forwardDelay = readU16(bpdu, 33);
    this.#topologyChange = (flags & FLAG.topologyChange) !== 0;
    this.#sendConfigs();
    if ((flags & FLAG.acknowledgement) !== 0) {
      this.#topologyChangeDetected = false;
      this.#tcn.stop();
    }
    if (!this.#topologyChange) return;
    this.needsFlush = true;
    this.onChange();
  }

  #isDesignated(port: StpPort): boolean {
    return port.designatedBridge === this.bridgeId && port.designatedPort === port.id;
  }

  #designate(port: StpPort): void {
    port.designatedRoot = this.root;
    port.designatedCost = this.rootPathCost;
    port.designatedBridge = this.bridgeId;
    port.designatedPort = port.id;
  }

  #quiet(port: StpPort): void {
    port.topologyChangeAck = false;
    port.configPending = false;
    port.messageAge.stop();
    port.forwardDelay.stop();
  }

  /** Chooses the root port and the ports that serve their segments. */
  #update(): void {
    const ports = this.enabledPorts;
    let best: StpPort | null = null;
    for (const port of ports)
      if (!this.#isDesignated(port) && port.designatedRoot < this.bridgeId)
        if (best === null || isBetterWay(port, best)) best = port;
    this.rootPort = best;
    this.root = best?.designatedRoot ?? this.bridgeId;
    this.rootPathCost = best === null ? 0 : best.designatedCost + best.pathCost;
    for (const port of ports) if (this.#serves(port)) this.#designate(port);
    this.onChange();
  }

  #serves(port: StpPort): boolean {
    if (this.#isDesignated(port) || port.designatedRoot !== this.root) return true;
    if (this.rootPathCost !== port.designatedCost) return this.rootPathCost < port.designatedCost;
    if (this.bridgeId !== port.designatedBridge) return this.bridgeId < port.designatedBridge;
    return port.id <= port.designatedPort;
  }

  #selectStates(): void {
    for (const port of this.enabledPorts) {
      const serves = port !== this.rootPort && this.#isDesignated(port);
      if (serves) {
        port.messageAge.stop();
      } else {
        port.configPending = false;
        port.topologyChangeAck = false;
      }
      if (serves || port === this.rootPort) {
        if (port.state !== 'blocking') continue;
        this.#setState(port, 'listening');
        port.forwardDelay.start();
      } else if (port.state !== 'blocking') {
        if (port.state !== 'listening') this.detectTopologyChange();
        this.#setState(port, 'blocking');
        port.forwardDelay.stop();
      }
    }
  }

  #setState(port: StpPort, state: StpState): void {
    port.state = state;
    this.onChange();
  }

  #advance(port: StpPort): void {
    if (port.state === 'listening') {
      this.#setState(port, 'learning');
      port.forwardDelay.start();
    } else if (port.state === 'learning') {
      this.#setState(port, 'forwarding');
      if (this.enabledPorts.some((one) => one.designatedBridge === this.bridgeId))
        this.detectTopologyChange();
    }
  }

  /** The bridge that served the port's segment is silent. */
  #forget(port: StpPort): void {
    const wasRoot = this.isRoot;
    this.#designate(port);
    this.#update();
    this.#selectStates();
    if (this.isRoot && !wasRoot) this.#becomeRoot();
  }

  #becomeRoot(): void {
    Object.assign(this.times, this.own);
    this.detectTopologyChange();
    this.#tcn.stop();
    this.#greet();
  }

  #greet(): void {
    this.#sendConfigs();
    this.#hello.start();
  }

  #sendConfigs(): void {
    for (const port of this.enabledPorts) if (this.#isDesignated(port)) this.#sendConfig(port);
  }

  #sendConfig(port: StpPort): void {
    const { rootPort } = this;
    if (!this.isRoot && rootPort === null) return;
    if (port.hold.value !== null) {
      port.configPending = true;
      return;
    }
    // A timer that stopped keeps no count; the root's word is then as old as it may become.
    const messageAge = this.isRoot ? 0 : (rootPort?.messageAge.value ?? this.times.maxAge) + 1;
    if (messageAge >= this.times.maxAge) return;
    const flags =
      (port.topologyChangeAck ? FLAG.acknowledgement : 0) | (this.#topologyChange ? FLAG.topologyChange : 0);
    port.topologyChangeAck = false;
    port.configPending = false;
    port.sent += 1;
    port.hold.start();
    this.#send(
      port,
      encodeStp(0, {
        flags,
        root: bridgeOf(this.root),
        rootPathCost: this.rootPathCost,
        bridge: bridgeOf(this.bridgeId),
        port: port.id,
        messageAge,
        ...this.times,
      }),
    );
  }

  /** Tells the root of a change, again and again until it answers. */
  #notify(): void {
    if (this.rootPort) {
      this.rootPort.sent += 1;
      this.#send(this.rootPort, encodeStp(0, null));
    }
    this.#tcn.start();
  }
}
