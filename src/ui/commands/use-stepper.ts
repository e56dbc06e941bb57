/** Moves the playhead as a debugger does, over the run in view. */
import { useCallback, useEffect, useMemo } from 'react';
import { runToBreakpoint, stepIndexAfter, type StepCommand } from '../../view/index.ts';
import { usePicture } from '../picture/PictureProvider.tsx';
import { useActions, usePage } from '../store/StoreProvider.tsx';

export interface Stepper {
  readonly canStep: boolean;
  readonly atEnd: boolean;
  readonly atStart: boolean;
  step(command: StepCommand): void;
  /** To the next breakpoint, else to the end. */
  run(): void;
  play(on: boolean): void;
}

export function useStepper(): Stepper {
  const { steps, index } = usePicture();
  const { goTo, setPlaying } = useActions();
  const level = usePage((state) => state.playback.level);
  const breakpoints = usePage((state) => state.document.breakpoints);
  const step = useCallback(
    (command: StepCommand) => {
      if (steps.length > 0) goTo(stepIndexAfter(steps, index, command, level));
    },
    [steps, index, level, goTo],
  );
  const run = useCallback(() => {
    if (steps.length > 0) goTo(runToBreakpoint(steps, index, breakpoints));
  }, [steps, index, breakpoints, goTo]);
  const atEnd = index >= steps.length - 1;
  const play = useCallback(
    (on: boolean) => {
      if (on && atEnd && steps.length > 0) goTo(0);
      setPlaying(on && steps.length > 0);
    },
    [atEnd, steps.length, goTo, setPlaying],
  );
  return useMemo(
    () => ({ canStep: steps.length > 0, atEnd, atStart: index <= 0, step, run, play }),
    [steps.length, atEnd, index, step, run, play],
  );
}

/** Time between two steps of play: the motion and a moment to read. */
const PLAY_PAUSE = 640;

/** Steps on while playing; stops at a breakpoint and at the end. To be used once. */
export function usePlayer(): void {
  const { steps, index } = usePicture();
  const { goTo, setPlaying } = useActions();
  const playing = usePage((state) => state.playback.playing);
  const level = usePage((state) => state.playback.level);
  const breakpoints = usePage((state) => state.document.breakpoints);
  useEffect(() => {
    if (!playing) return;
    const timer = setTimeout(() => {
      const next = stepIndexAfter(steps, index, 'over', level);
      const stop = breakpoints.length > 0 ? runToBreakpoint(steps, index, breakpoints) : steps.length - 1;
      goTo(Math.min(next, stop));
      if (next >= stop || next === index) setPlaying(false);
    }, PLAY_PAUSE);
    return () => clearTimeout(timer);
  }, [playing, steps, index, level, breakpoints, goTo, setPlaying]);
}
