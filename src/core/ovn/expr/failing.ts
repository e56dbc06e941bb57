/** What of an annotated expression does not hold for a packet: the fewest comparisons that would have to. */
import { type Flow, getField } from '../../flow/flow.ts';
import { formatIpv4, formatIpv6, formatMac } from '../../base/address.ts';
import type { Field } from '../../flow/field.ts';
import { meetsPrerequisite } from '../../flow/packet-kind.ts';
import { singleRange } from './number.ts';
import { evaluate } from './evaluate.ts';
import { type Cmp, type Expr, uniqueSymbol } from './expr.ts';
import { formatExpr } from './format-expr.ts';
import type { PortNumber } from './matches.ts';

/** Longer lists of constants are cut in texts. */
const LONGEST = 160;

/** The failing comparisons, alternatives for one symbol as one; empty when `expr` holds, null when it never can. */
export function failingTerms(expr: Expr, flow: Flow, portNumber: PortNumber): readonly Expr[] | null {
  switch (expr.kind) {
    case 'cmp':
      return evaluate(expr, flow, portNumber) ? [] : [expr];
    case 'and': {
      const all: Expr[] = [];
      for (const term of expr.terms) {
        const failing = failingTerms(term, flow, portNumber);
        if (failing === null) return null;
        all.push(...failing);
      }
      return all;
    }
    case 'or': {
      if (evaluate(expr, flow, portNumber)) return [];
      if (uniqueSymbol(expr) !== undefined) return [expr];
      let best: readonly Expr[] | null = null;
      for (const term of expr.terms) {
        const failing = failingTerms(term, flow, portNumber);
        if (failing !== null && (best === null || failing.length < best.length)) best = failing;
      }
      return best;
    }
    case 'boolean':
      return expr.value ? [] : null;
    case 'condition':
      return expr.not ? null : [];
  }
}

const firstCmp = (expr: Expr): Cmp | undefined => {
  if (expr.kind === 'cmp') return expr;
  return expr.kind === 'and' || expr.kind === 'or' ? firstCmp(expr.terms[0] as Expr) : undefined;
};

/** A failing term, and what the packet has in its symbol; '' where it has no such field. `portName` is of the packet's own network. */
export function describeFailing(
  expr: Expr,
  flow: Flow,
  portName: (key: number) => string | undefined,
): { readonly field: string; readonly wanted: string; readonly actual: string } {
  const one = firstCmp(expr);
  const text = formatExpr(expr);
  const wanted =
    one?.set !== undefined && expr.kind === 'or'
      ? `${one.symbol.name} ${one.relop} $${one.set}`
      : text.length > LONGEST
        ? `${text.slice(0, LONGEST)}…`
        : text;
  if (one?.symbol.field === undefined) return { field: one?.symbol.name ?? '', wanted, actual: '' };
  // Of a field of another protocol the key holds what that protocol's packets have in its place.
  if (!meetsPrerequisite(flow, one.symbol.field.prerequisite))
    return { field: one.symbol.name, wanted, actual: '' };
  return { field: one.symbol.name, wanted, actual: valueText(one, flow, one.symbol.field, portName) };
}

function valueText(
  { symbol, mask }: Cmp,
  flow: Flow,
  field: Field,
  portName: (key: number) => string | undefined,
): string {
  const value = getField(flow, field);
  if (symbol.width === 0) {
    const name = portName(Number(value));
    return name === undefined ? (value === 0n ? 'none' : `port ${value}`) : JSON.stringify(name);
  }
  const { start, length } = (mask === symbol.full ? undefined : singleRange(mask)) ?? {
    start: 0,
    length: symbol.width,
  };
  const bits = (value & mask) >> BigInt(start);
  if (length === symbol.width) {
    if (field.format === 'ipv4') return formatIpv4(Number(bits));
    if (field.format === 'ipv6') return formatIpv6(bits);
    if (field.format === 'ethernet') return formatMac(bits);
    if (field.format === 'decimal') return String(bits);
  }
  return bits < 10n ? String(bits) : `0x${bits.toString(16)}`;
}
