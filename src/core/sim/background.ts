/** Programs that went on in the background of a machine (`--detach`), each asked at its control socket. */
import type { Result } from '../base/result.ts';

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

const FIRST_PID = 2001;

export class BackgroundPrograms {
  readonly #bySocket = new Map<string, BackgroundProgram>();
  #nextPid = FIRST_PID;

  /** Puts what `make` gives for its process id into the background; a socket of the same path is taken over. */
  start(make: (pid: number) => BackgroundProgram): BackgroundProgram {
    const made = make(this.#nextPid);
    this.#nextPid += 1;
    this.#bySocket.set(made.socket, made);
    return made;
  }

  end(socket: string): void {
    this.#bySocket.delete(socket);
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
