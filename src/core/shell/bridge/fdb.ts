/** `bridge fdb`: the forwarding databases of bridges and VXLAN devices, and the filters of all links. */
import { matches } from '../ip/arguments.ts';
import type { IpRun } from '../ip/run.ts';
import { flushFdb } from './fdb-flush.ts';
import { modifyFdb } from './fdb-modify.ts';
import { getFdb, showFdb } from './fdb-show.ts';
import { USAGE } from './usage.table.ts';

export function fdbCommand(run: IpRun, words: readonly string[]): number {
  const [command, ...rest] = words;
  if (command === undefined) return showFdb(run, []);
  if (matches(command, 'add')) return modifyFdb(run, rest, 'add');
  if (matches(command, 'append')) return modifyFdb(run, rest, 'append');
  if (matches(command, 'replace')) return modifyFdb(run, rest, 'replace');
  if (matches(command, 'delete')) return modifyFdb(run, rest, 'delete');
  if (matches(command, 'get')) return getFdb(run, rest);
  if (matches(command, 'show') || matches(command, 'lst') || matches(command, 'list'))
    return showFdb(run, rest);
  if (matches(command, 'flush')) return flushFdb(run, rest);
  if (matches(command, 'help')) return run.arguments(words).end(USAGE.fdb ?? '', 255);
  run.err(`Command "${command}" is unknown, try "bridge fdb help".\n`);
  return 255;
}
