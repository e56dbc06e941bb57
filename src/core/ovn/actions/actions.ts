/** Whole lists of actions: reading, writing, and turning them into OpenFlow. */
import { type Result, err, ok } from '../../base/result.ts';
import type { OfpAct } from '../../ofproto/actions/ofpact.ts';
import type { Expr } from '../expr/expr.ts';
import { Lexer } from '../expr/lexer.ts';
import type { SymbolTable } from '../expr/symbol.ts';
import type { Action } from './action.ts';
import { ActionParser, type ParseEnv } from './action-parser.ts';
import { GRAMMAR, definitionOf } from './actions.table.ts';
import { type EncodeParams, Encoder } from './encoder.ts';

/** `prerequisites` must be added to the flow's match. */
export interface ParsedActions {
  readonly actions: readonly Action[];
  readonly prerequisites: Expr | undefined;
}

/** Reads the `actions` column of a logical flow; the error is the real program's text. */
export function parseActions(text: string, symbols: SymbolTable, env: ParseEnv): Result<ParsedActions> {
  const lexer = new Lexer(text);
  const parser = new ActionParser(lexer, symbols, env, GRAMMAR);
  const actions = parser.actions('end');
  if (lexer.error !== undefined) return err(lexer.error);
  return ok({ actions, prerequisites: parser.prerequisites });
}

/** Text that `parseActions` reads back, in its standard form. */
export function formatAction(action: Action): string {
  return definitionOf(action.kind).format(action, formatActions);
}

/** `drop;` for none. */
export function formatActions(actions: readonly Action[]): string {
  return actions.length === 0 ? 'drop;' : actions.map(formatAction).join(' ');
}

/** The OpenFlow actions of a logical flow's actions. None is a drop. */
export function encodeActions(actions: readonly Action[], params: EncodeParams): readonly OfpAct[] {
  const encodeOne = (action: Action, encoder: Encoder): void =>
    definitionOf(action.kind).encode(action, encoder);
  return new Encoder(params, encodeOne).nested(actions);
}
