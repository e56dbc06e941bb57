/** Conjunctions that can never work: a clause without flows, clauses without an action flow, an action flow without clauses. */
import { WORD } from '../../flow/words.table.ts';
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

/** Whether the terms of an action flow, its conj_id aside, all get along with those of a clause. */
function agrees(action: FlowRule, clause: FlowRule, mayNarrow: boolean): boolean {
  const [left, right] = [action.match.terms, clause.match.terms];
  let to = 0;
  for (let at = 0; at < left.length; at += 3) {
    const word = left[at] as number;
    if (word === WORD.conjId) continue;
    while (to < right.length && (right[to] as number) < word) to += 3;
    const shared = right[to] === word;
    const mask = left[at + 2] as number;
    const other = shared ? (right[to + 2] as number) : 0;
    if (!mayNarrow && (mask & ~other) !== 0) return false;
    if (shared && (((left[at + 1] as number) ^ (right[to + 1] as number)) & mask & other) !== 0) return false;
  }
  return true;
}

/** Whether a packet can match both. */
const fits = (action: FlowRule, clause: FlowRule): boolean => agrees(action, clause, true);

/** Whether every packet that matches the clause matches the action flow, once it has the id. */
const covers = (action: FlowRule, clause: FlowRule): boolean => agrees(action, clause, false);

/** The action flows without clauses that clauses without an action flow may have been meant for. */
function meantFor({ clauses, priority }: Conjunction, orphans: readonly (readonly [number, FlowRule[]])[]) {
  const such = (is: typeof fits) =>
    orphans.filter(([, acting]) =>
      acting.some((rule) => rule.priority === priority && clauses.flat().every((clause) => is(rule, clause))),
    );
  const sure = such(covers);
  return sure.length > 0 ? sure : such(fits);
}

/** The first clause whose flows all contradict every action flow; undefined when there is none. */
const contradicted = ({ clauses }: Conjunction, acting: readonly FlowRule[]): number | undefined => {
  const at = clauses.findIndex(
    (flows) => flows.length > 0 && flows.every((flow) => acting.every((rule) => !fits(rule, flow))),
  );
  return at < 0 ? undefined : at;
};

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
  const explained = new Set<number>();
  for (const conjunction of conjunctions.values()) {
    const { id, clauses, priority } = conjunction;
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
    const own = actions.get(id);
    if (own) {
      const clause = contradicted(conjunction, own);
      if (clause !== undefined)
        findings.push(
          make({
            kind: 'conjunction-action',
            weight: 'fault',
            text: `Table ${table}: the action flow under conj_id=${id} matches no packet that meets clause ${clause + 1}/${clauses.length} of conjunction ${id}.`,
            rules: [...own, ...(clauses[clause] ?? [])],
          }),
        );
      continue;
    }
    const related = meantFor(conjunction, orphans);
    const instead = related.map(([other]) => other).join(', ');
    for (const [other] of related) explained.add(other);
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
    if (explained.has(id)) continue;
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
