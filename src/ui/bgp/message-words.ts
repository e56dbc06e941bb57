/** A BGP message in a line, and its octets as a dump. */
const SECOND = 1e9;
const OCTETS_A_LINE = 16;

/** Seconds since the world began. */
export const clockText = (at: number): string => `${(at / SECOND).toFixed(3)} s`;

/** The prefixes of an UPDATE, the reason of a NOTIFICATION. `lines`: tcpdump's words. */
export function gistOf({
  type,
  lines,
}: {
  readonly type: string;
  readonly lines: readonly string[];
}): string {
  if (type === 'NOTIFICATION') return lines.slice(1).join(' ').trim();
  if (type !== 'UPDATE') return '';
  const prefixes = lines.flatMap((line) => /^\s*([\d.]+\/\d+|[\da-f:]+\/\d+)/i.exec(line)?.[1] ?? []);
  return prefixes.length === 0 && lines.some((line) => line.includes('End-of-Rib'))
    ? 'End-of-RIB'
    : prefixes.join(' ');
}

export function octetLines(octets: Uint8Array): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < octets.length; at += OCTETS_A_LINE)
    lines.push(
      `${at.toString(16).padStart(4, '0')}  ${[...octets.subarray(at, at + OCTETS_A_LINE)]
        .map((octet) => octet.toString(16).padStart(2, '0'))
        .join(' ')}`,
    );
  return lines;
}
