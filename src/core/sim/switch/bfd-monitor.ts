/** Runs the BFD sessions of a switch: sends what is due, and wakes each when its time comes. */
import type { Context } from '../../base/context.ts';
import type { StepId } from '../../base/step.ts';
import type { BfdSession } from '../../ofproto/bridge/bfd.ts';
import type { Port } from '../../ofproto/bridge/port.ts';
import type { Vswitch } from '../../ofproto/vswitch/vswitch.ts';
import { portMac } from '../../ofproto/bridge/port-mac.ts';

const MILLISECOND = 1_000_000;
/** Two ends that reach one another agree within this, in milliseconds. */
const AGREEMENT = 4000;

interface Outside {
  send(port: Port, octets: Uint8Array, parent: StepId | null): void;
  /** A session's state is another than the database says. */
  changed(): void;
}

interface Watched {
  readonly port: Port;
  readonly since: number;
  cancel: () => void;
}

export class BfdMonitor {
  readonly #context: Context;
  readonly #vswitch: Vswitch;
  readonly #outside: Outside;
  readonly #watched = new Map<BfdSession, Watched>();

  constructor(context: Context, vswitch: Vswitch, outside: Outside) {
    this.#context = context;
    this.#vswitch = vswitch;
    this.#outside = outside;
  }

  /** Whether a new session may still come up. */
  get negotiating(): boolean {
    for (const [session, { since }] of this.#watched)
      if (session.state !== 'Up' && session.now < since + AGREEMENT) return true;
    return false;
  }

  /** Takes up new sessions and leaves those that ended. */
  follow(): void {
    const wanted = new Map<BfdSession, Port>();
    for (const bridge of this.#vswitch.bridges.values())
      for (const port of bridge.ports.values()) if (port.bfd) wanted.set(port.bfd, port);
    for (const [session, { cancel }] of this.#watched)
      if (!wanted.has(session)) {
        cancel();
        this.#watched.delete(session);
      }
    for (const [session, port] of wanted) {
      if (this.#watched.has(session)) continue;
      this.#watched.set(session, { port, since: session.now, cancel: () => undefined });
      session.onWake = () => this.#arm(session);
      this.#arm(session);
    }
  }

  #arm(session: BfdSession): void {
    const watched = this.#watched.get(session);
    if (!watched) return;
    watched.cancel();
    const delay = session.wakeTime * MILLISECOND - this.#context.clock.now();
    watched.cancel = this.#context.clock.after(Math.max(0, delay), () => this.#tick(session, watched.port));
    if (session.takeChange()) this.#outside.changed();
  }

  #tick(session: BfdSession, port: Port): void {
    session.run();
    if (session.shouldSend) {
      const octets = session.packet(portMac(this.#context.random, port));
      this.#outside.send(port, octets, this.#record(session, port, octets));
    }
    this.#arm(session);
  }

  #record(session: BfdSession, port: Port, octets: Uint8Array): StepId | null {
    const { recorder } = this.#context;
    if (!recorder.active) return null;
    return recorder.record({
      parent: null,
      where: { host: this.#vswitch.datapath.host, bridge: port.bridge.name, device: port.name },
      what: { kind: 'originated', program: 'ovs-vswitchd', text: `BFD ${session.state}` },
      frame: octets,
      because: [],
    });
  }
}
