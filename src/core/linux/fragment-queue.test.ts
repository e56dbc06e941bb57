/** Fragments become their datagram in any order; what contradicts ends it, as in Linux. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { payloadOf, place, type FragmentQueue, type Placing } from './fragment-queue.ts';

const newQueue = (): FragmentQueue => ({
  pieces: [],
  runs: [],
  size: 0,
  isBounded: false,
  ifindex: 1,
  lastStep: null,
  cancelTimer: () => undefined,
});

const PAYLOAD = Uint8Array.from({ length: 100 }, (_, at) => at);

const add = (queue: FragmentQueue, start: number, end: number, isLast: boolean): Placing =>
  place(queue, {
    offset: start,
    octets: PAYLOAD.slice(start, end),
    isLast,
    datagram: PAYLOAD,
    id: 1,
  });

describe('a queue of fragments', () => {
  it('gives the payload once the last gap is closed, in whichever order and however often they come', () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 8 });
    fc.assert(
      fc.property(cuts, fc.infiniteStream(fc.nat()), (cut, random) => {
        const ends = [...cut.toSorted((a, b) => a - b), PAYLOAD.length];
        const pieces = ends.map((end, at) => [ends[at - 1] ?? 0, end] as const);
        const order = pieces
          .flatMap((piece) => (random.next().value % 3 === 0 ? [piece, piece] : [piece]))
          .map((piece) => ({ piece, rank: random.next().value }))
          .toSorted((a, b) => a.rank - b.rank)
          .map(({ piece }) => piece);
        const queue = newQueue();
        const seen = new Set<number>();
        for (const [start, end] of order) {
          expect(add(queue, start, end, end === PAYLOAD.length)).toBe(seen.has(start) ? 'repeated' : 'added');
          seen.add(start);
          expect(payloadOf(queue)).toEqual(seen.size === pieces.length ? PAYLOAD : undefined);
        }
      }),
    );
  });

  it.each([
    ['overlaps the end of another', [[0, 16, false]], [8, 24, false]],
    ['overlaps the start of another', [[16, 32, false]], [8, 24, false]],
    ['has more after the last', [[16, 32, true]], [32, 40, false]],
    ['is a last one before others', [[16, 32, false]], [8, 16, true]],
    ['is another last one', [[16, 32, true]], [32, 40, true]],
    ['is empty', [[0, 16, false]], [16, 16, false]],
  ] as const)('refuses one that %s', (_, before, [start, end, isLast]) => {
    const queue = newQueue();
    for (const [from, to, last] of before) add(queue, from, to, last);
    expect(add(queue, start, end, isLast)).toBe('contradiction');
  });

  it('takes one that lies within a stretch for a repetition, though it is cut otherwise', () => {
    const queue = newQueue();
    add(queue, 0, 16, false);
    add(queue, 16, 32, false);
    expect(add(queue, 8, 24, false)).toBe('repeated');
  });
});
