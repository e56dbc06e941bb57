/** A shell that a program of ours starts (`ip netns exec NAME cat ...`, `timeout 5 bash -c ...`), as a program that runs on. */
import type { Exit, Output, RunningProgram } from '../../core/shell/program.ts';
import type { Bash } from 'just-bash/browser';
import { quoted } from './start-bash.ts';

/** What begins a shell. */
const SHELLS = /^(?:(?:\/usr)?\/bin\/)?(?:ba)?sh$/;

/** A shell without a script. */
export const staysOpen = ([program = '', ...rest]: readonly string[]): boolean =>
  SHELLS.test(program) && rest.every((word) => /^-[il]$/.test(word));

/** What a shell has to run for these words. */
export function scriptOf(argv: readonly string[]): string {
  const [program = '', option, script, ...rest] = argv;
  return SHELLS.test(program) && option === '-c' && script !== undefined && rest.length === 0
    ? script
    : argv.map(quoted).join(' ');
}

export interface ShellRun {
  readonly script: string;
  readonly env: Record<string, string>;
  readonly cwd: string;
  readonly stdin: string;
  readonly output: Output;
  /** Ends what runs in the shell. */
  readonly stop: AbortController;
  readonly start: () => Promise<Bash>;
  /** The shell has ended, and who waited for it knows. */
  readonly ended: () => void;
}

/** Runs a script to its end; a signal that ends programs ends it. */
export function runShell({ script, env, cwd, stdin, output, stop, start, ended }: ShellRun): RunningProgram {
  const running = async (): Promise<Exit> => {
    const bash = await start();
    const how = { env, replaceEnv: true, cwd, stdin, rawScript: true, signal: stop.signal };
    const result = await bash.exec(script, how);
    output.out(result.stdout);
    // What the library says of being stopped no shell says.
    if (!stop.signal.aborted) output.err(result.stderr);
    return { status: result.exitCode };
  };
  const listeners: ((exit: Exit) => void)[] = [];
  let end: Exit | null = null;
  // Whoever waits is told also when the shell itself fails: until then the world's time stands still.
  const failed = (error: unknown): Exit => {
    if (!stop.signal.aborted) output.err(`bash: ${error instanceof Error ? error.message : String(error)}\n`);
    return { status: 1 };
  };
  void running()
    .catch(failed)
    .then((exit) => {
      end = exit;
      for (const listener of listeners) listener(exit);
      ended();
    });
  return {
    pace: 'listen',
    cancel: () => stop.abort(),
    signal: (signal) => {
      if (signal !== 'STOP' && signal !== 'CONT') stop.abort();
    },
    onDone: (listener) => {
      if (end) listener(end);
      else listeners.push(listener);
    },
  };
}
