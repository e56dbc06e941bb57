/** What one daemon logs: lines as FRR writes them, into the file of `log file`, and what `debug` switched on. */
import type { Clock } from '../../base/context.ts';
import type { FrrConfig } from '../config/frr-config.ts';
import { formatLogTime } from '../show/time.ts';
import type { LogFiles } from './log-files.ts';

const LEVELS = [
  'emergencies',
  'alerts',
  'critical',
  'errors',
  'warnings',
  'notifications',
  'informational',
  'debugging',
] as const;

type LogLevel = (typeof LEVELS)[number];

/** `debug ...` of which there are lines. */
export type DebugTopic =
  | 'bgp keepalives'
  | 'bgp neighbor-events'
  | 'bgp updates in'
  | 'bgp updates out'
  | 'bgp zebra';

export class DaemonLog {
  readonly #daemon: string;
  readonly #config: FrrConfig;
  readonly #clock: Clock;
  readonly #files: LogFiles;

  /** `daemon` as it calls itself: `BGP`. */
  constructor(daemon: string, config: FrrConfig, clock: Clock, files: LogFiles) {
    this.#daemon = daemon;
    this.#config = config;
    this.#clock = clock;
    this.#files = files;
  }

  /** Whether lines of a topic are wanted. */
  wants(topic: DebugTopic): boolean {
    return this.#config.debugs.size > 0 && this.#config.debugs.has(`debug ${topic}`);
  }

  /** A line of `debug`. `id` is the message's mark (`T5AAP-5GA85`). */
  debug(id: string, text: string): void {
    this.#write('debugging', id, text);
  }

  /** A line that is written without any `debug`. */
  info(id: string, text: string): void {
    this.#write('informational', id, text);
  }

  #write(level: LogLevel, id: string, text: string): void {
    const { globals } = this.#config;
    const [, , path, upTo = 'debugging'] = globals.get('top log file')?.split(' ') ?? [];
    if (path === undefined || LEVELS.indexOf(level) > LEVELS.indexOf(upTo as LogLevel)) return;
    const precision = Number(globals.get('top log timestamp precision')?.split(' ').at(-1) ?? 0);
    const at = formatLogTime(this.#clock.wallMs(), precision);
    this.#files.append(path, `${at} ${this.#daemon}: [${id}] ${text}`);
  }
}
