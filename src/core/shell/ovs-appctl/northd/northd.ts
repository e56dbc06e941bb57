/** ovn-northd as a target of ovn-appctl. */
import { err, ok } from '../../../base/result.ts';
import type { Central } from '../../../sim/central.ts';
import { NORTHD_MODULES } from '../log-modules.table.ts';
import { vlogCommands } from '../vlog-commands.ts';
import {
  commandTarget,
  ENGINE,
  TIMES,
  WORK,
  type CommandTarget,
  type DaemonCommand,
  type Unmodelled,
} from '../reply.ts';

const VERSION = 'ovn-northd 26.03.2\nOpen vSwitch Library 3.7.0';
const MAX_THREADS = 256;

const command = (
  name: string,
  run: DaemonCommand<Central>['run'],
  usage = '',
  most = 0,
): DaemonCommand<Central> => ({ name, usage, least: most, most, run });

const act = (name: string, run: (central: Central) => void): DaemonCommand<Central> =>
  command(name, (central) => {
    run(central);
    return ok('');
  });

/** Abilities that flows may rely on because all chassis have them, by the keys of `Chassis.other_config`. */
const FEATURES = [
  ['mac_binding_timestamp', 'mac-binding-timestamp'],
  ['fdb_timestamp', 'fdb-timestamp'],
  ['ls_dpg_column', 'ls-dpg-column'],
  ['ct_commit_nat_v2', 'ct-commit-nat-v2'],
  ['ct_commit_to_zone', 'ct-commit-to-zone'],
  ['sample_with_reg', 'ovn-sample-with-registers'],
  ['ct_next_zone', 'ct-next-zone'],
  ['ct_label_flush', 'ct-label-flush'],
  ['ct_state_save', 'ct-state-save'],
] as const;

function features({ sb }: Central): string {
  const chassis = [...sb.rows('Chassis')].filter((row) => row.other_config.get('is-remote') !== 'true');
  return FEATURES.map(
    ([name, key]) => `${name}: ${chassis.every((row) => row.other_config.get(key) === 'true')}\n`,
  ).join('');
}

const COMMANDS: readonly DaemonCommand<Central>[] = [
  ...vlogCommands<Central>(NORTHD_MODULES, ({ logLevels }) => logLevels),
  command('status', ({ paused }) => ok(`Status: ${paused ? 'paused' : 'active'}`)),
  command('is-paused', ({ paused }) => ok(String(paused))),
  act('pause', (central) => central.setPaused(true)),
  act('resume', (central) => central.setPaused(false)),
  act('inc-engine/recompute', (central) => central.recompute()),
  act('exit', (central) => central.stopNorthd()),
  command('debug/chassis-features-list', (central) => ok(features(central))),
  command('nb-connection-status', () => ok('connected')),
  command('sb-connection-status', () => ok('connected')),
  act('nb-cluster-state-reset', () => undefined),
  act('sb-cluster-state-reset', () => undefined),
  command('parallel-build/get-n-threads', ({ threads }) => ok(String(threads))),
  command(
    'parallel-build/set-n-threads',
    (central, [text = '']) => {
      const wanted = Number.parseInt(text, 10) || 0;
      if (wanted < 1 || wanted > MAX_THREADS) return err(`invalid n_threads: ${wanted}`);
      central.threads = wanted;
      return ok('');
    },
    'N_THREADS',
    1,
  ),
];

const UNMODELLED: Unmodelled = [
  ['coverage/read-counter', 'COUNTER', WORK],
  ['coverage/show', '', WORK],
  ['debug/enable-timewarp', '', 'time is simulated as it is'],
  ['inc-engine/clear-stats', '', ENGINE],
  ['inc-engine/compute-log-timeout', '', ENGINE],
  ['inc-engine/list-stopwatches', '', ENGINE],
  ['inc-engine/show-stats', '', ENGINE],
  ['memory/show', '', WORK],
  ['set-options', '[--format text|json]', 'answers are text'],
  ['stopwatch/reset', '[NAME]', TIMES],
  ['stopwatch/show', '[NAME]', TIMES],
];

/** The daemon beside the databases of `central`. */
export const northdTarget = (central: Central): CommandTarget =>
  commandTarget(central, VERSION, COMMANDS, UNMODELLED);
