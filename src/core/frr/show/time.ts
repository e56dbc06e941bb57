/** Times as bgpd, zebra and bfdd print them. All inputs are simulated nanoseconds. */

const DAY = 86_400;
const WEEK = 7 * DAY;
const YEAR = 365 * DAY;

const two = (value: number): string => String(value).padStart(2, '0');

/** Whole seconds since `then`. */
export const secondsSince = (then: number, now: number): number =>
  Math.max(0, Math.floor(now / 1e9) - Math.floor(then / 1e9));

/** `00:01:02`, `1d02h03m`, `02w3d04h`, `01y02w3d`. */
function formatUptime(seconds: number): string {
  const hours = Math.floor((seconds % DAY) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const days = Math.floor((seconds % YEAR) / DAY);
  if (seconds < DAY) return `${two(hours)}:${two(minutes)}:${two(seconds % 60)}`;
  if (seconds < WEEK) return `${days}d${two(hours)}h${two(minutes)}m`;
  if (seconds < YEAR) return `${two(Math.floor(days / 7))}w${days % 7}d${two(hours)}h`;
  return `${two(Math.floor(seconds / YEAR))}y${two(Math.floor(days / 7))}w${days % 7}d`;
}

/** `never` when there is no time. */
export const uptimeOf = (since: number | null, now: number): string =>
  since === null ? 'never' : formatUptime(secondsSince(since, now));

/** Time of day of a span in milliseconds: days are dropped, as bgpd does in JSON. */
export const clockMilliseconds = (seconds: number): number => (seconds % DAY) * 1000;

/** Whole seconds until a timer goes off. */
export const secondsUntil = (due: number, now: number): number => Math.max(0, Math.floor((due - now) / 1e9));

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** Year, month (from 0) and day of a day number since 1970 (proleptic Gregorian calendar). */
function civil(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const inEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (inEra - Math.floor(inEra / 1460) + Math.floor(inEra / 36_524) - Math.floor(inEra / 146_096)) / 365,
  );
  const dayOfYear = inEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = (shiftedMonth + 2) % 12;
  return { year: yearOfEra + era * 400 + (month <= 1 ? 1 : 0), month, day };
}

/** `2026/11/23 14:04:05`, with as many digits of a second as are asked for; `at` in milliseconds since 1970, UTC. */
export function formatLogTime(at: number, digits: number): string {
  const seconds = Math.floor(at / 1000);
  const days = Math.floor(seconds / DAY);
  const rest = seconds - days * DAY;
  const { year, month, day } = civil(days);
  const time = `${two(Math.floor(rest / 3600))}:${two(Math.floor((rest % 3600) / 60))}:${two(rest % 60)}`;
  const parts = `${String(Math.floor(at) % 1000).padStart(3, '0')}000`.slice(0, digits);
  return `${year}/${two(month + 1)}/${two(day)} ${time}${digits > 0 ? `.${parts}` : ''}`;
}

/** ctime(3) in UTC, without the newline: `Sun Nov 22 15:03:07 2026`. */
export function formatCtime(epochSeconds: number): string {
  const days = Math.floor(epochSeconds / DAY);
  const rest = epochSeconds - days * DAY;
  const { year, month, day } = civil(days);
  const weekday = DAYS[(((days + 4) % 7) + 7) % 7] ?? '';
  const time = `${two(Math.floor(rest / 3600))}:${two(Math.floor((rest % 3600) / 60))}:${two(rest % 60)}`;
  return `${weekday} ${MONTHS[month] ?? ''} ${String(day).padStart(2)} ${time} ${year}`;
}
