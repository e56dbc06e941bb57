/** The files that `-w` writes: one, or one after another by size (`-C`), by time (`-G`) and in a ring (`-W`). */
import { civilDate } from '../../base/calendar.ts';
import { writePcap, type PacketToWrite } from '../../wire/index.ts';
import type { TcpdumpHost } from './host.ts';

export interface Rotation {
  /** Octets after which the next file begins; null: never. */
  readonly size: number | null;
  /** Seconds after which the next file begins; 0: never. */
  readonly seconds: number;
  /** How many files there are; null: any number. */
  readonly files: number | null;
}

interface Format {
  readonly snapLength: number;
  readonly linkType: number;
  readonly nanoseconds: boolean;
}

const FILE_HEADER_SIZE = 24;
const RECORD_HEADER_SIZE = 16;

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
] as const;
const DAY_SECONDS = 86_400;

const two = (value: number): string => String(value).padStart(2, '0');

/** The first day of a year after 1969, in days since 1970. */
const newYear = (year: number): number =>
  365 * (year - 1970) +
  Math.floor((year - 1969) / 4) -
  Math.floor((year - 1901) / 100) +
  Math.floor((year - 1601) / 400);

/** `strftime` in UTC; conversions that it does not know stay as they are. */
export function formatTime(format: string, seconds: number): string {
  const days = Math.floor(seconds / DAY_SECONDS);
  const [year, monthNumber, day] = civilDate(days);
  const month = monthNumber - 1;
  const yearDay = days - newYear(year);
  const rest = seconds % DAY_SECONDS;
  const hour = Math.floor(rest / 3600);
  const minute = Math.floor(rest / 60) % 60;
  const second = rest % 60;
  const dayName = DAYS[(Math.floor(seconds / DAY_SECONDS) + 4) % 7] ?? '';
  const monthName = MONTHS[month] ?? '';
  const words: Readonly<Record<string, string>> = {
    '%': '%',
    a: dayName.slice(0, 3),
    A: dayName,
    b: monthName.slice(0, 3),
    B: monthName,
    d: two(day),
    D: `${two(month + 1)}/${two(day)}/${two(year % 100)}`,
    e: String(day).padStart(2),
    F: `${year}-${two(month + 1)}-${two(day)}`,
    H: two(hour),
    I: two(hour % 12 || 12),
    j: String(yearDay + 1).padStart(3, '0'),
    m: two(month + 1),
    M: two(minute),
    p: hour < 12 ? 'AM' : 'PM',
    R: `${two(hour)}:${two(minute)}`,
    s: String(seconds),
    S: two(second),
    T: `${two(hour)}:${two(minute)}:${two(second)}`,
    y: two(year % 100),
    Y: String(year),
    z: '+0000',
    Z: 'UTC',
  };
  return format.replaceAll(/%(.)/gs, (whole, letter: string) => words[letter] ?? whole);
}

export class DumpFiles {
  readonly #name: string;
  readonly #rotation: Rotation;
  readonly #format: Format;
  readonly #files: TcpdumpHost['files'];
  readonly #seconds: () => number;
  #kept: PacketToWrite[] = [];
  #size = FILE_HEADER_SIZE;
  #path: string;
  /** When the present file began, and how many were begun by time and, since then, by size. */
  #began: number;
  #byTime = 0;
  #bySize = 0;

  /** `seconds` is the time of day that `-G` goes by. */
  constructor(
    name: string,
    rotation: Rotation,
    format: Format,
    files: TcpdumpHost['files'],
    seconds: () => number,
  ) {
    this.#name = name;
    this.#rotation = rotation;
    this.#format = format;
    this.#files = files;
    this.#seconds = seconds;
    this.#began = seconds();
    this.#path = this.#nameOf(0);
    this.flush();
  }

  /** With the number of the file, as wide as the last of the ring's, where there are several by size. */
  #nameOf(count: number): string {
    const { seconds, size, files } = this.#rotation;
    const name = seconds > 0 ? formatTime(this.#name, this.#began) : this.#name;
    const width = size === null || files === null || files < 2 ? 0 : String(files - 1).length;
    return size === null || (count === 0 && width === 0)
      ? name
      : `${name}${String(count).padStart(width, '0')}`;
  }

  #next(count: number): void {
    this.flush();
    this.#kept = [];
    this.#size = FILE_HEADER_SIZE;
    this.#path = this.#nameOf(count);
    this.flush();
  }

  /** Takes a packet; false when it would have begun a file too many, and everything ends. */
  take(packet: PacketToWrite): boolean {
    const { size, seconds, files } = this.#rotation;
    const now = this.#seconds();
    if (seconds > 0 && now - this.#began >= seconds) {
      this.#began = now;
      this.#byTime += 1;
      if (size === null && files !== null && this.#byTime >= files) return false;
      this.#bySize = 0;
      this.#next(0);
    }
    if (size !== null && this.#size > size) {
      this.#bySize = files !== null && this.#bySize + 1 >= files ? 0 : this.#bySize + 1;
      this.#next(this.#bySize);
    }
    this.#kept.push(packet);
    this.#size += RECORD_HEADER_SIZE + packet.octets.length;
    return true;
  }

  /** Writes what was kept into the present file. */
  flush(): void {
    this.#files.write(this.#path, writePcap(this.#kept, this.#format));
  }
}
