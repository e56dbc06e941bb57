/** `next`: on to another table of the logical pipeline. */
import type { NextAction, Pipeline } from './action.ts';
import type { ActionParser } from './action-parser.ts';
import type { ActionDefinition } from './definition.ts';
import { PIPELINE_LENGTH } from './oftable.table.ts';

interface Target {
  pipeline: Pipeline;
  table: number;
}

/** One `pipeline=` or `table=`; false with an error set. */
function parseArgument(parser: ActionParser, target: Target): boolean {
  const { lexer } = parser;
  if (lexer.matchId('pipeline')) {
    if (!lexer.expect('=')) return false;
    if (lexer.matchId('ingress')) target.pipeline = 'ingress';
    else if (lexer.matchId('egress')) target.pipeline = 'egress';
    else {
      lexer.syntaxError('expecting "ingress" or "egress"');
      return false;
    }
    return true;
  }
  if (lexer.matchId('table')) {
    if (!lexer.expect('=')) return false;
    const table = lexer.expectInt();
    if (table === undefined) return false;
    target.table = table;
    return true;
  }
  lexer.syntaxError('expecting "pipeline" or "table"');
  return false;
}

function parseArguments(parser: ActionParser, target: Target): boolean {
  const { lexer } = parser;
  const table = lexer.takeInt();
  if (table !== undefined) {
    target.table = table;
  } else {
    do {
      if (!parseArgument(parser, target)) return false;
    } while (lexer.match(','));
  }
  return lexer.expect(')');
}

export const next: ActionDefinition<NextAction> = {
  statement(parser) {
    const { lexer, env } = parser;
    if (env.tableCount === 0) {
      lexer.fail('"next" action not allowed here.');
      return undefined;
    }
    const target: Target = { pipeline: env.pipeline, table: env.table + 1 };
    if (lexer.match('(') && !parseArguments(parser, target)) return undefined;
    const length = PIPELINE_LENGTH[target.pipeline];
    if (target.table >= length) {
      lexer.fail(`"next" action cannot advance beyond table ${length}.`);
      return undefined;
    }
    return { kind: 'next', ...target, fromPipeline: env.pipeline, fromTable: env.table };
  },
  format(action) {
    if (action.pipeline !== action.fromPipeline)
      return `next(pipeline=${action.pipeline}, table=${action.table});`;
    return action.table === action.fromTable + 1 ? 'next;' : `next(${action.table});`;
  },
  encode: (action, encoder) => encoder.resubmit(encoder.tableOf(action.pipeline, action.table)),
};
