/** Reduces an expression over one symbol to a comparison, a disjunction of comparisons, or a boolean. */
import { InvariantError } from '../../base/assert.ts';
import { type AndOr, type BooleanExpr, type Cmp, type Expr, FALSE, TRUE, cmp, joinFixed } from './expr.ts';
import { stringOrder } from '../../ovsdb/hash-order.ts';
import { bitCount } from './number.ts';
import type { ExprSymbol } from './symbol.ts';

/** An `or` whose terms are comparisons. */
interface Disjunction {
  readonly kind: 'or';
  readonly terms: readonly Cmp[];
}

export type Crushed = Cmp | Disjunction | BooleanExpr;

function comparison(expr: Expr): Cmp {
  if (expr.kind !== 'cmp') throw new InvariantError(`${expr.kind} inside a crushed expression`);
  return expr;
}

/** What all of several comparisons say together; undefined when they contradict each other. */
interface Bits {
  readonly value: bigint;
  readonly mask: bigint;
}

function intersect(a: Bits, b: Bits): Bits | undefined {
  if (((a.value ^ b.value) & a.mask & b.mask) !== 0n) return undefined;
  return { value: a.value | b.value, mask: a.mask | b.mask };
}

const orText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const orBits = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** Terms sorted by number of mask bits, value and mask, each once. Of equal ones the first stays, its set forgotten. */
function sortedOnce(terms: readonly Cmp[], symbol: ExprSymbol): Cmp[] {
  const counts = new Map<bigint, number>();
  const countOf = (mask: bigint): number => {
    let count = counts.get(mask);
    if (count === undefined) {
      count = bitCount(mask);
      counts.set(mask, count);
    }
    return count;
  };
  const order = (a: Cmp, b: Cmp): number =>
    symbol.width === 0
      ? orText(a.text, b.text)
      : countOf(a.mask) - countOf(b.mask) || orBits(a.value, b.value) || orBits(a.mask, b.mask);
  const once: Cmp[] = [];
  for (const term of terms.toSorted(order)) {
    const last = once.at(-1);
    if (last === undefined || order(last, term) !== 0) once.push(term);
    else if (last.set !== undefined) once[once.length - 1] = { ...last, set: undefined };
  }
  return once;
}

/** Drops every term that a term with fewer mask bits already covers. `terms` are sorted by mask bits. */
function withoutCovered(terms: readonly Cmp[]): readonly Cmp[] {
  const valuesByMask = new Map<bigint, Set<bigint>>();
  return terms.filter(({ value, mask }) => {
    for (const [wider, values] of valuesByMask)
      if (wider !== mask && (wider & mask) === wider && values.has(value & wider)) return false;
    const values = valuesByMask.get(mask);
    if (values === undefined) valuesByMask.set(mask, new Set([value]));
    else values.add(value);
    return true;
  });
}

function crushOr(expr: AndOr, symbol: ExprSymbol): Crushed {
  const fixed = joinFixed(
    'or',
    expr.terms.map((term) => crush(term, symbol)),
  );
  if (fixed.kind === 'boolean') return fixed;
  if (fixed.kind !== 'or') return comparison(fixed);
  const terms = sortedOnce(fixed.terms.map(comparison), symbol);
  // Terms of an address set stay one by one, so that they can be added and deleted with the set's members.
  const optimize =
    symbol.width > 0 &&
    symbol.level === 'ordinal' &&
    fixed.terms.every((term) => comparison(term).set === undefined);
  return disjunction(optimize ? withoutCovered(terms) : terms);
}

function disjunction(terms: readonly Cmp[]): Crushed {
  const [only] = terms;
  if (only === undefined) return FALSE;
  return terms.length === 1 ? only : { kind: 'or', terms };
}

/** The comparisons and disjunctions that must all hold; undefined when one never does. */
function crushTerms(expr: AndOr, symbol: ExprSymbol): { cmps: Cmp[]; ors: Disjunction[] } | undefined {
  const cmps: Cmp[] = [];
  const ors: Disjunction[] = [];
  for (const term of expr.terms) {
    const crushed = crush(term, symbol);
    if (crushed.kind === 'cmp') cmps.push(crushed);
    else if (crushed.kind === 'or') ors.push(crushed);
    else if (!crushed.value) return undefined;
  }
  return { cmps, ors };
}

function crushAndString(expr: AndOr, symbol: ExprSymbol): Crushed {
  const terms = crushTerms(expr, symbol);
  if (terms === undefined) return FALSE;
  const [single] = terms.cmps;
  if (single !== undefined) {
    const agrees =
      terms.cmps.every((term) => term.text === single.text) &&
      terms.ors.every((or) => or.terms.some((term) => term.text === single.text));
    return agrees ? single : FALSE;
  }
  const [first, ...others] = terms.ors;
  if (first === undefined) return TRUE;
  const common = stringOrder(new Set(first.terms.map((term) => term.text))).filter((text) =>
    others.every((or) => or.terms.some((term) => term.text === text)),
  );
  return disjunction(common.map((text) => cmp(symbol, '==', 0n, 0n, text)));
}

function crushAndNumeric(expr: AndOr, symbol: ExprSymbol): Crushed {
  const terms = crushTerms(expr, symbol);
  let bits: Bits | undefined = { value: 0n, mask: 0n };
  for (const term of terms?.cmps ?? []) bits = bits && intersect(bits, term);
  if (terms === undefined || bits === undefined) return FALSE;
  const [first, second, ...rest] = terms.ors;
  if (first === undefined) return bits.mask === 0n ? TRUE : cmp(symbol, '==', bits.value, bits.mask);
  const crossed: Cmp[] = [];
  for (const a of first.terms) {
    const both = intersect(bits, a);
    if (both === undefined) continue;
    if (second === undefined) {
      crossed.push(cmp(symbol, '==', both.value, both.mask, '', a.set));
      continue;
    }
    for (const b of second.terms) {
      const all = intersect(both, b);
      if (all !== undefined) crossed.push(cmp(symbol, '==', all.value, all.mask));
    }
  }
  const [only] = crossed;
  if (only === undefined) return FALSE;
  const or: Cmp | Disjunction = crossed.length === 1 ? only : { kind: 'or', terms: crossed };
  return crush(rest.length === 0 ? or : { kind: 'and', terms: [or, ...rest] }, symbol);
}

/** `expr`, simplified and about `symbol` alone, as the fewest comparisons that the real program finds. */
export function crush(expr: Expr, symbol: ExprSymbol): Crushed {
  switch (expr.kind) {
    case 'cmp':
    case 'boolean':
      return expr;
    case 'or':
      return crushOr(expr, symbol);
    case 'and':
      return symbol.width > 0 ? crushAndNumeric(expr, symbol) : crushAndString(expr, symbol);
    case 'condition':
      throw new InvariantError('a condition inside a crushed expression');
  }
}
