/** What ping counts, and the lines that it ends with. */

/** Microseconds as ping shows a time beside an answer: fewer decimals the longer it took. */
export function answerTime(microseconds: number): string {
  const t = microseconds;
  if (t >= 100_000 - 50) return `${Math.floor((t + 500) / 1000)} ms`;
  if (t >= 10_000 - 5) return `${Math.floor((t + 50) / 1000)}.${Math.floor(((t + 50) % 1000) / 100)} ms`;
  if (t >= 1000)
    return `${Math.floor((t + 5) / 1000)}.${String(Math.floor(((t + 5) % 1000) / 10)).padStart(2, '0')} ms`;
  return `0.${String(t).padStart(3, '0')} ms`;
}

const milliseconds = (microseconds: number): string =>
  `${Math.floor(microseconds / 1000)}.${String(Math.floor(microseconds % 1000)).padStart(3, '0')}`;

/** C's `%g` with six digits. */
const percent = (share: number): string => String(Number(share.toPrecision(6)));

export class Tally {
  sent = 0;
  received = 0;
  duplicates = 0;
  errors = 0;
  /** Most requests under way at once. */
  pipe = 0;
  readonly #times: number[] = [];

  add(microseconds: number): void {
    this.#times.push(microseconds);
  }

  get longest(): number {
    return Math.max(0, ...this.#times);
  }

  /** `elapsed`: milliseconds from the first request to the last. */
  text(destination: string, elapsed: number): string {
    const parts = [`${this.sent} packets transmitted, ${this.received} received`];
    if (this.duplicates > 0) parts.push(`+${this.duplicates} duplicates`);
    if (this.errors > 0) parts.push(`+${this.errors} errors`);
    if (this.sent > 0)
      parts.push(
        `${percent(((this.sent - this.received) * 100) / this.sent)}% packet loss`,
        `time ${elapsed}ms`,
      );
    const lines = ['', `--- ${destination} ping statistics ---`, parts.join(', ')];
    const tail: string[] = [];
    const times = this.#times;
    if (this.received > 0 && times.length > 0) {
      const average = Math.floor(times.reduce((sum, one) => sum + one, 0) / times.length);
      const squares = Math.floor(times.reduce((sum, one) => sum + one * one, 0) / times.length);
      const deviation = Math.floor(Math.sqrt(Math.max(0, squares - average * average)));
      tail.push(
        `rtt min/avg/max/mdev = ${milliseconds(Math.min(...times))}/${milliseconds(average)}/${milliseconds(this.longest)}/${milliseconds(deviation)} ms`,
      );
    }
    if (this.pipe > 1) tail.push(`pipe ${this.pipe}`);
    lines.push(tail.join(', '));
    return `${lines.join('\n')}\n`;
  }
}
