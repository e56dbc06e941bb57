/** How a state machine of 802.1D-2004 is written down and moved. */
import type { Rstp } from './rstp.ts';
import type { MachinePlace, RstpPort } from './rstp-port.ts';

interface StateOf<S extends string> {
  /** What is done on entering. */
  enter?(port: RstpPort, tree: Rstp): void;
  /** The state to go to now; null: stay. */
  next(port: RstpPort, tree: Rstp): S | null;
}

export interface Machine<S extends string = string> {
  /** Where the machine begins. */
  start(port: RstpPort): S;
  readonly states: Readonly<Record<S, StateOf<S>>>;
}

/** Keeps the names of a machine's states while they are written down. */
export const machine = <S extends string>(definition: Machine<S>): Machine =>
  definition as unknown as Machine;

/** Moves a machine by one transition at most; whether anything happened. */
export function move(definition: Machine, place: MachinePlace, port: RstpPort, tree: Rstp): boolean {
  if (place.state === null) {
    place.state = definition.start(port);
    place.isEntered = false;
    return true;
  }
  const state = definition.states[place.state];
  if (!state) return false;
  const entered = place.isEntered;
  if (!entered) state.enter?.(port, tree);
  place.isEntered = true;
  const next = state.next(port, tree);
  if (next !== null) {
    // A state that leads to itself did nothing new.
    const isLoop = !entered && next === place.state;
    place.state = next;
    place.isEntered = false;
    return !isLoop;
  }
  return !entered;
}
