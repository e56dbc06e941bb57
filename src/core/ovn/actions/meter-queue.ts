/** `set_queue(N)` and `set_meter(RATE)`, `set_meter(RATE, BURST)`. */
import type { SetMeterAction, SetQueueAction } from './action.ts';
import type { ActionParser } from './action-parser.ts';
import type { ActionDefinition } from './definition.ts';

const MIN_QUEUE = 0;
const MAX_QUEUE = 0xf000;

export const setQueue: ActionDefinition<SetQueueAction> = {
  statement(parser) {
    const { lexer } = parser;
    if (!lexer.expect('(')) return undefined;
    const queue = lexer.takeInt();
    if (queue === undefined || !lexer.expect(')')) return undefined;
    if (queue >= MIN_QUEUE && queue <= MAX_QUEUE) return { kind: 'set_queue', queue };
    lexer.fail(`Queue ID ${queue} for set_queue is not in valid range ${MIN_QUEUE} to ${MAX_QUEUE}.`);
    return undefined;
  },
  format: ({ queue }) => `set_queue(${queue});`,
  encode: ({ queue }, encoder) => encoder.put({ kind: 'set_queue', queue }),
};

/** A decimal number, or 0 for any other token; moves on in both cases. */
function takeRate(parser: ActionParser): bigint {
  const { kind, number } = parser.lexer.token;
  parser.lexer.advance();
  return kind === 'integer' && number?.format === 'decimal' ? number.value : 0n;
}

/** C prints these with a signed format. */
const signed = (value: bigint): string => BigInt.asIntN(64, value).toString();

export const setMeter: ActionDefinition<SetMeterAction> = {
  statement(parser) {
    const { lexer } = parser;
    lexer.expect('(');
    const rate = takeRate(parser);
    const burst = lexer.match(',') ? takeRate(parser) : 0n;
    lexer.expect(')');
    if (rate !== 0n) return { kind: 'set_meter', rate, burst };
    lexer.fail('Rate 0 for set_meter is not in valid.');
    return undefined;
  },
  format: ({ rate, burst }) =>
    burst === 0n ? `set_meter(${signed(rate)});` : `set_meter(${signed(rate)}, ${signed(burst)});`,
  encode({ rate, burst }, encoder) {
    const uuid = encoder.params.lflow;
    encoder.meter(
      burst === 0n
        ? `__string: uuid ${uuid} kbps stats bands=type=drop rate=${signed(rate)}`
        : `__string: uuid ${uuid} kbps burst stats bands=type=drop rate=${signed(rate)} burst_size=${signed(burst)}`,
    );
  },
};
