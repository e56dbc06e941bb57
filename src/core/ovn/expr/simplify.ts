/** Rewrites comparisons of integers so that only `==` (with masks) is left. */
import { type Cmp, type Expr, FALSE, TRUE, cmp, joinFixed } from './expr.ts';
import { singleRange } from './number.ts';

/** `x != v` as: some significant bit differs, and the ones above it are equal. */
function simplifyNe({ symbol, value, mask }: Cmp): Expr {
  const terms: Expr[] = [];
  let rest = mask;
  while (rest !== 0n) {
    const lowest = rest & -rest;
    terms.push(cmp(symbol, '==', (value & rest) ^ lowest, rest));
    rest ^= lowest;
  }
  const [only] = terms;
  // `x != 0/0` is the opposite of `x == 0/0`, which is true.
  if (only === undefined) return FALSE;
  return terms.length === 1 ? only : { kind: 'or', terms };
}

/** An ordering as prefixes: `x > v` holds when a zero bit of v is one in x and the bits above it are equal. */
function simplifyOrdering(expr: Cmp): Expr {
  const { symbol, relop, value, mask, set } = expr;
  const range = singleRange(mask);
  if (range === undefined) return expr;
  const less = relop === '<' || relop === '<=';
  const orEqual = relop === '<=' || relop === '>=';
  if (value === (less ? mask : 0n)) return orEqual ? TRUE : simplifyNe(expr);
  const terms: Expr[] = orEqual ? [cmp(symbol, '==', value, mask, '', set)] : [];
  let candidates = less ? value : value ^ mask;
  while (candidates !== 0n) {
    const bit = candidates & -candidates;
    candidates ^= bit;
    const above = mask & ~(bit - 1n);
    terms.push(cmp(symbol, '==', (value ^ bit) & above, above, '', set));
  }
  const [only] = terms;
  if (only === undefined) return FALSE;
  return terms.length === 1 ? only : { kind: 'or', terms };
}

function simplifyCmp(expr: Cmp): Expr {
  if (expr.symbol.width === 0) return expr;
  switch (expr.relop) {
    case '==':
      return expr.mask === 0n ? TRUE : expr;
    case '!=':
      return simplifyNe(expr);
    default:
      return simplifyOrdering(expr);
  }
}

/** An equivalent expression whose integer comparisons are all `==`, without booleans inside. */
export function simplify(expr: Expr): Expr {
  switch (expr.kind) {
    case 'cmp':
      return simplifyCmp(expr);
    case 'and':
    case 'or':
      return joinFixed(expr.kind, expr.terms.map(simplify));
    default:
      return expr;
  }
}

/** Decides conditions: `isResident` tells whether a port is on this chassis. */
export function evaluateConditions(expr: Expr, isResident: (port: string) => boolean): Expr {
  switch (expr.kind) {
    case 'condition':
      return isResident(expr.port) === expr.not ? FALSE : TRUE;
    case 'and':
    case 'or':
      return joinFixed(
        expr.kind,
        expr.terms.map((term) => evaluateConditions(term, isResident)),
      );
    default:
      return expr;
  }
}
