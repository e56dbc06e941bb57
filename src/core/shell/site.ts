/** Where a program runs: its machine, with files and variables, and the call that started it. */
import type { Recorder } from '../base/step.ts';
import { decodeUtf8, encodeUtf8 } from '../base/utf8.ts';
import { KERNEL_MOUNTS, KernelFiles } from '../linux/files/kernel-files.ts';
import { resolvePath } from '../sim/machine-files.ts';
import type { Host, World } from '../sim/index.ts';
import type { OwnProcess } from './own-process.ts';
import type { Exit, Output, Program, RunningProgram } from './program.ts';

/** The shell in which a program was started. */
export interface ShellAccess {
  /** The present directory: paths that are not absolute begin there. */
  readonly directory: string;
  /** An exported variable. */
  variable?(name: string): string | undefined;
  /** Runs what is no program of the table but one of the shell's own, such as `cat` or `bash`, in a namespace. */
  execute?(argv: readonly string[], namespace: string, stdin: string, output: Output): Exit | RunningProgram;
  /** The same in a shell that begins on another machine. */
  executeOn?(
    place: ShellPlace,
    argv: readonly string[],
    stdin: string,
    output: Output,
  ): Exit | RunningProgram;
}

/** Where a shell begins. */
export interface ShellPlace {
  readonly machine: string;
  readonly namespace: string;
  readonly directory: string;
}

/** For programs that run outside a shell. */
export const NO_SHELL: ShellAccess = { directory: '/' };

/** A program to be started: where, with what. */
export interface ProgramCall {
  readonly host: string;
  readonly namespace: string;
  readonly argv: readonly string[];
  readonly stdin: string;
  readonly output: Output;
  /** Takes the steps that the program causes. */
  readonly recorder: Recorder;
  readonly shell: ShellAccess;
}

/** What an entry of the table is given besides the call. */
export interface Site {
  readonly world: World;
  readonly host: Host;
  readonly call: ProgramCall;
  readonly process: OwnProcess;
  /** Starts another program. */
  readonly start: (call: ProgramCall) => Exit | RunningProgram;
}

/** How a program is started at its site. */
export type Starter = (site: Site) => Exit | RunningProgram;

/** Runs a program with what it needs of the machine. */
export function run<H>(program: Program<H>, host: H, site: Site): Exit | RunningProgram {
  const { call, world } = site;
  return program({
    argv: call.argv,
    stdin: call.stdin,
    output: call.output,
    context: world.programContext(site.host, call.recorder),
    host,
    namespace: call.namespace,
  });
}

/** Where the names are that no server is asked for. */
export const HOSTS = '/etc/hosts';

/** The machine's files as a program reaches them, by paths that begin in its directory. */
export interface FileAccess {
  read(path: string): Uint8Array | undefined;
  /** Names in a directory, those of directories with a slash behind; undefined when it is none. */
  list(path: string): readonly string[] | undefined;
  /** Makes the file of a directory that is there. */
  write(path: string, octets: Uint8Array): void;
}

/** Those of the program's namespace are read anew each time. */
const isKernels = (path: string): boolean => KERNEL_MOUNTS.some((mount) => path.startsWith(`${mount}/`));

export function filesOf({ host, call }: Pick<Site, 'host' | 'call'>): FileAccess {
  const at = (path: string): string => resolvePath(call.shell.directory, path);
  return {
    read: (path) => {
      if (!isKernels(at(path))) return host.files.read(at(path));
      const text = new KernelFiles(host.kernel.namespace(call.namespace)).read(at(path));
      return text.ok ? encodeUtf8(text.value) : undefined;
    },
    list: (path) => {
      const names = host.files.names(at(path));
      if (!names.ok) return undefined;
      return names.value.map((name) => (host.files.names(`${at(path)}/${name}`).ok ? `${name}/` : name));
    },
    write: (path, octets) => void host.files.put(at(path), octets),
  };
}

/** The text of a file. */
export function readFile(site: Pick<Site, 'host' | 'call'>, path: string): string | undefined {
  const octets = filesOf(site).read(path);
  return octets && decodeUtf8(octets);
}

/** Writes a file of the program's own, whose directory its package has made. */
export const writeFile = ({ host, call }: Pick<Site, 'host' | 'call'>, path: string, text: string): void =>
  void host.files.write(resolvePath(call.shell.directory, path), text);

/** For programs that are started on a machine from another one, where `shell` is. */
export const shellInside = (host: Host, { executeOn }: ShellAccess): ShellAccess => ({
  directory: '/',
  ...(executeOn && {
    execute: (argv, namespace, stdin, output) =>
      executeOn({ machine: host.name, namespace, directory: '/' }, argv, stdin, output),
  }),
});

/** A program by its path: all but those with a folder of their own are where the system's are. */
export const programName = (path: string): string => path.replace(/^(?:\/usr)?\/s?bin\//, '');
