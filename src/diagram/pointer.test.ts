/** @vitest-environment happy-dom */
import { expect, it, vi } from 'vitest';
import type { Point } from '../view/layout/layout.ts';
import { listenToPointer, type PointerGround } from './pointer.ts';

/** A canvas with `under` below the pointer and `selected` selected; gives what was asked of the page. */
function canvasWith(moving: boolean) {
  const canvas = document.createElement('canvas');
  const told: string[] = [];
  const at = (point: Point): string => `${point.x},${point.y}`;
  const ground: PointerGround = {
    hit: () => 'under',
    dragTarget: () => null,
    rectOf: () => undefined,
    toWorld: (point) => point,
    ghost: () => undefined,
    hover: () => undefined,
    selected: () => ({ id: 'selected', at: { x: 7, y: 8 } }),
    place: (point) => {
      if (moving) told.push(`put at ${at(point)}`);
      return moving;
    },
  };
  listenToPointer(
    canvas,
    ground,
    {
      onMenu: (id, point) => told.push(`menu of ${id} at ${at(point)}`),
      onSelect: (id) => told.push(`select ${id}`),
    },
    new AbortController().signal,
  );
  return { canvas, told };
}

it('a key asks for the menu of what is selected, the pointer for that of what is under it', () => {
  const { canvas, told } = canvasWith(false);
  const ask = (): boolean => canvas.dispatchEvent(new MouseEvent('contextmenu', { clientX: 3, clientY: 4 }));
  canvas.dispatchEvent(new KeyboardEvent('keydown', { key: 'F10', shiftKey: true }));
  ask();
  canvas.dispatchEvent(new PointerEvent('pointerdown', { button: 2 }));
  ask();
  expect(told).toEqual(['menu of selected at 7,8', 'menu of under at 3,4']);
});

it('a click selects, but puts down what is being moved', () => {
  for (const [moving, expected] of [
    [false, ['select under']],
    [true, ['put at 5,6']],
  ] as const) {
    const { canvas, told } = canvasWith(moving);
    canvas.dispatchEvent(new MouseEvent('click', { clientX: 5, clientY: 6 }));
    expect(told).toEqual(expected);
  }
});

it('a finger that is held opens the menu, a pinch does not', () => {
  vi.useFakeTimers();
  const finger = (isPrimary: boolean): PointerEvent =>
    new PointerEvent('pointerdown', { pointerType: 'touch', isPrimary, clientX: 5, clientY: 6 });
  const held = canvasWith(false);
  held.canvas.dispatchEvent(finger(true));
  vi.runAllTimers();
  const pinched = canvasWith(false);
  pinched.canvas.dispatchEvent(finger(true));
  pinched.canvas.dispatchEvent(finger(false));
  vi.runAllTimers();
  vi.useRealTimers();
  expect([held.told, pinched.told]).toEqual([['menu of under at 5,6'], []]);
});
