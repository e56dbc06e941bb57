/**
 * Who has read what. A unit of work notes every fact that it looks at while it runs, so that a change of a fact finds
 * just the units whose outcome may differ now.
 */

/** Something that is computed anew when a fact that it read has changed. */
export interface Reader {
  facts: readonly Fact[];
}

/** One thing that may be read; it is there for as long as somebody depends on it. */
interface Fact {
  readonly topic: Map<unknown, Fact>;
  readonly key: unknown;
  /** Most facts have one reader, for which no set is made. */
  readers: Reader | Set<Reader> | undefined;
  /** The run in which it was last noted. */
  run: number;
}

/** Facts of one kind, told apart by their keys: names, uuids, numbers. */
export interface Topic {
  /** The unit at work depends on the fact. */
  note(key: unknown): void;
  changed(key: unknown): void;
}

/** Where those who keep values get a topic for them. */
export interface Notes {
  topic(): Topic;
}

export class Facts<R extends Reader> implements Notes {
  /** What the unit at work has noted; undefined while none is. */
  #noted: Fact[] | undefined;
  #run = 0;
  readonly #dirty = new Set<R>();

  topic(): Topic {
    const facts = new Map<unknown, Fact>();
    return { note: (key) => this.#note(facts, key), changed: (key) => this.#changed(facts.get(key)) };
  }

  #note(topic: Map<unknown, Fact>, key: unknown): void {
    if (!this.#noted) return;
    let fact = topic.get(key);
    if (!fact) {
      fact = { topic, key, readers: undefined, run: 0 };
      topic.set(key, fact);
    }
    if (fact.run === this.#run) return;
    fact.run = this.#run;
    this.#noted.push(fact);
  }

  #changed(fact: Fact | undefined): void {
    const readers = fact?.readers;
    if (readers instanceof Set) for (const reader of readers) this.#dirty.add(reader as R);
    else if (readers !== undefined) this.#dirty.add(readers as R);
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
    const noted: Fact[] = [];
    this.#run += 1;
    this.#noted = noted;
    try {
      work();
    } finally {
      this.#noted = undefined;
      reader.facts = noted;
      for (const fact of noted) enter(fact, reader);
      for (const fact of before) if (fact.run !== this.#run) leave(fact, reader);
    }
  }

  forget(reader: R): void {
    for (const fact of reader.facts) leave(fact, reader);
    reader.facts = [];
    this.#dirty.delete(reader);
  }
}

function enter(fact: Fact, reader: Reader): void {
  const { readers } = fact;
  if (readers instanceof Set) readers.add(reader);
  else if (readers === undefined) fact.readers = reader;
  else if (readers !== reader) fact.readers = new Set([readers, reader]);
}

function leave(fact: Fact, reader: Reader): void {
  const { readers, topic, key } = fact;
  if (readers === reader || (readers instanceof Set && readers.delete(reader) && readers.size === 0))
    topic.delete(key);
}
