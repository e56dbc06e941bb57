/** Log lines of OVS programs as they appear on the terminal: `2026-01-31T12:00:00Z|00001|module|WARN|text`. */

import { utcText } from '../../base/calendar.ts';

export type LogLevel = 'INFO' | 'WARN' | 'ERR';

/** Numbers the messages of one run of a program; what is below a warning goes to the system log only. A text's last newlines are left out. */
export class Log {
  private readonly write: (line: string) => void;
  private readonly wallMs: () => number;
  private count = 0;

  constructor(write: (line: string) => void, wallMs: () => number) {
    this.write = write;
    this.wallMs = wallMs;
  }

  log(module: string, level: LogLevel, text: string): void {
    this.count += 1;
    if (level === 'INFO') return;
    this.write(
      `${utcText(this.wallMs())}|${String(this.count).padStart(5, '0')}|${module}|${level}|${text.replace(/\n+$/, '')}\n`,
    );
  }
}
