/** Commands about things that no bridge of the model has: CFM, auto-attach. */
import { err, ok } from '../../../base/result.ts';
import type { Datapath } from '../../../ofproto/bridge/datapath.ts';
import type { DaemonCommand } from '../reply.ts';
import { withBridge } from './fdb.ts';

/** Nothing to list, and nothing by any name. */
const none = (name: string, usage: string, missing: string): DaemonCommand<Datapath> => ({
  name,
  usage,
  least: 0,
  most: 1,
  run: (_, [object]) => (object === undefined ? ok('') : err(missing)),
});

/** Multicast snooping is off. */
const snooping = (name: string, usage: string, least: number): DaemonCommand<Datapath> => ({
  name,
  usage,
  least,
  most: 1,
  run: (datapath, [bridge]) =>
    bridge === undefined ? ok('') : withBridge(datapath, bridge, () => err('multicast snooping is disabled')),
});

export const ABSENT_COMMANDS: readonly DaemonCommand<Datapath>[] = [
  none('cfm/show', '[interface]', 'no such CFM object'),
  none('autoattach/status', '[bridge]', 'no such bridge'),
  snooping('mdb/show', 'bridge', 1),
  snooping('mdb/flush', '[bridge]', 0),
  {
    name: 'bridge/reconnect',
    usage: '[bridge]',
    least: 0,
    most: 1,
    run: (datapath, [name]) =>
      name === undefined || datapath.bridges.has(name) ? ok('') : err('Unknown bridge'),
  },
];
