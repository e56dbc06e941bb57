/** A normalized expression as matches of flow entries, with Open vSwitch's conjunctive matches where they save flows. */
import { InvariantError } from '../../base/assert.ts';
import { FIELDS } from '../../flow/fields.table.ts';
import {
  type Match,
  clearMatchField,
  copyMatch,
  createMatch,
  matchKey,
  setMatchField,
} from '../../flow/match.ts';
import { type AndOr, type Cmp, type Expr, uniqueSymbol } from './expr.ts';
import { ones } from './number.ts';

/** The number of a logical port by name; undefined when there is none here, and then nothing matches it. */
export type PortNumber = (name: string) => number | undefined;

/** `conjunction(id, clause/clauses)`; `clause` counts from 0. */
interface Conjunction {
  readonly id: number;
  readonly clause: number;
  readonly clauses: number;
}

/** The member of an address set that a match stands for alone, so that it can go with the member. */
interface SetMember {
  readonly name: string;
  readonly value: bigint;
  readonly mask: bigint;
}

/** One flow: with the caller's actions, or with `conjunction` actions when `conjunctions` has any. */
export interface ExprMatch {
  readonly match: Match;
  readonly conjunctions: readonly Conjunction[];
  readonly member: SetMember | undefined;
}

/** Ids of conjunctions count from 1 to `conjunctionCount`; the caller moves them to a range of its own. */
export interface ExprMatches {
  readonly matches: readonly ExprMatch[];
  readonly conjunctionCount: number;
}

const NONE: readonly Conjunction[] = [];

/** Narrows `match` by a comparison, replacing what it says of the field; false when a port is unknown. */
export function constrainMatch(expr: Cmp, portNumber: PortNumber, match: Match): boolean {
  const { symbol, value, mask } = expr;
  const { field } = symbol;
  // Fields that only ovn-controller writes cannot be matched.
  if (field === undefined) return false;
  if (symbol.width > 0) {
    // OVN gives a mask, and Open vSwitch ignores what it cannot mask: `ip.dscp` and `ip.ecn` match anything, as do the
    // parts of `eth.type` in `!ip.is_frag`.
    if (!field.maskable && (mask !== symbol.full || field.bits !== 8 * field.size)) return true;
    if (mask !== symbol.full) clearMatchField(match, field);
    setMatchField(match, field, value, field.width < field.bits ? mask & ones(field.width) : mask);
    return true;
  }
  const port = portNumber(expr.text);
  if (port === undefined) return false;
  setMatchField(match, field, port);
  return true;
}

function comparison(expr: Expr): Cmp {
  if (expr.kind !== 'cmp') throw new InvariantError(`${expr.kind} in a clause of a normalized expression`);
  return expr;
}

class MatchList {
  readonly byKey = new Map<string, ExprMatch>();
  conjunctionCount = 0;
  private readonly portNumber: PortNumber;

  constructor(portNumber: PortNumber) {
    this.portNumber = portNumber;
  }

  private add(match: Match, conjunctions: readonly Conjunction[], member?: SetMember): void {
    const key = matchKey(match);
    const same = this.byKey.get(key);
    if (same === undefined) {
      this.byKey.set(key, { match, conjunctions, member });
      return;
    }
    const both = same.conjunctions.length > 0 && conjunctions.length > 0;
    this.byKey.set(key, {
      match: same.match,
      conjunctions: both ? [...same.conjunctions, ...conjunctions] : NONE,
      member: undefined,
    });
  }

  addAll(): void {
    this.add(createMatch(), NONE);
  }

  addCmp(expr: Cmp): void {
    const match = createMatch();
    if (constrainMatch(expr, this.portNumber, match)) this.add(match, NONE);
  }

  /** The flows of one clause; false when none of its alternatives can match. */
  private addClause(clause: AndOr, base: Match, conjunctions: readonly Conjunction[]): boolean {
    let some = false;
    for (const term of clause.terms) {
      const expr = comparison(term);
      const match = copyMatch(base);
      if (!constrainMatch(expr, this.portNumber, match)) continue;
      const { set } = expr;
      this.add(
        match,
        conjunctions,
        set === undefined ? undefined : { name: set, value: expr.value, mask: expr.mask },
      );
      some = true;
    }
    return some;
  }

  addConjunction(expr: AndOr): void {
    const base = createMatch();
    const clauses: AndOr[] = [];
    for (const term of expr.terms) {
      if (term.kind === 'or') clauses.push(term);
      else if (!constrainMatch(comparison(term), this.portNumber, base)) return;
    }
    const [only] = clauses;
    if (only === undefined) {
      this.add(base, NONE);
    } else if (clauses.length === 1) {
      this.addClause(only, base, NONE);
    } else {
      this.conjunctionCount += 1;
      const id = this.conjunctionCount;
      for (const [clause, or] of clauses.entries())
        if (!this.addClause(or, base, [{ id, clause, clauses: clauses.length }])) return;
      setMatchField(base, FIELDS.conj_id, id);
      this.add(base, NONE);
    }
  }
}

function addOr(list: MatchList, expr: AndOr): void {
  const single = uniqueSymbol(expr) !== undefined;
  for (const term of expr.terms) {
    if (!single && term.kind === 'and') list.addConjunction(term);
    else list.addCmp(comparison(term));
  }
}

/** The flows of `expr`, which `normalize` has returned. No flow when it can never hold. */
export function toMatches(expr: Expr, portNumber: PortNumber): ExprMatches {
  const list = new MatchList(portNumber);
  switch (expr.kind) {
    case 'cmp':
      list.addCmp(expr);
      break;
    case 'and':
      list.addConjunction(expr);
      break;
    case 'or':
      addOr(list, expr);
      break;
    case 'boolean':
      if (expr.value) list.addAll();
      break;
    case 'condition':
      throw new InvariantError('a condition in a normalized expression');
  }
  return { matches: [...list.byKey.values()], conjunctionCount: list.conjunctionCount };
}
