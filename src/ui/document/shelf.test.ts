import { describe, expect, it } from 'vitest';
import { openShelf, type KeepingTrouble } from './shelf.ts';

const none = (): Storage => {
  throw new DOMException('no storage', 'SecurityError');
};

const writing = { title: 'a', document: null, deeds: () => [], page: {}, isWork: true };

describe('the shelf', () => {
  it.each([
    ['QuotaExceededError', 'full'],
    ['SecurityError', 'refused'],
  ] as const)('says of a writing that ends with %s that it failed', async (name, trouble) => {
    const told: (KeepingTrouble | null)[] = [];
    const shelf = openShelf(
      (now) => told.push(now),
      none,
      () => Promise.reject(new DOMException('no', name)),
    );
    expect(await shelf.save('s/a', writing)).toBe('failed');
    expect(told).toEqual([trouble]);
  });
});
