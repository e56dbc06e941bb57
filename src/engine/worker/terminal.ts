/**
 * One machine's terminal: lines typed in bash, and in the shells and programs that take the terminal over. Variables and
 * directory are kept between lines; the files are the machine's. The interpreter is loaded with the first line typed.
 */
import { decodeUtf8 } from '../../core/base/utf8.ts';
import type { PromptState } from '../protocol.ts';
import type { KernelFiles } from '../../core/linux/files/kernel-files.ts';
import type { Conversation, Exit, Output, RunningProgram } from '../../core/shell/program.ts';
import type { ShellAccess, ShellPlace } from '../../core/shell/site.ts';
import type { MachineFiles } from '../../core/sim/machine-files.ts';
import type { Bash, ResolvedCommandContext } from 'just-bash/browser';
import { isPlainCommand } from './plain-command.ts';
import { runShell, scriptOf, staysOpen } from './shell-as-program.ts';
import { HOME, startBash } from './start-bash.ts';

/** One program of ours as the shell starts it. */
interface Launch {
  readonly argv: readonly string[];
  /** Namespace of the shell. */
  readonly namespace: string;
  readonly stdin: string;
  /** Takes text as it is produced. */
  readonly write: Write;
  readonly signal: AbortSignal;
  readonly shell: ShellAccess;
  /** Takes what is typed, from a program whose input and output are the terminal. */
  readonly converse: ((conversation: Conversation) => void) | undefined;
}

/** Runs one program of ours to its end. */
export type RunProgram = (launch: Launch) => Promise<number>;

/** What a shell sees of its machine. */
export interface Machine {
  readonly files: MachineFiles;
  /** What the kernel shows as files to programs of a namespace. */
  readonly kernelFiles?: (namespace: string) => KernelFiles;
  /** A shell on another machine, begun from this terminal. */
  readonly shellOn?: (place: ShellPlace) => Terminal;
  /** Told when a shell begins that a program of ours started; the answer when it has ended. */
  readonly begin?: () => () => void;
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

export interface LineResult extends PromptState {
  readonly status: number;
}

/** Status of what SIGINT ended. */
const INTERRUPTED = 130;

/** The shell hands octets over as characters of one octet each. */
const textOf = (octets: unknown): string =>
  typeof octets === 'string' ? decodeUtf8(Uint8Array.from(octets, (char) => char.charCodeAt(0))) : '';

export class Terminal {
  readonly #host: string;
  readonly #programs: readonly string[];
  readonly #run: RunProgram;
  readonly #machine: Machine;
  /** The shell of each namespace in which lines were typed. */
  readonly #shells = new Map<string, { readonly shell: Shell; readonly bash: Bash }>();
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

  /** `place`: where it begins, for a shell that is not the machine's own terminal. */
  constructor(
    host: string,
    programs: readonly string[],
    run: RunProgram,
    machine: Machine,
    place: Pick<ShellPlace, 'directory' | 'namespace'> = { directory: HOME, namespace: '' },
  ) {
    this.#host = host;
    this.#directory = place.directory;
    this.#namespace = place.namespace;
    this.#machine = machine;
    this.#programs = programs;
    this.#run = run;
    this.#env = { HOME, HOSTNAME: host, USER: 'root', LOGNAME: 'root', SHELL: '/bin/bash', TERM: 'xterm' };
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

  /** The shell that lines typed in a namespace run in. */
  async #shellOf(namespace: string): Promise<{ readonly shell: Shell; readonly bash: Bash }> {
    const known = this.#shells.get(namespace);
    if (known) return known;
    const shell: Shell = { namespace, live: null, stop: null };
    const started = { shell, bash: await this.#start(shell) };
    this.#shells.set(namespace, started);
    return started;
  }

  #start(shell: Shell): Promise<Bash> {
    const { files, kernelFiles } = this.#machine;
    return startBash({
      files,
      env: this.#env,
      kernelFiles: kernelFiles && (() => kernelFiles(shell.namespace)),
      programs: this.#programs,
      run: (argv, context) => this.#command(argv, context, shell),
      refused: (text) => {
        // The shell opens the file first, and then writes into it.
        if (text.includes('write error') || !this.#refusals.endsWith(text)) this.#refusals += text;
      },
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
    const exitCode = await this.#run({
      argv,
      namespace,
      stdin: textOf(context.stdin),
      write: live ?? ((stream, part) => void (text[stream] += part)),
      signal,
      shell: this.#access(context, live !== null),
      converse: live ? (held: Conversation) => void (this.#held = held) : undefined,
    });
    return { stdout: text.out, stderr: text.err, exitCode };
  }

  /** What a program has of this shell. */
  #access({ env, cwd }: ResolvedCommandContext, isLive: boolean): ShellAccess {
    const around = { env: Object.fromEntries(env), cwd };
    const { shellOn } = this.#machine;
    return {
      directory: cwd,
      variable: (name) => env.get(name),
      execute: (words, namespace, stdin, output) =>
        this.#execute(words, namespace, stdin, output, around, isLive),
      ...(shellOn && {
        executeOn: (place, words, stdin, output) =>
          this.#executeOn(shellOn(place), words, stdin, output, isLive),
      }),
    };
  }

  /** The same in a shell of another machine. */
  #executeOn(
    other: Terminal,
    argv: readonly string[],
    stdin: string,
    output: Output,
    isLive: boolean,
  ): RunningProgram | Exit {
    if (isLive && output.converse && staysOpen(argv)) return this.#enter('', other);
    const around = { env: other.#env, cwd: other.#directory };
    return other.#execute(argv, other.#namespace, stdin, output, around, false);
  }

  /** The lines that follow are typed there. */
  #enter(namespace: string, elsewhere: Terminal | null): Exit {
    this.#entered.push({ namespace, elsewhere, env: this.#env, directory: this.#directory });
    return { status: 0 };
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
    { env, cwd }: Surroundings,
    isLive: boolean,
  ): RunningProgram | Exit {
    if (isLive && staysOpen(argv)) return this.#enter(namespace, null);
    const script = scriptOf(argv);
    const write: Write = (stream, text) => (stream === 'out' ? output.out(text) : output.err(text));
    const stop = new AbortController();
    const live = isLive && isPlainCommand(script) ? write : null;
    const start = (): Promise<Bash> => this.#start({ namespace, live, stop: stop.signal });
    const ended = this.#machine.begin?.() ?? (() => undefined);
    return runShell({ script, env, cwd, stdin, output, stop, start, ended });
  }
}
