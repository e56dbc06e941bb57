/** `diff` in its normal form: the shell's own prints unified hunks, the real one its commands `a`, `c` and `d`. */

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

const range = (first: number, length: number): string =>
  length === 1 ? String(first) : `${first},${first + length - 1}`;

/** Lines that stand between two lines that both files have. */
class Change {
  readonly old: string[] = [];
  readonly now: string[] = [];
  #last: string[] = this.old;

  add(side: '-' | '+', line: string): void {
    this.#last = side === '-' ? this.old : this.now;
    this.#last.push(`${side === '-' ? '<' : '>'} ${line}`);
  }

  /** A remark about the last line (`\ No newline at end of file`). */
  remark(line: string): void {
    const at = this.#last.length - 1;
    if (at >= 0) this.#last[at] = `${this.#last[at]}\n${line}`;
  }

  /** As the commands that make one file the other; the lines begin at `oldAt` and `nowAt`. */
  text(oldAt: number, nowAt: number, ignoresCase: boolean): string {
    const { old, now } = this;
    const same = ignoresCase ? sameLines(old, now) : [];
    let [oldEnd, nowEnd] = [0, 0];
    let out = '';
    for (const [i, j] of [...same, [old.length, now.length] as const]) {
      out += command(oldAt + oldEnd, old.slice(oldEnd, i), nowAt + nowEnd, now.slice(nowEnd, j));
      [oldEnd, nowEnd] = [i + 1, j + 1];
    }
    return out;
  }
}

function command(oldAt: number, old: readonly string[], nowAt: number, now: readonly string[]): string {
  if (old.length === 0 && now.length === 0) return '';
  const left = old.length === 0 ? String(oldAt - 1) : range(oldAt, old.length);
  const right = now.length === 0 ? String(nowAt - 1) : range(nowAt, now.length);
  const verb = old.length === 0 ? 'a' : now.length === 0 ? 'd' : 'c';
  const lines = [`${left}${verb}${right}`, ...old, ...(verb === 'c' ? ['---'] : []), ...now];
  return `${lines.join('\n')}\n`;
}

/** The longest common run of lines, in whatever case, as places in both; `<` and `>` stand before them. */
function sameLines(old: readonly string[], now: readonly string[]): (readonly [number, number])[] {
  const key = (line: string): string => line.slice(1).toLowerCase();
  const lengths = Array.from({ length: old.length + 1 }, () => Array.from(now, () => 0));
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  const isSame = (i: number, j: number): boolean => key(old[i] ?? '') === key(now[j] ?? '');
  for (let i = old.length - 1; i >= 0; i -= 1)
    for (let j = now.length - 1; j >= 0; j -= 1) {
      const row = lengths[i];
      if (row) row[j] = isSame(i, j) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  const pairs: (readonly [number, number])[] = [];
  let [i, j] = [0, 0];
  while (i < old.length && j < now.length)
    if (isSame(i, j)) {
      pairs.push([i, j]);
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  return pairs;
}

/** Unified hunks as diff's normal form. `ignoresCase`: lines that differ in case alone are the same. */
export function normalDiff(unified: string, ignoresCase: boolean): string {
  let out = '';
  let change = new Change();
  let [oldAt, nowAt] = [0, 0];
  let inHunk = false;
  const flush = (): void => {
    out += change.text(oldAt, nowAt, ignoresCase);
    oldAt += change.old.length;
    nowAt += change.now.length;
    change = new Change();
  };
  for (const line of unified.split('\n')) {
    const head = HUNK.exec(line);
    if (head) {
      flush();
      // An empty part is named by the line before it.
      oldAt = Number(head[1]) + (head[2] === '0' ? 1 : 0);
      nowAt = Number(head[3]) + (head[4] === '0' ? 1 : 0);
      inHunk = true;
      continue;
    }
    if (!inHunk) continue;
    const first = line.charAt(0);
    if (first === '-' || first === '+') change.add(first, line.slice(1));
    else if (first === '\\') change.remark(line);
    else {
      flush();
      oldAt += 1;
      nowAt += 1;
    }
  }
  flush();
  return out;
}
