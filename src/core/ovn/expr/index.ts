/** Face of the expression room: the match language of logical flows, from text to flows. */
export { annotate } from './annotate.ts';
export {
  type Constant,
  type ConstantNames,
  type ConstantSet,
  formatConstantSet,
  parseConstantSet,
} from './constants.ts';
export { addField, addOvnField, addPart, addPredicate, addString } from './define.ts';
export { evaluate } from './evaluate.ts';
export { type AndOr, type Cmp, type Expr, type Relop, combine, join, negate } from './expr.ts';
export {
  type FieldRef,
  fieldProblem,
  formatFieldRef,
  parseFieldRef,
  parseFieldText,
  resolveFieldRef,
} from './field-ref.ts';
export { formatExpr } from './format-expr.ts';
export { Lexer, expandTemplates, tokensOf } from './lexer.ts';
export { LOG_FIELDS, LOG_FLAG } from './log-fields.table.ts';
export { connectionSymbols, logicalSymbols } from './logical-symbols.table.ts';
export {
  type Conjunction,
  type ExprMatch,
  type ExprMatches,
  type PortNumber,
  type SetMember,
  toMatches,
} from './matches.ts';
export { findInport, parseMicroflow } from './microflow.ts';
export { normalize } from './normalize.ts';
export { type NumberFormat, type NumberLiteral, formatHex, formatNumber } from './number.ts';
export { quote, unquote } from './quoted.ts';
export { parseExpr, parseExprFrom } from './parse.ts';
export { evaluateConditions, simplify } from './simplify.ts';
export { type ExprSymbol, type Level, SCOPE, SymbolTable } from './symbol.ts';
export { type Token, type TokenKind, formatToken } from './token.ts';
