/** Expands predicates and parts of fields, and adds the prerequisites of every symbol used. */
import { type Result, err, ok } from '../../base/result.ts';
import { type AndOr, type Cmp, type Expr, cmp, combine, join, negate, uniqueSymbol } from './expr.ts';
import { parseExpr } from './parse.ts';
import type { SymbolTable } from './symbol.ts';

/** Symbols that are being expanded, to notice one that needs itself. */
type Nesting = Set<string>;

/**
 * The annotated form of a prerequisite or predicate. A successful expansion does not depend on what is being expanded
 * around it (a symbol that occurs in its own expansion fails from the inside), so it is kept for the next time.
 */
function expand(text: string, symbols: SymbolTable, nesting: Nesting): Result<Expr> {
  const known = symbols.expansions.get(text);
  if (known !== undefined) return ok(known);
  const parsed = parseExpr(text, symbols);
  const annotated = parsed.ok ? annotateTerm(parsed.value, symbols, true, nesting) : parsed;
  if (!annotated.ok)
    return err(
      `Error parsing expression \`${text}' encountered as prerequisite or predicate of initial expression: ${annotated.error}`,
    );
  symbols.expansions.set(text, annotated.value);
  return annotated;
}

function annotateCmp(
  expr: Cmp,
  symbols: SymbolTable,
  prerequisites: boolean,
  nesting: Nesting,
): Result<Expr> {
  const { symbol } = expr;
  if (nesting.has(symbol.name)) return err(`Recursive expansion of symbol \`${symbol.name}'.`);
  const needed = prerequisites ? symbol.prerequisites : undefined;
  if (needed === undefined && symbol.parent === undefined && symbol.predicate === undefined) return ok(expr);
  nesting.add(symbol.name);
  const result = expandCmp(expr, needed, symbols, nesting);
  nesting.delete(symbol.name);
  return result;
}

function expandCmp(
  expr: Cmp,
  needed: string | undefined,
  symbols: SymbolTable,
  nesting: Nesting,
): Result<Expr> {
  const { symbol } = expr;
  const prerequisite = needed === undefined ? undefined : expand(needed, symbols, nesting);
  if (prerequisite !== undefined && !prerequisite.ok) return prerequisite;
  let expanded: Expr = expr;
  if (symbol.parent !== undefined) {
    const shift = BigInt(symbol.parentOffset);
    expanded = cmp(symbol.parent, expr.relop, expr.value << shift, expr.mask << shift, expr.text, expr.set);
  } else if (symbol.predicate !== undefined) {
    const predicate = expand(symbol.predicate, symbols, nesting);
    if (!predicate.ok) return predicate;
    const positive = ((expr.value & 1n) === 1n) !== (expr.relop === '!=');
    expanded = positive ? predicate.value : negate(predicate.value);
  }
  return ok(prerequisite === undefined ? expanded : combine('and', expanded, prerequisite.value));
}

function annotateTerm(
  expr: Expr,
  symbols: SymbolTable,
  prerequisites: boolean,
  nesting: Nesting,
): Result<Expr> {
  switch (expr.kind) {
    case 'cmp':
      return annotateCmp(expr, symbols, prerequisites, nesting);
    case 'and':
    case 'or':
      return annotateAndOr(expr, symbols, prerequisites, nesting);
    default:
      return ok(expr);
  }
}

/** When all terms are about one symbol, its prerequisites are added once, beside them. */
function annotateAndOr(
  expr: AndOr,
  symbols: SymbolTable,
  prerequisites: boolean,
  nesting: Nesting,
): Result<Expr> {
  const symbol = prerequisites ? uniqueSymbol(expr) : undefined;
  if (symbol === undefined) return annotateTerms(expr, symbols, prerequisites, nesting);
  if (symbol.prerequisites === undefined) return annotateTerms(expr, symbols, false, nesting);
  const needed = expand(symbol.prerequisites, symbols, nesting);
  if (!needed.ok) return needed;
  const joined = combine('and', expr, needed.value);
  return joined.kind === 'and' ? annotateTerms(joined, symbols, false, nesting) : ok(joined);
}

function annotateTerms(
  expr: AndOr,
  symbols: SymbolTable,
  prerequisites: boolean,
  nesting: Nesting,
): Result<Expr> {
  const terms: Expr[] = [];
  let changed = false;
  for (const term of expr.terms) {
    const annotated = annotateTerm(term, symbols, prerequisites, nesting);
    if (!annotated.ok) return annotated;
    terms.push(annotated.value);
    changed ||= annotated.value !== term;
  }
  return ok(changed ? join(expr.kind, terms) : expr);
}

/** The annotated form of a prerequisite, as `annotate` would add it. */
export const expandText = (text: string, symbols: SymbolTable): Result<Expr> =>
  expand(text, symbols, new Set());

/** The same expression over fields of the flow only, with prerequisites. Errors are the real program's texts. */
export function annotate(expr: Expr, symbols: SymbolTable): Result<Expr> {
  return annotateTerm(expr, symbols, true, new Set());
}
