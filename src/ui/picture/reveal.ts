/** Lets any panel bring a thing into view in the picture, without the panels knowing one another. */
import { createContext, useContext } from 'react';

export interface RevealSlot {
  /** Put in by the picture on the page, taken out again with null. */
  offer(reveal: ((id: string) => void) | null): void;
  /** Does nothing while no picture is on the page. */
  reveal(id: string): void;
}

export function createRevealSlot(): RevealSlot {
  let offered: ((id: string) => void) | null = null;
  return {
    offer: (reveal) => {
      offered = reveal;
    },
    reveal: (id) => offered?.(id),
  };
}

export const RevealContext = createContext<RevealSlot>(createRevealSlot());

export function useReveal(): (id: string) => void {
  return useContext(RevealContext).reveal;
}
