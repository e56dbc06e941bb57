/** Numbers in automatic route distinguishers: one an instance and one a VNI, the lowest that is free. */

export class DistinguisherNumbers {
  readonly #taken = new Set<number>();

  take(): number {
    let number = 1;
    while (this.#taken.has(number)) number += 1;
    this.#taken.add(number);
    return number;
  }

  release(number: number): void {
    this.#taken.delete(number);
  }
}
