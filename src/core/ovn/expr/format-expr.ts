/** Expressions as text that parses back to the same expression. */
import type { Cmp, Expr } from './expr.ts';
import { formatHex, singleRange } from './number.ts';
import { quote } from './quoted.ts';

function formatCmp(expr: Cmp): string {
  const { symbol, relop, value, mask } = expr;
  if (symbol.width === 0) return `${symbol.name} ${relop} ${quote(expr.text)}`;
  const range = mask === symbol.full ? { start: 0, length: symbol.width } : singleRange(mask);
  if (range === undefined) return `${symbol.name} ${relop} ${formatHex(value)}/${formatHex(mask)}`;
  const bits = value >> BigInt(range.start);
  if (range.length === 1 && (relop === '==' || relop === '!=')) {
    const positive = (bits === 1n) === (relop === '==');
    return `${positive ? '' : '!'}${symbol.name}${symbol.width > 1 ? `[${range.start}]` : ''}`;
  }
  const last = range.start + range.length - 1;
  const part =
    range.length === symbol.width ? '' : range.length > 1 ? `[${range.start}..${last}]` : `[${last}]`;
  return `${symbol.name}${part} ${relop} ${formatHex(bits)}`;
}

/** One line, without an end of line. */
export function formatExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'cmp':
      return formatCmp(expr);
    case 'and':
    case 'or':
      return expr.terms
        .map((term) =>
          term.kind === 'and' || term.kind === 'or' ? `(${formatExpr(term)})` : formatExpr(term),
        )
        .join(expr.kind === 'and' ? ' && ' : ' || ');
    case 'boolean':
      return expr.value ? '1' : '0';
    case 'condition':
      return `${expr.not ? '!' : ''}is_chassis_resident(${quote(expr.port)})`;
  }
}
