/** `push(FIELD)` and `pop(FIELD)`. */
import { formatFieldRef, resolveFieldRef } from '../expr/field-ref.ts';
import type { StackAction } from './action.ts';
import type { ActionDefinition } from './definition.ts';

type Stack<K extends StackAction['kind']> = ActionDefinition<StackAction & { readonly kind: K }>;

function stack<K extends StackAction['kind']>(kind: K): Stack<K> {
  return {
    statement(parser) {
      const { lexer } = parser;
      lexer.expect('(');
      const field = parser.field();
      if (field === undefined || (kind === 'pop' && !parser.isAssignable(field))) return undefined;
      lexer.expect(')');
      return { kind, field };
    },
    format: ({ field }) => `${kind}(${formatFieldRef(field)});`,
    encode({ field }, encoder) {
      if (kind === 'push') encoder.push(resolveFieldRef(field));
      else encoder.pop(resolveFieldRef(field));
    },
  };
}

export const push = stack('push');
export const pop = stack('pop');
