/** The files that a user has given, found by the paths that other files use for them. */

/** Path to text. Paths are as the user's computer or archive has them. */
export type FileTexts = ReadonlyMap<string, string>;

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.');

/** `a/b/../c` without its dots. */
function normal(parts: readonly string[]): string[] {
  const kept: string[] = [];
  for (const part of parts)
    if (part === '..' && kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else kept.push(part);
  return kept;
}

/**
 * The file that `reference` means when it stands in the file `from`: relative to that file where there is such a one,
 * else the file whose path ends most like it. A reference to a rendered file finds the template that renders to it.
 */
export function findFile(files: FileTexts, from: string, reference: string): string | undefined {
  const wanted = normal([
    ...(reference.startsWith('/') ? [] : partsOf(from).slice(0, -1)),
    ...partsOf(reference),
  ]);
  let best: string | undefined;
  let bestLength = 0;
  for (const path of files.keys()) {
    const parts = partsOf(path.replace(/\.j2(\.ya?ml)?$/, '$1'));
    const exact = partsOf(path);
    for (const candidate of [exact, parts]) {
      let length = 0;
      while (
        length < wanted.length &&
        length < candidate.length &&
        wanted.at(-1 - length) === candidate.at(-1 - length)
      )
        length += 1;
      if (length > bestLength) {
        best = path;
        bestLength = length;
      }
    }
  }
  return best;
}
