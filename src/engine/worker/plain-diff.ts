/** `diff` without options: the shell's own prints unified hunks, the real one its commands `a`, `c` and `d`. */

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

  /** As the command that makes one file the other; the lines begin at `oldAt` and `nowAt`. */
  text(oldAt: number, nowAt: number): string {
    const { old, now } = this;
    if (old.length === 0 && now.length === 0) return '';
    const left = old.length === 0 ? String(oldAt - 1) : range(oldAt, old.length);
    const right = now.length === 0 ? String(nowAt - 1) : range(nowAt, now.length);
    const verb = old.length === 0 ? 'a' : now.length === 0 ? 'd' : 'c';
    const lines = [`${left}${verb}${right}`, ...old, ...(verb === 'c' ? ['---'] : []), ...now];
    return `${lines.join('\n')}\n`;
  }
}

/** Unified hunks as diff's normal form. */
export function normalDiff(unified: string): string {
  let out = '';
  let change = new Change();
  let [oldAt, nowAt] = [0, 0];
  let inHunk = false;
  const flush = (): void => {
    out += change.text(oldAt, nowAt);
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
