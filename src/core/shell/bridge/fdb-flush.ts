/** `bridge fdb flush`: all entries of a bridge, of a port or of a VXLAN device, or those that are asked for. */
import { deleteFdb, fdbEntries } from '../../linux/bridge/fdb.ts';
import type { FdbEntry } from '../../linux/bridge/state.ts';
import { Arguments } from '../ip/arguments.ts';
import type { IpRun } from '../ip/run.ts';
import { refused } from './fdb-modify.ts';
import { USAGE } from './usage.table.ts';

const PROPERTIES: Readonly<Record<string, (entry: FdbEntry) => boolean>> = {
  permanent: (entry) => entry.isLocal,
  static: (entry) => entry.isStatic && !entry.isLocal,
  dynamic: (entry) => !entry.isStatic,
  added_by_user: (entry) => entry.addedByUser,
  extern_learn: (entry) => entry.externLearn,
  sticky: (entry) => entry.isSticky,
};

export function flushFdb(run: IpRun, words: readonly string[]): number {
  const args = run.arguments(words);
  let device: string | null = null;
  let self = false;
  let master = false;
  const tests: ((entry: FdbEntry) => boolean)[] = [];
  while (!args.done) {
    const wanted = !args.word.startsWith('no');
    const property = PROPERTIES[wanted ? args.word : args.word.slice(2)];
    if (args.is('dev')) device = args.next();
    else if (args.is('self')) self = true;
    else if (args.is('master')) master = true;
    else if (property !== undefined) tests.push((entry) => property(entry) === wanted);
    else if (args.is('vlan')) {
      args.next();
      const vlan = Arguments.number(args.word) ?? args.wrong('invalid vlan');
      tests.push((entry) => entry.vlan === vlan);
    } else if (args.matches('help')) return args.end(USAGE.fdb ?? '', 255);
    else return args.end(`bridge: ${args.word} of fdb flush is not modelled\n`, 1);
    args.advance();
  }
  if (device === null) return args.end('Device is a required argument.\n', 255);
  const link = run.link(device);
  if (link === undefined) return args.end(`Cannot find bridge device "${device}"\n`, 255);
  const flush = (onlyPort: boolean): number => {
    const owner = onlyPort ? link.master : link;
    if (owner?.bridge == null)
      return link.ethernet && link.kind !== 'lo'
        ? refused(run, 'EOPNOTSUPP')
        : refused(run, 'EINVAL', 'FDB delete only supported for Ethernet devices');
    for (const entry of fdbEntries(owner.bridge))
      if ((!onlyPort || entry.port === link.index) && tests.every((test) => test(entry)))
        deleteFdb(run.net, owner, owner.bridge, entry);
    return 0;
  };
  const status = master ? flush(true) : 0;
  if (status !== 0 || (master && !self)) return status;
  if (link.vxlan === null) return flush(false);
  if (tests.length > 0) return args.end('bridge: choosing entries of a VXLAN device is not modelled\n', 1);
  link.vxlan.fdb.clear();
  return 0;
}
