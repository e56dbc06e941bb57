/**
 * Who has read what. A unit of work notes every fact that it looks at while it runs, so that a change of a fact finds
 * just the units whose outcome may differ now.
 */

/** Something that is computed anew when a fact that it read has changed. */
export interface Reader {
  facts: Set<string>;
}

export class Facts<R extends Reader> {
  /** Most facts have one reader, for which no set is made. */
  readonly #readers = new Map<string, R | Set<R>>();
  #reading: R | undefined;
  readonly #dirty = new Set<R>();

  /** The unit at work depends on `fact`. */
  note(fact: string): void {
    this.#reading?.facts.add(fact);
  }

  changed(fact: string): void {
    const readers = this.#readers.get(fact);
    if (readers instanceof Set) for (const reader of readers) this.#dirty.add(reader);
    else if (readers !== undefined) this.#dirty.add(readers);
  }

  /** Has `reader` run again, whatever it read. */
  spoil(reader: R): void {
    this.#dirty.add(reader);
  }

  /** Those to be run, each once. */
  takeDirty(): R[] {
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    return dirty;
  }

  /** Runs `work`, whose notes take the place of those of the last run. */
  read(reader: R, work: () => void): void {
    const before = reader.facts;
    reader.facts = new Set();
    this.#reading = reader;
    try {
      work();
    } finally {
      this.#reading = undefined;
      for (const fact of reader.facts) if (!before.has(fact)) this.#enter(fact, reader);
      for (const fact of before) if (!reader.facts.has(fact)) this.#leave(fact, reader);
    }
  }

  forget(reader: R): void {
    for (const fact of reader.facts) this.#leave(fact, reader);
    reader.facts = new Set();
    this.#dirty.delete(reader);
  }

  #enter(fact: string, reader: R): void {
    const readers = this.#readers.get(fact);
    if (readers instanceof Set) readers.add(reader);
    else this.#readers.set(fact, readers === undefined ? reader : new Set([readers, reader]));
  }

  #leave(fact: string, reader: R): void {
    const readers = this.#readers.get(fact);
    if (readers === reader || (readers instanceof Set && readers.delete(reader) && readers.size === 0))
      this.#readers.delete(fact);
  }
}
