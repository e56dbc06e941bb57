/** ovn-controller as a target of ovs-appctl: what it holds, and what a person makes it do. */
import { err, ok } from '../../../base/result.ts';
import { stringOrder } from '../../../ovsdb/index.ts';
import type { ControllerHost } from '../../../sim/controller-host.ts';
import { commandTarget, type CommandTarget, type DaemonCommand, type Unmodelled } from '../reply.ts';

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

function zoneList({ controller }: ControllerHost): string {
  const zones = controller.state?.zones ?? new Map<string, number>();
  return stringOrder(zones.keys())
    .map((name) => `${name} ${zones.get(name) ?? 0}\n`)
    .join('');
}

function peerPorts({ controller }: ControllerHost): string {
  const datapaths = [...(controller.state?.datapaths.values() ?? [])];
  return datapaths
    .flatMap(({ datapath, peers }) =>
      peers.map(
        ({ local, remote }) =>
          `dp ${datapath.external_ids.get('name') ?? ''} : local = ${local.logical_port}, remote = ${remote.logical_port}\n`,
      ),
    )
    .join('');
}

function localBindings({ controller }: ControllerHost): string {
  const interfaces = controller.state?.bindings.interfaces ?? new Map();
  const rows = stringOrder(interfaces.keys()).map(
    (name) =>
      `name: [${name}], OVS interface name : [${String(interfaces.get(name)?.name)}], num binding lports : [1]\n` +
      `primary lport : [${name}]\n${'-'.repeat(40)}\n`,
  );
  return `Local bindings:\n${rows.join('')}`;
}

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

const COMMANDS: readonly DaemonCommand<ControllerHost>[] = [
  command('connection-status', '', 0, ({ status }) =>
    ok(status.kind === 'connected' ? 'connected' : 'not connected'),
  ),
  command('ct-zone-list', '', 0, (host) => ok(zoneList(host))),
  command('group-table-list', '', 0, ({ controller }) => ok(tableText(controller.memory.groups.entries()))),
  command('meter-table-list', '', 0, ({ controller }) => ok(tableText(controller.memory.meters.entries()))),
  command('debug/dump-local-bindings', '', 0, (host) => ok(localBindings(host))),
  command('debug/dump-peer-ports', '', 0, (host) => ok(peerPorts(host))),
  command('debug/status', '', 0, ({ paused }) => ok(paused ? 'paused' : 'running')),
  act('debug/pause', '', (host) => host.setPaused(true)),
  act('debug/resume', '', (host) => host.setPaused(false)),
  act('recompute', '[deprecated]', recompute),
  act('inc-engine/recompute', '', recompute),
  act('lflow-cache/flush', '', flush),
  act('flush-lflow-cache', '[deprecated]', flush),
  command('exit', '', 1, (host, [option]) => {
    host.stop(option !== '--restart');
    return ok('');
  }),
  command('inject-pkt', 'MICROFLOW', 1, () => err('inject-pkt is not modelled here'), 1),
];

const UNMODELLED: Unmodelled = [
  ['coverage/read-counter', 'COUNTER'],
  ['coverage/show', ''],
  ['debug/delay-nb-cfg-report', 'SECONDS'],
  ['debug/dump-lflow-conj-ids', ''],
  ['debug/dump-local-datapaths', ''],
  ['debug/dump-local-template-vars', ''],
  ['debug/dump-mac-bindings', ''],
  ['debug/dump-related-ports', ''],
  ['debug/enable-timewarp', ''],
  ['evpn/remote-vtep-list', ''],
  ['evpn/vtep-arp-list', ''],
  ['evpn/vtep-binding-list', ''],
  ['evpn/vtep-fdb-list', ''],
  ['evpn/vtep-multicast-group-list', ''],
  ['inc-engine/clear-stats', ''],
  ['inc-engine/compute-log-timeout', ''],
  ['inc-engine/list-stopwatches', ''],
  ['inc-engine/show-stats', ''],
  ['lflow-cache/show-stats', ''],
  ['memory/show', ''],
  ['sb-cluster-state-reset', ''],
  ['stopwatch/reset', '[NAME]'],
  ['stopwatch/show', '[NAME]'],
  ['vlog/list', ''],
  ['vlog/list-pattern', ''],
  ['vlog/reopen', ''],
  ['vlog/set', '{spec | PATTERN:destination:pattern}'],
];

export const controllerTarget = (host: ControllerHost): CommandTarget =>
  commandTarget(host, VERSIONS[host.release], COMMANDS, UNMODELLED);
