/** Log lines of OVS programs as they appear on the terminal: `2026-01-31T12:00:00Z|00001|module|WARN|text`. */

const DAY = 86_400_000;

/** Year, month and day of a number of days since 1970, Gregorian. */
function civil(days: number): readonly [year: number, month: number, day: number] {
  const shifted = days + 719_468; // days since 0000-03-01
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * ofYear + 2) / 153);
  const day = ofYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day];
}

const two = (value: number): string => String(value).padStart(2, '0');

/** A time in milliseconds since 1970 as `2026-01-31T12:00:00Z`. */
export function utcText(ms: number): string {
  const days = Math.floor(ms / DAY);
  const seconds = Math.floor((ms - days * DAY) / 1000);
  const [year, month, day] = civil(days);
  const time = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${year}-${two(month)}-${two(day)}T${time}Z`;
}

export type LogLevel = 'INFO' | 'WARN' | 'ERR';

/** Numbers the messages of one run of a program; what is below a warning goes to the system log only. */
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
      `${utcText(this.wallMs())}|${String(this.count).padStart(5, '0')}|${module}|${level}|${text}\n`,
    );
  }
}
