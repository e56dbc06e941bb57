/** The OVN databases and northd of a central node. */
import { LogLevels } from '../base/log-levels.ts';
import type { Context } from '../base/context.ts';
import { createDatabase, nbSchema, sbSchema, type NbDatabase, type SbDatabase } from '../ovsdb/index.ts';
import { Aging, Northd } from '../ovn/northd/index.ts';
import { Daemon } from './daemon.ts';
import { DatabaseServer } from './database-server.ts';
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
  #running = true;
  /** Threads that build logical flows: they change how long it takes, not what comes out. */
  threads = 1;
  readonly logLevels = new LogLevels();
  /** Those of the northbound and of the southbound database. */
  readonly servers: readonly [DatabaseServer, DatabaseServer];
  /** Tells which northbound rows gave rise to which logical flows; undefined for opened databases. */
  readonly northd: Pick<Northd, 'causesOf' | 'flowsOf'> | undefined;

  constructor(context: Context, opened?: OpenedDatabases) {
    this.nb = opened?.nb ?? createDatabase(nbSchema, context.random.fork('nb'));
    this.sb = opened?.sb ?? createDatabase(sbSchema, context.random.fork('sb'));
    this.servers = [
      new DatabaseServer(
        {
          database: 'OVN_Northbound',
          socket: '/var/run/ovn/ovnnb_db.sock',
          column: 'NB_Global,connections',
        },
        () => [...this.nb.rows('Connection')].map(({ target }) => target),
      ),
      new DatabaseServer(
        {
          database: 'OVN_Southbound',
          socket: '/var/run/ovn/ovnsb_db.sock',
          column: 'SB_Global,connections',
        },
        () => [...this.sb.rows('Connection')].map(({ target }) => target),
      ),
    ];
    if (opened) return;
    const clock = this.process.clock(context.clock);
    const northd = new Northd(this.nb, this.sb, context);
    const aging = new Aging(this.nb, this.sb, clock);
    const daemon = new Daemon(clock, NORTHD_DELAY, () => {
      if (this.#paused || !this.#running) return;
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
    return this.#daemon !== undefined && this.#running;
  }

  /** Ends ovn-northd; the databases stay. */
  stopNorthd(): void {
    this.#running = false;
  }

  /** A new ovn-northd: what the last one was told on its socket is forgotten. */
  startNorthd(): void {
    this.#running = true;
    this.threads = 1;
    this.setPaused(false);
  }

  get busy(): boolean {
    return !this.process.paused && (this.#daemon?.busy ?? false);
  }
}
