/**
 * One machine's shell: bash from a library, our programs as its commands. Variables, directory and files are kept
 * between lines. The interpreter is loaded with the first line typed.
 */
import { decodeUtf8 } from '../../core/base/utf8.ts';
import type { PromptState } from '../protocol.ts';
import type { Conversation } from '../../core/shell/program.ts';
import type { FileAccess } from '../../core/shell/programs.ts';
import type { Bash, ResolvedCommandContext } from 'just-bash/browser';
import { joinPatterns } from './grep.ts';

/** Runs one program of ours to its end. Text goes to `write` as it is produced. */
export type RunProgram = (
  argv: readonly string[],
  stdin: string,
  write: Write,
  signal: AbortSignal,
  files: FileAccess,
  /** Takes what is typed, from a program whose input and output are the terminal. */
  converse?: (conversation: Conversation) => void,
) => Promise<number>;

type Write = (stream: 'out' | 'err', text: string) => void;

export interface LineResult extends PromptState {
  readonly status: number;
}

const HOME = '/root';
/** Where the files are by which daemons are configured. */
const CONFIGURATION = '/etc/';
/** The program that serves whole directories. */
const SERVER = 'python3';

/**
 * True for a line that is one plain command: no pipe, redirection, substitution, list or background. Only then may
 * a program's output go straight to the screen, since nothing else takes it.
 */
function isPlainCommand(line: string): boolean {
  let quote = '';
  for (let i = 0; i < line.length; i += 1) {
    const char = line.charAt(i);
    if (quote === "'") {
      if (char === "'") quote = '';
    } else if (char === '\\') {
      i += 1;
    } else if (char === '`' || (char === '$' && line.charAt(i + 1) === '(')) {
      return false;
    } else if (quote === '"') {
      if (char === '"') quote = '';
    } else if (char === '"' || char === "'") {
      quote = char;
    } else if ('|<>;&\n(){}'.includes(char)) {
      return false;
    }
  }
  return true;
}

/** The shell finds a program with a path of its own by a file there, and the file names the command. */
const commandName = (path: string): string => path.replaceAll('/', ':');

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** The shell hands octets over as characters of one octet each. */
const textOf = (octets: unknown): string =>
  typeof octets === 'string' ? decodeUtf8(Uint8Array.from(octets, (char) => char.charCodeAt(0))) : '';

export class Terminal {
  readonly #host: string;
  readonly #programs: readonly string[];
  readonly #run: RunProgram;
  readonly #written: () => ReadonlyMap<string, string>;
  readonly #given: ReadonlyMap<string, string>;
  /** What was last put into the shell's file system of what daemons write, by path. */
  readonly #put = new Map<string, string>();
  #bash: Promise<Bash> | null = null;
  #env: Record<string, string>;
  #directory = HOME;
  #live: Write | null = null;
  /** The program that holds the terminal. */
  #held: Conversation | null = null;
  #signal: AbortSignal = new AbortController().signal;

  /** `files` are the machine's: there from the start, changed by daemons too, and reached by programs without naming them. */
  constructor(
    host: string,
    programs: readonly string[],
    run: RunProgram,
    files: ReadonlyMap<string, string> = new Map(),
    /** What the machine's daemons have written so far, by path. */
    written: () => ReadonlyMap<string, string> = () => new Map(),
  ) {
    this.#host = host;
    this.#given = files;
    this.#programs = programs;
    this.#run = run;
    this.#written = written;
    this.#env = { HOME, HOSTNAME: host, USER: 'root', LOGNAME: 'root', SHELL: '/bin/bash', TERM: 'xterm' };
  }

  get state(): PromptState {
    return { directory: this.#directory, prompt: this.#held?.prompt ?? null };
  }

  /** Words that the program that holds the terminal offers; null at the shell. */
  complete(line: string): readonly string[] | null {
    return this.#held?.complete(line) ?? null;
  }

  /** Runs one line. `signal` ends the program in the foreground, as Ctrl+C does. */
  async exec(line: string, write: Write, signal: AbortSignal): Promise<LineResult> {
    if (this.#held) return this.#say(this.#held, line, write);
    this.#bash ??= this.#start();
    const bash = await this.#bash;
    const files = new Map([...this.#written(), ...this.#given]);
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
    this.#live = isPlainCommand(line) ? write : null;
    this.#signal = signal;
    const result = await bash.exec(line, {
      env: this.#env,
      replaceEnv: true,
      cwd: this.#directory,
      rawScript: true,
    });
    this.#live = null;
    const { '?': _status, PWD: directory, ...env } = result.env;
    this.#env = env;
    this.#directory = directory ?? this.#directory;
    if (result.stdout !== '') write('out', result.stdout);
    if (result.stderr !== '') write('err', result.stderr);
    return { status: result.exitCode, ...this.state };
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
  async #files(
    argv: readonly string[],
    bash: Bash,
    directory: string,
    variables: ReadonlyMap<string, string>,
  ) {
    const pathOf = (path: string): string => bash.fs.resolvePath(directory, path);
    const known = new Map<string, Uint8Array>();
    const written: Promise<void>[] = [];
    const configuration: string[] = [];
    for (const path of bash.fs.getAllPaths())
      if (path.startsWith(CONFIGURATION) && (await bash.fs.stat(path)).isFile) configuration.push(path);
    for (const word of [...this.#given.keys(), ...configuration, ...argv.slice(1)])
      for (const path of [word, word.replace(/^-[^-]/, ''), word.replace(/^--[^=]+=/, '')]) {
        if (path === '' || known.has(pathOf(path)) || !(await bash.fs.exists(pathOf(path)))) continue;
        const { isFile } = await bash.fs.stat(pathOf(path));
        if (isFile) known.set(pathOf(path), await bash.fs.readFileBuffer(pathOf(path)));
      }
    const directories = new Set<string>();
    if (argv.includes(SERVER))
      for (const path of bash.fs.getAllPaths()) {
        const roots = [directory, ...argv.slice(1).map(pathOf)].map((root) => root.replace(/\/*$/, '/'));
        if (!roots.some((root) => `${path}/`.startsWith(root)) || !(await bash.fs.exists(path))) continue;
        const { isFile } = await bash.fs.stat(path);
        if (isFile) known.set(path, await bash.fs.readFileBuffer(path));
        else directories.add(path);
      }
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
      write: (path, octets) => {
        known.set(pathOf(path), octets);
        written.push(bash.fs.writeFile(pathOf(path), octets));
      },
    };
    return { access, settled: () => Promise.all(written) };
  }

  async #start(): Promise<Bash> {
    const { Bash, defineCommand } = await import('just-bash/browser');
    const grep = defineCommand('grep', async (args, context) => {
      // A shell without this command, on the same files, has the real one.
      const own = new Bash({ fs: context.fs });
      const result = await own.exec(['grep', ...joinPatterns(args)].map(quoted).join(' '), {
        cwd: context.cwd,
        stdin: typeof context.stdin === 'string' ? context.stdin : '',
        stdinKind: 'bytes',
        rawScript: true,
      });
      return { stdout: result.stdout, stderr: result.stderr, exitCode: result.exitCode };
    });
    return new Bash({
      cwd: HOME,
      env: this.#env,
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
      customCommands: [
        grep,
        ...this.#programs.map((name) =>
          defineCommand(commandName(name), (args, context) => this.#command([name, ...args], context)),
        ),
      ],
    });
  }

  async #command(
    argv: readonly string[],
    context: ResolvedCommandContext,
  ): Promise<{ stdout: string; stderr: string; exitCode: number }> {
    const live = this.#live;
    const text = { out: '', err: '' };
    const write: Write = live ?? ((stream, part) => void (text[stream] += part));
    const bash = await (this.#bash ??= this.#start());
    const files = await this.#files(argv, bash, context.cwd, context.env);
    const converse = live ? (held: Conversation) => void (this.#held = held) : undefined;
    const stdin = textOf(context.stdin);
    const exitCode = await this.#run(argv, stdin, write, this.#signal, files.access, converse);
    await files.settled();
    return { stdout: text.out, stderr: text.err, exitCode };
  }
}
