/**
 * Ids that ovn-controller chooses freely (conjunctions, groups, meters) in two tables of flows. Their values differ from
 * recording to recording, but who shares one must agree: ids of one table are renamed to those of the other, one to one,
 * by what the flows that mention them say.
 */

type IdKind = 'conj' | 'group' | 'meter';

const PATTERNS: Readonly<Record<IdKind, RegExp>> = {
  conj: /(?<=conj_id=|conjunction\()\d+/g,
  group: /(?<=group:)\d+/g,
  meter: /(?<=meter_id=|\bmeter:)\d+/g,
};

const CONJUNCTIONS = /actions=(conjunction\([^)]*\)(?:,conjunction\([^)]*\))*)$/;

/** Of several conjunctions the order does not count. */
const sorted = (text: string): string =>
  text.replace(
    CONJUNCTIONS,
    (_, list: string) =>
      `actions=${list
        .split(/,(?=conjunction)/)
        .toSorted()
        .join(',')}`,
  );

/** A flow without its ids: what is known of it before ids are compared. */
export const withoutIds = (text: string): string =>
  sorted(Object.values(PATTERNS).reduce((line, pattern) => line.replaceAll(pattern, 'ID'), text.trim()));

interface Mention {
  readonly id: string;
  /** Where in the flow it stands: clause `1/2`, or '' elsewhere. */
  readonly place: string;
}

function mentions(text: string, kind: IdKind): Mention[] {
  return [...text.matchAll(PATTERNS[kind])].map((found) => {
    const after = text.slice(found.index + found[0].length);
    return { id: found[0], place: /^,(\d+\/\d+)\)/.exec(after)?.[1] ?? '' };
  });
}

/** How strongly a pair of ids is told to be the same; a flow that mentions one id each, and is the only one so, tells most. */
function votes(
  expected: readonly string[],
  actual: readonly string[],
  kind: IdKind,
): Map<string, Map<string, number>> {
  const byText = new Map<string, string[]>();
  for (const line of actual) {
    const key = withoutIds(line);
    byText.set(key, [...(byText.get(key) ?? []), line]);
  }
  const found = new Map<string, Map<string, number>>();
  for (const line of expected) {
    const own = mentions(line, kind);
    if (own.length === 0) continue;
    const others = (byText.get(withoutIds(line)) ?? []).flatMap((other) => mentions(other, kind));
    for (const { id, place } of own) {
      const candidates = others.filter((other) => other.place === place);
      const row = found.get(id) ?? new Map<string, number>();
      found.set(id, row);
      for (const other of candidates)
        row.set(other.id, (row.get(other.id) ?? 0) + 1 / (own.length * candidates.length) ** 2);
    }
  }
  return found;
}

/** The ids of `actual` by those of `expected` that they stand for; no two stand for one. */
function agreement(
  expected: readonly string[],
  actual: readonly string[],
  kind: IdKind,
): Map<string, string> {
  const pairs = [...votes(expected, actual, kind)].flatMap(([mine, row]) =>
    [...row].map(([other, weight]) => ({ mine, other, weight })),
  );
  pairs.sort((a, b) => b.weight - a.weight);
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const { mine, other } of pairs) {
    if (taken.has(mine) || names.has(other)) continue;
    taken.add(mine);
    names.set(other, mine);
  }
  return names;
}

/** `actual` with its ids renamed to `expected`'s. An id that stands for none of them is marked, so that its flows differ. */
export function renameIds(expected: readonly string[], actual: readonly string[]): string[] {
  let lines = [...actual];
  for (const kind of ['conj', 'group', 'meter'] as const) {
    const names = agreement(expected, lines, kind);
    lines = lines.map((line) => line.replaceAll(PATTERNS[kind], (id) => names.get(id) ?? `other-${id}`));
  }
  return lines.map(sorted);
}

/** The recorded side, ready to be compared. */
export const asCompared = (line: string): string => sorted(line.trim());
