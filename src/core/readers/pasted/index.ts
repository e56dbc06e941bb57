/** Face of the readers of pasted outputs: texts in, machines and commands out. */
import type { Problem } from '../../base/result.ts';
import { planPaste, type PastePlan } from './plan-paste.ts';
import { readPasted } from './read-pasted.ts';
import type { PastedFact } from './output.ts';
import { joinFacts } from './topology.ts';

/** A machine that printed something and that no prompt names. */
const NAMELESS = 'machine';

/** Gives a name to what has none: a guest the one in its file's name, a machine a plain one. */
function named(fact: PastedFact, file: string, count: () => number): PastedFact {
  if (fact.kind === 'domain-interfaces' && fact.domain === null) {
    const told = /domiflist[-_ ]+([\w-]+)/.exec(file)?.[1];
    return { ...fact, domain: told ?? `guest-${count()}` };
  }
  const isMachine =
    fact.kind === 'links' ||
    fact.kind === 'ovs-bridges' ||
    fact.kind === 'ovs-ports' ||
    fact.kind === 'addresses' ||
    fact.kind === 'routes' ||
    fact.kind === 'containers' ||
    fact.kind === 'port-vlans' ||
    fact.kind === 'logical';
  return isMachine && fact.host === null ? { ...fact, host: NAMELESS } : fact;
}

/** What texts tell together; null when none of them holds an output that is read here. */
export function readOutputs(
  texts: ReadonlyMap<string, string>,
): (PastePlan & { readonly problems: readonly Problem[] }) | null {
  let guests = 0;
  const count = (): number => (guests += 1);
  const read = [...texts].map(([file, text]) => {
    const { facts, problems } = readPasted(text, file);
    return { facts: facts.map((fact) => named(fact, file, count)), problems };
  });
  const facts = read.flatMap((one) => one.facts);
  if (facts.length === 0) return null;
  return { ...planPaste(joinFacts(facts)), problems: read.flatMap((one) => one.problems) };
}
