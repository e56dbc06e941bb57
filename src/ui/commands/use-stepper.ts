/** Moves the playhead as a debugger does, over the run in view. */
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { runToBreakpoint, stepIndexAfter, type Breakpoint, type StepCommand } from '../../view/index.ts';
import { useBreakpoints } from './use-breakpoints.ts';
import { usePicture } from '../picture/PictureProvider.tsx';
import { useActions, usePage, usePageStore } from '../store/StoreProvider.tsx';

export interface Stepper {
  readonly canStep: boolean;
  readonly atEnd: boolean;
  readonly atStart: boolean;
  step(command: StepCommand): void;
  /** To the next breakpoint, else to the end. */
  run(): void;
  /** To a step, unless a breakpoint comes before; a step that is behind is gone to at once. */
  runTo(index: number): void;
  /** To where a packet next comes to a thing of the diagram, unless a breakpoint comes before. */
  runToThing(id: string): void;
  play(on: boolean): void;
}

/** The functions stay the same from step to step, so that buttons and keys need not be made anew. */
export function useStepper(): Stepper {
  const { tree, steps, index } = usePicture();
  const { goTo, setPlaying } = useActions();
  const store = usePageStore();
  const { awake, matches } = useBreakpoints();
  const latest = useRef({ tree, steps, index, awake, matches });
  useLayoutEffect(() => {
    latest.current = { tree, steps, index, awake, matches };
  }, [tree, steps, index, awake, matches]);
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
    if (at.steps.length > 0) goTo(runToBreakpoint(at.tree, at.index, at.awake, at.matches));
  }, [goTo]);
  const runTo = useCallback(
    (target: number) => {
      const at = latest.current;
      goTo(target <= at.index ? target : runToBreakpoint(at.tree, at.index, at.awake, at.matches, target));
    },
    [goTo],
  );
  const runToThing = useCallback(
    (id: string) => {
      const at = latest.current;
      const here: Breakpoint = { kind: 'device', id };
      if (at.steps.length > 0) goTo(runToBreakpoint(at.tree, at.index, [...at.awake, here], at.matches));
    },
    [goTo],
  );
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
    () => ({ canStep, atEnd, atStart, step, run, runTo, runToThing, play }),
    [canStep, atEnd, atStart, step, run, runTo, runToThing, play],
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
  const { awake, matches } = useBreakpoints();
  useEffect(() => {
    if (!playing) return;
    const timer = setTimeout(() => {
      const next = stepIndexAfter(tree, index, 'over', level);
      const stop = awake.length > 0 ? runToBreakpoint(tree, index, awake, matches) : steps.length - 1;
      goTo(Math.min(next, stop));
      if (next >= stop || next === index) setPlaying(false);
    }, PLAY_PAUSE);
    return () => clearTimeout(timer);
  }, [playing, tree, steps, index, level, awake, matches, goTo, setPlaying]);
}
