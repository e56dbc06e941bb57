/** Lets any panel work the picture, without the panels knowing one another: bring a thing into view, move it, tell what is in view. */
import { createContext, useContext } from 'react';
import type { Rect } from '../../view/index.ts';

interface PictureHold {
  readonly reveal: (id: string) => void;
  /** What of the layout is in view. */
  readonly area: () => Rect;
  /** Whether the user can give a thing of it another place. */
  readonly canMove: (id: string) => boolean;
  /** The arrow keys or the next click move a thing. */
  readonly move: (id: string) => void;
}

export interface RevealSlot {
  /** Put in by the picture on the page, taken out again with null. */
  offer(picture: PictureHold | null): void;
  /** Does nothing while no picture is on the page. */
  reveal(id: string): void;
  /** Null while no picture is on the page. */
  area(): Rect | null;
  canMove(id: string): boolean;
  move(id: string): void;
}

export function createRevealSlot(): RevealSlot {
  let offered: PictureHold | null = null;
  return {
    offer: (picture) => {
      offered = picture;
    },
    reveal: (id) => offered?.reveal(id),
    area: () => offered?.area() ?? null,
    canMove: (id) => offered?.canMove(id) ?? false,
    move: (id) => offered?.move(id),
  };
}

export const RevealContext = createContext<RevealSlot>(createRevealSlot());

export function useReveal(): (id: string) => void {
  return useContext(RevealContext).reveal;
}

export function useShownArea(): () => Rect | null {
  return useContext(RevealContext).area;
}

export function useMoving(): Pick<RevealSlot, 'canMove' | 'move'> {
  return useContext(RevealContext);
}
