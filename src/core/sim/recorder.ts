/**
 * The record of a world: every step in order, grouped into runs. A run is what one cause led to: a typed command, an
 * injected frame, or the background (protocol timers). Steps are immutable once recorded.
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

/** Keeps all steps of a world. Ids count from 0 in order of recording over all runs. */
export class RunRecorder implements Recorder {
  readonly active = true;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #steps: Step[] = [];
  readonly #runOfStep: RunId[] = [];
  readonly #runs: OpenRun[];
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

  step(id: StepId): Step {
    return present(this.#steps[id], `step ${id}`);
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
    if (this.#watched?.step === id) {
      const { act } = this.#watched;
      this.#watched = null;
      act();
    }
    return id;
  }
}
