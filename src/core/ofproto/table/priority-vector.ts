/** Subtables in falling order of their highest priority; equal ones stay in the order in which they came. */

interface Entry<T> {
  readonly item: T;
  priority: number;
}

export class PriorityVector<T> {
  private entries: Entry<T>[] = [];

  get size(): number {
    return this.entries.length;
  }

  at(index: number): T {
    return (this.entries[index] as Entry<T>).item;
  }

  priorityAt(index: number): number {
    return (this.entries[index] as Entry<T>).priority;
  }

  insert(item: T, priority: number): void {
    // Behind all of the same priority.
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.priorityAt(middle) >= priority) low = middle + 1;
      else high = middle;
    }
    this.entries.splice(low, 0, { item, priority });
  }

  /** The last entry takes the removed one's place before all are put in order again. */
  remove(item: T): void {
    const index = this.entries.findIndex((entry) => entry.item === item);
    const last = this.entries.pop();
    if (!last || index === this.entries.length) return;
    this.entries[index] = last;
    this.sort();
  }

  changePriority(item: T, priority: number): void {
    const index = this.entries.findIndex((entry) => entry.item === item);
    const entry = this.entries[index] as Entry<T>;
    const before = this.entries[index - 1];
    const after = this.entries[index + 1];
    const moves =
      (priority > entry.priority && before !== undefined && priority > before.priority) ||
      (priority < entry.priority && after !== undefined && priority < after.priority);
    entry.priority = priority;
    if (moves) this.sort();
  }

  private sort(): void {
    this.entries.sort((a, b) => b.priority - a.priority);
  }
}
