/** What is said to a screen reader: the step that the playhead rests at, and what a key changed elsewhere on the page. */
import { useEffect, useRef, useState } from 'react';
import { useFaults } from '../faults/use-faults.ts';
import { stepPlace } from '../inspector/step-words.ts';
import { usePicture, useWorld } from '../picture/PictureProvider.tsx';
import { usePage } from '../store/StoreProvider.tsx';
import { spokenChanges, type Heard } from './spoken.ts';

/** The playhead rests when it has not moved for so long, in milliseconds. */
const REST = 400;
/** These say by themselves where the playhead is. */
const SPEAKING = '.timeline-range, .step-rows';

export function Announcements() {
  return (
    <>
      <StepSpoken />
      <ChangesSpoken />
    </>
  );
}

function StepSpoken() {
  const { steps, index } = usePicture();
  const playing = usePage((state) => state.playback.playing);
  const [said, setSaid] = useState('');
  const seen = useRef({ steps, index });
  useEffect(() => {
    if (playing || (seen.current.steps === steps && seen.current.index === index)) return;
    const timer = setTimeout(() => {
      seen.current = { steps, index };
      const step = steps[index];
      if (step && document.activeElement?.matches(SPEAKING) !== true)
        setSaid(`Step ${index + 1} of ${steps.length}: ${stepPlace(step)}`);
    }, REST);
    return () => clearTimeout(timer);
  }, [steps, index, playing]);
  return (
    <p className="visually-hidden" aria-live="polite">
      {said}
    </p>
  );
}

function ChangesSpoken() {
  const { snapshot } = useWorld();
  const lens = usePage((state) => state.viewport.lens);
  const level = usePage((state) => state.playback.level);
  const breakpoints = usePage((state) => state.document.breakpoints);
  const pinned = usePage((state) => Object.keys(state.document.pins[state.viewport.lens] ?? {}).length);
  const { lasting } = useFaults();
  const before = useRef<Heard | null>(null);
  const [said, setSaid] = useState('');
  useEffect(() => {
    const now: Heard = { lens, level, breakpoints, faults: lasting, pinned };
    const words = before.current === null ? '' : spokenChanges(before.current, now, snapshot);
    before.current = now;
    if (words !== '') setSaid(words);
  }, [lens, level, breakpoints, lasting, pinned, snapshot]);
  return (
    <p className="visually-hidden" aria-live="polite">
      {said}
    </p>
  );
}
