/** `bridge` of iproute2 6.1.0. */
import type { Exit, Invocation, RunningProgram } from '../program.ts';
import { EndProgram, matches } from '../ip/arguments.ts';
import type { IpHost } from '../ip/host.ts';
import { IpRun, noOptions, type IpOptions } from '../ip/run.ts';
import { fdbCommand } from './fdb.ts';
import { linkCommand } from './link.ts';
import { mdbCommand } from './mdb.ts';
import { BRIDGE_USAGE } from './usage.table.ts';
import { vlanCommand } from './vlan.ts';

type Command = (run: IpRun, words: readonly string[]) => number;

const OBJECTS: readonly (readonly [string, Command | null])[] = [
  ['link', linkCommand],
  ['fdb', fdbCommand],
  ['mdb', mdbCommand],
  ['vlan', vlanCommand],
  ['vni', null],
  ['monitor', null],
];

/** `argv[0]` is the program's name. */
export function bridge(invocation: Invocation<IpHost>): Exit | RunningProgram {
  const { argv, output, host, context } = invocation;
  const options: IpOptions = noOptions();
  let { namespace } = invocation;
  let at = 1;
  for (; at < argv.length; at += 1) {
    let option = argv[at] as string;
    if (option === '--') {
      at += 1;
      break;
    }
    if (!option.startsWith('-')) break;
    if (option.startsWith('--')) option = option.slice(1);
    const is = (...names: readonly string[]): boolean => names.some((name) => matches(option, name));
    if (is('-help')) {
      output.err(BRIDGE_USAGE);
      return { status: 255 };
    }
    if (is('-Version')) {
      output.out('bridge utility, 6.1.0\n');
      return { status: 0 };
    }
    if (is('-stats', '-statistics')) options.statistics += 1;
    else if (is('-details')) options.details = true;
    else if (is('-oneline')) options.oneline = true;
    else if (is('-json')) options.json = true;
    else if (is('-pretty')) options.pretty = true;
    else if (is('-force')) options.force = true;
    else if (is('-netns')) {
      at += 1;
      const name = argv[at] ?? '';
      if (!host.kernel.namespaces.has(name)) {
        output.err(`Cannot open network namespace "${name}": No such file or directory\n`);
        return { status: 255 };
      }
      namespace = name;
    } else if (
      !is('-color', '-compressvlans', '-timestamp', '-tshort', '-family') &&
      option !== '-4' &&
      option !== '-6'
    ) {
      output.err(`Option "${option}" is unknown, try "bridge help".\n`);
      return { status: 255 };
    }
  }
  const [object, ...words] = argv.slice(at);
  if (object === undefined || matches(object, 'help')) {
    output.err(BRIDGE_USAGE);
    return { status: 255 };
  }
  const found = OBJECTS.find(([name]) => matches(object, name));
  if (found === undefined) {
    output.err(`Object "${object}" is unknown, try "bridge help".\n`);
    return { status: 255 };
  }
  const [name, command] = found;
  if (command === null) {
    output.err(`bridge ${name} is not modelled\n`);
    return { status: 1 };
  }
  try {
    return { status: command(new IpRun(host, context, output, options, namespace), words) };
  } catch (error) {
    if (error instanceof EndProgram) return { status: error.status };
    throw error;
  }
}
