/** Moves the playhead as a debugger does, over the run in view. */
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { runToBreakpoint, stepIndexAfter, type Breakpoint, type StepCommand } from '../../view/index.ts';
import { useBreakpoints } from './use-breakpoints.ts';
import { useWorld } from '../picture/PictureProvider.tsx';
import { useActions, usePage, usePageStore } from '../store/StoreProvider.tsx';

export interface Stepper {
  readonly canStep: boolean;
  step(command: StepCommand): void;
  /** To the next breakpoint, else to the end. */
  run(): void;
  /** To a step, unless a breakpoint comes before; a step that is behind is gone to at once. */
  runTo(index: number): void;
  /** To where a packet next comes to a thing of the diagram, unless a breakpoint comes before. */
  runToThing(id: string): void;
  play(on: boolean): void;
}

/** The same from step to step, so that buttons and keys need not be made anew. */
export function useStepper(): Stepper {
  const { tree, steps } = useWorld();
  const { goTo, setPlaying } = useActions();
  const store = usePageStore();
  const { awake, facts } = useBreakpoints();
  const known = useRef({ tree, steps, awake, facts });
  useLayoutEffect(() => {
    known.current = { tree, steps, awake, facts };
  }, [tree, steps, awake, facts]);
  const now = useCallback(() => {
    const { playback } = store.getState();
    const index = Math.min(playback.step, known.current.steps.length - 1);
    return { ...known.current, index, level: playback.level };
  }, [store]);
  const step = useCallback(
    (command: StepCommand) => {
      const at = now();
      if (at.steps.length > 0) goTo(stepIndexAfter(at.tree, at.index, command, at.level));
    },
    [goTo, now],
  );
  const run = useCallback(() => {
    const at = now();
    if (at.steps.length > 0) goTo(runToBreakpoint(at.tree, at.index, at.awake, at.facts));
  }, [goTo, now]);
  const runTo = useCallback(
    (target: number) => {
      const at = now();
      goTo(target <= at.index ? target : runToBreakpoint(at.tree, at.index, at.awake, at.facts, target));
    },
    [goTo, now],
  );
  const runToThing = useCallback(
    (id: string) => {
      const at = now();
      const here: Breakpoint = { kind: 'device', id };
      if (at.steps.length > 0) goTo(runToBreakpoint(at.tree, at.index, [...at.awake, here], at.facts));
    },
    [goTo, now],
  );
  const play = useCallback(
    (on: boolean) => {
      const at = now();
      if (on && at.index >= at.steps.length - 1 && at.steps.length > 0) goTo(0);
      setPlaying(on && at.steps.length > 0);
    },
    [goTo, setPlaying, now],
  );
  const canStep = steps.length > 0;
  return useMemo(
    () => ({ canStep, step, run, runTo, runToThing, play }),
    [canStep, step, run, runTo, runToThing, play],
  );
}

/** Whether the playhead is at an end of the run. */
export function useEnds(): { readonly atStart: boolean; readonly atEnd: boolean } {
  const last = useWorld().steps.length - 1;
  const atStart = usePage((state) => state.playback.step <= 0);
  const atEnd = usePage((state) => state.playback.step >= last);
  return { atStart: atStart || last < 0, atEnd };
}

/** Time between two steps of play: the motion and a moment to read. */
const PLAY_PAUSE = 640;

/** Steps on while playing; stops at a breakpoint and at the end. To be used once. */
export function usePlayer(): void {
  const { tree, steps } = useWorld();
  const { goTo, setPlaying } = useActions();
  const index = usePage((state) => (state.playback.playing ? state.playback.step : 0));
  const playing = usePage((state) => state.playback.playing);
  const level = usePage((state) => state.playback.level);
  const { awake, facts } = useBreakpoints();
  useEffect(() => {
    if (!playing) return;
    const timer = setTimeout(() => {
      const next = stepIndexAfter(tree, index, 'over', level);
      const stop = awake.length > 0 ? runToBreakpoint(tree, index, awake, facts) : steps.length - 1;
      goTo(Math.min(next, stop));
      if (next >= stop || next === index) setPlaying(false);
    }, PLAY_PAUSE);
    return () => clearTimeout(timer);
  }, [playing, tree, steps, index, level, awake, facts, goTo, setPlaying]);
}
