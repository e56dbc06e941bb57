/** Dates without the platform's clock: days since 1970 in the Gregorian calendar, and UTC as programs log it. */

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

const DAY = 86_400_000;
const two = (value: number): string => String(value).padStart(2, '0');

/** A time in milliseconds since 1970 as `2026-01-31T12:00:00Z`. */
export function utcText(ms: number): string {
  return `${secondsText(ms)}Z`;
}

/** As `utcText`, with milliseconds: `2026-01-31T12:00:00.000Z`. */
export function utcTextMs(ms: number): string {
  return `${secondsText(ms)}.${String(Math.floor(ms) % 1000).padStart(3, '0')}Z`;
}

function secondsText(ms: number): string {
  const days = Math.floor(ms / DAY);
  const seconds = Math.floor((ms - days * DAY) / 1000);
  const [year, month, day] = civilDate(days);
  const time = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${year}-${two(month)}-${two(day)}T${time}`;
}

/** The number of days from 1970-01-01 to a date of the Gregorian calendar: the inverse of `civilDate`. */
export function dayNumber(year: number, month: number, day: number): number {
  const years = month <= 2 ? year - 1 : year;
  const march = month > 2 ? month - 3 : month + 9;
  const leaps = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  return 365 * years + leaps + Math.floor((153 * march + 2) / 5) + day - 1 - 719_468;
}
