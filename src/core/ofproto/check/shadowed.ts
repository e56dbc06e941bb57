/** Flows that can never match, because one of higher priority matches every packet that they match. */
import { matchKey } from '../../flow/match.ts';
import type { FlowRule } from '../bridge/flow-rule.ts';

/** All flows of a table that look at the same bits, by the values that they want; the best of each. */
interface SameBits {
  readonly words: readonly number[];
  readonly masks: readonly number[];
  readonly best: Map<string, FlowRule>;
  top: number;
}

const bitsKey = (terms: readonly number[]): string => {
  let key = '';
  for (let at = 0; at < terms.length; at += 3) key += `${terms[at]}/${terms[at + 2]},`;
  return key;
};

function group(rules: readonly FlowRule[]): SameBits[] {
  const groups = new Map<string, SameBits>();
  for (const rule of rules) {
    // A clause decides nothing by itself.
    if (rule.conjunctions.length > 0) continue;
    const { terms } = rule.match;
    const key = bitsKey(terms);
    let same = groups.get(key);
    if (!same) {
      const words: number[] = [];
      const masks: number[] = [];
      for (let at = 0; at < terms.length; at += 3) {
        words.push(terms[at] as number);
        masks.push(terms[at + 2] as number);
      }
      same = { words, masks, best: new Map(), top: -1 };
      groups.set(key, same);
    }
    const values = matchKey(rule.match);
    const known = same.best.get(values);
    if (!known || known.priority < rule.priority) same.best.set(values, rule);
    if (rule.priority > same.top) same.top = rule.priority;
  }
  return [...groups.values()].toSorted((a, b) => b.top - a.top);
}

/** The key that `terms` have in a group; null when the group looks at bits that they leave open. */
function keyIn({ words, masks }: SameBits, terms: readonly number[]): string | null {
  const narrowed: number[] = [];
  let at = 0;
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] as number;
    while (at < terms.length && (terms[at] as number) < word) at += 3;
    const mask = masks[i] as number;
    if (terms[at] !== word || ((terms[at + 2] as number) & mask) >>> 0 !== mask) return null;
    narrowed.push(word, ((terms[at + 1] as number) & mask) >>> 0, mask);
  }
  return matchKey({ terms: narrowed });
}

/** Pairs of a flow that never matches and the one that takes its packets. */
export function shadowedFlows(rules: readonly FlowRule[]): (readonly [hidden: FlowRule, by: FlowRule])[] {
  const groups = group(rules);
  const found: (readonly [FlowRule, FlowRule])[] = [];
  for (const rule of rules) {
    for (const same of groups) {
      if (same.top <= rule.priority) break;
      const key = keyIn(same, rule.match.terms);
      const by = key === null ? undefined : same.best.get(key);
      if (by && by.priority > rule.priority) {
        found.push([rule, by]);
        break;
      }
    }
  }
  return found;
}
