/** Puts IPv4 fragments together (RFC 791, 815); what is not whole in time is dropped with an error to its sender. */
import type { StepId } from '../../base/step.ts';
import { writeU16 } from '../../wire/octets.ts';
import type { Namespace } from '../namespace.ts';
import { record, recordDrop } from '../recording.ts';
import type { Incoming, Stack } from '../stack.ts';
import { SECOND } from '../timing.ts';
import { sealHeader, type Ipv4Header } from './packet.ts';

const TIME_EXCEEDED = 11;
const REASSEMBLY = 1;

/** The whole datagram once its last fragment is in; undefined before that. */
export function reassemble(
  stack: Stack,
  net: Namespace,
  incoming: Incoming,
  header: Ipv4Header,
): { readonly datagram: Uint8Array; readonly parent: StepId | null } | undefined {
  const { datagram, link, parent, frame } = incoming;
  const key = `4/${link.index}/${header.source}/${header.destination}/${header.protocol}/${header.id}`;
  const step = record(
    net,
    link.name,
    { kind: 'queued', reason: `fragment at ${header.fragmentOffset} of datagram id ${header.id}` },
    frame,
    parent,
  );
  let queue = net.fragments.get(key);
  if (queue === undefined) {
    const cancelTimer = net.machine.context.clock.after(
      net.sysctl.number('net.ipv4.ipfrag_time') * SECOND,
      () => expire(stack, net, key),
    );
    queue = { pieces: [], total: null, header: null, ifindex: link.index, lastStep: step, cancelTimer };
    net.fragments.set(key, queue);
  }
  queue.lastStep = step;
  const octets = datagram.slice(header.headerSize, header.totalSize);
  if (!queue.pieces.some((piece) => piece.offset === header.fragmentOffset))
    queue.pieces.push({ offset: header.fragmentOffset, octets, frame: datagram });
  if (header.fragmentOffset === 0) queue.header = datagram.slice(0, header.headerSize);
  if (!header.moreFragments) queue.total = header.fragmentOffset + octets.length;
  const { total } = queue;
  if (total === null || queue.header === null) return undefined;
  const pieces = queue.pieces.toSorted((a, b) => a.offset - b.offset);
  let end = 0;
  for (const piece of pieces) {
    if (piece.offset > end) return undefined;
    end = Math.max(end, piece.offset + piece.octets.length);
  }
  if (end < total) return undefined;
  queue.cancelTimer();
  net.fragments.delete(key);
  const whole = new Uint8Array(queue.header.length + total);
  whole.set(queue.header);
  for (const piece of pieces)
    whole.set(piece.octets.subarray(0, total - piece.offset), queue.header.length + piece.offset);
  writeU16(whole, 2, whole.length);
  writeU16(whole, 6, 0);
  sealHeader(whole);
  return { datagram: whole, parent: step };
}

function expire(stack: Stack, net: Namespace, key: string): void {
  const queue = net.fragments.get(key);
  if (queue === undefined) return;
  net.fragments.delete(key);
  const first = queue.pieces.find((piece) => piece.offset === 0);
  const step = recordDrop(
    net,
    null,
    { kind: 'fault', problem: 'fragments did not all arrive in time' },
    first?.frame ?? null,
    queue.lastStep,
  );
  const link = net.links.get(queue.ifindex);
  if (first !== undefined && link !== undefined)
    stack.icmpError4(net, first.frame, link, { type: TIME_EXCEEDED, code: REASSEMBLY, info: 0n }, step);
}
