/** Programs that went on in the background of a machine (`--detach`), each asked at its control socket. */
import type { Result } from '../base/result.ts';
import type { MachineFiles } from './machine-files.ts';
import type { Process, ProcessTable } from './process-table.ts';

export interface BackgroundProgram {
  readonly program: string;
  readonly pid: number;
  /** Path of the control socket. */
  readonly socket: string;
  readonly pidfile: string | null;
  /** The database server that it works on. */
  readonly remote: string;
  /** Answers a command on the control socket. */
  call(command: string, args: readonly string[]): Result<string>;
}

/** Signals that end such a program. */
const ENDING: ReadonlySet<string> = new Set(['HUP', 'INT', 'QUIT', 'KILL', 'USR1', 'USR2', 'TERM']);

export class BackgroundPrograms {
  readonly #bySocket = new Map<string, BackgroundProgram>();
  readonly #processes: ProcessTable;
  readonly #files: Pick<MachineFiles, 'write' | 'remove'>;
  readonly #gone = new Map<string, () => void>();

  /** Pidfiles are kept among `files`. */
  constructor(processes: ProcessTable, files: Pick<MachineFiles, 'write' | 'remove'>) {
    this.#processes = processes;
    this.#files = files;
  }

  /** Puts what `make` gives for its process id into the background; a socket of the same path is taken over. */
  start(
    { argv, namespace, started }: Pick<Process, 'argv' | 'namespace' | 'started'>,
    make: (pid: number) => BackgroundProgram,
  ): BackgroundProgram {
    const pid = this.#processes.nextPid();
    const made = make(pid);
    this.end(made.socket);
    this.#bySocket.set(made.socket, made);
    if (made.pidfile !== null) this.#files.write(made.pidfile, `${pid}\n`);
    const signal = (name: string): void => {
      if (ENDING.has(name)) this.end(made.socket);
    };
    this.#gone.set(made.socket, this.#processes.add({ pid, parent: 1, argv, namespace, started, signal }));
    return made;
  }

  end(socket: string): void {
    const pidfile = this.#bySocket.get(socket)?.pidfile;
    if (typeof pidfile === 'string') this.#files.remove(pidfile);
    this.#bySocket.delete(socket);
    this.#gone.get(socket)?.();
    this.#gone.delete(socket);
  }

  at(socket: string): BackgroundProgram | undefined {
    return this.#bySocket.get(socket);
  }

  /** The process that a pidfile names; undefined when there is no such file. */
  pidIn(pidfile: string): number | undefined {
    for (const one of this.#bySocket.values()) if (one.pidfile === pidfile) return one.pid;
    return undefined;
  }
}
