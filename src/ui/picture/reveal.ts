/** Lets any panel work the picture, without the panels knowing one another: bring a thing into view, tell what is in view. */
import { createContext, useContext } from 'react';
import type { Rect } from '../../view/index.ts';

interface PictureHold {
  readonly reveal: (id: string) => void;
  /** What of the layout is in view. */
  readonly area: () => Rect;
}

export interface RevealSlot {
  /** Put in by the picture on the page, taken out again with null. */
  offer(picture: PictureHold | null): void;
  /** Does nothing while no picture is on the page. */
  reveal(id: string): void;
  /** Null while no picture is on the page. */
  area(): Rect | null;
}

export function createRevealSlot(): RevealSlot {
  let offered: PictureHold | null = null;
  return {
    offer: (picture) => {
      offered = picture;
    },
    reveal: (id) => offered?.reveal(id),
    area: () => offered?.area() ?? null,
  };
}

export const RevealContext = createContext<RevealSlot>(createRevealSlot());

export function useReveal(): (id: string) => void {
  return useContext(RevealContext).reveal;
}

export function useShownArea(): () => Rect | null {
  return useContext(RevealContext).area;
}
