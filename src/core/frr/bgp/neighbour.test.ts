import { expect, it } from 'vitest';
import { NeighbourFamily } from './neighbour.ts';

const SECOND = 1e9;

it('compares the End-of-RIB with the last UPDATE by whole seconds, as the clock counts them', () => {
  const family = new NeighbourFamily('ipv4-unicast', { activate: true });
  const told = (endOfRib: number, update: number): boolean => {
    family.endOfRibSentAt = endOfRib * SECOND;
    family.updateSentAt = update * SECOND;
    return family.endOfRibSentAfterUpdate;
  };
  expect(told(7.2, 7.1)).toBe(true);
  expect(told(7.1, 7.9)).toBe(true);
  expect(told(7.9, 8.0)).toBe(false);
  expect(told(8.0, 7.9)).toBe(true);
});
