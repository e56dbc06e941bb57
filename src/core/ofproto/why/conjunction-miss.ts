/**
 * Conjunctions that a packet nearly completed: which clauses it met, which not, and whether there is a flow that acts on
 * the id at all (ovs-fields(7), "Conjunctive Match Fields").
 */
import type { ConjunctionMiss, RowRef } from '../../base/step.ts';
import type { Flow } from '../../flow/flow.ts';
import { copyFlow } from '../../flow/flow.ts';
import { matchesFlow, matchWordMask, matchWordValue } from '../../flow/match.ts';
import { formatMatch, type MatchTextOptions } from '../../flow/match-text.ts';
import { WORD } from '../../flow/words.table.ts';
import type { FlowRule } from '../bridge/flow-rule.ts';
import { distance, failedTerms } from './failed-terms.ts';

interface Clause {
  met: FlowRule | null;
  nearest: FlowRule | null;
  far: number;
}

interface Gathered {
  readonly id: number;
  readonly priority: number;
  readonly clauses: Clause[];
}

export const conjIdOf = (rule: FlowRule): number | null =>
  matchWordMask(rule.match, WORD.conjId) === 0 ? null : matchWordValue(rule.match, WORD.conjId);

export interface RankedConjunction {
  readonly miss: ConjunctionMiss;
  readonly distance: number;
}

/** Takes the flows of a table one after the other, then tells of the conjunctions in which the packet met any clause. */
export class ConjunctionMisses {
  private readonly flow: Flow;
  private readonly options: MatchTextOptions;
  private readonly found = new Map<string, Gathered>();
  private readonly actions = new Map<number, FlowRule[]>();

  constructor(flow: Flow, options: MatchTextOptions) {
    this.flow = flow;
    this.options = options;
  }

  add(rule: FlowRule): void {
    const id = conjIdOf(rule);
    if (id !== null) this.actions.set(id, [...(this.actions.get(id) ?? []), rule]);
    if (rule.conjunctions.length === 0) return;
    const far = distance(rule.match, this.flow);
    for (const { id: of, clause, clauses } of rule.conjunctions) {
      const key = `${rule.priority}/${of}`;
      let gathered = this.found.get(key);
      if (!gathered) {
        gathered = {
          id: of,
          priority: rule.priority,
          clauses: Array.from({ length: clauses }, () => ({
            met: null,
            nearest: null,
            far: Number.POSITIVE_INFINITY,
          })),
        };
        this.found.set(key, gathered);
      }
      const one = gathered.clauses[clause];
      if (!one) continue;
      if (far === 0) one.met ??= rule;
      else if (far < one.far) {
        one.far = far;
        one.nearest = rule;
      }
    }
  }

  /** Nearest first. `row` tells how a flow is shown; `least` is the priority from which a flow would have decided. */
  misses(row: (rule: FlowRule) => RowRef, least: number): RankedConjunction[] {
    const ranked: RankedConjunction[] = [];
    for (const { id, priority, clauses } of this.found.values()) {
      if (priority < least || !clauses.some(({ met }) => met !== null)) continue;
      const acting = this.actions.get(id) ?? [];
      const withId = copyFlow(this.flow);
      withId[WORD.conjId] = id;
      if (clauses.every(({ met }) => met !== null) && acting.some((rule) => matchesFlow(rule.match, withId)))
        continue;
      const action = acting.toSorted((a, b) => distance(a.match, withId) - distance(b.match, withId))[0];
      let far = action ? distance(action.match, withId) : 0;
      for (const { met, far: one } of clauses) if (met === null) far += Math.min(one, 4);
      ranked.push({
        distance: far,
        miss: {
          kind: 'conjunction',
          id,
          priority,
          clauses: clauses.map(({ met, nearest }) => ({
            met: met === null ? null : formatMatch(met.match, this.options),
            nearest: met === null && nearest ? formatMatch(nearest.match, this.options) : null,
            failed: met === null && nearest ? failedTerms(nearest.match, this.flow, this.options) : [],
          })),
          action: action
            ? { row: row(action), failed: failedTerms(action.match, withId, this.options) }
            : null,
        },
      });
    }
    return ranked;
  }
}
