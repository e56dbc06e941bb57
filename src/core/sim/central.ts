/** The OVN databases and northd of a central node. */
import { LogLevels } from '../base/log-levels.ts';
import type { Context } from '../base/context.ts';
import { createDatabase, nbSchema, sbSchema, type NbDatabase, type SbDatabase } from '../ovsdb/index.ts';
import { Aging, Northd } from '../ovn/northd/index.ts';
import { Daemon } from './daemon.ts';
import { Pausable } from './pausable.ts';

/** From a change of a database to northd's answer, in nanoseconds. */
const NORTHD_DELAY = 2_000_000;

/** Databases that exist already, e.g. opened files: no northd works on them. */
export interface OpenedDatabases {
  readonly nb: NbDatabase | undefined;
  readonly sb: SbDatabase | undefined;
}

export class Central {
  readonly nb: NbDatabase;
  readonly sb: SbDatabase;
  /** northd's process: the fault that stops it pauses this. */
  readonly process = new Pausable();
  /** Absent where databases were opened from files. */
  readonly #daemon: Daemon | undefined;
  #paused = false;
  /** Threads that build logical flows: they change how long it takes, not what comes out. */
  threads = 1;
  readonly logLevels = new LogLevels();
  /** Tells which northbound rows gave rise to which logical flows; undefined for opened databases. */
  readonly northd: Pick<Northd, 'causesOf' | 'flowsOf'> | undefined;

  constructor(context: Context, opened?: OpenedDatabases) {
    this.nb = opened?.nb ?? createDatabase(nbSchema, context.random.fork('nb'));
    this.sb = opened?.sb ?? createDatabase(sbSchema, context.random.fork('sb'));
    if (opened) return;
    const clock = this.process.clock(context.clock);
    const northd = new Northd(this.nb, this.sb, context);
    const aging = new Aging(this.nb, this.sb, clock);
    const daemon = new Daemon(clock, NORTHD_DELAY, () => {
      if (this.#paused) return;
      northd.run();
      const wait = aging.run();
      if (wait !== undefined) clock.after(wait, () => daemon.wake());
    });
    this.nb.subscribe(() => daemon.wake());
    this.sb.subscribe(() => daemon.wake());
    daemon.wake();
    this.#daemon = daemon;
    this.northd = northd;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** `pause` and `resume`: meanwhile changes are seen by nobody; afterwards northd does what it missed. */
  setPaused(paused: boolean): void {
    this.#paused = paused;
    if (!paused) this.#daemon?.wake();
  }

  /** `inc-engine/recompute`: looks again at everything. */
  recompute(): void {
    this.#daemon?.wake();
  }

  /** Whether ovn-northd runs here. */
  get runsNorthd(): boolean {
    return this.#daemon !== undefined;
  }

  get busy(): boolean {
    return !this.process.paused && (this.#daemon?.busy ?? false);
  }

  /** TCP ports on which a database listens, as its Connection rows say (`ptcp:6641:0.0.0.0`). */
  listens(database: 'OVN_Northbound' | 'OVN_Southbound', port: number): boolean {
    const rows = database === 'OVN_Northbound' ? this.nb.rows('Connection') : this.sb.rows('Connection');
    for (const { target } of rows) {
      const [kind, listening] = target.split(':');
      if ((kind === 'ptcp' || kind === 'pssl') && Number(listening) === port) return true;
    }
    return false;
  }
}
