/** Starts the library's bash on a machine's files: our programs are its commands, /proc and /sys are the kernel's. */
import { KERNEL_MOUNTS, type KernelFiles } from '../../core/linux/files/kernel-files.ts';
import { STRERROR, type Errno } from '../../core/linux/index.ts';
import type { MachineFiles } from '../../core/sim/machine-files.ts';
import type { Bash, ResolvedCommandContext } from 'just-bash/browser';
import { ADAPTED_COMMANDS } from './adapted-commands.ts';
import { KernelFileSystem } from './kernel-file-system.ts';
import { ShellFiles } from './shell-files.ts';

export const HOME = '/root';

export interface BashOptions {
  readonly files: MachineFiles;
  readonly env: Record<string, string>;
  /** What the kernel shows to programs of the shell's namespace; absent where there is no kernel. */
  readonly kernelFiles?: (() => KernelFiles) | undefined;
  /** Names of programs, those that are no commands of the system's directories by their path. */
  readonly programs: readonly string[];
  /** Runs one of them. */
  readonly run: (
    argv: readonly string[],
    context: ResolvedCommandContext,
  ) => Promise<{ stdout: string; stderr: string; exitCode: number }>;
  /** Takes what the shell says of a file that could not be written. */
  readonly refused: (text: string) => void;
}

/** There once a shell has laid out the system's commands. */
const LAID_OUT = '/usr/bin/cat';

/** The shell finds a program with a path of its own by a file there, and the file names the command. */
const commandName = (path: string): string => path.replaceAll('/', ':');

export const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** What a shell says when the kernel refuses; it opens the file first, and then writes into it. */
function refusal(path: string, errno: Errno): string {
  const isOpening = errno === 'EACCES' || errno === 'ENOENT';
  return `bash: ${isOpening ? path : 'echo: write error'}: ${STRERROR[errno]}\n`;
}

/** The library is loaded with the first shell. */
export async function startBash({
  files,
  env,
  kernelFiles,
  programs,
  run,
  refused,
}: BashOptions): Promise<Bash> {
  const { Bash, MountableFs, defineCommand } = await import('just-bash/browser');
  const adapted = Object.entries(ADAPTED_COMMANDS).map(([name, { asked, told }]) =>
    defineCommand(name, async (args, context) => {
      // A shell without this command, on the same files, has the library's.
      const own = new Bash({ fs: context.fs });
      const result = await own.exec([name, ...asked(args)].map(quoted).join(' '), {
        cwd: context.cwd,
        stdin: typeof context.stdin === 'string' ? context.stdin : '',
        stdinKind: 'bytes',
        rawScript: true,
      });
      return { stdout: told(result.stdout, args), stderr: result.stderr, exitCode: result.exitCode };
    }),
  );
  const customCommands = [
    ...adapted,
    ...programs.map((name) =>
      defineCommand(commandName(name), (args, context) => run([name, ...args], context)),
    ),
  ];
  const refuse = (path: string, errno: Errno): void => refused(refusal(path, errno));
  const base = new ShellFiles(files, refuse);
  for (const path of programs)
    if (path.startsWith('/') && !files.find(path).ok) {
      files.write(path, `${commandName(path)} "$@"\n`);
      await base.chmod(path, 0o755);
    }
  const options = { cwd: HOME, env, customCommands };
  // Commands are looked for as files along the PATH, and are laid out by the first shell on the very files.
  if (kernelFiles === undefined || !files.find(LAID_OUT).ok) {
    const bare = new Bash({ ...options, fs: base });
    if (kernelFiles === undefined) return bare;
  }
  const mounts = KERNEL_MOUNTS.map((mountPoint) => ({
    mountPoint,
    filesystem: new KernelFileSystem(mountPoint, kernelFiles, base, refuse),
  }));
  return new Bash({ ...options, fs: new MountableFs({ base, mounts }) });
}
