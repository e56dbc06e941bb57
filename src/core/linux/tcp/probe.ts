/** A lone SYN as a raw socket sends it (traceroute): what comes back is reported, and an open port is reset at once. */
import { ok } from '../../base/result.ts';
import type { Recorder } from '../../base/step.ts';
import { TCP_FLAG } from '../../wire/layer/tcp.ts';
import { refuse, type NetlinkResult } from '../errno.ts';
import type { Family } from '../family.ts';
import type { Namespace } from '../namespace.ts';
import type { DatagramError } from '../socket.ts';
import type { Stack } from '../stack.ts';
import { has, readSegment } from './segment.ts';
import { newTcb } from './tcb.ts';
import { transmitSegment, wayOf } from './transmit.ts';

/** As traceroute's segments say. */
const WINDOW = 5840;
const SCALE = 2;

interface TcpProbe {
  readonly family: Family;
  /** 0n: the kernel chooses. */
  readonly local: bigint;
  readonly localPort: number;
  readonly remote: bigint;
  readonly remotePort: number;
  readonly ifindex: number;
  readonly ttl: number;
  readonly tos: number;
  readonly program: string;
  readonly recorder: Recorder;
  answered(from: bigint): void;
  failed(error: DatagramError): void;
}

/** Sends the SYN; the answer ends the listening for what comes back. */
export function sendTcpProbe(stack: Stack, net: Namespace, probe: TcpProbe): NetlinkResult<() => void> {
  const asked = wayOf({ net, ...probe });
  if (!asked.ok) return refuse(asked.errno);
  const local = BigInt(asked.value.route.source);
  const told = { connected: nothing, data: nothing, end: nothing, closed: nothing };
  const { ttl, tos } = probe;
  const tcb = newTcb(
    { ...probe, stack, net, local, passive: false },
    { ttl, tos, minTtl: 0, noDelay: false, key: null },
    told,
  );
  tcb.rcvWindow = WINDOW;
  tcb.rcvScale = SCALE;
  const close = net.sockets.open({
    protocol: 'tcp',
    family: probe.family,
    port: probe.localPort,
    local,
    remote: probe.remote,
    remotePort: probe.remotePort,
    ifindex: probe.ifindex === 0 ? null : probe.ifindex,
    program: probe.program,
    receive: ({ payload, source, parent }) => {
      const segment = readSegment(payload);
      if (segment === undefined) return;
      if (has(segment, 'syn'))
        transmitSegment(
          tcb,
          { sequence: segment.acknowledgement, flags: TCP_FLAG.rst, payload: new Uint8Array(0) },
          parent,
        );
      probe.answered(source);
    },
    error: (error) => probe.failed(error),
  });
  transmitSegment(tcb, { sequence: tcb.iss, flags: TCP_FLAG.syn, payload: new Uint8Array(0) }, null);
  return ok(close);
}

const nothing = (): void => undefined;
