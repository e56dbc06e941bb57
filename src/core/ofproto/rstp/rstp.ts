/**
 * The rapid spanning tree protocol of IEEE 802.1D-2004 as ovs-vswitchd runs it for a bridge: settings, ports, and the
 * machines that are moved until nothing changes any more.
 */
import { hashInt } from '../../base/ovs-hash.ts';
import { readU16, readU32, readU64 } from '../../wire/octets.ts';
import { hashTableOrder } from '../bridge/flood-order.ts';
import { informationMachine } from './information-machine.ts';
import {
  detectionMachine,
  migrationMachine,
  receiveMachine,
  stateTransitionMachine,
} from './link-machines.ts';
import { move, type Machine } from './machine.ts';
import { roleMachine } from './role-machine.ts';
import { chooseRoot, selectRoles, type RootChoice } from './role-selection.ts';
import {
  BPDU_ROLE,
  MACHINES,
  ROLE_SHIFT,
  RSTP_DEFAULT_PRIORITY,
  RSTP_MAX_PORTS,
  RstpPort,
  type MachineName,
  type RstpBpdu,
  type RstpPortSettings,
  type RstpState,
  type RstpTimes,
  type RstpVector,
} from './rstp-port.ts';
import { topologyMachine } from './topology-machine.ts';
import { transmitMachine } from './transmit-machine.ts';

const MAC_BITS = (1n << 48n) - 1n;
const HELLO_TIME = 2;
const DEFAULT_MAX_AGE = 20;
const DEFAULT_FORWARD_DELAY = 15;
const DEFAULT_HOLD_COUNT = 6;
const PRIORITY_STEP = 4096;
const PORT_PRIORITY_STEP = 16;
const MAX_COST = 200_000_000;
/** Against machines that never come to rest. */
const MAX_PASSES = 1000;
const SECOND = 1000;

const MACHINE_OF: Readonly<Record<MachineName, Machine>> = {
  receive: receiveMachine,
  detection: detectionMachine,
  information: informationMachine,
  roleTransition: roleMachine,
  stateTransition: stateTransitionMachine,
  topologyChange: topologyMachine,
  transmit: transmitMachine,
  migration: migrationMachine,
};

/** Times in seconds. */
export interface RstpSettings {
  readonly address: bigint;
  readonly priority: number;
  /** 0: speaks the old protocol only; 2: RSTP. */
  readonly version: number;
  readonly maxAge: number;
  readonly forwardDelay: number;
  readonly holdCount: number;
}

const isWithin = (value: number, least: number, most: number): boolean => value >= least && value <= most;

export class Rstp {
  readonly name: string;
  bridgeId: bigint;
  readonly helloTime = HELLO_TIME;
  maxAge = DEFAULT_MAX_AGE;
  forwardDelay = DEFAULT_FORWARD_DELAY;
  holdCount = DEFAULT_HOLD_COUNT;
  /** In the order of vswitchd's table. */
  ports: readonly RstpPort[] = [];
  root: RootChoice;
  /** Another port leads to the root now and was ready for it: what was learned by the old one is to move there. */
  shift: { readonly from: RstpPort; readonly to: RstpPort } | null = null;
  /** Called whenever the machines moved. */
  onChange: () => void = () => undefined;
  readonly #send: (port: RstpPort, bpdu: Uint8Array) => void;
  #priority = RSTP_DEFAULT_PRIORITY;
  #version = 2;
  #selection: 'init' | 'select' | 'selected' = 'init';
  #isMoving = false;
  #elapsed = 0;
  /** In the order in which they got their numbers. */
  readonly #joined = new Set<RstpPort>();

  /** `send` gets each BPDU that is to go out, without link and LLC headers. */
  constructor(name: string, settings: RstpSettings, send: (port: RstpPort, bpdu: Uint8Array) => void) {
    this.name = name;
    this.#send = send;
    this.bridgeId = settings.address | (BigInt(RSTP_DEFAULT_PRIORITY) << 48n);
    this.root = { vector: this.ownVector, times: this.ownTimes, port: null };
    this.configure(settings);
  }

  get isRapid(): boolean {
    return this.#version >= 2;
  }

  get isRoot(): boolean {
    return this.root.vector.bridge === this.bridgeId;
  }

  /** What the bridge would tell as the root. */
  get ownVector(): RstpVector {
    return { root: this.bridgeId, cost: 0, bridge: this.bridgeId, port: 0, receiver: 0 };
  }

  get ownTimes(): RstpTimes {
    return { forwardDelay: this.forwardDelay, helloTime: HELLO_TIME, maxAge: this.maxAge, messageAge: 0 };
  }

  /** Takes over settings; those out of bounds leave things as they are. */
  configure(settings: RstpSettings): void {
    if ((this.bridgeId & MAC_BITS) !== settings.address) {
      this.bridgeId = (this.bridgeId & ~MAC_BITS) | settings.address;
      this.#reselect();
    }
    this.#setPriority(settings.priority);
    this.#setVersion(settings.version);
    const { maxAge, forwardDelay, holdCount } = settings;
    if (isWithin(maxAge, 6, 40) && 2 * (this.forwardDelay - 1) >= maxAge && maxAge !== this.maxAge) {
      this.maxAge = maxAge;
      this.#selectRoles();
    }
    const isNew = forwardDelay !== this.forwardDelay && isWithin(forwardDelay, 4, 30);
    if (isNew && 2 * (forwardDelay - 1) >= this.maxAge) {
      this.forwardDelay = forwardDelay;
      this.#selectRoles();
    }
    if (holdCount !== this.holdCount && isWithin(holdCount, 1, 10)) {
      this.holdCount = holdCount;
      for (const port of this.ports) port.txCount = 0;
    }
  }

  #setPriority(wanted: number): void {
    const priority = wanted - (wanted % PRIORITY_STEP);
    if (priority === this.#priority || !isWithin(priority, 0, 61_440)) return;
    this.#priority = priority;
    this.bridgeId = (this.bridgeId & MAC_BITS) | (BigInt(priority) << 48n);
    this.#reselect();
  }

  /** Another protocol starts everything anew, with the usual settings. */
  #setVersion(version: number): void {
    if (version === this.#version || (version !== 0 && version !== 2)) return;
    this.#priority = 0;
    this.bridgeId &= MAC_BITS;
    this.maxAge = DEFAULT_MAX_AGE;
    this.forwardDelay = DEFAULT_FORWARD_DELAY;
    this.holdCount = DEFAULT_HOLD_COUNT;
    this.#selection = 'init';
    this.#version = version;
    this.ports = this.ports.map((old) => this.#renewed(old));
    this.#setPriority(RSTP_DEFAULT_PRIORITY);
    this.run();
  }

  #renewed(old: RstpPort): RstpPort {
    const { name, number, priority } = old;
    const fresh = Object.assign(old, new RstpPort());
    return Object.assign(fresh, { name, number, priority });
  }

  #reselect(): void {
    for (const port of this.ports) {
      port.selected = false;
      port.reselect = true;
    }
    this.#selectRoles();
  }

  addPort(): RstpPort {
    const port = new RstpPort();
    this.#setNumber(port, 0);
    this.run();
    return port;
  }

  removePort(port: RstpPort): void {
    this.setState(port, 'disabled');
    this.setOperational(port, false);
    this.ports = this.ports.filter((one) => one !== port);
    this.#joined.delete(port);
  }

  setPort(port: RstpPort, name: string, settings: RstpPortSettings): void {
    const { priority, pathCost, pointToPoint, adminUp } = settings;
    if (priority !== port.priority && isWithin(priority, 0, 240)) {
      port.priority = priority - (priority % PORT_PRIORITY_STEP);
      port.selected = false;
      port.reselect = true;
    }
    this.#setNumber(port, settings.number);
    port.name = name;
    if (pathCost !== port.pathCost && isWithin(pathCost, 1, MAX_COST)) {
      port.pathCost = pathCost;
      port.selected = false;
      port.reselect = true;
    }
    port.adminEdge = settings.adminEdge;
    port.autoEdge = settings.autoEdge;
    if (isWithin(pointToPoint, 0, 2)) port.isPointToPoint = pointToPoint === 1;
    if (adminUp !== port.adminUp) {
      port.adminUp = adminUp;
      this.run();
    }
    if (settings.checkMigration && this.isRapid) port.mcheck = true;
  }

  #setNumber(port: RstpPort, wanted: number): void {
    if (wanted !== 0 && wanted === port.number) return;
    const isFree = (number: number): boolean =>
      isWithin(number, 1, RSTP_MAX_PORTS) &&
      this.ports.every((other) => other === port || other.number !== number);
    let number = wanted;
    if (!isFree(number)) for (number = 1; number <= RSTP_MAX_PORTS && !isFree(number);) number += 1;
    if (number > RSTP_MAX_PORTS) number = 0;
    if (number === port.number) return;
    port.number = number;
    port.selected = false;
    port.reselect = true;
    this.#joined.delete(port);
    this.#joined.add(port);
    this.ports = hashTableOrder([...this.#joined], (one) => hashInt(one.number, 0));
  }

  /** The port's link came up or went down. */
  setOperational(port: RstpPort, up: boolean): void {
    if (port.operational === up) return;
    port.operational = up;
    this.run();
  }

  /** For the machines: the port's state is another. */
  setState(port: RstpPort, state: RstpState): void {
    port.state = state;
  }

  /** For the machines: a BPDU is to go out. */
  send(port: RstpPort, bpdu: Uint8Array): void {
    this.#send(port, bpdu);
  }

  /** Lets `ms` milliseconds pass; timers count whole seconds. */
  tick(ms: number): void {
    this.#elapsed += ms;
    for (; this.#elapsed >= SECOND; this.#elapsed -= SECOND) {
      for (const port of this.ports) countDown(port);
      this.run();
    }
  }

  /** Takes in a BPDU (what follows the LLC header) that came through `port`. */
  receive(port: RstpPort, octets: Uint8Array): void {
    if (port.state === 'disabled' || !port.enabled || port.rcvdBpdu) return;
    const bpdu = this.#read(port, octets);
    if (!bpdu) {
      port.errors += 1;
      return;
    }
    port.rcvdBpdu = true;
    port.received += 1;
    port.bpdu = bpdu;
    this.run();
  }

  /** A BPDU that is to be heeded (9.3.4). */
  #read(port: RstpPort, octets: Uint8Array): RstpBpdu | undefined {
    if (octets.length < 4 || readU16(octets, 0) !== 0) return undefined;
    const full = new Uint8Array(36);
    full.set(octets.subarray(0, 36));
    const flags = full[4] as number;
    const isUnknown = ((flags >> ROLE_SHIFT) & 3) === BPDU_ROLE.unknown;
    let type = full[3] as number;
    // One whose sender does not tell its role counts as one of the old protocol.
    if (type === 2 && isUnknown) type = 0;
    const seconds = (at: number): number => readU16(full, at) >> 8;
    const vector: RstpVector = {
      root: readU64(full, 5),
      cost: readU32(full, 13),
      bridge: readU64(full, 17),
      port: readU16(full, 25),
      receiver: 0,
    };
    const times: RstpTimes = {
      messageAge: seconds(27),
      maxAge: seconds(29),
      helloTime: seconds(31),
      forwardDelay: seconds(33),
    };
    if (type === 0x80) return { kind: 'topology-change', flags, vector, times };
    if (type === 2) return octets.length >= 36 ? { kind: 'rapid', flags, vector, times } : undefined;
    if (type !== 0 || octets.length < 35 || times.messageAge >= times.maxAge) return undefined;
    const isOwn = vector.bridge === this.bridgeId && vector.port === port.id;
    return isOwn ? undefined : { kind: 'configuration', flags, vector, times };
  }

  /** Moves the machines until nothing changes. */
  run(): void {
    if (this.#isMoving) return;
    this.#isMoving = true;
    let changed = true;
    for (let pass = 0; changed && pass < MAX_PASSES; pass += 1) {
      changed = this.#select();
      for (const port of this.ports) {
        if (port.state === 'disabled') continue;
        for (const name of MACHINES) if (move(MACHINE_OF[name], port.at[name], port, this)) changed = true;
      }
    }
    this.#isMoving = false;
    this.onChange();
  }

  /** The machine of the bridge itself; whether it moved. */
  #select(): boolean {
    switch (this.#selection) {
      case 'init':
        for (const port of this.ports) port.selectedRole = 'disabled';
        this.#selection = 'select';
        return true;
      case 'select':
        for (const port of this.ports) port.reselect = false;
        this.#selectRoles();
        for (const port of this.ports) port.selected = true;
        this.#selection = 'selected';
        return true;
      case 'selected':
        if (!this.ports.some((port) => port.reselect)) return false;
        this.#selection = 'select';
        return true;
    }
  }

  #selectRoles(): void {
    const before = this.root.port;
    const next = chooseRoot(this);
    const wasReady = next.port?.role === 'alternate';
    if (this.shift === null && wasReady && before && next.port && before !== next.port)
      this.shift = { from: before, to: next.port };
    this.root = next;
    selectRoles(this, next);
  }
}

const TIMERS = [
  'helloWhen',
  'tcWhile',
  'fdWhile',
  'rcvdInfoWhile',
  'rrWhile',
  'rbWhile',
  'mdelayWhile',
  'edgeDelayWhile',
  'txCount',
] as const;

function countDown(port: RstpPort): void {
  for (const timer of TIMERS) if (port[timer] > 0) port[timer] -= 1;
  port.uptime += 1;
}
