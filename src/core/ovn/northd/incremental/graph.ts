/**
 * Incremental computation: values derived from inputs by pure functions, remembered, and recomputed only when something
 * they read has changed to a different value. What a function read is noticed while it runs, so no rule can be forgotten,
 * and an incremental result equals a computation from nothing by construction.
 */
import { InvariantError } from '../../../base/assert.ts';
import { addReader, NONE, removeReader, Trail, type Family, type Node } from './node.ts';

/** A value that is to live, not computed yet. */
interface Root {
  readonly family: Family;
  readonly key: string;
  readonly parts: (() => Iterable<() => void>) | undefined;
}

/** Calling it gives the value for a key; `keep` demands the value without depending on it. */
export interface Query<K extends string, V> {
  (key: K): V;
  /** Makes sure that the value exists as long as the caller does. The caller is not recomputed when it changes. */
  keep(key: K): void;
  /** Computes the value for `key` again in the next `settle`, though nothing that it read has changed. */
  invalidate(key: K): void;
  /**
   * Makes the value and all it needs live as long as the graph, from the next `settle` on. `parts` are what it will ask for,
   * in that order, so that a long computation can pause between them.
   */
  pin(key: K, parts?: () => Iterable<() => void>): void;
}

/** An input: what the world outside sets. A key that was never set has the family's initial value. */
export interface Input<K extends string, V> {
  (key: K): V;
  set(key: K, value: V): void;
  /** The keys that somebody has read. */
  isRead(key: K): boolean;
}

export interface QueryOptions<K extends string, V> {
  /** When the new value counts as unchanged. Identity unless given. */
  readonly equal?: (a: V, b: V) => boolean;
  /** Called when a value has been computed that differs from `before` (undefined the first time). */
  readonly settled?: (key: K, now: V, before: V | undefined) => void;
  /** Called when nobody needs the value any more. */
  readonly dropped?: (key: K, last: V) => void;
}

const identical = (a: unknown, b: unknown): boolean => a === b;
/** A set of derived values and the inputs they stand on. One graph a program instance. */
export class Graph {
  /** What the values that are being computed have read and kept so far. */
  private readonly reads = new Trail();
  private readonly keeps = new Trail();
  /** How many values are being computed, one for another. */
  private depth = 0;
  private readonly queue: Node[][] = [];
  private readonly orphans = new Set<Node>();
  /** Values that are to live, not computed yet. */
  private roots: Root[] = [];
  /** How many values were computed so far: what a change has cost. */
  computed = 0;
  private links = 0;

  /** Declares a family of derived values. `compute` must depend on nothing but what it reads through this graph. */
  query<K extends string, V>(
    name: string,
    compute: (key: K) => V,
    options: QueryOptions<K, V> = {},
  ): Query<K, V> {
    const family: Family = {
      name,
      nodes: new Map(),
      compute: compute as (key: string) => unknown,
      isInput: false,
      equal: (options.equal as Family['equal'] | undefined) ?? identical,
      settled: options.settled as Family['settled'],
      dropped: options.dropped as Family['dropped'],
    };
    const read = (key: K): V => this.read(family, key) as V;
    return Object.assign(read, {
      keep: (key: K): void => this.keep(family, key),
      invalidate: (key: K): void => {
        const node = family.nodes.get(key);
        if (node !== undefined) this.spoil(node);
      },
      pin: (key: K, parts?: Root['parts']): void => {
        this.roots.push({ family, key, parts });
      },
    });
  }

  /** Declares a family of inputs; `initial` gives the value of a key at its first reading. */
  input<K extends string, V>(name: string, initial: (key: K) => V): Input<K, V> {
    const family: Family = {
      name,
      nodes: new Map(),
      compute: initial as (key: string) => unknown,
      isInput: true,
      equal: identical,
      settled: undefined,
      dropped: undefined,
    };
    const read = (key: K): V => this.read(family, key) as V;
    return Object.assign(read, {
      set: (key: K, value: V): void => {
        const node = family.nodes.get(key);
        if (node === undefined || node.value === value) return;
        node.value = value;
        this.spoilReaders(node);
      },
      isRead: (key: K): boolean => family.nodes.has(key),
    });
  }

  /**
   * Declares derived maps of which readers see single entries: who reads an entry is recomputed only when that entry
   * has changed, whatever happens to the rest of the map.
   */
  entries<K extends string, V>(
    name: string,
    compute: (key: K) => ReadonlyMap<string, V>,
    options: { readonly dropped?: (key: K) => void } = {},
  ): (key: K, entry: string) => V | undefined {
    const latest = new Map<K, ReadonlyMap<string, V>>();
    const cells = new Map<K, Input<string, V | undefined>>();
    const cellsOf = (key: K): Input<string, V | undefined> => {
      let cell = cells.get(key);
      if (cell === undefined) {
        cell = this.input(`entry of ${name}`, (entry) => latest.get(key)?.get(entry));
        cells.set(key, cell);
      }
      return cell;
    };
    const whole = this.query<K, ReadonlyMap<string, V>>(name, compute, {
      settled: (key, now, before) => {
        latest.set(key, now);
        const cell = cells.get(key);
        if (cell === undefined) return;
        for (const [entry, value] of now) if (before?.get(entry) !== value) cell.set(entry, value);
        for (const entry of before?.keys() ?? []) if (!now.has(entry)) cell.set(entry, undefined);
      },
      dropped: (key) => {
        latest.delete(key);
        options.dropped?.(key);
      },
    });
    return (key, entry) => {
      whole.keep(key);
      return cellsOf(key)(entry);
    };
  }

  /** Brings every value up to date and forgets those that nobody needs. */
  settle(): void {
    for (const _pause of this.settling());
  }

  /** As `settle`, with pauses between parts of the work. Nothing may be read or set before the end. */
  *settling(): Generator<void> {
    const { roots } = this;
    this.roots = [];
    for (const { family, key, parts } of roots) {
      for (const part of parts?.() ?? []) {
        part();
        yield;
      }
      this.demand(family, key).keepers += 1;
      yield;
    }
    for (let height = 0; height < this.queue.length; height += 1) {
      const level = this.queue[height];
      if (level === undefined) continue;
      // Nodes may join this very level, or a lower one, while it is worked off.
      for (let node = level.pop(); node !== undefined; node = level.pop()) {
        if (node.state === 'stale' && node.family.nodes.get(node.key) === node) this.refresh(node);
      }
      const lower = this.queue.findIndex((nodes, at) => at < height && nodes.length > 0);
      if (lower >= 0) height = lower - 1;
    }
    this.sweep();
  }

  private read(family: Family, key: string): unknown {
    const node = this.demand(family, key);
    if (this.depth > 0) this.reads.push(node);
    return node.value;
  }

  private keep(family: Family, key: string): void {
    const node = this.demand(family, key);
    if (this.depth > 0) this.keeps.push(node);
  }

  private demand(family: Family, key: string): Node {
    let node = family.nodes.get(key);
    if (node === undefined) {
      node = {
        family,
        key,
        value: family.isInput ? family.compute(key) : undefined,
        state: family.isInput ? 'fresh' : 'unknown',
        height: 0,
        reads: NONE,
        readers: undefined,
        kept: NONE,
        keepers: 0,
        mark: 0,
      };
      family.nodes.set(key, node);
    }
    if (node.state !== 'fresh') this.refresh(node);
    return node;
  }

  private refresh(node: Node): void {
    const { family, key, state } = node;
    if (state === 'computing') throw new InvariantError(`${family.name} ${key} depends on itself`);
    const firstRead = this.reads.length;
    const firstKept = this.keeps.length;
    let value: unknown;
    let reads: Node[];
    let kept: Node[];
    node.state = 'computing';
    this.depth += 1;
    try {
      value = family.compute(key);
    } finally {
      this.depth -= 1;
      node.state = state;
      reads = this.reads.cut(firstRead);
      kept = this.keeps.cut(firstKept);
    }
    this.computed += 1;
    node.state = 'fresh';
    this.linkReads(node, reads);
    if (kept.length > 0 || node.kept.length > 0) this.linkKept(node, kept);
    const before = node.value;
    const wasKnown = state === 'stale';
    if (wasKnown && family.equal(before, value)) return;
    node.value = value;
    family.settled?.(key, value, wasKnown ? before : undefined);
    if (wasKnown) this.spoilReaders(node);
  }

  /** Marks `old`, then leaves in `now` each node once; `added` hears of those that are not in `old`. Gives the mark of `now`. */
  private renew(old: readonly Node[], now: Node[], added: (node: Node) => void): number {
    const isOld = this.links + 1;
    const isNow = this.links + 2;
    this.links = isNow;
    for (const node of old) node.mark = isOld;
    let count = 0;
    for (const node of now) {
      if (node.mark === isNow) continue;
      if (node.mark !== isOld) added(node);
      node.mark = isNow;
      now[count] = node;
      count += 1;
    }
    if (count < now.length) now.length = count;
    return isNow;
  }

  private linkReads(node: Node, reads: Node[]): void {
    const before = node.reads;
    let { height } = node;
    const mark = this.renew(before, reads, (read) => {
      addReader(read, node);
    });
    for (const read of reads) if (read.height >= height) height = read.height + 1;
    for (const old of before) {
      if (old.mark === mark) continue;
      removeReader(old, node);
      this.orphan(old);
    }
    node.reads = reads.length === 0 ? NONE : reads;
    node.height = height;
  }

  private linkKept(node: Node, kept: Node[]): void {
    const before = node.kept;
    const mark = this.renew(before, kept, (one) => {
      one.keepers += 1;
    });
    for (const old of before) {
      if (old.mark === mark) continue;
      old.keepers -= 1;
      this.orphan(old);
    }
    node.kept = kept.length === 0 ? NONE : kept;
  }

  private spoilReaders(node: Node): void {
    const { readers } = node;
    if (readers === undefined) return;
    if (readers instanceof Set || Array.isArray(readers)) for (const reader of readers) this.spoil(reader);
    else this.spoil(readers);
  }

  private spoil(node: Node): void {
    if (node.state !== 'fresh') return;
    node.state = 'stale';
    let level = this.queue[node.height];
    while (level === undefined) {
      this.queue.push([]);
      level = this.queue[node.height];
    }
    level.push(node);
  }

  private orphan(node: Node): void {
    if (node.readers === undefined && node.keepers === 0) this.orphans.add(node);
  }

  private sweep(): void {
    for (const node of this.orphans) {
      this.orphans.delete(node);
      if (node.readers !== undefined || node.keepers > 0) continue;
      node.family.nodes.delete(node.key);
      for (const read of node.reads) {
        removeReader(read, node);
        this.orphan(read);
      }
      for (const kept of node.kept) {
        kept.keepers -= 1;
        this.orphan(kept);
      }
      if (node.state !== 'unknown') node.family.dropped?.(node.key, node.value);
    }
  }
}
