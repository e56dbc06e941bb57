/** What one kind of action is: how it is read, written and turned into OpenFlow. */
import type { FieldRef } from '../expr/field-ref.ts';
import type { Action } from './action.ts';
import type { ActionParser } from './action-parser.ts';
import type { Encoder } from './encoder.ts';

/** Writes a list of actions, for actions that contain others. */
type FormatActions = (actions: readonly Action[]) => string;

export interface ActionDefinition<A extends Action> {
  /** The word that begins it, when it is a statement: `statement` is called after the word. */
  readonly statement?: (parser: ActionParser) => A | undefined;
  /** When it stands after `FIELD =`: called at the word. */
  readonly assignment?: (parser: ActionParser, destination: FieldRef) => A | undefined;
  /** The word, where it is not the kind. */
  readonly word?: string;
  /** With the closing semicolon. */
  readonly format: (action: A, formatActions: FormatActions) => string;
  readonly encode: (action: A, encoder: Encoder) => void;
}
