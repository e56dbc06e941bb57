/** What a path under /proc or /sys leads to: files made anew each time they are read, directories, links. */
import { err, type Result } from '../../base/result.ts';
import type { Errno } from '../errno.ts';

export interface FileNode {
  readonly kind: 'file';
  /** The text, or why reading fails. */
  read(): Result<string, Errno>;
  /** Absent: the file cannot be written. */
  readonly write?: (text: string) => Result<void, Errno>;
}

export interface LinkNode {
  readonly kind: 'link';
  readonly target: string;
}

export interface DirectoryNode {
  readonly kind: 'directory';
  /** In the order of their names. */
  names(): readonly string[];
  find(name: string): Node | undefined;
}

export type Node = FileNode | LinkNode | DirectoryNode;

/** Entries that are made when they are looked at; a directory of other entries may be one. */
export type Entries = ReadonlyMap<string, () => Node>;

/** A directory whose entries are found anew each time. */
export const directory = (entries: () => Entries): DirectoryNode => ({
  kind: 'directory',
  names: () => [...entries().keys()].sort(),
  find: (name) => entries().get(name)?.(),
});

/** A file that is only read. */
export const readOnly = (text: () => string): FileNode => ({
  kind: 'file',
  read: () => ({ ok: true, value: text() }),
});

/** A file that cannot be read at this moment, or ever. */
export const refused = (errno: Errno): FileNode => ({ kind: 'file', read: () => err(errno) });

export const linkTo = (target: string): LinkNode => ({ kind: 'link', target });

/** Entries by name, from records of nodes that are made when they are looked at. */
export const entriesOf = (record: Readonly<Record<string, () => Node>>): Map<string, () => Node> =>
  new Map(Object.entries(record));
