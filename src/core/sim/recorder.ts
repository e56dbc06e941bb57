/**
 * The record of a world: every step in order, grouped into runs. A run is what one cause led to: a typed command, an
 * injected frame, or the background (protocol timers). Steps are immutable once recorded. The background never ends, so
 * that only its newest steps are kept, and those that somebody asked to keep.
 */
import { present } from '../base/assert.ts';
import type { Clock } from '../base/context.ts';
import type { Recorder, Step, StepId } from '../base/step.ts';

export type RunId = number;

export interface Run {
  readonly id: RunId;
  readonly title: string;
  readonly startedAt: number;
  /** Ids of its steps in order of recording. */
  readonly steps: readonly StepId[];
}

/** The run that takes steps without a parent and without a command behind them. */
export const BACKGROUND: RunId = 0;

interface OpenRun {
  readonly id: RunId;
  readonly title: string;
  readonly startedAt: number;
  readonly steps: StepId[];
}

/** Background steps that are kept at least; half as many more are there before old ones go. */
export const BACKGROUND_KEPT = 50_000;

/** What is left of a step of the background that is no longer kept. */
const forgottenStep = (id: StepId): Step => ({
  id,
  parent: null,
  time: 0,
  where: { host: '' },
  what: { kind: 'note', text: 'an old step of the background, no longer kept' },
  frame: null,
  because: [],
});

/** Keeps the steps of a world. Ids count from 0 in order of recording over all runs. */
export class RunRecorder implements Recorder {
  /** False while nobody is to look: then nothing is recorded. Whoever sets it sets it back. */
  active = true;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #steps: (Step | null)[] = [];
  readonly #runOfStep: RunId[] = [];
  readonly #runs: OpenRun[];
  readonly #kept = new Set<StepId>();
  readonly #forgetting: ((step: Step) => void)[] = [];
  /** How many of the background's steps have been gone through. */
  #passed = 0;
  #watched: { readonly step: StepId; readonly act: () => void } | null = null;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
    this.#runs = [{ id: BACKGROUND, title: 'background', startedAt: 0, steps: [] }];
  }

  /** Records into the parent's run, or into the background without a parent. */
  record(step: Omit<Step, 'id' | 'time'>): StepId {
    return this.#add(
      step,
      step.parent === null ? BACKGROUND : present(this.#runOfStep[step.parent], 'run of parent'),
    );
  }

  /** Begins a run; steps without a parent recorded through the returned recorder belong to it. */
  begin(title: string): { readonly run: RunId; readonly recorder: Recorder } {
    const run: OpenRun = { id: this.#runs.length, title, startedAt: this.#clock.now(), steps: [] };
    this.#runs.push(run);
    const recorder: Recorder = {
      active: true,
      record: (step) => (step.parent === null ? this.#add(step, run.id) : this.record(step)),
    };
    return { run: run.id, recorder };
  }

  /** Calls `act` once, in the very moment in which step `step` is recorded: to look at the world as it is then. */
  watch(step: StepId, act: () => void): void {
    this.#watched = { step, act };
  }

  get length(): number {
    return this.#steps.length;
  }

  /** Of an old background step that is no longer kept, a note that says so. */
  step(id: StepId): Step {
    const step = this.#steps[id];
    return step === null ? forgottenStep(id) : present(step, `step ${id}`);
  }

  /** A step that is to stay, whichever run it is of; it may be about to be recorded. */
  keep(id: StepId): void {
    this.#kept.add(id);
  }

  /** Calls `listener` with each step that is given up. */
  onForgetting(listener: (step: Step) => void): void {
    this.#forgetting.push(listener);
  }

  runOf(id: StepId): RunId {
    return present(this.#runOfStep[id], `step ${id}`);
  }

  runs(): readonly Run[] {
    return this.#runs;
  }

  run(id: RunId): Run | undefined {
    return this.#runs[id];
  }

  #add(step: Omit<Step, 'id' | 'time'>, run: RunId): StepId {
    const id = this.#steps.length;
    this.#steps.push({ ...step, id, time: this.#clock.now() });
    this.#runOfStep.push(run);
    present(this.#runs[run], 'run').steps.push(id);
    if (run === BACKGROUND) this.#forgetOld();
    if (this.#watched?.step === id) {
      const { act } = this.#watched;
      this.#watched = null;
      act();
    }
    return id;
  }

  #forgetOld(): void {
    const { steps } = present(this.#runs[BACKGROUND], 'background');
    if (steps.length - this.#passed < 1.5 * BACKGROUND_KEPT) return;
    const end = steps.length - BACKGROUND_KEPT;
    for (; this.#passed < end; this.#passed += 1) {
      const id = steps[this.#passed] as StepId;
      const step = this.#steps[id];
      if (step == null || this.#kept.has(id)) continue;
      this.#steps[id] = null;
      for (const listener of this.#forgetting) listener(step);
    }
  }
}
