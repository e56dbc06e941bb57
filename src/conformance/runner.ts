/** The shape of a conformance runner: recorded cases in, points out. It knows formats, never particular cases. */

/** Read access to a golden folder; paths are relative to it and use `/`. */
export interface GoldenFolder {
  /** Names of the entries of a folder, sorted; empty when it does not exist. */
  list(path: string): readonly string[];
  exists(path: string): boolean;
  text(path: string): string;
  octets(path: string): Uint8Array;
}

/** One point of agreement. `why` says what differed, short enough for a table. */
export interface Point {
  readonly kind: string;
  readonly id: string;
  readonly pass: boolean;
  readonly why?: string;
}

/** Runs all cases of its kinds. `wanted` tells which kinds are asked for, so that others cost nothing. */
export interface Runner {
  readonly kinds: readonly string[];
  run(folder: GoldenFolder, wanted: (kind: string) => boolean): Iterable<Point>;
}

/** The first differing line of two texts, for `why`. */
export function firstDifference(expected: string, actual: string): string {
  const left = expected.split('\n');
  const right = actual.split('\n');
  const at = left.findIndex((line, index) => line !== right[index]);
  const line = at < 0 ? left.length : at;
  return `line ${line + 1}: expected ${JSON.stringify(left[line] ?? '(end)')}, got ${JSON.stringify(right[line] ?? '(end)')}`;
}
