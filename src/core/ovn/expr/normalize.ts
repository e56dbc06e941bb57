/**
 * Brings an expression into the form that becomes flows: a disjunction of conjunctions whose clauses are comparisons
 * or disjunctions of comparisons of one symbol.
 */
import { type AndOr, type Expr, FALSE, TRUE, combine, join, uniqueSymbol } from './expr.ts';
import { crush } from './crush.ts';
import type { ExprSymbol } from './symbol.ts';

const KIND_ORDER: Record<Expr['kind'], number> = { cmp: 0, and: 1, or: 2, boolean: 3, condition: 4 };

interface Clause {
  readonly expr: Expr;
  readonly symbol: ExprSymbol | undefined;
}

const lengthOf = (expr: Expr): number => (expr.kind === 'and' || expr.kind === 'or' ? expr.terms.length : 0);

/** Clauses about one symbol first, by its name; the others by kind and number of terms. */
function order(a: Clause, b: Clause): number {
  const kindA = a.symbol === undefined ? KIND_ORDER[a.expr.kind] : KIND_ORDER.cmp;
  const kindB = b.symbol === undefined ? KIND_ORDER[b.expr.kind] : KIND_ORDER.cmp;
  if (kindA !== kindB) return kindA - kindB;
  if (a.symbol === undefined || b.symbol === undefined) return lengthOf(a.expr) - lengthOf(b.expr);
  if (a.symbol.name !== b.symbol.name) return a.symbol.name < b.symbol.name ? -1 : 1;
  return KIND_ORDER[a.expr.kind] - KIND_ORDER[b.expr.kind];
}

/** Brings together and crushes the clauses about each symbol. */
function sortClauses(expr: AndOr): Expr {
  const clauses = expr.terms.map((term): Clause => ({ expr: term, symbol: uniqueSymbol(term) })).sort(order);
  let result: Expr | undefined;
  for (let i = 0; i < clauses.length;) {
    const clause = clauses[i];
    if (clause === undefined) break;
    let end = i + 1;
    if (clause.symbol === undefined) {
      result = combine('and', result, clause.expr);
    } else {
      while (clauses[end]?.symbol === clause.symbol) end += 1;
      const same = clauses.slice(i, end).map((each) => each.expr);
      const crushed = crush(same.length === 1 ? clause.expr : join('and', same), clause.symbol);
      if (crushed.kind !== 'boolean') result = combine('and', result, crushed);
      else if (!crushed.value) return FALSE;
    }
    i = end;
  }
  return result ?? TRUE;
}

function normalizeAnd(expr: AndOr): Expr {
  const sorted = sortClauses(expr);
  if (sorted.kind !== 'and') return sorted;
  const { terms } = sorted;
  const at = terms.findIndex((term) => term.kind === 'or' && (uniqueSymbol(term)?.mustCrossproduct ?? true));
  const spread = terms[at];
  if (spread?.kind !== 'or') return sorted;
  return normalizeOr(
    spread.terms.map((alternative) =>
      join('and', [...terms.slice(0, at), alternative, ...terms.slice(at + 1)]),
    ),
  );
}

function normalizeOr(alternatives: readonly Expr[]): Expr {
  const terms: Expr[] = [];
  for (const alternative of alternatives) {
    const normal = alternative.kind === 'and' ? normalizeAnd(alternative) : alternative;
    if (normal.kind === 'or') terms.push(...normal.terms);
    else if (normal.kind !== 'boolean') terms.push(normal);
    else if (normal.value) return TRUE;
  }
  const [only] = terms;
  if (only === undefined) return FALSE;
  return terms.length === 1 ? only : { kind: 'or', terms };
}

/** `expr` simplified and without conditions, in normal form; `TRUE` or `FALSE` when it does not depend on the packet. */
export function normalize(expr: Expr): Expr {
  switch (expr.kind) {
    case 'and':
      return normalizeAnd(expr);
    case 'or':
      return normalizeOr(expr.terms);
    default:
      return expr;
  }
}
