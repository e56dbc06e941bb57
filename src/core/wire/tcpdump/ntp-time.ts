/** Time stamps of NTP: seconds since 1900 and a binary fraction. */
import { civilDate } from '../../base/calendar.ts';
import { padded, type Printer } from './printer.ts';

const SECONDS_TO_1970 = 2_208_988_800;

/** A 32-bit binary fraction in nanoseconds, cut off. */
export const fractionNanoseconds = (fraction: number): number => Math.floor((fraction / 2 ** 32) * 1e9);

/** `YYYY-MM-DDTHH:MM:SSZ` of seconds since 1970, any sign. */
function utcText(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const rest = seconds - days * 86_400;
  const [year, month, day] = civilDate(days);
  const time = [Math.floor(rest / 3600), Math.floor((rest % 3600) / 60), rest % 60];
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}T${time.map((part) => padded(part, 2)).join(':')}Z`;
}

/** Prints the 64-bit time stamp at `at`. */
export function printNtpTime(p: Printer, at: number): void {
  const seconds = p.u32(at);
  p.print(`${seconds}.${padded(fractionNanoseconds(p.u32(at + 4)), 9)}`);
  if (seconds !== 0) p.print(` (${utcText(seconds - SECONDS_TO_1970)})`);
}
