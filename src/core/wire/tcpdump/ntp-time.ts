/** Time stamps of NTP: seconds since 1900 and a binary fraction. */
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

/** Year, month and day of a number of days since 1970-01-01, in the Gregorian calendar. */
export function civilDate(days: number): readonly [year: number, month: number, day: number] {
  // Years are counted from a March, so that the leap day is the last of its year.
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const march = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * march + 2) / 5) + 1;
  const month = march < 10 ? march + 3 : march - 9;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day];
}

/** Prints the 64-bit time stamp at `at`. */
export function printNtpTime(p: Printer, at: number): void {
  const seconds = p.u32(at);
  p.print(`${seconds}.${padded(fractionNanoseconds(p.u32(at + 4)), 9)}`);
  if (seconds !== 0) p.print(` (${utcText(seconds - SECONDS_TO_1970)})`);
}
