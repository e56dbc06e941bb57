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
  const { run: shown, tree, steps } = useWorld();
  const shownId = shown?.id;
  const { goTo, setPlaying } = useActions();
  const store = usePageStore();
  const { awake, facts, isKnown } = useBreakpoints();
  const known = useRef({ shownId, tree, steps, awake, facts, isKnown });
  const waiting = useRef<(() => void) | null>(null);
  useLayoutEffect(() => {
    known.current = { shownId, tree, steps, awake, facts, isKnown };
  }, [shownId, tree, steps, awake, facts, isKnown]);
  useEffect(() => {
    if (!isKnown) return;
    waiting.current?.();
    waiting.current = null;
  }, [isKnown]);
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
  /** Goes on from here to `end` (else to the run's) or a breakpoint, as soon as it is known where those stop. */
  const goOn = useCallback(
    (things: readonly Breakpoint[], end?: number) => {
      const from = now();
      const go = (): void => {
        const at = now();
        if (at.steps.length > 0 && at.index === from.index && at.shownId === from.shownId)
          goTo(runToBreakpoint(at.tree, at.index, [...at.awake, ...things], at.facts, end));
      };
      const waits = from.awake.length > 0 && !from.isKnown;
      waiting.current = waits ? go : null;
      if (!waits) go();
    },
    [goTo, now],
  );
  const run = useCallback(() => goOn([]), [goOn]);
  const runTo = useCallback(
    (target: number) => (target <= now().index ? goTo(target) : goOn([], target)),
    [goOn, goTo, now],
  );
  const runToThing = useCallback((id: string) => goOn([{ kind: 'device', id }]), [goOn]);
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
  const { awake, facts, isKnown } = useBreakpoints();
  useEffect(() => {
    // Breakpoints of which it is not known yet where they stop must not be passed.
    if (!playing || (awake.length > 0 && !isKnown)) return;
    const timer = setTimeout(() => {
      const next = stepIndexAfter(tree, index, 'over', level);
      const stop = awake.length > 0 ? runToBreakpoint(tree, index, awake, facts) : steps.length - 1;
      goTo(Math.min(next, stop));
      if (next >= stop || next === index) setPlaying(false);
    }, PLAY_PAUSE);
    return () => clearTimeout(timer);
  }, [playing, tree, steps, index, level, awake, facts, isKnown, goTo, setPlaying]);
}
