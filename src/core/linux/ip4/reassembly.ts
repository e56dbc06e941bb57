/** Puts IPv4 fragments together (RFC 791, 815); what is not whole in time is dropped with an error to its sender. */
import { concatBytes } from '../../base/bytes.ts';
import type { StepId } from '../../base/step.ts';
import { writeU16 } from '../../wire/octets.ts';
import type { Namespace } from '../namespace.ts';
import { recordDrop } from '../recording.ts';
import { collect, type GivenUp } from '../reassembly.ts';
import type { Incoming, Stack } from '../stack.ts';
import { SECOND } from '../timing.ts';
import { sealHeader, type Ipv4Header } from './packet.ts';

const TIME_EXCEEDED = 11;
const REASSEMBLY = 1;
/** Offsets count in eights of octets: what a fragment that is not the last has beyond them is cut. */
const UNIT = 8;
const LARGEST = 0xffff;

const headerOf = (datagram: Uint8Array): Uint8Array =>
  datagram.subarray(0, ((datagram[0] as number) & 15) * 4);

/** The whole datagram once its last fragment is in; undefined before that. */
export function reassemble(
  stack: Stack,
  net: Namespace,
  incoming: Incoming,
  header: Ipv4Header,
): { readonly datagram: Uint8Array; readonly parent: StepId | null } | undefined {
  const { datagram, link } = incoming;
  const key = `4/${link.index}/${header.source}/${header.destination}/${header.protocol}/${header.id}`;
  const payload = datagram.slice(header.headerSize, header.totalSize);
  const octets = header.moreFragments
    ? payload.subarray(0, payload.length - (payload.length % UNIT))
    : payload;
  const piece = {
    offset: header.fragmentOffset,
    octets,
    datagram,
    isLast: !header.moreFragments,
    id: header.id,
  };
  const wait = net.sysctl.number('net.ipv4.ipfrag_time') * SECOND;
  const collected = collect(net, key, piece, incoming, wait, (late) => expire(stack, net, late));
  if (collected === undefined) return undefined;
  const size = headerOf(collected.first).length + collected.payload.length;
  if (size > LARGEST) {
    const problem = `the datagram would have ${size} octets`;
    recordDrop(net, link.name, { kind: 'malformed', problem }, incoming.frame, collected.parent);
    return undefined;
  }
  const whole = concatBytes([headerOf(collected.first), collected.payload]);
  writeU16(whole, 2, whole.length);
  writeU16(whole, 6, 0);
  sealHeader(whole);
  return { datagram: whole, parent: collected.parent };
}

function expire(stack: Stack, net: Namespace, { first, ifindex, step }: GivenUp): void {
  const link = net.links.get(ifindex);
  if (first !== undefined && link !== undefined)
    stack.icmpError4(net, first, link, { type: TIME_EXCEEDED, code: REASSEMBLY, info: 0n }, step);
}
