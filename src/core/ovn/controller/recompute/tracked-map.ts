/** Named values that units of work look up: each value is a fact, and so is the whole. */

/** What the readers of a map need of it. */
export interface Lookup<K, V> {
  get(key: K): V | undefined;
  has(key: K): boolean;
  keys(): Iterable<K>;
  values(): Iterable<V>;
}

/** Where facts are noted by who reads them, and told by who changes them. */
export interface Notes {
  note(fact: string): void;
  changed(fact: string): void;
}

export class TrackedMap<K extends string, V> implements Lookup<K, V> {
  readonly #kind: string;
  readonly #notes: Notes;
  #values: ReadonlyMap<K, V> = new Map();

  constructor(kind: string, notes: Notes) {
    this.#kind = kind;
    this.#notes = notes;
  }

  get(key: K): V | undefined {
    this.#notes.note(`${this.#kind}/${key}`);
    return this.#values.get(key);
  }

  has(key: K): boolean {
    this.#notes.note(`${this.#kind}/${key}`);
    return this.#values.has(key);
  }

  keys(): Iterable<K> {
    this.#notes.note(`${this.#kind}/*`);
    return this.#values.keys();
  }

  values(): Iterable<V> {
    this.#notes.note(`${this.#kind}/*`);
    return this.#values.values();
  }

  /** The values, without a note. */
  peek(): ReadonlyMap<K, V> {
    return this.#values;
  }

  /** Takes new values; those that are not the same objects count as changed. */
  set(values: ReadonlyMap<K, V>): void {
    const before = this.#values;
    this.#values = values;
    let isChanged = before.size !== values.size;
    const tell = (key: K): void => {
      isChanged = true;
      this.#notes.changed(`${this.#kind}/${key}`);
    };
    for (const [key, value] of values) if (before.get(key) !== value || !before.has(key)) tell(key);
    for (const key of before.keys()) if (!values.has(key)) tell(key);
    if (isChanged) this.#notes.changed(`${this.#kind}/*`);
  }
}

/** One value that is a fact; two that have the same text are the same. */
export class TrackedValue<V> {
  readonly #fact: string;
  readonly #notes: Notes;
  #text: string | undefined;
  #value: V;

  constructor(fact: string, notes: Notes, value: V) {
    this.#fact = fact;
    this.#notes = notes;
    this.#value = value;
  }

  get value(): V {
    this.#notes.note(this.#fact);
    return this.#value;
  }

  set(value: V, text: string): void {
    this.#value = value;
    if (text === this.#text) return;
    this.#text = text;
    this.#notes.changed(this.#fact);
  }
}
