/** `bfd/show`: the BFD sessions of ports. */
import { err, ok } from '../../../base/result.ts';
import { bfdDetails } from '../../../ofproto/bridge/bfd-text.ts';
import type { BfdSession } from '../../../ofproto/bridge/bfd.ts';
import type { Datapath } from '../../../ofproto/bridge/datapath.ts';
import type { DaemonCommand } from '../reply.ts';

const sessionsOf = (datapath: Datapath): BfdSession[] =>
  [...datapath.bridges.values()].flatMap((bridge) =>
    [...bridge.ports.values()].flatMap((port) => port.bfd ?? []),
  );

export const BFD_COMMANDS: readonly DaemonCommand<Datapath>[] = [
  {
    name: 'bfd/show',
    usage: '[interface]',
    least: 0,
    most: 1,
    run(datapath, [name]) {
      const sessions = sessionsOf(datapath);
      if (name === undefined)
        return ok(sessions.map((one) => `---- ${one.name} ----\n${bfdDetails(one)}`).join(''));
      const session = sessions.find((one) => one.name === name);
      return session ? ok(bfdDetails(session)) : err('no such bfd object');
    },
  },
];
