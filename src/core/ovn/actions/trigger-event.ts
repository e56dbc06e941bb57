/** `trigger_event(event = "empty_lb_backends", ...)`: tells the CMS through the southbound database. */
import { encodeUtf8 } from '../../base/utf8.ts';
import { parseUuid } from '../../base/uuid.ts';
import type { OptionValue, TriggerEventAction } from './action.ts';
import type { ActionParser } from './action-parser.ts';
import type { ActionDefinition } from './definition.ts';
import { parseEndpoint } from './endpoint.ts';
import { OctetWriter } from './octet-writer.ts';
import { formatOptions, optionTable, parseOptions, textOf } from './options.ts';

const EVENT = 'empty_lb_backends';
const EVENT_NUMBER = 0;
const MAX_NAME = 64;

const CODE = { vip: 1, protocol: 2, loadBalancer: 3 } as const;

const OPTIONS = optionTable([
  ['vip', CODE.vip, 'str'],
  ['protocol', CODE.protocol, 'str'],
  ['load_balancer', CODE.loadBalancer, 'str'],
]);

function problemOf(option: OptionValue): string | undefined {
  const text = textOf(option);
  if (option.value.constants.length > 1 || text === undefined)
    return `Invalid value for "${option.option.name}" option`;
  switch (option.option.code) {
    case CODE.vip:
      return parseEndpoint(text) === undefined ? `Invalid load balancer VIP '${text}'` : undefined;
    case CODE.protocol:
      return ['tcp', 'udp', 'sctp'].includes(text)
        ? undefined
        : `Load balancer protocol '${text}' is not 'tcp', 'udp', or 'sctp'`;
    default:
      return parseUuid(text) === undefined ? `Load balancer '${text}' is not a UUID` : undefined;
  }
}

/** `(event = "NAME"` and the comma after it; false with the lexer's error set. */
function parseEvent(parser: ActionParser): boolean {
  const { lexer } = parser;
  lexer.expect('(');
  if (!lexer.matchId('event')) {
    lexer.syntaxError("Expecting 'event' option");
    return false;
  }
  if (!lexer.expect('=')) return false;
  const { kind, text } = lexer.token;
  if (kind !== 'string' || encodeUtf8(text).length >= MAX_NAME) {
    lexer.syntaxError('Expecting string');
    return false;
  }
  if (text !== EVENT) {
    lexer.syntaxError("Unknown event '-1'");
    return false;
  }
  lexer.advance();
  lexer.match(',');
  return true;
}

export const triggerEvent: ActionDefinition<TriggerEventAction> = {
  statement(parser) {
    const options = parseEvent(parser) ? parseOptions(parser, OPTIONS, EVENT) : undefined;
    if (options === undefined) return undefined;
    for (const option of options) {
      const problem = problemOf(option);
      if (problem === undefined) continue;
      parser.lexer.fail(problem);
      return undefined;
    }
    return { kind: 'trigger_event', event: EVENT, options };
  },
  format: ({ event, options }) =>
    `trigger_event(event = "${event}"${options.length === 0 ? '' : `, ${formatOptions(options)}`});`,
  encode({ options }, encoder) {
    const body = new OctetWriter().u32(EVENT_NUMBER);
    for (const option of options) {
      const text = encodeUtf8(textOf(option) ?? '');
      body.u16(option.option.code).u16(text.length).put(text);
    }
    encoder.controller('event', { body });
  },
};
