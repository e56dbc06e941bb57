/** `BIT = check_pkt_larger(BYTES)`. */
import { formatFieldRef, resolveFieldRef } from '../expr/field-ref.ts';
import type { CheckPktLargerAction } from './action.ts';
import type { ActionDefinition } from './definition.ts';

export const checkPktLarger: ActionDefinition<CheckPktLargerAction> = {
  assignment(parser, destination) {
    const { lexer } = parser;
    if (!parser.isAssignable(destination, 1)) return undefined;
    lexer.advance();
    if (!lexer.expect('(')) return undefined;
    const size = lexer.takeInt();
    if (size === undefined || !lexer.expect(')')) return undefined;
    return { kind: 'check_pkt_larger', destination, size: size & 0xffff };
  },
  format: ({ destination, size }) => `${formatFieldRef(destination)} = check_pkt_larger(${size});`,
  encode: ({ destination, size }, encoder) =>
    encoder.put({ kind: 'check_pkt_larger', size, destination: resolveFieldRef(destination) }),
};
