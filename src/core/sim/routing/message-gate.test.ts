import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createClock } from '../clock.ts';
import { encodeMessage, KEEPALIVE, MESSAGE_TYPE } from '../../frr/bgp/message/header.ts';
import { MessageGate } from './message-gate.ts';

const UPDATE = (mark: number): Uint8Array =>
  encodeMessage(MESSAGE_TYPE.update, Uint8Array.of(0, 0, 0, 0, mark));

function connection(gate: MessageGate, address: bigint) {
  const read: number[] = [];
  const state = { closed: '' };
  const held = { remote: { address: { family: 4 as const, address }, port: 179 } };
  const handlers = gate.guard('a//default', held, {
    onData: (octets) => void read.push(...octets),
    onClosed: (reason) => void (state.closed = reason),
  });
  return { held, handlers, read, state, end: { speaker: 'a//default', neighbour: `0.0.0.${address}` } };
}

it('gives bgpd every octet in order, however the stream is cut and whenever it is held, delivered and let go', () => {
  const action = fc.oneof(
    fc.record({ kind: fc.constant('came' as const), size: fc.integer({ min: 1, max: 60 }) }),
    fc.constantFrom({ kind: 'hold' as const }, { kind: 'release' as const }, { kind: 'deliver' as const }),
  );
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 30 }),
      fc.array(action, { maxLength: 60 }),
      (marks, actions) => {
        const gate = new MessageGate(createClock());
        const { handlers, read, end } = connection(gate, 1n);
        const stream = marks.flatMap((mark) => [...(mark === 0 ? KEEPALIVE : UPDATE(mark))]);
        let at = 0;
        const come = (size: number): void => {
          const part = Uint8Array.from(stream.slice(at, at + size));
          at += part.length;
          if (part.length > 0) handlers.onData(part, null);
        };
        for (const one of actions) {
          if (one.kind === 'came') come(one.size);
          else if (one.kind === 'hold') gate.hold(null);
          else if (one.kind === 'release') gate.release(null);
          else gate.deliver(end);
          expect(read).toEqual(stream.slice(0, read.length));
        }
        come(stream.length);
        gate.release(null);
        expect(read).toEqual(stream);
        expect(gate.waiting()).toEqual([]);
      },
    ),
  );
});

it('keeps the order of a connection and lets that of two be chosen; one end may be held alone', () => {
  const gate = new MessageGate(createClock());
  const [one, two, free] = [connection(gate, 1n), connection(gate, 2n), connection(gate, 3n)];
  gate.hold(one.end);
  gate.hold(two.end);
  one.handlers.onData(Uint8Array.from([...UPDATE(1), ...UPDATE(2)]), null);
  two.handlers.onData(UPDATE(3), null);
  free.handlers.onData(UPDATE(4), null);
  expect(free.read.at(-1)).toBe(4);
  expect(gate.waiting().map(({ octets, behind }) => [octets.at(-1), behind])).toEqual([
    [1, 0],
    [2, 1],
    [3, 0],
  ]);
  expect(gate.deliver(two.end)).toBe(true);
  expect(gate.deliver(two.end)).toBe(false);
  expect(gate.deliver(one.end)).toBe(true);
  expect([one.read.at(-1), two.read.at(-1)]).toEqual([1, 3]);
});

it('passes KEEPALIVEs unless something is before them', () => {
  const gate = new MessageGate(createClock());
  const { handlers, read, end } = connection(gate, 1n);
  gate.hold(null);
  handlers.onData(KEEPALIVE, null);
  expect(read).toHaveLength(KEEPALIVE.length);
  handlers.onData(UPDATE(1), null);
  handlers.onData(KEEPALIVE, null);
  expect(gate.waiting()).toHaveLength(2);
  gate.deliver(end);
  expect(gate.waiting()).toEqual([]);
  expect(read).toHaveLength(2 * KEEPALIVE.length + UPDATE(1).length);
});

it('says that a connection ended after what came on it, at once when it was broken, and nothing once it is forgotten', () => {
  const gate = new MessageGate(createClock());
  const [ended, broken, left] = [connection(gate, 1n), connection(gate, 2n), connection(gate, 3n)];
  gate.hold(null);
  for (const { handlers } of [ended, broken, left]) handlers.onData(UPDATE(1), null);
  ended.handlers.onClosed('finished', null);
  broken.handlers.onClosed('ECONNRESET', null);
  gate.forget(left.held);
  expect([ended.state.closed, broken.state.closed]).toEqual(['', 'ECONNRESET']);
  expect(gate.waiting()).toHaveLength(1);
  gate.deliver(ended.end);
  expect(ended.state.closed).toBe('finished');
  expect(gate.waiting()).toEqual([]);
});
