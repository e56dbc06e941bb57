/** A description of one stream of packets as an expression: `inport == "a" && ip4 && tcp.dst == 80`. */
import { type Result, err, ok } from '../../base/result.ts';
import type { Flow } from '../../flow/flow.ts';
import { createMatch, matchFlow } from '../../flow/match.ts';
import { annotate } from './annotate.ts';
import type { ConstantNames } from './constants.ts';
import type { Expr } from './expr.ts';
import { formatExpr } from './format-expr.ts';
import { Lexer } from './lexer.ts';
import { type PortNumber, constrainMatch } from './matches.ts';
import { normalize } from './normalize.ts';
import { parseExprFrom } from './parse.ts';
import { evaluateConditions, simplify } from './simplify.ts';
import type { SymbolTable } from './symbol.ts';

/**
 * The packet that `text` describes, unmentioned fields zero. Errors (the real program's texts): not an expression,
 * contradictory, or ambiguous, that is, several packets would fit a field that is mentioned.
 */
export function parseMicroflow(
  text: string,
  symbols: SymbolTable,
  portNumber: PortNumber,
  names: ConstantNames = {},
): Result<Flow> {
  const lexer = new Lexer(text);
  const parsed = parseExprFrom(lexer, symbols, names);
  lexer.expectEnd();
  // What stands after the expression is an error, but ports are looked up all the same.
  const flow = parsed === undefined ? err('no expression') : flowOf(parsed, symbols, portNumber);
  return lexer.error === undefined ? flow : err(lexer.error);
}

function flowOf(expr: Expr, symbols: SymbolTable, portNumber: PortNumber): Result<Flow> {
  const annotated = annotate(expr, symbols);
  if (!annotated.ok) return annotated;
  const normal = normalize(evaluateConditions(simplify(annotated.value), () => true));
  if (normal.kind === 'boolean' && !normal.value) return err('Constraints are contradictory.');
  const match = createMatch();
  for (const term of normal.kind === 'and' ? normal.terms : [normal]) {
    if (term.kind === 'or') return err(`Constraints are ambiguous: ${formatExpr(annotated.value)}.`);
    if (term.kind === 'cmp') constrainMatch(term, portNumber, match);
  }
  return ok(matchFlow(match));
}

function collectInports(expr: Expr, inports: Set<string>): void {
  if (expr.kind === 'cmp') {
    if (expr.symbol.name === 'inport' && expr.symbol.width === 0 && expr.relop === '==')
      inports.add(expr.text);
  } else if (expr.kind === 'and' || expr.kind === 'or') {
    for (const term of expr.terms) collectInports(term, inports);
  }
}

/** The one port that `expr` compares `inport` with. */
export function findInport(expr: Expr): Result<string> {
  const inports = new Set<string>();
  collectInports(expr, inports);
  const [only] = inports;
  if (only === undefined) return err('flow match expression does not match on inport');
  return inports.size === 1 ? ok(only) : err('flow match expression matches on multiple inports');
}
