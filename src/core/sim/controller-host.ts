/** ovn-controller on a machine: woken by both databases, its flows installed in the machine's switch. */
import type { Context } from '../base/context.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { StepId } from '../base/step.ts';
import { OFPP } from '../flow/ofport.table.ts';
import type { Bridge } from '../ofproto/bridge/bridge.ts';
import type { OfpAct } from '../ofproto/index.ts';
import type { PacketIn } from '../ofproto/receive.ts';
import {
  ControllerLog,
  injectedPacket,
  OvnController,
  Pinctrl,
  readSettings,
  type ControllerStatus,
  type OvnRelease,
  type ReleaseFault,
} from '../ovn/controller/index.ts';
import type { SbDatabase } from '../ovsdb/index.ts';
import type { ControllerNeighbours } from './controller-neighbours.ts';
import type { ControllerRoutes } from './controller-routes.ts';
import { Daemon } from './daemon.ts';
import { Pausable } from './pausable.ts';
import type { SwitchHost } from './switch/switch-host.ts';

/** From a change of a database to the pass that answers it, in nanoseconds. */
const DELAY = 3_000_000;
/** From a packet on its way up to its answer. */
const PACKET_DELAY = 100_000;
/** Between two tries to reach the southbound database. */
const RETRY = 1_000_000_000;

/** What lives as long as one process of it. */
interface Process {
  readonly controller: OvnController;
  readonly pinctrl: Pinctrl;
  readonly log: ControllerLog;
}

export class ControllerHost {
  readonly release: OvnRelease;
  /** Its main loop and the thread that answers packets: the fault that stops it pauses both. */
  readonly process = new Pausable();
  readonly #daemon: Daemon;
  /** Takes each line of its log. */
  readonly #written: (line: string) => void;
  readonly #connect: (remote: string) => SbDatabase | undefined;
  readonly #context: Context;
  readonly #switch: SwitchHost;
  readonly #kernel: ControllerRoutes;
  readonly #neighbours: ControllerNeighbours;
  readonly #faults: Set<ReleaseFault>;
  #lives: Process;
  #running = true;
  #paused = false;
  #watched: SbDatabase | undefined;
  #unwatch: (() => void) | undefined;

  constructor(
    context: Context,
    switchHost: SwitchHost,
    kernel: { readonly routes: ControllerRoutes; readonly neighbours: ControllerNeighbours },
    release: OvnRelease,
    connect: (remote: string) => SbDatabase | undefined,
    written: (line: string) => void,
  ) {
    this.#written = written;
    this.#context = { ...context, clock: this.process.clock(context.clock) };
    this.#switch = switchHost;
    this.#kernel = kernel.routes;
    this.#neighbours = kernel.neighbours;
    this.release = release;
    this.#connect = connect;
    this.#lives = this.#begin();
    this.#faults = new Set(this.controller.knownFaults);
    this.#applyFaults();
    this.#daemon = new Daemon(this.#context.clock, DELAY, () => this.#pass());
    switchHost.packetIn = (from, packetIn, parent) => this.#receive(from, packetIn, parent);
    switchHost.connected = () => this.wake();
    switchHost.ovs.subscribe(() => this.wake());
    this.#kernel.onChange((table) => {
      if (this.controller.watchesTable(table)) this.wake();
    });
    this.#neighbours.onChange((device) => {
      if (this.controller.watchesDevice(device)) this.wake();
    });
    this.wake();
  }

  /** A process that knows nothing yet. */
  #begin(): Process {
    const wake = (delay: number): void => {
      if (delay === 0) this.wake();
      else this.#context.clock.after(delay, () => this.wake());
    };
    const log = new ControllerLog(this.#context.clock, this.#written);
    const controller = new OvnController({
      ovs: this.#switch.ovs,
      context: this.#context,
      release: this.release,
      log,
      routes: this.#kernel,
      neighbours: this.#neighbours,
      connect: (remote) => this.#reach(remote),
      flushConnections: (pattern) => this.#switch.flushConnections(pattern),
      install: (bridge, tables) => this.#switch.install(bridge, tables),
      wake,
    });
    const pinctrl = new Pinctrl({
      context: this.#context,
      host: this.#switch.host,
      log,
      connection: {
        packetOut: (octets, actions, parent) =>
          this.#switch.packetOut(this.#integrationBridge, octets, actions, parent),
        flowStatistics: (table) => this.#switch.flowStatistics(this.#integrationBridge, table),
        resume: (continuation, octets, metadata, parent) =>
          this.#switch.resume(continuation, octets, metadata, parent),
      },
      wake,
    });
    return { controller, pinctrl, log };
  }

  get controller(): OvnController {
    return this.#lives.controller;
  }

  /** What this process has logged. */
  get log(): ControllerLog {
    return this.#lives.log;
  }

  get pinctrl(): Pinctrl {
    return this.#lives.pinctrl;
  }

  get #integrationBridge(): string {
    return readSettings(this.#switch.ovs).integrationBridge;
  }

  get running(): boolean {
    return this.#running;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** `debug/pause`: it looks at no database, but packets are still answered; what it missed it does when it goes on. */
  setPaused(paused: boolean): void {
    this.#paused = paused;
    if (!paused) this.wake();
  }

  get busy(): boolean {
    return this.#running && !this.process.paused && this.#daemon.busy;
  }

  get status(): ControllerStatus {
    return this.controller.status;
  }

  /** Faults of this release that are in effect; all that it is known for at first. */
  get faults(): ReadonlySet<ReleaseFault> {
    return this.#faults;
  }

  /** Puts a fault of the release in or out, as a patched program does: it starts anew. */
  setFault(fault: ReleaseFault, on: boolean): void {
    if (on === this.#faults.has(fault) || !this.controller.knownFaults.includes(fault)) return;
    if (on) this.#faults.add(fault);
    else this.#faults.delete(fault);
    if (!this.#running) return;
    this.pinctrl.stop();
    this.#lives = this.#begin();
    this.#applyFaults();
    this.wake();
  }

  #applyFaults(): void {
    this.controller.cache.drifts = this.#faults.has('conjunction-drift');
  }

  /** Looks again: something outside the databases changed. */
  wake(): void {
    if (this.#running) this.#daemon.wake();
  }

  /** Ends the process; `cleans`: it takes back what it wrote to the databases first. Flows stay in the switch. */
  stop(cleans: boolean): void {
    if (!this.#running) return;
    this.#running = false;
    this.pinctrl.stop();
    if (cleans) this.controller.cleanUp();
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#lives = this.#begin();
    this.#applyFaults();
    this.wake();
  }

  #reach(remote: string): SbDatabase | undefined {
    const sb = this.#connect(remote);
    if (sb !== this.#watched) {
      this.#unwatch?.();
      this.#unwatch = sb?.subscribe(() => this.wake());
      this.#watched = sb;
    }
    return sb;
  }

  /** Takes packets of the integration bridge once it is connected to the databases. */
  #receive(from: Bridge, packetIn: PacketIn, parent: StepId | null): boolean {
    if (!this.#running || from.name !== this.#integrationBridge || this.status.kind !== 'connected')
      return false;
    const { pinctrl } = this;
    this.#context.clock.after(PACKET_DELAY, () => {
      if (this.#running && pinctrl === this.pinctrl) pinctrl.receive(packetIn, parent);
    });
    return true;
  }

  #pass(): void {
    if (!this.#running || this.#paused) return;
    this.controller.run();
    const { state } = this.controller;
    if (state) this.pinctrl.run(state);
    if (this.status.kind === 'disconnected') this.#context.clock.after(RETRY, () => this.wake());
  }

  /** `inject-pkt`: a packet that a logical port would send; errors are the real program's. */
  inject(microflow: string): Result<void> {
    const { state } = this.controller;
    if (!state) return err('OpenFlow channel not ready.');
    const packet = injectedPacket(state, microflow);
    if (!packet.ok) return packet;
    const { octets, inPort } = packet.value;
    const { recorder } = this.#context;
    const step = recorder.active
      ? recorder.record({
          parent: null,
          where: { host: this.#switch.host, bridge: this.#integrationBridge },
          what: { kind: 'originated', program: 'ovn-controller', text: 'inject-pkt' },
          frame: octets,
          because: [],
        })
      : null;
    const into: OfpAct = { kind: 'resubmit', port: OFPP.inPort, table: 0, ct: false };
    this.#switch.packetOut(this.#integrationBridge, octets, [into], step, inPort);
    return ok(undefined);
  }

  /** The remote that it is told to use. */
  remote(switchHost: SwitchHost): string | null {
    return readSettings(switchHost.ovs).remote;
  }
}
