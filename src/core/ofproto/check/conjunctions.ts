/** Conjunctions that can never work: a clause without flows, clauses without an action flow, an action flow without clauses. */
import type { FlowRule } from '../bridge/flow-rule.ts';
import { conjIdOf } from '../why/conjunction-miss.ts';
import type { Finding } from './finding.ts';

interface Conjunction {
  readonly id: number;
  readonly table: number;
  readonly priority: number;
  /** Flows by clause. */
  readonly clauses: FlowRule[][];
}

type Make = (finding: Omit<Finding, 'flows' | 'count'> & { readonly rules: readonly FlowRule[] }) => Finding;

/** The findings of one table. */
export function checkConjunctions(table: number, rules: readonly FlowRule[], make: Make): Finding[] {
  const conjunctions = new Map<string, Conjunction>();
  const actions = new Map<number, FlowRule[]>();
  for (const rule of rules) {
    const id = conjIdOf(rule);
    if (id !== null) actions.set(id, [...(actions.get(id) ?? []), rule]);
    for (const act of rule.conjunctions) {
      const key = `${act.id}/${rule.priority}`;
      let one = conjunctions.get(key);
      if (!one) {
        one = { id: act.id, table, priority: rule.priority, clauses: [] };
        conjunctions.set(key, one);
      }
      while (one.clauses.length < act.clauses) one.clauses.push([]);
      one.clauses[act.clause]?.push(rule);
    }
  }
  const used = new Set([...conjunctions.values()].map(({ id }) => id));
  const orphans = [...actions].filter(([id]) => !used.has(id));
  const findings: Finding[] = [];
  let explained = false;
  for (const { id, clauses, priority } of conjunctions.values()) {
    const missing = clauses.flatMap((flows, index) =>
      flows.length === 0 ? [`${index + 1}/${clauses.length}`] : [],
    );
    const all = clauses.flat();
    if (missing.length > 0)
      findings.push(
        make({
          kind: 'conjunction-clause',
          weight: 'remark',
          text: `Table ${table}: conjunction ${id} at priority ${priority} can never be complete: no flow for clause ${missing.join(', ')}.`,
          rules: all,
        }),
      );
    if (actions.has(id)) continue;
    const related = orphans.filter(([, acting]) => acting.some((rule) => rule.priority === priority));
    const instead = related.map(([other]) => other).join(', ');
    explained ||= related.length > 0;
    findings.push(
      make({
        kind: 'conjunction-action',
        weight: 'fault',
        text:
          instead === ''
            ? `Table ${table}: the clauses of conjunction ${id} lead nowhere: no flow matches conj_id=${id}.`
            : `Table ${table}: the clauses are under conjunction ${id}, the action flow is under conj_id=${instead}: packets that meet all clauses find no action.`,
        rules: [...all, ...related.flatMap(([, acting]) => acting)],
      }),
    );
  }
  for (const [id, acting] of orphans) {
    if (explained) continue;
    findings.push(
      make({
        kind: 'conjunction-orphan',
        weight: 'remark',
        text: `Table ${table}: the flow for conj_id=${id} is never reached: no flow has a clause of conjunction ${id}.`,
        rules: acting,
      }),
    );
  }
  return findings;
}
