/** What the commands of `dpctl/` have in common: options in front, and the datapath's name. */
import { err, ok, type Result } from '../../../base/result.ts';

const NAMES: ReadonlySet<string> = new Set(['system@ovs-system', 'ovs-system']);

/** Whether the word names the datapath that there is. */
export const namesDatapath = (word: string | undefined): boolean => word !== undefined && NAMES.has(word);

export const NO_DATAPATH = 'ovs-vswitchd: datapath not found (Invalid argument)';

interface Options {
  readonly verbose: boolean;
  readonly statistics: boolean;
  readonly named: boolean;
  readonly rest: readonly string[];
}

/** Options stand before all else. */
export function readOptions(args: readonly string[]): Result<Options> {
  let verbose = false;
  let statistics = false;
  let named: boolean | undefined;
  let at = 0;
  for (; at < args.length; at += 1) {
    const arg = args[at] as string;
    if (!arg.startsWith('-') || arg === '-') break;
    if (arg === '--more') verbose = true;
    else if (arg === '--statistics') statistics = true;
    else if (arg === '--names' || arg === '--no-names') named = arg === '--names';
    else if (arg.startsWith('--')) {
      if (!['--clear', '--may-create'].includes(arg)) return err(`Unrecognized option ${arg}`);
    } else {
      const unknown = /[^ms]/.exec(arg.slice(1))?.[0];
      if (unknown !== undefined) return err(`Unrecognized option -${unknown}`);
      verbose ||= arg.includes('m');
      statistics ||= arg.includes('s');
    }
  }
  return ok({ verbose, statistics, named: named ?? verbose, rest: args.slice(at) });
}
