/** Face of the expression room: the match language of logical flows, from text to flows. */
export { annotate } from './annotate.ts';
export { type ConstantNames, parseConstantSet } from './constants.ts';
export { addField, addString } from './define.ts';
export { evaluate } from './evaluate.ts';
export { type Expr, combine } from './expr.ts';
export { formatExpr } from './format-expr.ts';
export { Lexer, expandTemplates, tokensOf } from './lexer.ts';
export { LOG_FIELDS } from './log-fields.table.ts';
export { formerSymbols } from './former-symbols.ts';
export { connectionSymbols, logicalSymbols } from './logical-symbols.table.ts';
export { type ExprMatch, type ExprMatches, type PortNumber, toMatches } from './matches.ts';
export { parseMicroflow } from './microflow.ts';
export { normalize } from './normalize.ts';
export { type NumberLiteral } from './number.ts';
export { parseExpr } from './parse.ts';
export { evaluateConditions, simplify } from './simplify.ts';
export { SymbolTable } from './symbol.ts';
export { formatToken } from './token.ts';
