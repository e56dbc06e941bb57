/** Puts IPv6 fragments together (RFC 8200, 4.5); what is not whole in time is dropped with an error to its sender. */
import { invariant } from '../../base/assert.ts';
import { concatBytes } from '../../base/bytes.ts';
import type { StepId } from '../../base/step.ts';
import { writeU16 } from '../../wire/octets.ts';
import type { Namespace } from '../namespace.ts';
import { recordDrop } from '../recording.ts';
import { collect, type GivenUp } from '../reassembly.ts';
import type { Incoming, Stack } from '../stack.ts';
import { SECOND } from '../timing.ts';
import { ICMP6 } from './icmp.ts';
import { HEADER6, NEXT, readIpv6Header, type Ipv6Header } from './packet.ts';

const REASSEMBLY = 1;
const FRAGMENT_HEADER = 8;
const UNIT = 8;
const LARGEST = 0xffff;
/** Codes of "parameter problem". */
const ERRONEOUS = 0;
const INCOMPLETE = 3;
/** Octets that a first fragment must have of its upper layer, by protocol. */
const LEAST_HEADER: ReadonlyMap<number, number> = new Map([
  [NEXT.tcp, 20],
  [NEXT.udp, 8],
  [NEXT.icmpv6, 8],
]);
/** Places of what a sender is told about: the payload's length, and the offset within a fragment header. */
const PAYLOAD_LENGTH = 4;
const OFFSET_FIELD = 2;

/** The whole datagram once its last fragment is in; undefined before that. */
export function reassemble(
  stack: Stack,
  net: Namespace,
  incoming: Incoming,
  header: Ipv6Header,
): { readonly datagram: Uint8Array; readonly parent: StepId | null } | undefined {
  const { datagram, link, parent } = incoming;
  const { fragment } = header;
  if (fragment === null) return undefined;
  const octets = datagram.slice(fragment.at + FRAGMENT_HEADER, header.totalSize);
  const isLast = !fragment.more;
  if (isLast && fragment.offset === 0) return { datagram: joined(datagram, fragment, octets), parent };
  const refused = refusal(header, fragment, octets);
  if (refused !== undefined) {
    const { code, at, problem } = refused;
    const step = recordDrop(net, link.name, { kind: 'malformed', problem }, incoming.frame, parent);
    const error = { type: ICMP6.parameterProblem, code, info: BigInt(at) };
    stack.icmpError6(net, datagram, link, error, step);
    return undefined;
  }
  const key = `6/${link.index}/${header.source}/${header.destination}/${fragment.id}`;
  const piece = { offset: fragment.offset, octets, datagram, isLast, id: fragment.id };
  const wait = net.sysctl.number('net.ipv6.ip6frag_time') * SECOND;
  const collected = collect(net, key, piece, incoming, wait, (late) => expire(stack, net, late));
  if (collected === undefined) return undefined;
  const opening = readIpv6Header(collected.first);
  invariant(typeof opening !== 'string' && opening.fragment !== null, 'a fragment was read before');
  const size = opening.fragment.at - HEADER6 + collected.payload.length;
  if (size > LARGEST) {
    // Its sender is not told (`ip6_frag_reasm`).
    const problem = `the datagram would carry ${size} octets`;
    recordDrop(net, link.name, { kind: 'malformed', problem }, incoming.frame, collected.parent);
    return undefined;
  }
  return { datagram: joined(collected.first, opening.fragment, collected.payload), parent: collected.parent };
}

/** What a fragment cannot be: a first one without all headers, one that ends within an eight of octets though others follow, or behind the largest datagram. */
function refusal(
  { protocol }: Ipv6Header,
  { offset, more, at }: NonNullable<Ipv6Header['fragment']>,
  octets: Uint8Array,
): { readonly code: number; readonly at: number; readonly problem: string } | undefined {
  const size = octets.length;
  if (offset === 0 && size < (LEAST_HEADER.get(protocol) ?? 1))
    return { code: INCOMPLETE, at: 0, problem: 'a first fragment without all headers' };
  if (offset + size > LARGEST)
    return { code: ERRONEOUS, at: at + OFFSET_FIELD, problem: `a fragment that ends at ${offset + size}` };
  if (more && size % UNIT !== 0)
    return { code: ERRONEOUS, at: PAYLOAD_LENGTH, problem: `a fragment of ${size} octets before others` };
  return undefined;
}

/** The datagram of `payload` with the headers before the fragment header of `datagram`. */
function joined(
  datagram: Uint8Array,
  fragment: NonNullable<Ipv6Header['fragment']>,
  payload: Uint8Array,
): Uint8Array {
  const whole = concatBytes([datagram.subarray(0, fragment.at), payload]);
  whole[fragment.announcedAt] = datagram[fragment.at] as number;
  writeU16(whole, 4, whole.length - HEADER6);
  return whole;
}

function expire(stack: Stack, net: Namespace, { first, ifindex, step }: GivenUp): void {
  const link = net.links.get(ifindex);
  if (first !== undefined && link !== undefined)
    stack.icmpError6(net, first, link, { type: ICMP6.timeExceeded, code: REASSEMBLY, info: 0n }, step);
}
