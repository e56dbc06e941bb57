/** ovn-controller.log: the lines that its packet thread writes, in the form that vlog gives them. */
import { utcTextMs } from '../../../base/calendar.ts';
import type { Clock } from '../../../base/context.ts';

type Level = 'INFO' | 'WARN';

/** Lines that are kept; older ones are forgotten. */
const LIMIT = 5000;
const THREAD = 'ovn_pinctrl0';

export class ControllerLog {
  private readonly clock: Clock;
  private readonly kept: string[] = [];
  private sequence = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Oldest first, each without its end of line. */
  get lines(): readonly string[] {
    return this.kept;
  }

  info(module: string, text: string): void {
    this.write(module, 'INFO', text);
  }

  warn(module: string, text: string): void {
    this.write(module, 'WARN', text);
  }

  private write(module: string, level: Level, text: string): void {
    this.sequence += 1;
    const time = utcTextMs(this.clock.wallMs());
    const number = String(this.sequence).padStart(5, '0');
    this.kept.push(`${time}|${number}|${module}(${THREAD})|${level}|${text}`);
    if (this.kept.length > LIMIT) this.kept.shift();
  }
}
