/** Starting and ending sets of FRR daemons on a machine: one a pathspace, each in the namespace in which it was started. */
import type { Context } from '../../base/context.ts';
import type { Language } from '../../frr/config/language.ts';
import type { Kernel } from '../../linux/index.ts';
import type { MachineFiles } from '../machine-files.ts';
import { optionWords, readDaemonsFile } from './daemons-file.ts';
import { isModelled, type FrrDaemon } from './frr-daemon.ts';
import type { MessageGate } from './message-gate.ts';
import type { RouteJournal } from './route-journal.ts';
import { RoutingHost } from './routing-host.ts';
import { openVtySession } from './show.ts';

/** What is needed of a machine. */
export interface RoutingMachine {
  readonly name: string;
  readonly kernel: Kernel;
  readonly context: Context;
  readonly files: Pick<MachineFiles, 'readText' | 'log'>;
  readonly routing: Map<string, RoutingHost>;
  readonly messages: MessageGate;
  readonly journal: RouteJournal;
}

/** `/etc/frr`, or its folder of a pathspace. */
export const configurationFolder = (pathspace: string): string =>
  pathspace === '' ? '/etc/frr' : `/etc/frr/${pathspace}`;

/** Starts one daemon with these words; false when one of this name runs in the pathspace already. */
export function startDaemon(
  machine: RoutingMachine,
  pathspace: string,
  namespace: string,
  daemon: FrrDaemon,
  words: readonly string[] = [],
): boolean {
  const known = machine.routing.get(pathspace);
  const alive = known !== undefined && known.running.size > 0;
  if (alive && known.running.has(daemon)) return false;
  const host = alive
    ? known
    : new RoutingHost({
        hostname: machine.name,
        kernel: machine.kernel,
        context: machine.context,
        namespace,
        vrfNamespaces: null,
        gate: { messages: machine.messages, daemons: `${machine.name}/${pathspace}` },
        logs: { append: (path, line) => machine.files.log(path, line) },
        journal: { routes: machine.journal, daemons: `${machine.name}/${pathspace}` },
        daemons: [],
      });
  machine.routing.set(pathspace, host);
  host.start(daemon, words);
  return true;
}

/** Ends all daemons of a pathspace. */
export function stopDaemons(machine: RoutingMachine, pathspace: string): void {
  machine.routing.get(pathspace)?.stop();
  machine.routing.delete(pathspace);
}

/** What the init script does when the machine boots: the daemons that are switched on, with `frr.conf`. */
export function bootRouting(machine: RoutingMachine, language: Language): void {
  const folder = configurationFolder('');
  const file = readDaemonsFile(machine.files.readText(`${folder}/daemons`) ?? '');
  for (const daemon of ['watchfrr', ...file.enabled.filter(isModelled)] as const)
    startDaemon(machine, '', '', daemon, optionWords(file, daemon));
  const host = machine.routing.get('');
  const text = machine.files.readText(`${folder}/frr.conf`);
  if (host === undefined || text === undefined) return;
  const session = openVtySession(host, language);
  host.readConfiguration(() => {
    session.configure();
    for (const line of text.split('\n')) if (line.trim() !== 'end') session.execute(line);
  });
}
