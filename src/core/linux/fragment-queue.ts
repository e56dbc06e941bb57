/** A datagram being put together again from its fragments. */
import type { StepId } from '../base/step.ts';

export interface Piece {
  /** Place of its octets in the payload. */
  readonly offset: number;
  readonly octets: Uint8Array;
  readonly isLast: boolean;
  /** The fragment as it came. */
  readonly datagram: Uint8Array;
  /** The identification that it shares with the others. */
  readonly id: number;
}

export interface FragmentQueue {
  readonly pieces: Piece[];
  /** Stretches of the payload that are there, in order; fragments that follow the last one directly lengthen it. */
  readonly runs: { readonly start: number; end: number }[];
  /** Size of the payload, as far as it is known: where the farthest piece ends. */
  size: number;
  /** The last piece has come. */
  isBounded: boolean;
  readonly ifindex: number;
  lastStep: StepId | null;
  readonly cancelTimer: () => void;
}

/** Whether a piece was added, was there before, or contradicts what is there. */
export type Placing = 'added' | 'repeated' | 'contradiction';

/** Adds a piece as Linux does (`inet_fragment.c`): what overlaps in part, is empty, or disagrees about the size contradicts. */
export function place(queue: FragmentQueue, piece: Piece): Placing {
  const { offset: start, isLast } = piece;
  const end = start + piece.octets.length;
  if (isLast && (end < queue.size || (queue.isBounded && end !== queue.size))) return 'contradiction';
  if (!isLast && queue.isBounded && end > queue.size) return 'contradiction';
  if (end === start) return 'contradiction';
  queue.size = Math.max(queue.size, end);
  queue.isBounded ||= isLast;
  const placing = occupy(queue.runs, start, end);
  if (placing === 'added') queue.pieces.push(piece);
  return placing;
}

function occupy(runs: FragmentQueue['runs'], start: number, end: number): Placing {
  const last = runs.at(-1);
  if (last === undefined || last.end < end) {
    if (last !== undefined && start < last.end) return 'contradiction';
    if (last?.end === start) last.end = end;
    else runs.push({ start, end });
    return 'added';
  }
  const met = runs.find((run) => start < run.end && run.start < end);
  if (met !== undefined) return met.start <= start && end <= met.end ? 'repeated' : 'contradiction';
  const next = runs.findIndex((run) => end <= run.start);
  runs.splice(next, 0, { start, end });
  return 'added';
}

/** The payload once nothing of it is missing. */
export function payloadOf({ pieces, size, isBounded }: FragmentQueue): Uint8Array | undefined {
  const there = pieces.reduce((sum, { octets }) => sum + octets.length, 0);
  if (!isBounded || there < size) return undefined;
  const payload = new Uint8Array(size);
  for (const { offset, octets } of pieces) payload.set(octets, offset);
  return payload;
}
