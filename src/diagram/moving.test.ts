import { expect, it } from 'vitest';
import type { Rect } from '../view/layout/rect.ts';
import { createMoving, type Moving } from './moving.ts';

/** Plays `act` on a thing of 100 by 40 at 20,20 and tells what came of it. */
function played(act: (moving: Moving) => void): readonly string[] {
  const told: string[] = [];
  const moving = createMoving({
    rectOf: (id): Rect | undefined => (id === 'a' ? { x: 20, y: 20, width: 100, height: 40 } : undefined),
    ghost: (rect) => told.push(rect ? `outline ${rect.x},${rect.y}` : 'no outline'),
    follow: () => undefined,
    onMoving: (id) => told.push(id === null ? 'over' : `moves ${id}`),
    onPin: (id, { x, y }) => told.push(`${id} at ${x},${y}`),
  });
  act(moving);
  return told;
}

it('goes by steps and stays where it is put, on the grid', () => {
  const told = played((moving) => {
    moving.start('a');
    moving.by(16, 0);
    moving.by(0, -15);
    moving.end(true);
  });
  expect(told).toEqual([
    'outline 20,20',
    'moves a',
    'outline 36,20',
    'outline 36,4',
    'no outline',
    'over',
    'a at 36,4',
  ]);
});

it('goes with its middle to where one points', () => {
  const told = played((moving) => {
    moving.start('a');
    moving.to({ x: 200, y: 100 });
  });
  expect(told.at(-1)).toBe('a at 152,80');
});

it.each([
  ['given up', (moving: Moving) => moving.by(16, 0), false],
  ['not moved at all', () => undefined, true],
])('is where it was when %s', (_what, act, keep) => {
  const told = played((moving) => {
    moving.start('a');
    act(moving);
    moving.end(keep);
  });
  expect(told.at(-1)).toBe('over');
});

it('of what is not in the picture nothing moves', () => {
  expect(played((moving) => moving.start('b'))).toEqual([]);
});
