/** Runs one program in an opened world: begun by the shell, moved on by the driver, ended by itself or by the signal. */
import type { World } from '../../core/sim/index.ts';
import type { Output } from '../../core/shell/program.ts';
import { startProgram } from '../../core/shell/programs.ts';
import type { ShellAccess } from '../../core/shell/site.ts';
import type { Driver } from './driver.ts';

export interface ProgramStart {
  readonly host: string;
  readonly namespace: string;
  readonly argv: readonly string[];
  readonly stdin: string;
  readonly write: (stream: 'out' | 'err', text: string) => void;
  readonly signal: AbortSignal;
  readonly recorder: ReturnType<World['recorder']['begin']>['recorder'];
  readonly shell: ShellAccess;
  readonly converse?: Output['converse'] | undefined;
}

/** Gives the exit status. `ended` is told when it is there, `atOnce` for a program that took no time. */
export function runProgram(
  { world, driver }: { readonly world: World; readonly driver: Driver },
  how: ProgramStart,
  ended: (atOnce: boolean) => void,
): Promise<number> {
  const begun = startProgram(world, {
    host: how.host,
    namespace: how.namespace,
    argv: how.argv,
    stdin: how.stdin,
    output: {
      out: (text) => how.write('out', text),
      err: (text) => how.write('err', text),
      ...(how.converse ? { converse: how.converse } : {}),
    },
    recorder: how.recorder,
    shell: how.shell,
  });
  if (!('cancel' in begun)) {
    ended(true);
    return Promise.resolve(begun.status);
  }
  return new Promise((resolve) => {
    const release = driver.add(() => begun.pace);
    const cancel = (): void => begun.cancel();
    how.signal.addEventListener('abort', cancel, { once: true });
    begun.onDone((exit) => {
      how.signal.removeEventListener('abort', cancel);
      release();
      ended(false);
      resolve(exit.status);
    });
  });
}
