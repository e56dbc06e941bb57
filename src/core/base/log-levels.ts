/** How much each module of a daemon logs to each destination, as `vlog/set` changes it. */

/** From least to most. */
export const LOG_LEVELS = ['OFF', 'EMER', 'ERR', 'WARN', 'INFO', 'DBG'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_DESTINATIONS = ['console', 'syslog', 'file'] as const;
export type LogDestination = (typeof LOG_DESTINATIONS)[number];

type Levels = Readonly<Record<LogDestination, LogLevel>>;

/** With what the services start their daemons (`ovs-ctl`, `ovn-ctl`). */
const USUAL: Levels = { console: 'EMER', syslog: 'ERR', file: 'INFO' };

export class LogLevels {
  #usual = USUAL;
  readonly #own = new Map<string, Levels>();
  /** Modules whose messages are not limited in number. */
  readonly unlimited = new Set<string>();

  of(module: string): Levels {
    return this.#own.get(module) ?? this.#usual;
  }

  /** Sets the level of one module, or with null of all, for one destination, or with null for all. */
  set(module: string | null, destination: LogDestination | null, level: LogLevel): void {
    const changed = (levels: Levels): Levels =>
      destination === null
        ? { console: level, syslog: level, file: level }
        : { ...levels, [destination]: level };
    if (module !== null) {
      this.#own.set(module, changed(this.of(module)));
      return;
    }
    this.#usual = changed(this.#usual);
    for (const [name, levels] of this.#own) this.#own.set(name, changed(levels));
  }

  /** Whether the log file gets messages of this level from a module. */
  reachesFile(module: string, level: LogLevel): boolean {
    return LOG_LEVELS.indexOf(level) <= LOG_LEVELS.indexOf(this.of(module).file);
  }
}
