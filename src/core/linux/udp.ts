/** UDP: to the socket that listens, or a port unreachable; and datagrams that programs and tunnels send. */
import type { Recorder, StepId } from '../base/step.ts';
import { checksumOf, pseudoSum, sumOctets, writeTransportChecksum, type Pseudo } from '../wire/checksum.ts';
import { readU16, writeU16 } from '../wire/octets.ts';
import type { NetlinkResult } from './errno.ts';
import type { Family } from './family.ts';
import { sendIp } from './ip-protocol.ts';
import { IPPROTO } from './ip4/packet.ts';
import { arrivalOf } from './links/vrf-arrival.ts';
import type { Namespace } from './namespace.ts';
import { record, recordDrop } from './recording.ts';
import type { Incoming, Stack } from './stack.ts';

export interface TransportHeader {
  readonly family: Family;
  readonly source: bigint;
  readonly destination: bigint;
  readonly ttl: number;
  readonly tos: number;
  /** From the transport header on. */
  readonly payload: Uint8Array;
}

export const pseudoOf = (family: Family, source: bigint, destination: bigint): Pseudo =>
  family === 4
    ? { family, source: Number(source), destination: Number(destination) }
    : { family, source, destination };

/** `answer` = the datagram was for this host alone, so that an error may be sent. */
export function receiveUdp(
  stack: Stack,
  net: Namespace,
  incoming: Incoming,
  header: TransportHeader,
  answer: boolean,
): void {
  const { link, frame, parent } = incoming;
  const { payload, family } = header;
  const size = payload.length < 8 ? 0 : readU16(payload, 4);
  if (size < 8 || size > payload.length) {
    recordDrop(net, link.name, { kind: 'malformed', problem: 'UDP datagram cut' }, frame, parent);
    return;
  }
  const segment = payload.subarray(0, size);
  if (
    readU16(segment, 6) !== 0 &&
    checksumOf(
      sumOctets(
        segment,
        0,
        size,
        pseudoSum(pseudoOf(family, header.source, header.destination), IPPROTO.udp, size),
      ),
    ) !== 0
  ) {
    recordDrop(net, link.name, { kind: 'checksum' }, frame, parent);
    return;
  }
  const sourcePort = readU16(segment, 0);
  const destinationPort = readU16(segment, 2);
  const socket = net.sockets.find(
    'udp',
    family,
    destinationPort,
    header.source,
    sourcePort,
    header.destination,
    arrivalOf(net, link.index),
  );
  if (socket === undefined) {
    const step = recordDrop(
      net,
      link.name,
      { kind: 'no-listener', protocol: 'udp', port: destinationPort },
      frame,
      parent,
    );
    if (answer)
      if (family === 4) stack.icmpError4(net, incoming.datagram, link, { type: 3, code: 3, info: 0n }, step);
      else stack.icmpError6(net, incoming.datagram, link, { type: 1, code: 4, info: 0n }, step);
    return;
  }
  const step = record(
    net,
    link.name,
    { kind: 'delivered', to: `udp port ${destinationPort}` },
    frame,
    parent,
  );
  socket.receive({
    family,
    source: header.source,
    destination: header.destination,
    sourcePort,
    destinationPort,
    ttl: header.ttl,
    tos: header.tos,
    ifindex: link.index,
    payload: segment.subarray(8),
    datagram: incoming.datagram,
    parent: step,
  });
}

/** A datagram to be sent by a program or a tunnel. Ports as numbers; addresses of one family. */
export interface UdpSend {
  readonly family: Family;
  /** 0n: the kernel chooses. */
  readonly local: bigint;
  readonly remote: bigint;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly payload: Uint8Array;
  readonly ttl?: number;
  readonly tos?: number;
  readonly dontFragment?: boolean;
  readonly mark?: number;
  readonly oif?: number;
  /** False sends a zero checksum, as a tunnel over IPv4 without `csum` does. */
  readonly checksum?: boolean;
  /** A program that sends it begins a chain of steps; without one it follows its parent. */
  readonly program?: { readonly name: string; readonly recorder: Recorder };
}

/** Sends along the host's own routes; refusals are those of `sendto(2)`. */
export function sendUdp(stack: Stack, net: Namespace, send: UdpSend, parent: StepId | null): NetlinkResult {
  const { family, remote, payload, checksum } = send;
  const segment = new Uint8Array(8 + payload.length);
  writeU16(segment, 0, send.sourcePort);
  writeU16(segment, 2, send.destinationPort);
  writeU16(segment, 4, segment.length);
  segment.set(payload, 8);
  const withChecksum = (source: bigint): Uint8Array => {
    if (checksum !== false)
      writeTransportChecksum(segment, 6, pseudoOf(family, source, remote), IPPROTO.udp, 0xffff);
    return segment;
  };
  return sendIp(
    stack,
    net,
    {
      ...send,
      protocol: IPPROTO.udp,
      payload: withChecksum,
      originated: (datagram) => originated(net, send, datagram, parent),
    },
    parent,
  );
}

function originated(
  net: Namespace,
  { program, destinationPort }: UdpSend,
  datagram: Uint8Array,
  parent: StepId | null,
): StepId | null {
  if (program === undefined) return parent;
  const text = `UDP to port ${destinationPort}`;
  return record(
    net,
    null,
    { kind: 'originated', program: program.name, text },
    datagram,
    parent,
    [],
    program.recorder,
  );
}
