/** Spans of time as programs of coreutils read them: `2`, `.5`, `1.5m`, `1e2`. */

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds; undefined for what is no span of time. */
export function secondsOf(word: string): number | undefined {
  const [, number, unit = ''] = /^((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([smhd]?)$/.exec(word) ?? [];
  return number === undefined ? undefined : Number(number) * (UNITS[unit] ?? 1);
}
