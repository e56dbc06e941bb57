/** The files that a machine's daemons log to: their last lines, by path. */

/** Lines that a file keeps: those before are forgotten. */
const MOST_LINES = 20_000;

export class LogFiles {
  readonly #files = new Map<string, string[]>();

  append(path: string, line: string): void {
    const lines = this.#files.get(path);
    if (lines === undefined) this.#files.set(path, [line]);
    else {
      lines.push(line);
      // In batches: a shift each time would cost as much as the file is long.
      if (lines.length >= 2 * MOST_LINES) lines.splice(0, lines.length - MOST_LINES);
    }
  }

  /** By path, each with its lines. */
  get texts(): ReadonlyMap<string, string> {
    return new Map([...this.#files].map(([path, lines]) => [path, `${lines.join('\n')}\n`]));
  }
}
