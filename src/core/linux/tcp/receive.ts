/** Segments that arrived: to their connection or listener, or a reset where there is none (RFC 9293, 3.10.7.1). */
import type { StepId } from '../../base/step.ts';
import { checksumOf, pseudoSum, sumOctets, writeTransportChecksum } from '../../wire/checksum.ts';
import { readU16 } from '../../wire/octets.ts';
import { buildIpv4, IPPROTO, type Ipv4Header } from '../ip4/packet.ts';
import { routeOutput } from '../ip4/route-output.ts';
import { buildIpv6 } from '../ip6/packet.ts';
import { routeOutput6 } from '../ip6/route-output.ts';
import { isLinkLocalIp6 } from '../family.ts';
import type { Link } from '../link.ts';
import { arrivalOf, vrfOf } from '../links/vrf-arrival.ts';
import type { Namespace } from '../namespace.ts';
import { record, recordDrop } from '../recording.ts';
import type { Incoming, Stack } from '../stack.ts';
import { pseudoOf, type TransportHeader } from '../udp.ts';
import { has, readSegment, resetFor } from './segment.ts';

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
    arrivalOf(net, link.index),
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
  const read = readSegment(segment);
  if (read !== undefined && !has(read, 'rst')) sendBack(stack, net, link, header, resetFor(read), step);
}

/** Sends a segment back to where `header` came from. */
function sendBack(
  stack: Stack,
  net: Namespace,
  link: Link,
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
    const asked = routeOutput(net, {
      destination,
      source,
      tos: 0,
      mark: 0,
      oif: vrfOf(link),
      protocol: IPPROTO.tcp,
    });
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
    oif: isLinkLocalIp6(header.source) ? link.index : vrfOf(link),
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
