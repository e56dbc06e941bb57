/** How a probe is sent and heard by each method: UDP to rising ports, ICMP echo, TCP SYN. */
import { readU16 } from '../../wire/octets.ts';
import type { Family } from '../../linux/family.ts';
import {
  sendEcho,
  sendTcpProbe,
  STRERROR,
  type DatagramError,
  type Errno,
  type Kernel,
  type Namespace,
} from '../../linux/index.ts';
import type { Recorder } from '../../base/step.ts';
import type { TracerouteOptions } from './options.ts';

/** What came back about a probe: from where, what to print behind the time, and whether the trace ends there. */
interface Heard {
  readonly from: bigint;
  readonly note: string;
  readonly isFinal: boolean;
}

/** Where the probes go, as found out before the first. */
export interface Course {
  readonly kernel: Kernel;
  readonly net: Namespace;
  readonly recorder: Recorder;
  readonly family: Family;
  readonly destination: bigint;
  readonly source: bigint;
  readonly oif: number;
  /** Octets behind the IP header. */
  readonly payloadSize: number;
  readonly options: TracerouteOptions;
  /** Any number, the same for the whole trace: where source ports begin, and the ICMP identifier. */
  readonly identity: number;
}

/** Sends probe number `index` (from 0) with a hop limit. A text is the call that failed and why. */
export type SendProbe = (
  index: number,
  ttl: number,
  heard: (answer: Heard) => void,
) => { readonly close: () => void } | string;

const FIRST_PORT = 33434;
const UDP_PORT = 53;
const TCP_PORT = 80;

/** The filling of a probe: letters from @ on. */
const filling = (size: number): Uint8Array =>
  Uint8Array.from({ length: Math.max(0, size) }, (_, index) => 0x40 + (index & 0x3f));

const failed = (call: string, errno: Errno): string => `${call}: ${STRERROR[errno]}`;

const NOTES4: Readonly<Record<number, string>> = {
  0: '!N',
  1: '!H',
  2: '!P',
  3: '',
  5: '!S',
  6: '!H',
  9: '!X',
  10: '!X',
  13: '!X',
  14: '!V',
  15: '!C',
};
const NOTES6: Readonly<Record<number, string>> = { 0: '!N', 1: '!X', 2: '!H', 3: '!H', 4: '' };

/** An ICMP error about a probe. */
function hearError({ family, from, type, code, mtu }: DatagramError): Heard {
  if (type === (family === 4 ? 11 : 3)) return { from, note: '', isFinal: false };
  if (family === 6 && type === 2) return { from, note: `!F-${mtu}`, isFinal: true };
  if (type !== (family === 4 ? 3 : 1)) return { from, note: `!<${type}-${code}>`, isFinal: true };
  if (family === 4 && code === 4) return { from, note: `!F-${mtu}`, isFinal: true };
  return { from, note: (family === 4 ? NOTES4 : NOTES6)[code] ?? `!<${code}>`, isFinal: true };
}

const sourcePortOf = ({ identity, options }: Course, index: number): number =>
  options.sourcePort ?? 32768 + ((identity + index) % 28000);

const overUdp =
  (course: Course): SendProbe =>
  (index, ttl, heard) => {
    const { kernel, net, family, destination, options } = course;
    const sourcePort = sourcePortOf(course, index);
    const destinationPort =
      options.method === 'udp' ? (options.port ?? UDP_PORT) : ((options.port ?? FIRST_PORT) + index) & 0xffff;
    const close = net.sockets.open({
      protocol: 'udp',
      family,
      port: sourcePort,
      local: null,
      remote: destination,
      remotePort: destinationPort,
      ifindex: course.oif === 0 ? null : course.oif,
      program: 'traceroute',
      receive: ({ source }) => heard({ from: source, note: '', isFinal: true }),
      error: (error) => heard(hearError(error)),
    });
    const sent = kernel.udpSend(
      {
        family,
        local: course.source,
        remote: destination,
        sourcePort,
        destinationPort,
        payload: filling(course.payloadSize - 8),
        ttl,
        tos: options.tos,
        dontFragment: options.dontFragment,
        mark: options.mark,
        oif: course.oif,
        program: { name: 'traceroute', recorder: course.recorder },
      },
      null,
      net.name,
    );
    if (sent.ok) return { close };
    close();
    return failed('send', sent.error.errno);
  };

function overIcmp(course: Course): SendProbe {
  const { kernel, net, family, options } = course;
  const id = course.identity & 0xffff;
  const waiting = new Map<number, (answer: Heard) => void>();
  const sequenceIn = (message: Uint8Array): number => readU16(message, 6);
  net.sockets.open({
    protocol: family === 4 ? 'icmp' : 'icmpv6',
    family,
    port: id,
    local: null,
    remote: null,
    remotePort: null,
    ifindex: course.oif === 0 ? null : course.oif,
    program: 'traceroute',
    receive: ({ source, payload }) =>
      waiting.get(sequenceIn(payload))?.({ from: source, note: '', isFinal: true }),
    error: (error) => waiting.get(sequenceIn(error.offending))?.(hearError(error)),
  });
  return (index, ttl, heard) => {
    const sequence = ((options.port ?? 1) + index) & 0xffff;
    waiting.set(sequence, heard);
    const sent = sendEcho(
      kernel.stack,
      net,
      {
        family,
        destination: course.destination,
        source: course.source,
        oif: course.oif,
        mark: options.mark,
        id,
        sequence,
        data: filling(course.payloadSize - 8),
        ttl,
        tos: options.tos,
        discovery: options.dontFragment ? 'do' : 'dont',
        option: null,
        flowLabel: null,
        program: 'traceroute',
      },
      course.recorder,
    );
    return sent.ok ? { close: () => void waiting.delete(sequence) } : failed('send', sent.error.errno);
  };
}

const overTcp =
  (course: Course): SendProbe =>
  (index, ttl, heard) => {
    const { kernel, net, family, destination, options } = course;
    const sent = sendTcpProbe(kernel.stack, net, {
      family,
      remote: destination,
      local: course.source,
      remotePort: options.port ?? TCP_PORT,
      localPort: sourcePortOf(course, index),
      ifindex: course.oif,
      ttl,
      tos: options.tos,
      program: 'traceroute',
      recorder: course.recorder,
      answered: (source) => heard({ from: source, note: '', isFinal: true }),
      failed: (error) => heard(hearError(error)),
    });
    return sent.ok ? { close: sent.value } : failed('connect', sent.error.errno);
  };

/** The sender of a trace. */
export function senderOf(course: Course): SendProbe {
  switch (course.options.method) {
    case 'icmp':
      return overIcmp(course);
    case 'tcp':
      return overTcp(course);
    default:
      return overUdp(course);
  }
}
