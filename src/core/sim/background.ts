/** Programs that went on in the background of a machine (`--detach`), each asked at its control socket. */
import type { Result } from '../base/result.ts';
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
  readonly #gone = new Map<string, () => void>();

  constructor(processes: ProcessTable) {
    this.#processes = processes;
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
    const signal = (name: string): void => {
      if (ENDING.has(name)) this.end(made.socket);
    };
    this.#gone.set(made.socket, this.#processes.add({ pid, parent: 1, argv, namespace, started, signal }));
    return made;
  }

  end(socket: string): void {
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

  /** The pidfiles, by path. */
  get files(): ReadonlyMap<string, string> {
    const files = new Map<string, string>();
    for (const { pidfile, pid } of this.#bySocket.values()) if (pidfile) files.set(pidfile, `${pid}\n`);
    return files;
  }
}
