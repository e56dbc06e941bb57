/** A datagram at one of netfilter's hooks: what the kernel does with the verdict, and the steps that tell it. */
import { formatIpv4 } from '../../base/address.ts';
import type { StepId } from '../../base/step.ts';
import { writeTransportChecksum } from '../../wire/checksum.ts';
import { readU32 } from '../../wire/octets.ts';
import { buildIpv4, IPPROTO, readIpv4 } from '../ip4/packet.ts';
import { routeOutput } from '../ip4/route-output.ts';
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';
import { record, recordDrop } from '../recording.ts';
import type { Stack } from '../stack.ts';
import { readSegment, resetFor } from '../tcp/segment.ts';
import type { Flowing } from './conntrack.ts';
import { passHook } from './netfilter.ts';
import { REJECT_CODES, type Hook, type RejectWith } from './rule.ts';

export interface AtHook extends Flowing {
  readonly hook: Hook;
  readonly datagram: Uint8Array;
  readonly iif: Link | null;
  readonly oif: Link | null;
  readonly parent: StepId | null;
}

export type Passed = Flowing & { readonly datagram: Uint8Array; readonly parent: StepId | null };

/** The datagram as it goes on, or undefined when it does not. */
export function atHook(stack: Stack, net: Namespace, at: AtHook): Passed | undefined {
  const { hook, datagram, iif, oif, parent, mark, tracked } = at;
  const device = (oif ?? iif)?.name ?? null;
  const verdict = passHook(net, hook, { datagram, iif, oif, mark, tracked });
  if (verdict.kind === 'accept') {
    const { passing, notes } = verdict;
    if (notes.length === 0) return { datagram: passing.datagram, parent, mark: passing.mark, tracked };
    const step = record(
      net,
      device,
      {
        kind: 'rewritten',
        text: notes.map((side) => natText(side, datagram, passing.datagram)).join(', '),
        changes: [],
      },
      { packet: passing.datagram },
      parent,
    );
    return { datagram: passing.datagram, parent: step, mark: passing.mark, tracked };
  }
  const step = recordDrop(
    net,
    device,
    { kind: 'blocked', problem: `iptables ${verdict.by}` },
    { packet: datagram },
    parent,
  );
  if (verdict.kind === 'reject') refuse(stack, net, datagram, iif, verdict.reason, step);
  return undefined;
}

function natText(side: string, before: Uint8Array, after: Uint8Array): string {
  const at = side === 'source' ? 12 : 16;
  return `NAT: ${side} ${formatIpv4(readU32(before, at))} becomes ${formatIpv4(readU32(after, at))}`;
}

function refuse(
  stack: Stack,
  net: Namespace,
  datagram: Uint8Array,
  link: Link | null,
  reason: RejectWith,
  parent: StepId | null,
): void {
  if (reason !== 'tcp-reset') {
    stack.icmpError4(net, datagram, link, { type: 3, code: REJECT_CODES[reason], info: 0n }, parent);
    return;
  }
  const header = readIpv4(datagram);
  if (typeof header === 'string' || header.protocol !== IPPROTO.tcp) return;
  const segment = readSegment(datagram.subarray(header.headerSize, header.totalSize));
  if (segment === undefined || (segment.flags & 4) !== 0) return;
  const { source: destination, destination: source } = header;
  const octets = resetFor(segment);
  writeTransportChecksum(octets, 16, { family: 4, source, destination }, IPPROTO.tcp);
  const asked = routeOutput(net, { destination, source, tos: 0, mark: 0, oif: 0, anySource: true });
  if (!asked.ok) return;
  const fields = { source, destination, protocol: IPPROTO.tcp, id: 0, dontFragment: true, ttl: 64 };
  stack.send4(net, buildIpv4(fields, octets), asked.value, parent);
}
