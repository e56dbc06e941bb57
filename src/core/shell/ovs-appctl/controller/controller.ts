/** ovn-controller as a target of ovs-appctl: what it holds, and what a person makes it do. */
import { err, ok } from '../../../base/result.ts';
import type { ControllerHost } from '../../../sim/controller-host.ts';
import {
  conjunctionIds,
  localBindings,
  localDatapaths,
  macBindings,
  peerPorts,
  relatedPorts,
  templateVariables,
  zoneList,
} from './dumps.ts';
import { CONTROLLER_MODULES } from '../log-modules.table.ts';
import { vlogCommands } from '../vlog-commands.ts';
import { EVPN_LISTS } from './evpn-lists.ts';
import {
  commandTarget,
  ENGINE,
  TIMES,
  WORK,
  type CommandTarget,
  type DaemonCommand,
  type Unmodelled,
} from '../reply.ts';

const VERSIONS = {
  '20.12': 'ovn-controller 20.12.0\nOpen vSwitch Library 2.15.0',
  '26.03': 'ovn-controller 26.03.2\nOpen vSwitch Library 3.7.0',
} as const;

/** `NAME: ID` rows by name, as groups and meters are listed. */
const tableText = (entries: Iterable<readonly [string, number]>): string =>
  [...entries]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, id]) => `${name}: ${id}\n`)
    .join('');

const command = (
  name: string,
  usage: string,
  most: number,
  run: DaemonCommand<ControllerHost>['run'],
  least = 0,
): DaemonCommand<ControllerHost> => ({ name, usage, least, most, run });

/** A command that changes something and says nothing. */
const act = (
  name: string,
  usage: string,
  run: (host: ControllerHost) => void,
): DaemonCommand<ControllerHost> =>
  command(name, usage, 0, (host) => {
    run(host);
    return ok('');
  });

const recompute = (host: ControllerHost): void => {
  host.controller.recompute();
  host.wake();
};

const flush = (host: ControllerHost): void => {
  host.controller.cache.flush();
  recompute(host);
};

const delayReport: DaemonCommand<ControllerHost>['run'] = ({ controller }, [text = '']) => {
  const seconds = /^\s*\+?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds <= 0xffffffff)) return err('unsigned integer required');
  controller.delayReport(seconds);
  return ok(seconds === 0 ? 'no delay for nb_cfg report.' : `delay nb_cfg report for ${seconds} seconds.`);
};

const COMMANDS: readonly DaemonCommand<ControllerHost>[] = [
  command('connection-status', '', 0, ({ status }) =>
    ok(status.kind === 'connected' ? 'connected' : 'not connected'),
  ),
  command('ct-zone-list', '', 0, (host) => ok(zoneList(host))),
  command('group-table-list', '', 0, ({ controller }) => ok(tableText(controller.memory.groups.entries()))),
  command('meter-table-list', '', 0, ({ controller }) => ok(tableText(controller.memory.meters.entries()))),
  command('debug/dump-lflow-conj-ids', '', 0, (host) => ok(conjunctionIds(host))),
  command('debug/dump-local-bindings', '', 0, (host) => ok(localBindings(host))),
  command('debug/dump-local-datapaths', '', 0, (host) => ok(localDatapaths(host))),
  command('debug/dump-local-template-vars', '', 0, (host) => ok(templateVariables(host))),
  command('debug/dump-mac-bindings', '', 0, (host) => ok(macBindings(host))),
  command('debug/dump-peer-ports', '', 0, (host) => ok(peerPorts(host))),
  command('debug/dump-related-ports', '', 0, (host) => ok(relatedPorts(host))),
  command('debug/delay-nb-cfg-report', 'SECONDS', 1, delayReport, 1),
  command('debug/status', '', 0, ({ paused }) => ok(paused ? 'paused' : 'running')),
  act('debug/pause', '', (host) => host.setPaused(true)),
  act('debug/resume', '', (host) => host.setPaused(false)),
  act('recompute', '[deprecated]', recompute),
  act('inc-engine/recompute', '', recompute),
  act('lflow-cache/flush', '', flush),
  act('flush-lflow-cache', '[deprecated]', flush),
  ...EVPN_LISTS.map(([name, list]) => command(name, '', 0, (host) => ok(list(host)))),
  command('exit', '', 1, (host, [option]) => {
    host.stop(option !== '--restart');
    return ok('');
  }),
  command(
    'inject-pkt',
    'MICROFLOW',
    1,
    (host, [microflow = '']) => {
      const injected = host.inject(microflow);
      return injected.ok ? ok('') : injected;
    },
    1,
  ),
  ...vlogCommands<ControllerHost>(CONTROLLER_MODULES, (host) => host.log.levels),
  // No cluster serves the database: there is nothing to forget.
  act('sb-cluster-state-reset', '', () => undefined),
];

const UNMODELLED: Unmodelled = [
  ['coverage/read-counter', 'COUNTER', WORK],
  ['coverage/show', '', WORK],
  ['debug/enable-timewarp', '', 'time is simulated as it is'],
  ['inc-engine/clear-stats', '', ENGINE],
  ['inc-engine/compute-log-timeout', '', ENGINE],
  ['inc-engine/list-stopwatches', '', ENGINE],
  ['inc-engine/show-stats', '', ENGINE],
  ['lflow-cache/show-stats', '', WORK],
  ['memory/show', '', WORK],
  ['stopwatch/reset', '[NAME]', TIMES],
  ['stopwatch/show', '[NAME]', TIMES],
  ['set-options', '[--format text|json]', 'answers are text'],
];

/** What the ovn-controller of 20.12 has of these. */
const COMMANDS_20_12: ReadonlySet<string> = new Set([
  ...['connection-status', 'ct-zone-list', 'group-table-list', 'meter-table-list', 'inject-pkt'],
  ...['debug/delay-nb-cfg-report', 'debug/pause', 'debug/resume', 'debug/status'],
  ...['recompute', 'flush-lflow-cache', 'sb-cluster-state-reset', 'exit'],
  ...['coverage/read-counter', 'coverage/show', 'stopwatch/reset', 'stopwatch/show'],
]);

export function controllerTarget(host: ControllerHost): CommandTarget {
  const has = (name: string): boolean =>
    host.release === '26.03' || name.startsWith('vlog/') || COMMANDS_20_12.has(name);
  return commandTarget(
    host,
    VERSIONS[host.release],
    COMMANDS.filter(({ name }) => has(name)).map((one) =>
      host.release === '20.12' && one.usage === '[deprecated]' ? { ...one, usage: '' } : one,
    ),
    UNMODELLED.filter(([name]) => has(name)),
  );
}
