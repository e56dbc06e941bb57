/** ovn-controller on a machine: woken by both databases, its flows installed in the machine's switch. */
import type { Context } from '../base/context.ts';
import { OvnController, readSettings, type ControllerStatus } from '../ovn/controller/index.ts';
import type { SbDatabase } from '../ovsdb/index.ts';
import { Daemon } from './daemon.ts';
import type { SwitchHost } from './switch-host.ts';

/** From a change of a database to the pass that answers it, in nanoseconds. */
const DELAY = 3_000_000;
/** Between two tries to reach the southbound database. */
const RETRY = 1_000_000_000;

export class ControllerHost {
  readonly controller: OvnController;
  readonly #daemon: Daemon;
  readonly #connect: (remote: string) => SbDatabase | undefined;
  readonly #context: Context;
  #watched: SbDatabase | undefined;
  #unwatch: (() => void) | undefined;

  constructor(context: Context, switchHost: SwitchHost, connect: (remote: string) => SbDatabase | undefined) {
    this.#context = context;
    this.#connect = connect;
    this.controller = new OvnController({
      ovs: switchHost.ovs,
      context,
      connect: (remote) => this.#reach(remote),
      install: (bridge, flows) => switchHost.installFlows(bridge, flows),
      reachable: () => true,
    });
    this.#daemon = new Daemon(context.clock, DELAY, () => this.#pass());
    switchHost.ovs.subscribe(() => this.#daemon.wake());
    this.#daemon.wake();
  }

  get busy(): boolean {
    return this.#daemon.busy;
  }

  get status(): ControllerStatus {
    return this.controller.status;
  }

  /** Looks again: something outside the databases changed. */
  wake(): void {
    this.#daemon.wake();
  }

  #reach(remote: string): SbDatabase | undefined {
    const sb = this.#connect(remote);
    if (sb !== this.#watched) {
      this.#unwatch?.();
      this.#unwatch = sb?.subscribe(() => this.#daemon.wake());
      this.#watched = sb;
    }
    return sb;
  }

  #pass(): void {
    this.controller.run();
    if (this.controller.status.kind === 'disconnected')
      this.#context.clock.after(RETRY, () => this.#daemon.wake());
  }

  /** The remote that it is told to use. */
  remote(switchHost: SwitchHost): string | null {
    return readSettings(switchHost.ovs).remote;
  }
}
