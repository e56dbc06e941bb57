/** A machine's files as a file system of the shell's library. Nothing is kept here. */
import type { CpOptions, FsStat, IFileSystem, MkdirOptions, RmOptions } from 'just-bash/browser';
import { decodeUtf8, encodeUtf8 } from '../../core/base/utf8.ts';
import { STRERROR, type Errno } from '../../core/linux/index.ts';
import type { Result } from '../../core/base/result.ts';
import {
  octetsOf,
  resolvePath,
  type DirectoryNode,
  type FileNode,
  type FileTree,
  type MachineFiles,
} from '../../core/sim/machine-files.ts';

/** As the library wants to read it: it looks for the name of the errno. */
export const failure = (errno: Errno, path: string, call = 'open'): Error =>
  new Error(`${errno}: ${STRERROR[errno].toLowerCase()}, ${call} '${path}'`);

function checked<Value>(result: Result<Value, Errno>, path: string, call: string): Value {
  if (!result.ok) throw failure(result.error, path, call);
  return result.value;
}

/** How the library hands over text: octets as characters of one octet each, where it says so. */
const SINGLE_OCTETS: ReadonlySet<unknown> = new Set(['binary', 'latin1', 'ascii']);

type Encoding = { readonly encoding?: string | null } | string | undefined;

const encodingOf = (options: Encoding): unknown =>
  typeof options === 'string' ? options : options?.encoding;

const contentOf = (content: string | Uint8Array, options: Encoding): Uint8Array => {
  if (typeof content !== 'string') return content.slice();
  return SINGLE_OCTETS.has(encodingOf(options))
    ? Uint8Array.from(content, (char) => char.charCodeAt(0))
    : encodeUtf8(content);
};

const statOf = (node: FileTree): FsStat => ({
  isFile: node.kind === 'file',
  isDirectory: node.kind === 'directory',
  isSymbolicLink: node.kind === 'link',
  mode: node.kind === 'link' ? 0o777 : node.mode,
  size: node.kind === 'file' ? node.size : 0,
  mtime: new Date(node.changedAt),
});

export class ShellFiles implements IFileSystem {
  readonly #files: MachineFiles;
  readonly #refused: (path: string, errno: Errno) => void;

  /** Redirecting cannot fail in the shell's own way, so that what cannot be written is told to `refused`. */
  constructor(files: MachineFiles, refused: (path: string, errno: Errno) => void) {
    this.#files = files;
    this.#refused = refused;
  }

  #write(path: string, octets: Uint8Array, isAppended: boolean): void {
    const written = this.#files.put(path, octets, isAppended);
    if (!written.ok) this.#refused(path, written.error);
  }

  #file(path: string): FileNode {
    const { node } = checked(this.#files.find(path), path, 'open');
    if (node.kind !== 'file') throw failure('EISDIR', path, 'read');
    return node;
  }

  #changeable(path: string, call: string): FileNode | DirectoryNode {
    const { node } = checked(this.#files.find(path), path, call);
    if (node.kind === 'link') throw failure('ENOENT', path, call);
    return node;
  }

  // The library's interface answers later; a refusal is a rejection.
  async readFile(path: string, options?: Encoding): Promise<string> {
    const octets = octetsOf(this.#file(path));
    return SINGLE_OCTETS.has(encodingOf(options))
      ? Array.from(octets, (octet) => String.fromCharCode(octet)).join('')
      : decodeUtf8(octets);
  }

  async readFileBuffer(path: string): Promise<Uint8Array> {
    return octetsOf(this.#file(path)).slice();
  }

  async writeFile(path: string, content: string | Uint8Array, options?: Encoding): Promise<void> {
    this.#write(path, contentOf(content, options), false);
  }

  async appendFile(path: string, content: string | Uint8Array, options?: Encoding): Promise<void> {
    this.#write(path, contentOf(content, options), true);
  }

  async exists(path: string): Promise<boolean> {
    return this.#files.find(path).ok;
  }

  async stat(path: string): Promise<FsStat> {
    return statOf(checked(this.#files.find(path), path, 'stat').node);
  }

  async lstat(path: string): Promise<FsStat> {
    return statOf(checked(this.#files.find(path, false), path, 'lstat').node);
  }

  async readdir(path: string): Promise<string[]> {
    return [...checked(this.#files.names(path), path, 'scandir')];
  }

  async readlink(path: string): Promise<string> {
    const { node } = checked(this.#files.find(path, false), path, 'readlink');
    if (node.kind !== 'link') throw failure('EINVAL', path, 'readlink');
    return node.target;
  }

  async realpath(path: string): Promise<string> {
    return checked(this.#files.find(path), path, 'realpath').path;
  }

  resolvePath(base: string, path: string): string {
    return resolvePath(base, path);
  }

  getAllPaths(): string[] {
    return ['/', ...this.#files.paths()];
  }

  async mkdir(path: string, options?: MkdirOptions): Promise<void> {
    this.mkdirSync(path, options);
  }

  /** By these two the library lays out its own directories and commands. */
  mkdirSync(path: string, options?: MkdirOptions): void {
    checked(this.#files.makeDirectory(path, options?.recursive === true), path, 'mkdir');
  }

  writeFileSync(path: string, content: string | Uint8Array): void {
    if (!this.#files.find(path).ok) checked(this.#files.write(path, content), path, 'open');
  }

  async rm(path: string, options?: RmOptions): Promise<void> {
    const removed = this.#files.remove(path, options?.recursive === true);
    if (removed.ok || (options?.force === true && removed.error === 'ENOENT')) return;
    throw failure(removed.error, path, 'rm');
  }

  async cp(source: string, path: string, options?: CpOptions): Promise<void> {
    const { node } = checked(this.#files.find(source), source, 'cp');
    if (node.kind === 'directory') {
      if (options?.recursive !== true) throw failure('EISDIR', source, 'cp');
      checked(this.#files.makeDirectory(path, true), path, 'cp');
      for (const name of node.entries.keys()) await this.cp(`${source}/${name}`, `${path}/${name}`, options);
    } else if (node.kind === 'file') {
      checked(this.#files.put(path, octetsOf(node)), path, 'cp');
      this.#changeable(path, 'cp').mode = node.mode;
    }
  }

  async mv(source: string, path: string): Promise<void> {
    checked(this.#files.rename(source, path), source, 'mv');
  }

  async chmod(path: string, mode: number): Promise<void> {
    this.#changeable(path, 'chmod').mode = mode;
  }

  async symlink(target: string, path: string): Promise<void> {
    checked(this.#files.link(target, path), path, 'symlink');
  }

  async link(existing: string, path: string): Promise<void> {
    checked(this.#files.hardLink(existing, path), path, 'link');
  }

  async utimes(path: string, _read: Date, changed: Date): Promise<void> {
    this.#changeable(path, 'utimes').changedAt = changed.getTime();
  }
}
