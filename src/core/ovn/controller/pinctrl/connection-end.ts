/** `tcp_reset`, `sctp_abort`, and `reject`, which chooses among them and an ICMP error. */
import { IP_PROTO } from '../../../flow/protocol.table.ts';
import { ipProtoOf, isIcmpv4, isIcmpv6, tpDstOf, tpSrcOf } from '../../../flow/packet-kind.ts';
import { encodeSctp, encodeSctpChunk, encodeTcp, IP_PROTOCOL, TCP_FLAG } from '../../../wire/index.ts';
import { OctetReader } from '../../actions/index.ts';
import { recordStep, refuse, reply } from './answer.ts';
import type { Answer } from './answer-kind.ts';
import { composeIp, endsOf } from './compose.ts';
import { icmpError } from './icmp.ts';
import type { SwitchPacket } from './switch-packet.ts';

const TTL = 63;
const TCP_FLAGS_AT = 13;
const SCTP = { headerSize: 12, chunkHeaderSize: 4, init: 1, abort: 6, tagReflected: 1 } as const;

const transportOf = ({ octets, places }: SwitchPacket): Uint8Array =>
  places.transport < 0 ? new Uint8Array(0) : octets.subarray(places.transport, places.end);

export function tcpReset(swapped: boolean): Answer {
  return (packet, answering) => {
    const { headers } = packet;
    if (ipProtoOf(headers) !== IP_PROTO.tcp) {
      refuse(answering, packet, 'TCP_RESET action on non-TCP packet');
      return;
    }
    const segment = new OctetReader(transportOf(packet));
    segment.take(4);
    const ends = endsOf(headers, swapped);
    const reset = encodeTcp(
      {
        sourcePort: tpDstOf(headers),
        destinationPort: tpSrcOf(headers),
        sequence: 0,
        acknowledgement: ((segment.u32() ?? 0) + 1) >>> 0,
        flags: TCP_FLAG.rst | TCP_FLAG.ack,
        window: 0,
      },
      new Uint8Array(0),
      ends.pseudo,
    );
    reply(answering, packet, composeIp(ends, IP_PROTOCOL.tcp, TTL, reset), 'TCP reset');
  };
}

export function sctpAbort(swapped: boolean): Answer {
  return (packet, answering) => {
    const { headers } = packet;
    if (ipProtoOf(headers) !== IP_PROTO.sctp) {
      refuse(answering, packet, 'SCTP_ABORT action on non-SCTP packet');
      return;
    }
    const received = new OctetReader(transportOf(packet));
    received.take(4);
    const tag = received.u32();
    received.take(4);
    const type = received.u8();
    const chunk = received.take(SCTP.chunkHeaderSize - 1);
    if (tag === undefined || type === undefined || chunk === undefined) {
      refuse(answering, packet, 'SCTP_ABORT action on SCTP packet with no chunks');
      return;
    }
    if (type === SCTP.abort) {
      refuse(answering, packet, 'sctp_abort action on incoming SCTP ABORT.');
      return;
    }
    const initiateTag = type === SCTP.init ? received.u32() : undefined;
    if (type === SCTP.init && received.remaining < 12) {
      refuse(answering, packet, 'Incomplete SCTP INIT chunk. Ignoring packet.');
      return;
    }
    const isReflected = tag !== 0 || initiateTag === undefined;
    const ends = endsOf(headers, swapped);
    const abort = encodeSctp(
      {
        sourcePort: tpDstOf(headers),
        destinationPort: tpSrcOf(headers),
        verificationTag: isReflected ? tag : initiateTag,
      },
      encodeSctpChunk(SCTP.abort, isReflected ? SCTP.tagReflected : 0, new Uint8Array(0)),
    );
    reply(answering, packet, composeIp(ends, IP_PROTOCOL.sctp, TTL, abort), 'SCTP abort');
  };
}

/** What is itself a refusal is not refused again. */
function isRefusal(packet: SwitchPacket): boolean {
  const { headers } = packet;
  const octets = transportOf(packet);
  if (ipProtoOf(headers) === IP_PROTO.tcp)
    return octets.length === 0 || ((octets[TCP_FLAGS_AT] ?? 0) & TCP_FLAG.rst) !== 0;
  if (isIcmpv4(headers)) return octets.length === 0 || octets[0] === 3;
  return isIcmpv6(headers) && (octets.length === 0 || octets[0] === 1);
}

const RESET_BACK = tcpReset(true);
const ABORT_BACK = sctpAbort(true);
const ERROR_BACK = icmpError(true, true);

export const reject: Answer = (packet, answering, stores) => {
  if (isRefusal(packet)) {
    const problem = 'a refusal is not answered with another';
    recordStep(
      answering,
      packet.step,
      { kind: 'dropped', reason: { kind: 'blocked', problem } },
      packet.octets,
      packet.because,
    );
    return;
  }
  const protocol = ipProtoOf(packet.headers);
  const answer =
    protocol === IP_PROTO.tcp ? RESET_BACK : protocol === IP_PROTO.sctp ? ABORT_BACK : ERROR_BACK;
  answer(packet, answering, stores);
};
