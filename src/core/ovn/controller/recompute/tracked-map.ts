/** Named values that units of work look up: each value is a fact, and so is the whole. */
import type { Notes, Topic } from './facts.ts';

/** What the readers of a map need of it. */
export interface Lookup<K, V> {
  get(key: K): V | undefined;
  has(key: K): boolean;
  keys(): Iterable<K>;
  values(): Iterable<V>;
}

/** Stands for all keys of a map. */
const WHOLE = Symbol('whole');

export class TrackedMap<K extends string, V> implements Lookup<K, V> {
  readonly #topic: Topic;
  #values: ReadonlyMap<K, V> = new Map();

  constructor(notes: Notes) {
    this.#topic = notes.topic();
  }

  get(key: K): V | undefined {
    this.#topic.note(key);
    return this.#values.get(key);
  }

  has(key: K): boolean {
    this.#topic.note(key);
    return this.#values.has(key);
  }

  keys(): Iterable<K> {
    this.#topic.note(WHOLE);
    return this.#values.keys();
  }

  values(): Iterable<V> {
    this.#topic.note(WHOLE);
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
      this.#topic.changed(key);
    };
    for (const [key, value] of values) if (before.get(key) !== value || !before.has(key)) tell(key);
    for (const key of before.keys()) if (!values.has(key)) tell(key);
    if (isChanged) this.#topic.changed(WHOLE);
  }
}

/** One value that is a fact; two that have the same text are the same. */
export class TrackedValue<V> {
  readonly #topic: Topic;
  #text: string | undefined;
  #value: V;

  constructor(notes: Notes, value: V) {
    this.#topic = notes.topic();
    this.#value = value;
  }

  get value(): V {
    this.#topic.note(WHOLE);
    return this.#value;
  }

  set(value: V, text: string): void {
    this.#value = value;
    if (text === this.#text) return;
    this.#text = text;
    this.#topic.changed(WHOLE);
  }
}
