import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Followers } from './followers.ts';
import type { StoredPath } from './rib-table.ts';

test('paths that follow stay in the order in which they began, whoever leaves', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(200), { maxLength: 400 }), (steps) => {
      const followers = new Followers();
      const expected = new Set<StoredPath>();
      const paths = new Map<number, StoredPath>();
      for (const step of steps) {
        const path = paths.get(step) ?? ({ followerPlace: 0 } as unknown as StoredPath);
        paths.set(step, path);
        if (expected.delete(path)) followers.delete(path);
        else {
          expected.add(path);
          followers.add(path);
        }
      }
      expect([...followers]).toEqual([...expected]);
      expect([...followers].every((path, index) => path === [...expected][index])).toBe(true);
      expect(followers.size).toBe(expected.size);
    }),
  );
});
