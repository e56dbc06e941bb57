/** TCP as far as the kernel answers by itself: a reset for a port where nobody listens (RFC 9293, 3.10.7.1). */
import type { StepId } from '../base/step.ts';
import { checksumOf, pseudoSum, sumOctets, writeTransportChecksum } from '../wire/checksum.ts';
import { readU16, readU32, writeU16, writeU32 } from '../wire/octets.ts';
import { buildIpv4, IPPROTO, type Ipv4Header } from './ip4/packet.ts';
import { routeOutput } from './ip4/route-output.ts';
import { buildIpv6 } from './ip6/packet.ts';
import { routeOutput6 } from './ip6/route-output.ts';
import type { Namespace } from './namespace.ts';
import { record, recordDrop } from './recording.ts';
import type { Incoming, Stack } from './stack.ts';
import { pseudoOf, type TransportHeader } from './udp.ts';

const FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;

export function receiveTcp4(stack: Stack, net: Namespace, incoming: Incoming, header: Ipv4Header): void {
  receiveTcp(stack, net, incoming, {
    family: 4,
    source: BigInt(header.source),
    destination: BigInt(header.destination),
    ttl: header.ttl,
    tos: header.tos,
    payload: incoming.datagram.subarray(header.headerSize, header.totalSize),
  });
}

export function receiveTcp(stack: Stack, net: Namespace, incoming: Incoming, header: TransportHeader): void {
  const { link, frame, parent } = incoming;
  const segment = header.payload;
  if (segment.length < 20) {
    recordDrop(net, link.name, { kind: 'malformed', problem: 'TCP segment cut' }, frame, parent);
    return;
  }
  if (
    checksumOf(
      sumOctets(
        segment,
        0,
        segment.length,
        pseudoSum(pseudoOf(header.family, header.source, header.destination), IPPROTO.tcp, segment.length),
      ),
    ) !== 0
  ) {
    recordDrop(net, link.name, { kind: 'checksum' }, frame, parent);
    return;
  }
  const sourcePort = readU16(segment, 0);
  const destinationPort = readU16(segment, 2);
  const socket = net.sockets.find(
    'tcp',
    header.family,
    destinationPort,
    header.source,
    sourcePort,
    header.destination,
    link.index,
  );
  if (socket !== undefined) {
    const step = record(
      net,
      link.name,
      { kind: 'delivered', to: `tcp port ${destinationPort}` },
      frame,
      parent,
    );
    socket.receive({
      family: header.family,
      source: header.source,
      destination: header.destination,
      sourcePort,
      destinationPort,
      ttl: header.ttl,
      tos: header.tos,
      ifindex: link.index,
      payload: segment,
      datagram: incoming.datagram,
      parent: step,
    });
    return;
  }
  const step = recordDrop(
    net,
    link.name,
    { kind: 'no-listener', protocol: 'tcp', port: destinationPort },
    frame,
    parent,
  );
  if (((segment[13] as number) & FLAG.rst) === 0) reset(stack, net, header, segment, step);
}

function reset(
  stack: Stack,
  net: Namespace,
  header: TransportHeader,
  segment: Uint8Array,
  parent: StepId | null,
): void {
  const flags = segment[13] as number;
  const answer = new Uint8Array(20);
  writeU16(answer, 0, readU16(segment, 2));
  writeU16(answer, 2, readU16(segment, 0));
  answer[12] = 5 << 4;
  if ((flags & FLAG.ack) !== 0) {
    writeU32(answer, 4, readU32(segment, 8));
    answer[13] = FLAG.rst;
  } else {
    const dataOffset = ((segment[12] as number) >> 4) * 4;
    const length =
      segment.length - dataOffset + ((flags & FLAG.syn) === 0 ? 0 : 1) + ((flags & FLAG.fin) === 0 ? 0 : 1);
    writeU32(answer, 8, (readU32(segment, 4) + length) >>> 0);
    answer[13] = FLAG.rst | FLAG.ack;
  }
  sendSegment(stack, net, header, answer, parent);
}

/** Sends a segment back to where `header` came from. */
function sendSegment(
  stack: Stack,
  net: Namespace,
  header: TransportHeader,
  segment: Uint8Array,
  parent: StepId | null,
): void {
  writeTransportChecksum(
    segment,
    16,
    pseudoOf(header.family, header.destination, header.source),
    IPPROTO.tcp,
  );
  if (header.family === 4) {
    const source = Number(header.destination);
    const destination = Number(header.source);
    const asked = routeOutput(net, { destination, source, tos: 0, mark: 0, oif: 0, protocol: IPPROTO.tcp });
    if (asked.ok)
      stack.send4(
        net,
        buildIpv4(
          { source, destination, protocol: IPPROTO.tcp, id: 0, dontFragment: true, ttl: 64 },
          segment,
        ),
        asked.value,
        parent,
      );
    return;
  }
  const asked = routeOutput6(net, {
    destination: header.source,
    source: header.destination,
    mark: 0,
    oif: 0,
    protocol: IPPROTO.tcp,
  });
  if (asked.ok)
    stack.send6(
      net,
      buildIpv6(
        { source: header.destination, destination: header.source, next: IPPROTO.tcp, hopLimit: 64 },
        segment,
      ),
      asked.value,
      parent,
    );
}
