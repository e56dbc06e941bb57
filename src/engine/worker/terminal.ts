/**
 * One machine's shell: bash from a library, our programs as its commands. Variables, directory and files are kept
 * between lines. The interpreter is loaded with the first line typed.
 */
import { decodeUtf8 } from '../../core/base/utf8.ts';
import type { PromptState } from '../protocol.ts';
import { KERNEL_MOUNTS, type KernelFiles } from '../../core/linux/files/kernel-files.ts';
import { STRERROR, type Errno } from '../../core/linux/index.ts';
import type { Conversation, Exit, Output, RunningProgram } from '../../core/shell/program.ts';
import type { FileAccess, ShellPlace } from '../../core/shell/site.ts';
import type { Bash, IFileSystem, ResolvedCommandContext } from 'just-bash/browser';
import { ADAPTED_COMMANDS } from './adapted-commands.ts';
import { KernelFileSystem } from './kernel-file-system.ts';
import { isPlainCommand } from './plain-command.ts';

/** One program of ours as the shell starts it. */
interface Launch {
  readonly argv: readonly string[];
  /** Namespace of the shell. */
  readonly namespace: string;
  readonly stdin: string;
  /** Takes text as it is produced. */
  readonly write: Write;
  readonly signal: AbortSignal;
  readonly files: FileAccess;
  /** Takes what is typed, from a program whose input and output are the terminal. */
  readonly converse: ((conversation: Conversation) => void) | undefined;
}

/** Runs one program of ours to its end. */
export type RunProgram = (launch: Launch) => Promise<number>;

/** What a shell sees of its machine. */
export interface Machine {
  /** There from the start, changed by daemons too, and reached by programs without naming them. */
  readonly files?: ReadonlyMap<string, string>;
  /** What the machine's daemons have written so far, by path. */
  readonly written?: () => ReadonlyMap<string, string>;
  /** What the kernel shows as files to programs of a namespace. */
  readonly kernelFiles?: (namespace: string) => KernelFiles;
  /** A shell on another machine, begun from this terminal. */
  readonly shellOn?: (place: ShellPlace) => Terminal;
  /** Told when a shell begins that a program of ours started; the answer when it has ended. */
  readonly begin?: () => () => void;
}

/** Where a shell begins that is not the machine's own terminal; it is on the same files. */
interface Beginning {
  readonly terminal: Terminal;
  readonly directory: string;
  readonly namespace: string;
}

type Write = (stream: 'out' | 'err', text: string) => void;

/** One shell: where it runs, and who reads its output as it comes (null: it is gathered for a pipe or the like). */
interface Shell {
  readonly namespace: string;
  live: Write | null;
  /** Ends the programs in it; null: only Ctrl+C does. */
  readonly stop: AbortSignal | null;
}

/** A shell that was typed into a namespace or on another machine, and what was before. */
interface Entered {
  readonly namespace: string;
  /** Where the lines go; null: here. */
  readonly elsewhere: Terminal | null;
  readonly env: Record<string, string>;
  readonly directory: string;
}

/** What a program of the shell's own is given of the shell that starts it. */
interface Surroundings {
  readonly env: Record<string, string>;
  readonly cwd: string;
}

const EXIT = /^\s*(?:exit|logout)(?:\s+(\d+))?\s*$/;

/** What begins a shell. */
const SHELLS = /^(?:(?:\/usr)?\/bin\/)?(?:ba)?sh$/;

export interface LineResult extends PromptState {
  readonly status: number;
}

const HOME = '/root';
/** Where the files are by which daemons are configured. */
const CONFIGURATION = '/etc/';
/** Status of what SIGINT ended. */
const INTERRUPTED = 130;
/** The program that serves whole directories. */
const SERVER = 'python3';

/** The shell finds a program with a path of its own by a file there, and the file names the command. */
const commandName = (path: string): string => path.replaceAll('/', ':');

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** A shell without a script. */
const staysOpen = ([program = '', ...rest]: readonly string[]): boolean =>
  SHELLS.test(program) && rest.every((word) => /^-[il]$/.test(word));

const surroundings = ({ env, cwd }: ResolvedCommandContext): Surroundings => ({
  env: Object.fromEntries(env),
  cwd,
});

/** The shell hands octets over as characters of one octet each. */
const textOf = (octets: unknown): string =>
  typeof octets === 'string' ? decodeUtf8(Uint8Array.from(octets, (char) => char.charCodeAt(0))) : '';

export class Terminal {
  readonly #host: string;
  readonly #programs: readonly string[];
  readonly #run: RunProgram;
  readonly #machine: Machine;
  /** What was last put into the shell's file system of what daemons write, by path. */
  readonly #put: Map<string, string>;
  /** The shell of each namespace in which lines were typed; all are on the same files. */
  readonly #shells = new Map<string, { readonly shell: Shell; readonly bash: Bash }>();
  /** The files that are kept; shells begun from other machines are on the same. */
  readonly #base: { files: Promise<IFileSystem> | null };
  /** Shells inside one another that were begun with `ip netns exec NAME bash`, or on a machine that is a container. */
  readonly #entered: Entered[] = [];
  /** What the kernel refused to take into one of its files. */
  #refusals = '';
  #env: Record<string, string>;
  #directory: string;
  readonly #namespace: string;
  /** The program that holds the terminal. */
  #held: Conversation | null = null;
  #signal: AbortSignal = new AbortController().signal;

  constructor(
    host: string,
    programs: readonly string[],
    run: RunProgram,
    machine: Machine = {},
    beside: Beginning | null = null,
  ) {
    this.#host = host;
    this.#base = beside ? beside.terminal.#base : { files: null };
    this.#put = beside ? beside.terminal.#put : new Map();
    this.#directory = beside?.directory ?? HOME;
    this.#namespace = beside?.namespace ?? '';
    this.#machine = machine;
    this.#programs = programs;
    this.#run = run;
    this.#env = { HOME, HOSTNAME: host, USER: 'root', LOGNAME: 'root', SHELL: '/bin/bash', TERM: 'xterm' };
  }

  get #given(): ReadonlyMap<string, string> {
    return this.#machine.files ?? new Map();
  }

  get state(): PromptState {
    const inside = this.#entered.at(-1)?.elsewhere;
    if (inside) return inside.state;
    return { machine: this.#host, directory: this.#directory, prompt: this.#held?.prompt ?? null };
  }

  /** Whether a line goes to this shell itself. */
  get #isAtTop(): boolean {
    return this.#held === null && this.#entered.length === 0;
  }

  /** Words that the program that holds the terminal offers; null at the shell. */
  complete(line: string): readonly string[] | null {
    const inside = this.#entered.at(-1)?.elsewhere;
    return inside ? inside.complete(line) : (this.#held?.complete(line) ?? null);
  }

  /** Runs one line. `signal` ends the program in the foreground, as Ctrl+C does. */
  async exec(line: string, write: Write, signal: AbortSignal): Promise<LineResult> {
    if (this.#held) return this.#say(this.#held, line, write);
    const inner = this.#entered.at(-1);
    const inside = inner?.elsewhere ?? null;
    const leaving = inner && (inside === null || inside.#isAtTop) && EXIT.exec(line);
    if (inner && leaving) {
      this.#entered.pop();
      this.#env = inner.env;
      this.#directory = inner.directory;
      write('err', 'exit\n');
      return { status: Number(leaving[1] ?? 0) & 0xff, ...this.state };
    }
    if (inside) {
      const { status } = await inside.exec(line, write, signal);
      return { status, ...this.state };
    }
    const { shell, bash } = await this.#shellOf(inner?.namespace ?? this.#namespace);
    const files = new Map([...(this.#machine.written?.() ?? []), ...this.#given]);
    for (const [path, text] of files) {
      if (this.#put.get(path) === text) continue;
      this.#put.set(path, text);
      await bash.fs.writeFile(path, text);
    }
    for (const path of this.#put.keys())
      if (!files.has(path)) {
        this.#put.delete(path);
        await bash.fs.rm(path, { force: true });
      }
    shell.live = isPlainCommand(line) ? write : null;
    this.#signal = signal;
    const depth = this.#entered.length;
    const result = await bash.exec(line, {
      env: this.#env,
      replaceEnv: true,
      cwd: this.#directory,
      rawScript: true,
    });
    shell.live = null;
    const { '?': _status, PWD: directory, ...env } = result.env;
    if (depth === this.#entered.length) {
      this.#env = env;
      this.#directory = directory ?? this.#directory;
    }
    if (result.stdout !== '') write('out', result.stdout);
    if (result.stderr !== '') write('err', result.stderr);
    const refusals = this.#refusals;
    this.#refusals = '';
    if (refusals !== '') write('err', refusals);
    return { status: refusals === '' ? result.exitCode : 1, ...this.state };
  }

  #say(held: Conversation, line: string, write: Write): LineResult {
    const output = {
      out: (text: string) => write('out', text),
      err: (text: string) => write('err', text),
    };
    const end = held.take(line, output);
    if (end) this.#held = null;
    return { status: end?.status ?? 0, ...this.state };
  }

  /**
   * The files that a program can reach: the machine's configuration and those that its words name (`FILE`, `-rFILE`,
   * `--flows=FILE`), since the shell's own file system answers later only; for one that serves directories, all below
   * those named and the present one. What it writes is there when it ends.
   */
  async #files(argv: readonly string[], context: ResolvedCommandContext, isLive: boolean) {
    const { fs, cwd: directory, env: variables } = context;
    const pathOf = (path: string): string => fs.resolvePath(directory, path);
    const known = new Map<string, Uint8Array>();
    const written: Promise<void>[] = [];
    const configuration: string[] = [];
    for (const path of fs.getAllPaths())
      if (path.startsWith(CONFIGURATION) && (await fs.stat(path)).isFile) configuration.push(path);
    for (const word of [...this.#given.keys(), ...configuration, ...argv.slice(1)])
      for (const path of [word, word.replace(/^-[^-]/, ''), word.replace(/^--[^=]+=/, '')]) {
        if (path === '' || known.has(pathOf(path)) || !(await fs.exists(pathOf(path)))) continue;
        const { isFile } = await fs.stat(pathOf(path));
        if (isFile) known.set(pathOf(path), await fs.readFileBuffer(pathOf(path)));
      }
    const directories = new Set<string>();
    if (argv.includes(SERVER))
      for (const path of fs.getAllPaths()) {
        const roots = [directory, ...argv.slice(1).map(pathOf)].map((root) => root.replace(/\/*$/, '/'));
        if (!roots.some((root) => `${path}/`.startsWith(root)) || !(await fs.exists(path))) continue;
        const { isFile } = await fs.stat(path);
        if (isFile) known.set(path, await fs.readFileBuffer(path));
        else directories.add(path);
      }
    const { shellOn } = this.#machine;
    const access: FileAccess = {
      variable: (name) => variables.get(name),
      read: (path) => known.get(pathOf(path)),
      list: (path) => {
        const root = pathOf(path);
        if (!directories.has(root)) return undefined;
        const start = root === '/' ? root : `${root}/`;
        const below = (one: string): boolean =>
          one !== root && one.startsWith(start) && !one.slice(start.length).includes('/');
        return [
          ...[...known.keys()].filter(below),
          ...[...directories].filter(below).map((one) => `${one}/`),
        ].map((one) => one.slice(start.length));
      },
      configuration: () => configuration,
      execute: (words, namespace, stdin, output) =>
        this.#execute(words, namespace, stdin, output, surroundings(context), isLive),
      ...(shellOn && {
        executeOn: (place, words, stdin, output) =>
          this.#executeOn(shellOn(place), words, stdin, output, isLive),
      }),
      write: (path, octets) => {
        known.set(pathOf(path), octets);
        written.push(fs.writeFile(pathOf(path), octets));
      },
    };
    return { access, settled: () => Promise.all(written) };
  }

  /** The shell that lines typed in a namespace run in. */
  async #shellOf(namespace: string): Promise<{ readonly shell: Shell; readonly bash: Bash }> {
    const known = this.#shells.get(namespace);
    if (known) return known;
    const shell: Shell = { namespace, live: null, stop: null };
    const started = { shell, bash: await this.#start(shell) };
    this.#shells.set(namespace, started);
    return started;
  }

  /** The files that are kept: those of all shells. */
  async #keptFiles(): Promise<IFileSystem> {
    const { Bash, defineCommand } = await import('just-bash/browser');
    // Commands are looked for as files along the PATH, so that they are made here as well.
    const ended = { stdout: '', stderr: '', exitCode: 0 };
    return new Bash({
      customCommands: this.#programs.map((name) =>
        defineCommand(commandName(name), () => Promise.resolve(ended)),
      ),
      files: {
        [`${HOME}/.bash_history`]: '',
        '/tmp/.keep': '',
        '/etc/hostname': `${this.#host}\n`,
        ...Object.fromEntries(this.#given),
        ...Object.fromEntries(
          this.#programs
            .filter((name) => name.startsWith('/'))
            .map((path) => [path, { content: `${commandName(path)} "$@"\n`, mode: 0o755 }]),
        ),
      },
    }).fs;
  }

  async #start(shell: Shell): Promise<Bash> {
    const { Bash, MountableFs, defineCommand } = await import('just-bash/browser');
    const base = await (this.#base.files ??= this.#keptFiles());
    const { kernelFiles } = this.#machine;
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
    const refuse = (path: string, errno: Errno): void => {
      const isOpening = errno === 'EACCES' || errno === 'ENOENT';
      const text = `bash: ${isOpening ? path : 'echo: write error'}: ${STRERROR[errno]}\n`;
      // The shell opens the file first, and then writes into it.
      if (!isOpening || !this.#refusals.endsWith(text)) this.#refusals += text;
    };
    const mounts =
      kernelFiles === undefined
        ? []
        : KERNEL_MOUNTS.map((mountPoint) => ({
            mountPoint,
            filesystem: new KernelFileSystem(mountPoint, () => kernelFiles(shell.namespace), base, refuse),
          }));
    return new Bash({
      cwd: HOME,
      env: this.#env,
      fs: mounts.length === 0 ? base : new MountableFs({ base, mounts }),
      customCommands: [
        ...adapted,
        ...this.#programs.map((name) =>
          defineCommand(commandName(name), (args, context) => this.#command([name, ...args], context, shell)),
        ),
      ],
    });
  }

  async #command(
    argv: readonly string[],
    context: ResolvedCommandContext,
    shell: Shell,
  ): Promise<{ stdout: string; stderr: string; exitCode: number }> {
    const { live, namespace, stop } = shell;
    const signal = stop ? AbortSignal.any([stop, this.#signal]) : this.#signal;
    if (signal.aborted) return { stdout: '', stderr: '', exitCode: INTERRUPTED };
    const text = { out: '', err: '' };
    const write: Write = live ?? ((stream, part) => void (text[stream] += part));
    const files = await this.#files(argv, context, live !== null);
    const converse = live ? (held: Conversation) => void (this.#held = held) : undefined;
    const stdin = textOf(context.stdin);
    const exitCode = await this.#run({
      argv,
      namespace,
      stdin,
      write,
      signal,
      files: files.access,
      converse,
    });
    await files.settled();
    return { stdout: text.out, stderr: text.err, exitCode };
  }

  /** The same in a shell of another machine. */
  #executeOn(
    other: Terminal,
    argv: readonly string[],
    stdin: string,
    output: Output,
    isLive: boolean,
  ): RunningProgram | Exit {
    if (isLive && output.converse && staysOpen(argv)) {
      this.#entered.push({ namespace: '', elsewhere: other, env: this.#env, directory: this.#directory });
      return { status: 0 };
    }
    return other.#execute(
      argv,
      other.#namespace,
      stdin,
      output,
      { env: other.#env, cwd: other.#directory },
      false,
    );
  }

  /**
   * Runs what is no program of ours, but the shell's, in a namespace: `ip netns exec NAME cat ...`. A shell without a
   * script that has the terminal stays: the lines that follow are typed in it.
   */
  #execute(
    argv: readonly string[],
    namespace: string,
    stdin: string,
    output: Output,
    around: Surroundings,
    isLive: boolean,
  ): RunningProgram | Exit {
    const [program = '', ...rest] = argv;
    const isShell = SHELLS.test(program);
    if (isLive && staysOpen(argv)) {
      this.#entered.push({ namespace, elsewhere: null, env: this.#env, directory: this.#directory });
      return { status: 0 };
    }
    const script =
      isShell && rest[0] === '-c' && rest.length === 2 ? (rest[1] ?? '') : argv.map(quoted).join(' ');
    const write: Write = (stream, text) => (stream === 'out' ? output.out(text) : output.err(text));
    const stop = new AbortController();
    const live = isLive && isPlainCommand(script) ? write : null;
    const shell: Shell = { namespace, live, stop: stop.signal };
    const running = async (): Promise<Exit> => {
      const bash = await this.#start(shell);
      const result = await bash.exec(script, {
        env: around.env,
        replaceEnv: true,
        cwd: around.cwd,
        stdin,
        rawScript: true,
        signal: stop.signal,
      });
      output.out(result.stdout);
      // What the library says of being stopped no shell says.
      if (!stop.signal.aborted) output.err(result.stderr);
      return { status: result.exitCode };
    };
    const listeners: ((exit: Exit) => void)[] = [];
    let ended: Exit | null = null;
    const done = this.#machine.begin?.();
    void running().then((exit) => {
      ended = exit;
      for (const listener of listeners) listener(exit);
      done?.();
    });
    return {
      pace: 'listen',
      cancel: () => stop.abort(),
      signal: (signal) => {
        if (signal !== 'STOP' && signal !== 'CONT') stop.abort();
      },
      onDone: (listener) => {
        if (ended) listener(ended);
        else listeners.push(listener);
      },
    };
  }
}
