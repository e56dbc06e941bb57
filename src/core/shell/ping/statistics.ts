/** Round trip times and the last lines that ping prints. */

/** Microseconds of one answer: three significant digits from a millisecond up. */
export function timeText(microseconds: number): string {
  const us = microseconds;
  if (us >= 99_950) return String(Math.floor((us + 500) / 1000));
  if (us >= 9_995) return `${Math.floor((us + 50) / 1000)}.${Math.floor(((us + 50) % 1000) / 100)}`;
  if (us >= 1_000)
    return `${Math.floor((us + 5) / 1000)}.${String(Math.floor(((us + 5) % 1000) / 10)).padStart(2, '0')}`;
  return `${Math.floor(us / 1000)}.${String(us % 1000).padStart(3, '0')}`;
}

const millis = (us: number): string => `${Math.floor(us / 1000)}.${String(us % 1000).padStart(3, '0')}`;

/** `%g` of a percentage. */
const percent = (value: number): string => String(Number(value.toPrecision(6)));

export class PingStatistics {
  transmitted = 0;
  received = 0;
  duplicates = 0;
  errors = 0;
  /** Answers that were out at once at most. */
  pipe = 0;
  #sum = 0;
  #squares = 0;
  #least = Number.MAX_SAFE_INTEGER;
  #most = 0;
  #average = 0;
  #acknowledged = 0;

  get longest(): number {
    return this.#most;
  }

  /** Counts a round trip. */
  time(us: number): void {
    this.#sum += us;
    this.#squares += us * us;
    this.#least = Math.min(this.#least, us);
    this.#most = Math.max(this.#most, us);
    this.#average = this.#average === 0 ? us * 8 : this.#average + us - Math.floor(this.#average / 8);
  }

  acknowledge(sequence: number): void {
    const behind = (this.transmitted - sequence) & 0xffff;
    if (behind > 0x7fff) return;
    this.pipe = Math.max(this.pipe, behind + 1);
    if (sequence > this.#acknowledged) this.#acknowledged = sequence;
  }

  /** The block after the last answer. `elapsed` in milliseconds. */
  text(
    target: string,
    elapsed: number,
    timing: boolean,
    interval: { readonly flooding: boolean; readonly elapsedUs: number },
  ): string {
    let text = `\n--- ${target} ping statistics ---\n${this.transmitted} packets transmitted, ${this.received} received`;
    if (this.duplicates > 0) text += `, +${this.duplicates} duplicates`;
    if (this.errors > 0) text += `, +${this.errors} errors`;
    if (this.transmitted > 0)
      text += `, ${percent(((this.transmitted - this.received) * 100) / this.transmitted)}% packet loss, time ${elapsed}ms`;
    text += '\n';
    let comma = '';
    if (this.received > 0 && timing) {
      const total = this.received + this.duplicates;
      const mean = Math.floor(this.#sum / total);
      const variance = this.#squares / total - (this.#sum / total) ** 2;
      const deviation = Math.floor(Math.sqrt(Math.max(0, variance)));
      text += `rtt min/avg/max/mdev = ${millis(this.#least)}/${millis(mean)}/${millis(this.#most)}/${millis(deviation)} ms`;
      comma = ', ';
    }
    if (this.pipe > 1) {
      text += `${comma}pipe ${this.pipe}`;
      comma = ', ';
    }
    if (this.received > 0 && interval.flooding && this.transmitted > 1) {
      const gap = Math.floor(interval.elapsedUs / (this.transmitted - 1));
      text += `${comma}ipg/ewma ${millis(gap)}/${millis(Math.floor(this.#average / 8))} ms`;
    }
    return `${text}\n`;
  }
}
