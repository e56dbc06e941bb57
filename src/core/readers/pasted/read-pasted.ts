/** Pasted outputs to facts: which program printed each is known by what it says. */
import { problemAt } from '../yaml/node.ts';
import type { Problem } from '../../base/result.ts';
import { readBridgeMacs, readBridges } from './brctl.ts';
import { readLinks } from './ip.ts';
import { readServers } from './openstack.ts';
import { readLogical } from './ovn-nbctl.ts';
import { readOvsPorts, readOvsShow } from './openvswitch.ts';
import type { OutputReader, Pasted, PastedFact } from './output.ts';
import { readResources } from './pcs.ts';
import { splitPaste } from './split.ts';
import { readDomainInterfaces } from './virsh.ts';

const READERS: readonly OutputReader[] = [
  readDomainInterfaces,
  readBridges,
  readBridgeMacs,
  readLogical,
  readOvsShow,
  readOvsPorts,
  readServers,
  readResources,
  readLinks,
];

/** Reads one paste, which may hold several outputs with their prompts. `file` names it in problems. */
export function readPasted(text: string, file: string): Pasted {
  const problems: Problem[] = [];
  const facts = splitPaste(text).flatMap((part): readonly PastedFact[] => {
    const problem = (at: number, message: string): void =>
      void problems.push(problemAt({ file, line: part.line + at, column: 1 }, message, 'warning'));
    for (const reader of READERS) {
      const found = reader(part, problem);
      if (found) return found;
    }
    if (part.lines.some((line) => line.trim() !== '')) problem(0, 'this is no output that is read here');
    return [];
  });
  return { facts, problems };
}
