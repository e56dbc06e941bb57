/** ovn-controller.log: the lines that its threads write, in the form that vlog gives them. */
import { utcTextMs } from '../../base/calendar.ts';
import type { Clock } from '../../base/context.ts';

type Level = 'INFO' | 'WARN';

/** Lines that are kept; older ones are forgotten. */
const LIMIT = 5000;

/** One thread of the program; each counts its own lines. */
export class LogThread {
  readonly #name: string | null;
  readonly #clock: Clock;
  readonly #keep: (line: string) => void;
  #sequence = 0;

  constructor(name: string | null, clock: Clock, keep: (line: string) => void) {
    this.#name = name;
    this.#clock = clock;
    this.#keep = keep;
  }

  info(module: string, text: string): void {
    this.#write(module, 'INFO', text);
  }

  warn(module: string, text: string): void {
    this.#write(module, 'WARN', text);
  }

  #write(module: string, level: Level, text: string): void {
    this.#sequence += 1;
    const time = utcTextMs(this.#clock.wallMs());
    const number = String(this.#sequence).padStart(5, '0');
    const thread = this.#name === null ? '' : `(${this.#name})`;
    this.#keep(`${time}|${number}|${module}${thread}|${level}|${text}`);
  }
}

export class ControllerLog {
  readonly #kept: string[] = [];
  /** The main loop, which reads and writes the databases. */
  readonly main: LogThread;
  /** The thread that answers packets. */
  readonly pinctrl: LogThread;

  constructor(clock: Clock) {
    const keep = (line: string): void => {
      this.#kept.push(line);
      if (this.#kept.length > LIMIT) this.#kept.shift();
    };
    this.main = new LogThread(null, clock, keep);
    this.pinctrl = new LogThread('ovn_pinctrl0', clock, keep);
  }

  /** Oldest first, each without its end of line. */
  get lines(): readonly string[] {
    return this.#kept;
  }
}
