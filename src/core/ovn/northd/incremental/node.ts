/** One value of the graph with what ties it to others: what it reads, who reads it, and whom it keeps alive. */

/** Never computed, no longer right, being computed, or right. */
type State = 'unknown' | 'stale' | 'computing' | 'fresh';

/** A value under a key of its family. */
export interface Node {
  readonly family: Family;
  readonly key: string;
  value: unknown;
  state: State;
  /** More than the height of everything read: stale nodes are settled from low to high. */
  height: number;
  reads: readonly Node[];
  readers: Readers;
  kept: readonly Node[];
  /** How many nodes only keep this one alive; one more for a node that is pinned. */
  keepers: number;
  /** The last `link` that met this node. */
  mark: number;
}

/** Nodes that read another one: often none or one, seldom many. */
type Readers = undefined | Node | Node[] | Set<Node>;

/** Values that one function derives, or that come from outside. */
export interface Family {
  readonly name: string;
  readonly nodes: Map<string, Node>;
  readonly compute: (key: string) => unknown;
  /** Its values come from outside and read nothing. */
  readonly isInput: boolean;
  readonly equal: (a: unknown, b: unknown) => boolean;
  readonly settled: ((key: string, now: unknown, before: unknown) => void) | undefined;
  readonly dropped: ((key: string, last: unknown) => void) | undefined;
}

/** Nothing read or kept. */
export const NONE: readonly Node[] = [];

/** From so many readers on, a set finds them faster than a list. */
const MANY_READERS = 16;

/** Adds a reader that is not there yet. */
export function addReader(node: Node, reader: Node): void {
  const { readers } = node;
  if (readers === undefined) node.readers = reader;
  else if (readers instanceof Set) readers.add(reader);
  else if (!Array.isArray(readers)) node.readers = [readers, reader];
  else if (readers.length < MANY_READERS) readers.push(reader);
  else node.readers = new Set(readers).add(reader);
}

/** Takes a reader away that may be there. */
export function removeReader(node: Node, reader: Node): void {
  const { readers } = node;
  if (readers === reader) {
    node.readers = undefined;
  } else if (readers instanceof Set) {
    if (readers.delete(reader) && readers.size === 0) node.readers = undefined;
  } else if (Array.isArray(readers)) {
    const at = readers.indexOf(reader);
    if (at < 0) return;
    const last = readers.pop();
    if (last !== undefined && last !== reader) readers[at] = last;
    if (readers.length === 0) node.readers = undefined;
  }
}

/** Nodes gathered for one value after the other: those of the value being computed lie on top. */
export class Trail {
  private readonly nodes: Node[] = [];
  length = 0;

  push(node: Node): void {
    this.nodes[this.length] = node;
    this.length += 1;
  }

  /** Takes what lies above `start` away. Nodes may be there twice. */
  cut(start: number): Node[] {
    const cut = this.length === start ? [] : this.nodes.slice(start, this.length);
    this.length = start;
    return cut;
  }
}
