/**
 * Incremental computation: values derived from inputs by pure functions, remembered, and recomputed only when something
 * they read has changed to a different value. What a function read is noticed while it runs, so no rule can be forgotten,
 * and an incremental result equals a computation from nothing by construction.
 */
import { InvariantError } from '../../../base/assert.ts';

interface Node {
  readonly family: Family;
  readonly key: string;
  value: unknown;
  known: boolean;
  dirty: boolean;
  computing: boolean;
  /** More than the height of everything read: dirty nodes are settled from low to high. */
  height: number;
  reads: readonly Node[];
  /** Nodes that read this one: often none or one, so that a set is made only for more. */
  readers: Node | Set<Node> | undefined;
  kept: ReadonlySet<Node> | undefined;
  /** How many nodes only keep this one alive. */
  keepers: number;
  pinned: boolean;
  /** The last `link` that met this node. */
  mark: number;
}

interface Family {
  readonly name: string;
  readonly nodes: Map<string, Node>;
  readonly compute: ((key: string) => unknown) | undefined;
  readonly equal: (a: unknown, b: unknown) => boolean;
  readonly settled: ((key: string, now: unknown, before: unknown) => void) | undefined;
  readonly dropped: ((key: string, last: unknown) => void) | undefined;
}

/** A value that is to live, not computed yet. */
interface Root {
  readonly family: Family;
  readonly key: string;
  readonly parts: (() => Iterable<() => void>) | undefined;
}

/** What a value has read so far, while it is computed. Nodes may be there twice. */
interface Frame {
  readonly reads: Node[];
  kept: Set<Node> | undefined;
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
const NONE: readonly Node[] = [];

function addReader(node: Node, reader: Node): void {
  const { readers } = node;
  if (readers === undefined || readers === reader) node.readers = reader;
  else if (readers instanceof Set) readers.add(reader);
  else node.readers = new Set([readers, reader]);
}

function removeReader(node: Node, reader: Node): void {
  const { readers } = node;
  if (readers === reader) node.readers = undefined;
  else if (readers instanceof Set && readers.delete(reader) && readers.size === 0) node.readers = undefined;
}

/** A set of derived values and the inputs they stand on. One graph a program instance. */
export class Graph {
  private readonly stack: Frame[] = [];
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
      equal: (options.equal as Family['equal'] | undefined) ?? identical,
      settled: options.settled as Family['settled'],
      dropped: options.dropped as Family['dropped'],
    };
    const read = (key: K): V => this.read(family, key) as V;
    return Object.assign(read, {
      keep: (key: K): void => this.keep(family, key),
      invalidate: (key: K): void => {
        const node = family.nodes.get(key);
        if (node?.known === true) this.spoil(node);
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
      this.demand(family, key).pinned = true;
      yield;
    }
    for (let height = 0; height < this.queue.length; height += 1) {
      const level = this.queue[height];
      if (level === undefined) continue;
      // Nodes may join this very level, or a lower one, while it is worked off.
      for (let node = level.pop(); node !== undefined; node = level.pop()) {
        if (node.dirty && node.family.nodes.get(node.key) === node) this.refresh(node);
      }
      const lower = this.queue.findIndex((nodes, at) => at < height && nodes.length > 0);
      if (lower >= 0) height = lower - 1;
    }
    this.sweep();
  }

  private read(family: Family, key: string): unknown {
    const node = this.demand(family, key);
    this.stack.at(-1)?.reads.push(node);
    return node.value;
  }

  private keep(family: Family, key: string): void {
    const node = this.demand(family, key);
    const frame = this.stack.at(-1);
    if (frame === undefined) return;
    frame.kept ??= new Set();
    frame.kept.add(node);
  }

  private demand(family: Family, key: string): Node {
    let node = family.nodes.get(key);
    if (node === undefined) {
      node = {
        family,
        key,
        value: undefined,
        known: false,
        dirty: true,
        computing: false,
        height: 0,
        reads: NONE,
        readers: undefined,
        kept: undefined,
        keepers: 0,
        pinned: false,
        mark: 0,
      };
      family.nodes.set(key, node);
    }
    if (node.dirty) this.refresh(node);
    return node;
  }

  private refresh(node: Node): void {
    if (node.computing) throw new InvariantError(`${node.family.name} ${node.key} depends on itself`);
    const frame: Frame = { reads: [], kept: undefined };
    node.computing = true;
    this.stack.push(frame);
    let value: unknown;
    try {
      value = node.family.compute?.(node.key);
    } finally {
      this.stack.pop();
      node.computing = false;
    }
    this.computed += 1;
    node.dirty = false;
    this.link(node, frame);
    const before = node.value;
    const wasKnown = node.known;
    if (wasKnown && node.family.equal(before, value)) return;
    node.value = value;
    node.known = true;
    node.family.settled?.(node.key, value, wasKnown ? before : undefined);
    if (wasKnown) this.spoilReaders(node);
  }

  private link(node: Node, frame: Frame): void {
    this.links += 1;
    const mark = this.links;
    let { height } = node;
    let count = 0;
    const { reads } = frame;
    for (const read of reads) {
      if (read.mark === mark) continue;
      read.mark = mark;
      reads[count] = read;
      count += 1;
      addReader(read, node);
      if (read.height >= height) height = read.height + 1;
    }
    reads.length = count;
    for (const old of node.reads) {
      if (old.mark === mark) continue;
      removeReader(old, node);
      this.orphan(old);
    }
    const before = node.kept;
    for (const kept of frame.kept ?? NONE) if (before?.has(kept) !== true) kept.keepers += 1;
    for (const old of before ?? NONE) {
      if (frame.kept?.has(old) === true) continue;
      old.keepers -= 1;
      this.orphan(old);
    }
    node.reads = count === 0 ? NONE : reads;
    node.kept = frame.kept;
    node.height = height;
  }

  private spoilReaders(node: Node): void {
    const { readers } = node;
    if (readers instanceof Set) for (const reader of readers) this.spoil(reader);
    else if (readers !== undefined) this.spoil(readers);
  }

  private spoil(node: Node): void {
    if (node.dirty) return;
    node.dirty = true;
    let level = this.queue[node.height];
    while (level === undefined) {
      this.queue.push([]);
      level = this.queue[node.height];
    }
    level.push(node);
  }

  private orphan(node: Node): void {
    if (node.readers === undefined && node.keepers === 0 && !node.pinned) this.orphans.add(node);
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
      for (const kept of node.kept ?? NONE) {
        kept.keepers -= 1;
        this.orphan(kept);
      }
      if (node.known) node.family.dropped?.(node.key, node.value);
    }
  }
}
