/** Where faults show in the picture. */
import { subjectId, type DiagramModel } from '../../view/index.ts';
import type { Fault } from '../../engine/protocol.ts';
import { subjectOfFault } from './fault-words.ts';

/** Ids of what is drawn; a program or a speaker that is not drawn shows on its machine. */
export function faultyIds(faults: readonly Fault[], model: DiagramModel): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const fault of faults) {
    const subject = subjectOfFault(fault);
    const node = model.drawn(subjectId(subject));
    if (node) ids.add(node.id);
    else if ('host' in fault) ids.add(subjectId({ kind: 'host', host: fault.host }));
  }
  return ids;
}
