/** `stp/show`, `stp/tcn`, `rstp/show` and `rstp/tcn`: the spanning trees of bridges. */
import { err, ok } from '../../../base/result.ts';
import type { Datapath } from '../../../ofproto/bridge/datapath.ts';
import { rstpDetails } from '../../../ofproto/rstp/rstp-text.ts';
import type { Rstp } from '../../../ofproto/rstp/rstp.ts';
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

/** As above, for rapid ones. */
function ofRapidTrees(
  datapath: Datapath,
  name: string | undefined,
  act: (trees: readonly Rstp[]) => Reply,
): Reply {
  const trees = [...datapath.bridges.values()].flatMap(({ rstp }) => rstp ?? []);
  if (name === undefined) return act(trees);
  const tree = trees.find((one) => one.name === name);
  return tree ? act([tree]) : err('No such RSTP object');
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
  {
    name: 'rstp/show',
    usage: '[bridge]',
    least: 0,
    most: 1,
    run: (datapath, [name]) => ofRapidTrees(datapath, name, (trees) => ok(trees.map(rstpDetails).join(''))),
  },
  {
    // The real one moves its machines, which changes nothing by itself.
    name: 'rstp/tcn',
    usage: '[bridge]',
    least: 0,
    most: 1,
    run: (datapath, [name]) =>
      ofRapidTrees(datapath, name, (trees) => {
        for (const tree of trees) tree.run();
        return ok('OK');
      }),
  },
];
