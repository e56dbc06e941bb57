/** Whether an annotated expression holds for one packet. */
import { type Flow, getField } from '../../flow/flow.ts';
import type { Cmp, Expr, Relop } from './expr.ts';
import type { PortNumber } from './matches.ts';

function holds(relop: Relop, left: bigint, right: bigint): boolean {
  switch (relop) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

function evaluateCmp(expr: Cmp, flow: Flow, portNumber: PortNumber): boolean {
  const { field, width } = expr.symbol;
  if (field === undefined) return false;
  if (width > 0) return holds(expr.relop, getField(flow, field) & expr.mask, expr.value);
  const port = portNumber(expr.text);
  return port !== undefined && holds(expr.relop, getField(flow, field), BigInt(port));
}

/** `expr` must be annotated. A port without a number makes its comparison false; conditions count as true. */
export function evaluate(expr: Expr, flow: Flow, portNumber: PortNumber): boolean {
  switch (expr.kind) {
    case 'cmp':
      return evaluateCmp(expr, flow, portNumber);
    case 'and':
      return expr.terms.every((term) => evaluate(term, flow, portNumber));
    case 'or':
      return expr.terms.some((term) => evaluate(term, flow, portNumber));
    case 'boolean':
      return expr.value;
    case 'condition':
      return !expr.not;
  }
}
