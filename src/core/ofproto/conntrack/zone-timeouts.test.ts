import { expect, it } from 'vitest';
import { ZoneTimeouts } from './zone-timeouts.ts';

type Wanted = Record<number, Record<string, number>>;

/** Follows a database; the numbers of the policies of zones 1 to 3. */
function switchOf(): (wanted: Wanted, now?: number) => (number | undefined)[] {
  const zones = new ZoneTimeouts();
  return (wanted, now = 0) => {
    const entries = Object.entries(wanted).map(
      ([zone, timeouts]) => [Number(zone), new Map(Object.entries(timeouts))] as const,
    );
    zones.follow(new Map(entries), now * 1e9);
    for (const [zone, timeouts] of entries) expect(zones.of(zone)?.timeouts ?? timeouts).toEqual(timeouts);
    return [1, 2, 3].map((zone) => zones.of(zone)?.id);
  };
}
const BOTH = { udp_single: 5, udp_multiple: 9 };

it('gives zones with the same timeouts one policy, and a changed one a number that was not just in use', () => {
  const follow = switchOf();
  follow({ 1: {}, 2: {}, 3: {} });
  expect(follow({ 1: BOTH, 2: { udp_single: 5 }, 3: { udp_multiple: 9, udp_single: 5 } })).toEqual([1, 2, 1]);
  expect(follow({ 1: BOTH, 2: { udp_single: 6 } })).toEqual([1, 3, undefined]);
  expect(follow({ 1: { udp_single: 7 } })).toEqual([2, undefined, undefined]);
});

// As Open vSwitch 3.7.0 did it.
it('does not act on what a zone comes with, until that is changed', () => {
  const follow = switchOf();
  expect(follow({ 1: BOTH })).toEqual([undefined, undefined, undefined]);
  expect(follow({ 1: BOTH })).toEqual([undefined, undefined, undefined]);
  expect(follow({ 1: { udp_single: 4 } })).toEqual([1, undefined, undefined]);
  expect(follow({ 1: { udp_single: 4 }, 2: { udp_single: 4 } })).toEqual([1, undefined, undefined]);
  expect(follow({ 2: { udp_single: 4 } })).toEqual([undefined, undefined, undefined]);
  expect(follow({ 1: { udp_single: 4 }, 2: {} })).toEqual([undefined, undefined, undefined]);
});

it('gives numbers again after a sweep, of which the first comes at once', () => {
  const follow = switchOf();
  follow({ 1: {} });
  const ids = [0, 1, 2, 3, 25].map((now, at) => follow({ 1: { udp_single: at } }, now)[0]);
  expect(ids).toEqual([1, 2, 1, 3, 1]);
});
