/**
 * The files of one machine, by absolute path: the only ones that its daemons, its programs and its shells have, so that
 * what one of them writes the others read at once. `/proc` and `/sys` are the kernel's and not here.
 */
import { concatBytes } from '../base/bytes.ts';
import type { Clock } from '../base/context.ts';
import { err, ok, type Result } from '../base/result.ts';
import { decodeUtf8, encodeUtf8 } from '../base/utf8.ts';
import type { Errno } from '../linux/index.ts';

export interface FileNode {
  readonly kind: 'file';
  /** What was written and appended, in order. */
  parts: readonly Uint8Array[];
  size: number;
  /** Permission bits. */
  mode: number;
  /** Wall time in milliseconds since 1970. */
  changedAt: number;
}

export interface DirectoryNode {
  readonly kind: 'directory';
  readonly entries: Map<string, FileTree>;
  mode: number;
  changedAt: number;
}

interface SymbolicLinkNode {
  readonly kind: 'link';
  readonly target: string;
  readonly changedAt: number;
}

export type FileTree = FileNode | DirectoryNode | SymbolicLinkNode;

/** Where a path leads: the directory that has it, or would, and what is there. */
interface Place {
  readonly path: string;
  readonly parent: DirectoryNode;
  readonly name: string;
  readonly node: FileTree | undefined;
}

const MOST_LINKS = 40;
const FILE_MODE = 0o644;
const DIRECTORY_MODE = 0o755;

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.');

/** `path` as seen from a directory, without `.` and `..`. */
export function resolvePath(directory: string, path: string): string {
  const parts: string[] = [];
  for (const part of partsOf(path.startsWith('/') ? path : `${directory}/${path}`))
    if (part === '..') parts.pop();
    else parts.push(part);
  return `/${parts.join('/')}`;
}

/** The octets of a file. */
export function octetsOf(file: FileNode): Uint8Array {
  if (file.parts.length !== 1) file.parts = [concatBytes(file.parts)];
  return file.parts[0] ?? new Uint8Array();
}

export class MachineFiles {
  readonly #clock: Pick<Clock, 'wallMs'>;
  readonly #root: DirectoryNode;

  /** `given`: the texts of the files that are there from the start. */
  constructor(clock: Pick<Clock, 'wallMs'>, given: Readonly<Record<string, string>> = {}) {
    this.#clock = clock;
    this.#root = this.#directory();
    for (const [path, text] of Object.entries(given)) this.write(path, text);
  }

  #directory(): DirectoryNode {
    const changedAt = this.#clock.wallMs();
    return { kind: 'directory', entries: new Map(), mode: DIRECTORY_MODE, changedAt };
  }

  /** Follows links on the way; the last part's only if `followLast`. */
  #place(path: string, followLast: boolean): Result<Place, Errno> {
    let rest = partsOf(path);
    const way: { readonly name: string; readonly node: DirectoryNode }[] = [{ name: '', node: this.#root }];
    let followed = 0;
    for (let part = rest.shift(); part !== undefined; part = rest.shift()) {
      const { node: here } = way.at(-1) ?? { node: this.#root };
      if (part === '..') {
        if (way.length > 1) way.pop();
        continue;
      }
      const node = here.entries.get(part);
      const isLast = rest.length === 0;
      if (node?.kind === 'link' && (followLast || !isLast)) {
        followed += 1;
        if (followed > MOST_LINKS) return err('ELOOP');
        if (node.target.startsWith('/')) way.length = 1;
        rest = [...partsOf(node.target), ...rest];
      } else if (isLast) {
        const at = [...way.slice(1).map(({ name }) => name), part];
        return ok({ path: `/${at.join('/')}`, parent: here, name: part, node });
      } else if (node?.kind === 'directory') way.push({ name: part, node });
      else return err(node === undefined ? 'ENOENT' : 'ENOTDIR');
    }
    // The path is a directory that was gone through: the root, or one after `..`.
    const { name, node } = way.at(-1) ?? { name: '', node: this.#root };
    const parent = way.at(-2)?.node ?? this.#root;
    const at = way.slice(1).map((one) => one.name);
    return ok({ path: `/${at.join('/')}`, parent, name, node });
  }

  /** What a path leads to, with its path without links. */
  find(path: string, followLast = true): Result<{ readonly path: string; readonly node: FileTree }, Errno> {
    const place = this.#place(path, followLast);
    if (!place.ok) return place;
    const { node } = place.value;
    return node ? ok({ path: place.value.path, node }) : err('ENOENT');
  }

  /** The octets of a file; undefined where there is none. */
  read(path: string): Uint8Array | undefined {
    const found = this.find(path);
    return found.ok && found.value.node.kind === 'file' ? octetsOf(found.value.node) : undefined;
  }

  readText(path: string): string | undefined {
    const octets = this.read(path);
    return octets && decodeUtf8(octets);
  }

  /** Writes a file, the directories on the way to it made as needed. */
  write(path: string, content: Uint8Array | string): Result<void, Errno> {
    const made = this.makeDirectory(resolvePath(path, '..'), true);
    return made.ok ? this.put(path, content) : made;
  }

  /** Writes a file of a directory that is there, anew or behind what it has. */
  put(path: string, content: Uint8Array | string, isAppended = false): Result<void, Errno> {
    const place = this.#place(path, true);
    if (!place.ok) return place;
    const octets = typeof content === 'string' ? encodeUtf8(content) : content;
    const { parent, name, node } = place.value;
    const changedAt = this.#clock.wallMs();
    if (node?.kind === 'directory') return err('EISDIR');
    if (node?.kind === 'file') {
      node.parts = isAppended ? [...this.#gathered(node), octets] : [octets];
      node.size = isAppended ? node.size + octets.length : octets.length;
      node.changedAt = changedAt;
    } else {
      const file: FileNode = {
        kind: 'file',
        parts: [octets],
        size: octets.length,
        mode: FILE_MODE,
        changedAt,
      };
      parent.entries.set(name, file);
      parent.changedAt = changedAt;
    }
    return ok(undefined);
  }

  /** Few parts, so that appending again and again costs little. */
  #gathered(file: FileNode): readonly Uint8Array[] {
    if (file.parts.length >= 64) octetsOf(file);
    return file.parts;
  }

  /** Adds a line to a daemon's log; of one that is larger than `most` octets the older half is forgotten. */
  log(path: string, line: string, most = 4_000_000): void {
    const found = this.find(path);
    if (found.ok && found.value.node.kind === 'file' && found.value.node.size > most) {
      const octets = octetsOf(found.value.node);
      const half = octets.indexOf(10, octets.length >> 1);
      this.put(path, octets.slice(half + 1));
    }
    if (!this.put(path, `${line}\n`, true).ok) this.write(path, `${line}\n`);
  }

  makeDirectory(path: string, makesParents = false): Result<void, Errno> {
    if (makesParents) {
      const above = resolvePath(path, '..');
      const found = this.find(path);
      if (found.ok) return found.value.node.kind === 'directory' ? ok(undefined) : err('EEXIST');
      const made = this.makeDirectory(above, true);
      if (!made.ok) return made;
    }
    const place = this.#place(path, false);
    if (!place.ok) return place;
    if (place.value.node) return err('EEXIST');
    place.value.parent.entries.set(place.value.name, this.#directory());
    place.value.parent.changedAt = this.#clock.wallMs();
    return ok(undefined);
  }

  /** Removes a file, a link, or a directory; one that has entries only if all below it may go. */
  remove(path: string, isRecursive = false): Result<void, Errno> {
    const place = this.#place(path, false);
    if (!place.ok) return place;
    const { parent, name, node } = place.value;
    if (node === undefined) return err('ENOENT');
    if (node === this.#root) return err('EBUSY');
    if (node.kind === 'directory' && node.entries.size > 0 && !isRecursive) return err('ENOTEMPTY');
    parent.entries.delete(name);
    parent.changedAt = this.#clock.wallMs();
    return ok(undefined);
  }

  /** Puts a node under a path, instead of a file or link that is there. */
  #set(path: string, node: FileTree): Result<void, Errno> {
    const place = this.#place(path, false);
    if (!place.ok) return place;
    place.value.parent.entries.set(place.value.name, node);
    place.value.parent.changedAt = this.#clock.wallMs();
    return ok(undefined);
  }

  /** A symbolic link. */
  link(target: string, path: string): Result<void, Errno> {
    if (this.find(path, false).ok) return err('EEXIST');
    return this.#set(path, { kind: 'link', target, changedAt: this.#clock.wallMs() });
  }

  /** Another name of the same file. */
  hardLink(existing: string, path: string): Result<void, Errno> {
    const found = this.find(existing);
    if (!found.ok) return found;
    if (found.value.node.kind !== 'file') return err('EPERM');
    return this.find(path, false).ok ? err('EEXIST') : this.#set(path, found.value.node);
  }

  rename(from: string, to: string): Result<void, Errno> {
    const found = this.find(from, false);
    if (!found.ok) return found;
    const { path, node } = found.value;
    const there = this.find(to, false);
    if (there.ok && there.value.node === node) return ok(undefined);
    if (node.kind === 'directory' && `${resolvePath('/', to)}/`.startsWith(`${path}/`)) return err('EINVAL');
    if (there.ok && there.value.node.kind === 'directory') {
      if (node.kind !== 'directory') return err('EISDIR');
      if (there.value.node.entries.size > 0) return err('ENOTEMPTY');
    }
    const set = this.#set(to, node);
    return set.ok ? this.remove(path, true) : set;
  }

  /** Names in a directory, in their order. */
  names(path: string): Result<readonly string[], Errno> {
    const found = this.find(path);
    if (!found.ok) return found;
    const { node } = found.value;
    return node.kind === 'directory' ? ok([...node.entries.keys()].toSorted()) : err('ENOTDIR');
  }

  /** Every path below a directory, links not followed. */
  paths(directory = '/'): string[] {
    const found = this.find(directory);
    if (!found.ok || found.value.node.kind !== 'directory') return [];
    const below = (node: DirectoryNode, path: string): string[] =>
      [...node.entries].flatMap(([name, inner]) => [
        `${path}/${name}`,
        ...(inner.kind === 'directory' ? below(inner, `${path}/${name}`) : []),
      ]);
    return below(found.value.node, directory === '/' ? '' : directory);
  }
}
