/** A document as it was written: values that know the file, line and column they stand at. */
import type { Problem } from '../../base/result.ts';

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type Scalar = string | number | boolean | null;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: Scalar;
  /** As written, without quotes. */
  readonly text: string;
  readonly place: Place;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly Node[];
  readonly place: Place;
}

export interface MapEntry {
  readonly key: string;
  readonly keyPlace: Place;
  readonly value: Node;
}

export interface MapNode {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, MapEntry>;
  readonly place: Place;
}

export type Node = ScalarNode | ListNode | MapNode;

/** A value and what is wrong in it; where a value could not be read it is left out and a problem says so. */
export interface Read<T> {
  readonly value: T;
  readonly problems: readonly Problem[];
}

export const scalar = (value: Scalar, place: Place): ScalarNode => ({
  kind: 'scalar',
  value,
  text: value === null ? '' : String(value),
  place,
});
export const list = (items: readonly Node[], place: Place): ListNode => ({ kind: 'list', items, place });
export const map = (entries: Iterable<MapEntry>, place: Place): MapNode => ({
  kind: 'map',
  entries: new Map([...entries].map((entry) => [entry.key, entry])),
  place,
});

/** The value of a key; undefined when the node is no mapping or has no such key. */
export const member = (node: Node | undefined, key: string): Node | undefined =>
  node?.kind === 'map' ? node.entries.get(key)?.value : undefined;

/** Entries of a mapping in the order of the file; none for anything else. */
export const entriesOf = (node: Node | undefined): readonly MapEntry[] =>
  node?.kind === 'map' ? [...node.entries.values()] : [];

/** The items of a list; none for anything else. */
export const itemsOf = (node: Node | undefined): readonly Node[] => (node?.kind === 'list' ? node.items : []);

/** The text of a scalar that is not null. */
export const textOf = (node: Node | undefined): string | undefined =>
  node?.kind === 'scalar' && node.value !== null ? node.text : undefined;

/** A problem at a place. */
export const problemAt = (
  place: Place,
  message: string,
  severity: 'error' | 'warning' = 'error',
): Problem => ({
  message,
  severity,
  place: { file: place.file, line: place.line, column: place.column },
});

export type Plain = Scalar | readonly Plain[] | { readonly [key: string]: Plain };

/** The value without its places. */
export function plainOf(node: Node): Plain {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plainOf);
    case 'map':
      return Object.fromEntries([...node.entries.values()].map(({ key, value }) => [key, plainOf(value)]));
  }
}

/** The same value, every part of it standing at `place`. */
export function nodeOf(value: Plain, place: Place): Node {
  if (value === null || typeof value !== 'object') return scalar(value, place);
  if (Array.isArray(value))
    return list(
      value.map((item: Plain) => nodeOf(item, place)),
      place,
    );
  return map(
    Object.entries(value).map(([key, item]) => ({
      key,
      keyPlace: place,
      value: nodeOf(item as Plain, place),
    })),
    place,
  );
}
