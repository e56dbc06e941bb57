/** Spans of time as dnsmasq takes and prints them: `12h`, `1d12h30m`. */

/** What never ends. */
export const FOREVER = 0xffffffff;

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds of `90`, `45m`, `12h`, `7d`, `2w` or `infinite`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  if (text === 'infinite') return FOREVER;
  const [, digits, unit = 's'] = /^(\d+)([smhdw])?$/i.exec(text) ?? [];
  return digits === undefined ? undefined : (Number(digits) * (SECONDS[unit.toLowerCase()] ?? 1)) >>> 0;
}

/** `1d2h3m4s` without what is zero. */
export function durationText(seconds: number): string {
  if (seconds === FOREVER) return 'infinite';
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
  return parts
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value}${unit}`)
    .join('');
}
