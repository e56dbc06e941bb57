/** What follows the work by itself: the newest run, the address, the shelf. */
import { useEffect, useRef } from 'react';
import { formatRoute, parseRoute } from '../document/route.ts';
import { useWorldAge } from '../engine/SessionProvider.tsx';
import { useRunNews } from '../picture/PictureProvider.tsx';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { navigate } from './address.ts';
import { useServices } from './Services.tsx';

const ADDRESS_PAUSE = 250;
const SAVE_PAUSE = 200;

/** While no run is chosen the newest is shown, from its start. */
export function useNewestRun(): void {
  const chosen = usePage((state) => state.playback.run);
  const { goTo, setPlaying } = useActions();
  useRunNews(() => {
    if (chosen !== null) return;
    setPlaying(false);
    goTo(0);
  });
}

/** Lens, run and step stand in the address, so that a link leads to the same look. */
export function useAddressSync(): void {
  const lens = usePage((state) => state.viewport.lens);
  const run = usePage((state) => state.playback.run);
  const index = usePage((state) => state.playback.step);
  const scrubbing = usePage((state) => state.playback.scrubbing);
  const written = useRef(-ADDRESS_PAUSE);
  useEffect(() => {
    if (scrubbing) return;
    // At once, so that a reload finds it, but not again within the pause: browsers limit how often the address may change.
    const wait = Math.max(0, written.current + ADDRESS_PAUSE - performance.now());
    const timer = setTimeout(() => {
      written.current = performance.now();
      const route = parseRoute(location.hash);
      if (route.kind === 'catalogue') return;
      navigate(formatRoute({ ...route, look: { lens, run, step: index > 0 ? index : null } }), true);
    }, wait);
    return () => clearTimeout(timer);
  }, [lens, run, index, scrubbing]);
}

/** The browser's tab says what is open. */
export function useTitle(): void {
  const title = usePage((state) => state.document.title);
  useEffect(() => {
    document.title = title === '' ? 'Hopscope' : `${title} - Hopscope`;
    return () => {
      document.title = 'Hopscope';
    };
  }, [title]);
}

/** The document goes to the shelf soon after every change of the world or the page, and when the page is left. */
export function useAutosave(): void {
  const { opener } = useServices();
  const age = useWorldAge();
  const arranged = usePage((state) => state.document);
  const step = usePage((state) => state.playback.step);
  const viewport = usePage((state) => state.viewport);
  const arrangement = usePage((state) => state.arrangement);
  const subject = usePage((state) => state.selection.subject);
  const scrubbing = usePage((state) => state.playback.scrubbing);
  const saved = useRef(-SAVE_PAUSE);
  useEffect(() => {
    // Where a scrub ends is kept, not every step on its way.
    if (scrubbing) return;
    // A change is never put off by those that follow it: what is done quickly is kept as well.
    const wait = Math.max(0, saved.current + SAVE_PAUSE - performance.now());
    const timer = setTimeout(() => {
      saved.current = performance.now();
      void opener.save();
    }, wait);
    return () => clearTimeout(timer);
  }, [opener, age, arranged, step, viewport, arrangement, subject, scrubbing]);
  useEffect(() => {
    const leave = (): void => opener.leave();
    addEventListener('pagehide', leave);
    return () => removeEventListener('pagehide', leave);
  }, [opener]);
}
