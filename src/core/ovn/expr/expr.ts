/**
 * The tree of a logical expression. Nodes are immutable and may be shared.
 *
 * An `and` or `or` has at least two terms, none of its own kind; a comparison never has a value bit outside its mask.
 */
import type { ExprSymbol, Level } from './symbol.ts';

export type Relop = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** A comparison of a symbol (or some bits of it, given by `mask`) with a constant. */
export interface Cmp {
  readonly kind: 'cmp';
  readonly symbol: ExprSymbol;
  readonly relop: Relop;
  /** For integer symbols; 0 for strings. Shifted into place. */
  readonly value: bigint;
  readonly mask: bigint;
  /** For string symbols. */
  readonly text: string;
  /** Name of the address set that the constant came from. */
  readonly set: string | undefined;
}

export interface AndOr {
  readonly kind: 'and' | 'or';
  readonly terms: readonly Expr[];
}

export interface BooleanExpr {
  readonly kind: 'boolean';
  readonly value: boolean;
}

/** `is_chassis_resident("PORT")`, decided by the chassis before flows are made. */
interface Condition {
  readonly kind: 'condition';
  readonly not: boolean;
  readonly port: string;
}

export type Expr = Cmp | AndOr | BooleanExpr | Condition;

export const TRUE: BooleanExpr = { kind: 'boolean', value: true };
export const FALSE: BooleanExpr = { kind: 'boolean', value: false };

export function cmp(
  symbol: ExprSymbol,
  relop: Relop,
  value: bigint,
  mask: bigint,
  text = '',
  set?: string,
): Cmp {
  return { kind: 'cmp', symbol, relop, value, mask, text, set };
}

/** The terms of `expr` as part of an `and` or `or` of `kind`. */
function termsOf(expr: Expr, kind: 'and' | 'or'): readonly Expr[] {
  return expr.kind === kind ? expr.terms : [expr];
}

/** `a` and `b` joined, in this order, into one node without nesting. */
export function combine(kind: 'and' | 'or', a: Expr | undefined, b: Expr): Expr {
  return a === undefined ? b : { kind, terms: [...termsOf(a, kind), ...termsOf(b, kind)] };
}

/** Joins expressions, of which there must be at least two, without nesting. */
export function join(kind: 'and' | 'or', exprs: readonly Expr[]): AndOr {
  return {
    kind,
    terms: exprs.some((expr) => expr.kind === kind) ? exprs.flatMap((expr) => termsOf(expr, kind)) : exprs,
  };
}

/** Like `join`, with booleans evaluated away; zero or one term left gives a boolean or that term. */
export function joinFixed(kind: 'and' | 'or', exprs: readonly Expr[]): Expr {
  const shortCircuit = kind === 'or';
  const terms: Expr[] = [];
  for (const expr of exprs) {
    for (const term of termsOf(expr, kind)) {
      if (term.kind !== 'boolean') terms.push(term);
      else if (term.value === shortCircuit) return shortCircuit ? TRUE : FALSE;
    }
  }
  const [only] = terms;
  if (only === undefined) return shortCircuit ? FALSE : TRUE;
  return terms.length === 1 ? only : { kind, terms };
}

const INVERSE: Record<Relop, Relop> = { '==': '!=', '!=': '==', '<': '>=', '<=': '>', '>': '<=', '>=': '<' };
const TURNED: Record<Relop, Relop> = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** What `a OP b` becomes as `b OP a`. */
export const turn = (relop: Relop): Relop => TURNED[relop];

/** The negation, pushed down to comparisons and conditions. */
export function negate(expr: Expr): Expr {
  switch (expr.kind) {
    case 'cmp':
      return cmp(expr.symbol, INVERSE[expr.relop], expr.value, expr.mask, expr.text, expr.set);
    case 'and':
    case 'or':
      return { kind: expr.kind === 'and' ? 'or' : 'and', terms: expr.terms.map(negate) };
    case 'boolean':
      return expr.value ? FALSE : TRUE;
    case 'condition':
      return { ...expr, not: !expr.not };
  }
}

/** The symbol that every comparison in `expr` is about; undefined when there are several or something else. */
export function uniqueSymbol(expr: Expr): ExprSymbol | undefined {
  if (expr.kind === 'cmp') return expr.symbol;
  if (expr.kind !== 'and' && expr.kind !== 'or') return undefined;
  let unique: ExprSymbol | undefined;
  for (const term of expr.terms) {
    const symbol = uniqueSymbol(term);
    if (symbol === undefined || (unique !== undefined && symbol !== unique)) return undefined;
    unique = symbol;
  }
  return unique;
}

/** Level of a predicate with this expansion: nominal as soon as a nominal symbol takes part. */
export function levelOf(expr: Expr): Level {
  switch (expr.kind) {
    case 'cmp':
      return expr.symbol.level === 'nominal' ? 'nominal' : 'Boolean';
    case 'and':
    case 'or':
      return expr.terms.some((term) => levelOf(term) === 'nominal') ? 'nominal' : 'Boolean';
    default:
      return 'Boolean';
  }
}
