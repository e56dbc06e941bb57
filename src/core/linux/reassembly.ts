/** Fragments of either family on their way to become a datagram again: waiting, given up, whole. */
import type { StepId } from '../base/step.ts';
import { payloadOf, place, type FragmentQueue, type Piece } from './fragment-queue.ts';
import type { Namespace } from './namespace.ts';
import { record, recordDrop } from './recording.ts';
import type { Incoming } from './stack.ts';

/** A payload without gaps. */
export interface Collected {
  /** The fragment with the payload's first octets. */
  readonly first: Uint8Array;
  readonly payload: Uint8Array;
  /** The step of the fragment that completed it. */
  readonly parent: StepId | null;
}

/** A datagram that was given up, with its first fragment if that came: its sender is told. */
export interface GivenUp {
  readonly first: Uint8Array | undefined;
  readonly ifindex: number;
  readonly step: StepId | null;
}

const REFUSED = {
  repeated: 'this part of the datagram came before',
  contradiction: 'the fragment contradicts others of its datagram, which are dropped with it',
} as const;

/** Adds a fragment to the datagram of `key`. `giveUp` is called `wait` nanoseconds after its first fragment unless it is whole before. */
export function collect(
  net: Namespace,
  key: string,
  piece: Piece,
  incoming: Incoming,
  wait: number,
  giveUp: (late: GivenUp) => void,
): Collected | undefined {
  const { link, frame, parent } = incoming;
  const queue = net.fragments.get(key) ?? open(net, key, link.index, wait, giveUp);
  const placing = place(queue, piece);
  if (placing !== 'added') {
    if (placing === 'contradiction') close(net, key, queue);
    recordDrop(net, link.name, { kind: 'malformed', problem: REFUSED[placing] }, frame, parent);
    return undefined;
  }
  const reason = `fragment at ${piece.offset} of datagram id ${piece.id}`;
  queue.lastStep = record(net, link.name, { kind: 'queued', reason }, frame, parent);
  const payload = payloadOf(queue);
  if (payload === undefined) return undefined;
  close(net, key, queue);
  const first = queue.pieces.find(({ offset }) => offset === 0) ?? piece;
  return { first: first.datagram, payload, parent: queue.lastStep };
}

function open(
  net: Namespace,
  key: string,
  ifindex: number,
  wait: number,
  giveUp: (late: GivenUp) => void,
): FragmentQueue {
  const cancelTimer = net.machine.context.clock.after(wait, () => {
    net.fragments.delete(key);
    const first = queue.pieces.find(({ offset }) => offset === 0)?.datagram;
    const device = net.links.get(ifindex)?.name ?? null;
    const problem = 'fragments did not all arrive in time';
    const octets = first === undefined ? null : { packet: first };
    const step = recordDrop(net, device, { kind: 'malformed', problem }, octets, queue.lastStep);
    giveUp({ first, ifindex, step });
  });
  const queue: FragmentQueue = {
    pieces: [],
    runs: [],
    size: 0,
    isBounded: false,
    ifindex,
    lastStep: null,
    cancelTimer,
  };
  net.fragments.set(key, queue);
  return queue;
}

function close(net: Namespace, key: string, queue: FragmentQueue): void {
  queue.cancelTimer();
  net.fragments.delete(key);
}
