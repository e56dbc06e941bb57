import { expect, it } from 'vitest';
import { doneOf } from './guide-done.ts';

const route = { host: 'gw', line: 'ip route' };
const down = { host: 'gw', line: 'ip link set eth3 down' };

it.each([
  [{}, [false, false, false]],
  [{ 'gw ip route': 1 }, [true, false, false]],
  [{ 'gw ip route': 2 }, [true, false, true]],
  [{ 'gw ip route': 1, 'gw ip link set eth3 down': 3 }, [true, true, false]],
  [{ 'spine ip route': 2 }, [false, false, false]],
])('%j typed of a route, a link down and the same route', (typed, expected) => {
  expect(doneOf([route, down, route], new Map(Object.entries(typed)))).toEqual(expected);
});
