/** Moves the playhead as a debugger does, over the run in view. */
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { runToBreakpoint, stepIndexAfter, type StepCommand } from '../../view/index.ts';
import { usePicture } from '../picture/PictureProvider.tsx';
import { useActions, usePage, usePageStore } from '../store/StoreProvider.tsx';

export interface Stepper {
  readonly canStep: boolean;
  readonly atEnd: boolean;
  readonly atStart: boolean;
  step(command: StepCommand): void;
  /** To the next breakpoint, else to the end. */
  run(): void;
  play(on: boolean): void;
}

/** The functions stay the same from step to step, so that buttons and keys need not be made anew. */
export function useStepper(): Stepper {
  const { tree, steps, index } = usePicture();
  const { goTo, setPlaying } = useActions();
  const store = usePageStore();
  const latest = useRef({ tree, steps, index });
  useLayoutEffect(() => {
    latest.current = { tree, steps, index };
  }, [tree, steps, index]);
  const step = useCallback(
    (command: StepCommand) => {
      const at = latest.current;
      const { level } = store.getState().playback;
      if (at.steps.length > 0) goTo(stepIndexAfter(at.tree, at.index, command, level));
    },
    [goTo, store],
  );
  const run = useCallback(() => {
    const at = latest.current;
    const { breakpoints } = store.getState().document;
    if (at.steps.length > 0) goTo(runToBreakpoint(at.tree, at.index, breakpoints));
  }, [goTo, store]);
  const play = useCallback(
    (on: boolean) => {
      const at = latest.current;
      if (on && at.index >= at.steps.length - 1 && at.steps.length > 0) goTo(0);
      setPlaying(on && at.steps.length > 0);
    },
    [goTo, setPlaying],
  );
  const canStep = steps.length > 0;
  const atEnd = index >= steps.length - 1;
  const atStart = index <= 0;
  return useMemo(
    () => ({ canStep, atEnd, atStart, step, run, play }),
    [canStep, atEnd, atStart, step, run, play],
  );
}

/** Time between two steps of play: the motion and a moment to read. */
const PLAY_PAUSE = 640;

/** Steps on while playing; stops at a breakpoint and at the end. To be used once. */
export function usePlayer(): void {
  const { tree, steps, index } = usePicture();
  const { goTo, setPlaying } = useActions();
  const playing = usePage((state) => state.playback.playing);
  const level = usePage((state) => state.playback.level);
  const breakpoints = usePage((state) => state.document.breakpoints);
  useEffect(() => {
    if (!playing) return;
    const timer = setTimeout(() => {
      const next = stepIndexAfter(tree, index, 'over', level);
      const stop = breakpoints.length > 0 ? runToBreakpoint(tree, index, breakpoints) : steps.length - 1;
      goTo(Math.min(next, stop));
      if (next >= stop || next === index) setPlaying(false);
    }, PLAY_PAUSE);
    return () => clearTimeout(timer);
  }, [playing, tree, steps, index, level, breakpoints, goTo, setPlaying]);
}
