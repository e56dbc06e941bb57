/**
 * /proc and /sys of a machine as a file system of the shell: what the kernel shows as files. Nothing is kept here; every
 * look asks the kernel. Writing cannot fail in the shell's own way, so refusals are told to `refused`.
 */
import type { FsStat, IFileSystem } from 'just-bash/browser';
import { encodeUtf8, decodeUtf8 } from '../../core/base/utf8.ts';
import type { KernelFiles } from '../../core/linux/files/kernel-files.ts';
import type { Errno } from '../../core/linux/index.ts';
import { failure } from './shell-files.ts';

const EPOCH = new Date(0);

export class KernelFileSystem implements IFileSystem {
  readonly #root: string;
  readonly #files: () => KernelFiles;
  readonly #paths: Pick<IFileSystem, 'resolvePath'>;
  readonly #refused: (path: string, errno: Errno) => void;

  /** `root` is where it is mounted; paths given to the methods begin there. */
  constructor(
    root: string,
    files: () => KernelFiles,
    paths: Pick<IFileSystem, 'resolvePath'>,
    refused: (path: string, errno: Errno) => void,
  ) {
    this.#root = root;
    this.#files = files;
    this.#paths = paths;
    this.#refused = refused;
  }

  #at(path: string): string {
    return path === '/' ? this.#root : `${this.#root}${path}`;
  }

  #find(path: string, followLast = true) {
    const found = this.#files().find(this.#at(path), followLast);
    if (!found.ok) throw failure(found.error, this.#at(path));
    return found.value;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- refusals are rejections
  async readFile(path: string): Promise<string> {
    const text = this.#files().read(this.#at(path));
    if (!text.ok) throw failure(text.error, this.#at(path));
    return text.value;
  }

  async readFileBuffer(path: string): Promise<Uint8Array> {
    return encodeUtf8(await this.readFile(path));
  }

  writeFile(path: string, content: string | Uint8Array): Promise<void> {
    const text = typeof content === 'string' ? content : decodeUtf8(content);
    const at = this.#at(path);
    // Opening for writing empties no such file.
    const done = text === '' ? this.#files().find(at) : this.#files().write(at, text);
    if (!done.ok) this.#refused(at, done.error);
    return Promise.resolve();
  }

  appendFile(path: string, content: string | Uint8Array): Promise<void> {
    return this.writeFile(path, content);
  }

  exists(path: string): Promise<boolean> {
    return Promise.resolve(this.#files().find(this.#at(path)).ok);
  }

  #stat(path: string, followLast: boolean): Promise<FsStat> {
    const { node } = this.#find(path, followLast);
    const mode =
      node.kind === 'directory' ? 0o555 : node.kind === 'link' ? 0o777 : node.write ? 0o644 : 0o444;
    return Promise.resolve({
      isFile: node.kind === 'file',
      isDirectory: node.kind === 'directory',
      isSymbolicLink: node.kind === 'link',
      mode,
      size: 0,
      mtime: EPOCH,
    });
  }

  async stat(path: string): Promise<FsStat> {
    return this.#stat(path, true);
  }

  async lstat(path: string): Promise<FsStat> {
    return this.#stat(path, false);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- refusals are rejections
  async readdir(path: string): Promise<string[]> {
    const { node } = this.#find(path);
    if (node.kind !== 'directory') throw new Error(`ENOTDIR: not a directory, scandir '${this.#at(path)}'`);
    return [...node.names()];
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- refusals are rejections
  async readlink(path: string): Promise<string> {
    const { node } = this.#find(path, false);
    if (node.kind !== 'link') throw failure('EINVAL', this.#at(path));
    return node.target;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- refusals are rejections
  async realpath(path: string): Promise<string> {
    return this.#find(path).path.slice(this.#root.length) || '/';
  }

  resolvePath(base: string, path: string): string {
    return this.#paths.resolvePath(base, path);
  }

  /** Nothing walks these files without asking for a directory first. */
  getAllPaths(): string[] {
    return [];
  }

  #never(path: string): Promise<never> {
    return Promise.reject(failure('EPERM', this.#at(path)));
  }

  mkdir(path: string): Promise<void> {
    return this.#never(path);
  }

  rm(path: string): Promise<void> {
    return this.#never(path);
  }

  cp(_source: string, path: string): Promise<void> {
    return this.#never(path);
  }

  mv(_source: string, path: string): Promise<void> {
    return this.#never(path);
  }

  chmod(path: string): Promise<void> {
    return this.#never(path);
  }

  symlink(_target: string, path: string): Promise<void> {
    return this.#never(path);
  }

  link(_existing: string, path: string): Promise<void> {
    return this.#never(path);
  }

  utimes(path: string): Promise<void> {
    return this.#never(path);
  }
}
