/** Panels of a page that has just opened are built one after the other, so that none keeps the page busy for the others. */
import { startTransition, useEffect, useState } from 'react';

/** How many panels may be built by now: from 1 to `all`, one more after each that was drawn. */
export function useTurns(all: number): number {
  const [turn, setTurn] = useState(1);
  useEffect(() => {
    if (turn >= all) return;
    const timer = setTimeout(() => startTransition(() => setTurn(turn + 1)));
    return () => clearTimeout(timer);
  }, [turn, all]);
  return turn;
}
