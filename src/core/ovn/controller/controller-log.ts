/** ovn-controller.log: the lines that its threads write, in the form that vlog gives them. */
import { utcTextMs } from '../../base/calendar.ts';
import type { Clock } from '../../base/context.ts';
import { LogLevels, type LogLevel } from '../../base/log-levels.ts';

/** Lines that are kept; older ones are forgotten. */
const LIMIT = 5000;

/** One thread of the program; each counts its own lines. */
export class LogThread {
  readonly #name: string | null;
  readonly #clock: Clock;
  readonly #levels: LogLevels;
  readonly #keep: (line: string) => void;
  #sequence = 0;

  constructor(name: string | null, clock: Clock, levels: LogLevels, keep: (line: string) => void) {
    this.#name = name;
    this.#clock = clock;
    this.#levels = levels;
    this.#keep = keep;
  }

  info(module: string, text: string): void {
    this.#write(module, 'INFO', text);
  }

  warn(module: string, text: string): void {
    this.#write(module, 'WARN', text);
  }

  #write(module: string, level: LogLevel, text: string): void {
    if (!this.#levels.reachesFile(module, level)) return;
    this.#sequence += 1;
    const time = utcTextMs(this.#clock.wallMs());
    const number = String(this.#sequence).padStart(5, '0');
    const thread = this.#name === null ? '' : `(${this.#name})`;
    this.#keep(`${time}|${number}|${module}${thread}|${level}|${text}`);
  }
}

export class ControllerLog {
  readonly levels = new LogLevels();
  readonly #kept: string[] = [];
  /** The main loop, which reads and writes the databases. */
  readonly main: LogThread;
  /** The thread that answers packets. */
  readonly pinctrl: LogThread;

  /** `written` takes each line for the log file. */
  constructor(clock: Clock, written: (line: string) => void = () => undefined) {
    const keep = (line: string): void => {
      written(line);
      this.#kept.push(line);
      if (this.#kept.length > LIMIT) this.#kept.shift();
    };
    this.main = new LogThread(null, clock, this.levels, keep);
    this.pinctrl = new LogThread('ovn_pinctrl0', clock, this.levels, keep);
  }

  /** Oldest first, each without its end of line. */
  get lines(): readonly string[] {
    return this.#kept;
  }
}
