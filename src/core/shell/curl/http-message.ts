/** HTTP messages as octets arrive: the head as lines, and how much body follows (RFC 9112, 6). */
import { concatBytes } from '../../base/bytes.ts';

const LF = 10;

export class HttpReader {
  #octets: Uint8Array = new Uint8Array(0);
  #head: readonly string[] | null = null;
  #bodyAt = 0;

  /** Takes what arrived next. */
  add(octets: Uint8Array): void {
    this.#octets = concatBytes([this.#octets, octets]);
    if (this.#head !== null) return;
    for (let at = 0; at < this.#octets.length; at += 1) {
      if (this.#octets[at] !== LF) continue;
      const before = this.#octets[at - 1] === 13 ? at - 2 : at - 1;
      if (this.#octets[before] !== LF) continue;
      this.#head = String.fromCharCode(...this.#octets.subarray(0, at + 1))
        .split('\n')
        .map((line) => line.replace(/\r$/, ''))
        .slice(0, -2);
      this.#bodyAt = at + 1;
      return;
    }
  }

  /** Anything at all. */
  get isEmpty(): boolean {
    return this.#octets.length === 0;
  }

  /** First line and fields; null until the empty line behind them came. */
  get head(): readonly string[] | null {
    return this.#head;
  }

  field(name: string): string | undefined {
    const prefix = `${name.toLowerCase()}:`;
    const line = this.#head?.slice(1).find((each) => each.toLowerCase().startsWith(prefix));
    return line?.slice(prefix.length).trim();
  }

  get body(): Uint8Array {
    return this.#head === null ? new Uint8Array(0) : this.#octets.subarray(this.#bodyAt);
  }

  /** Whether the body is whole by its stated length; without one only the end of the connection tells. */
  get isWhole(): boolean {
    const length = this.field('content-length');
    return this.#head !== null && length !== undefined && this.body.length >= Number(length);
  }
}
