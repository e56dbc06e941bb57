/** `stp/show` and `stp/tcn`: the spanning trees of bridges. */
import { err, ok } from '../../../base/result.ts';
import type { Datapath } from '../../../ofproto/bridge/datapath.ts';
import { stpDetails } from '../../../ofproto/spanning-tree/stp-text.ts';
import type { Stp } from '../../../ofproto/spanning-tree/stp.ts';
import type { DaemonCommand, Reply } from '../reply.ts';

/** Answers for one bridge's spanning tree, or for all of them. */
function ofTrees(datapath: Datapath, name: string | undefined, act: (stps: readonly Stp[]) => Reply): Reply {
  const stps = [...datapath.bridges.values()].flatMap(({ stp }) => stp ?? []);
  if (name === undefined) return act(stps);
  const stp = stps.find((one) => one.name === name);
  return stp ? act([stp]) : err('no such stp object');
}

export const STP_COMMANDS: readonly DaemonCommand<Datapath>[] = [
  {
    name: 'stp/show',
    usage: '[bridge]',
    least: 0,
    most: 1,
    run: (datapath, [name]) => ofTrees(datapath, name, (stps) => ok(stps.map(stpDetails).join(''))),
  },
  {
    name: 'stp/tcn',
    usage: '[bridge]',
    least: 0,
    most: 1,
    run: (datapath, [name]) =>
      ofTrees(datapath, name, (stps) => {
        for (const stp of stps) stp.detectTopologyChange();
        return ok('OK');
      }),
  },
];
