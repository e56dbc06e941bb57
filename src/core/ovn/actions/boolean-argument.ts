/** `true` or `false` as an argument, quoted or not. */
import type { ActionParser } from './action-parser.ts';

/** Undefined with the lexer's error set for anything else. */
export function parseBoolean({ lexer }: ActionParser): boolean | undefined {
  if (lexer.matchString('true') || lexer.matchId('true')) return true;
  if (lexer.matchString('false') || lexer.matchId('false')) return false;
  lexer.syntaxError('expecting true or false');
  return undefined;
}
