/** Where a program runs: its machine, with files and variables, and the call that started it. */
import type { Recorder } from '../base/step.ts';
import { decodeUtf8, encodeUtf8 } from '../base/utf8.ts';
import type { Host, World } from '../sim/index.ts';
import type { OwnProcess } from './own-process.ts';
import type { Exit, Output, Program, RunningProgram } from './program.ts';

/** Files and variables of the machine's shell. */
export interface FileAccess {
  /** An exported variable. */
  variable?(name: string): string | undefined;
  read(path: string): Uint8Array | undefined;
  /** Names in a directory, those of directories with a slash behind; undefined when it is none. */
  list?(path: string): readonly string[] | undefined;
  write(path: string, octets: Uint8Array): void;
  /** The files below `/etc`; undefined outside a shell. */
  configuration?(): readonly string[];
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
export const NO_FILES: FileAccess = { read: () => undefined, write: () => undefined };

/** A program to be started: where, with what. */
export interface ProgramCall {
  readonly host: string;
  readonly namespace: string;
  readonly argv: readonly string[];
  readonly stdin: string;
  readonly output: Output;
  /** Takes the steps that the program causes. */
  readonly recorder: Recorder;
  readonly files: FileAccess;
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

/** A file of the machine as its shell has it now, else as it was at the start. */
export function readFile({ host, call }: Site, path: string): string | undefined {
  const octets = call.files.read(path);
  return octets ? decodeUtf8(octets) : host.files.get(path);
}

/** Daemons read the files that the machine's shell has changed. */
export function keepFiles(host: Host, files: FileAccess): void {
  const now = files.configuration?.();
  for (const path of now ?? host.files.keys()) {
    const octets = files.read(path);
    if (octets) host.files.set(path, decodeUtf8(octets));
  }
  if (now === undefined) return;
  const kept = new Set(now);
  for (const path of host.files.keys())
    if (path.startsWith('/etc/') && !kept.has(path)) host.files.delete(path);
}

/** For programs that are started on a machine from another one, where `files` are: they see the machine's own. */
export const machineFiles = (host: Host, { executeOn }: FileAccess = NO_FILES): FileAccess => ({
  ...(executeOn && {
    execute: (argv, namespace, stdin, output) =>
      executeOn({ machine: host.name, namespace, directory: '/' }, argv, stdin, output),
  }),
  read: (path) => {
    const text = host.files.get(path);
    return text === undefined ? undefined : encodeUtf8(text);
  },
  write: (path, octets) => void host.files.set(path, decodeUtf8(octets)),
});

/** A file that a program of the machine writes: its daemons have it at once, its shell when the program ends. */
export function writeFile({ host, call }: Site, path: string, text: string): void {
  host.files.set(path, text);
  call.files.write(path, encodeUtf8(text));
}

/** A program by its path: all but those with a folder of their own are where the system's are. */
export const programName = (path: string): string => path.replace(/^(?:\/usr)?\/s?bin\//, '');
