/** Numbers of sockets, as the kernel gives them to bgpd: always the lowest that is free. */

/** Those below are bgpd's own from its start. */
const FIRST = 20;

export class Descriptors {
  readonly #taken = new Set<number>();

  take(): number {
    let number = FIRST;
    while (this.#taken.has(number)) number += 1;
    this.#taken.add(number);
    return number;
  }

  free(number: number): void {
    this.#taken.delete(number);
  }
}
