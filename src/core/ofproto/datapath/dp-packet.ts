/** A packet in the datapath: octets, and what goes with them from one pass through the tables to the next. */
import { FIELDS } from '../../flow/fields.table.ts';
import { setField, type Flow } from '../../flow/flow.ts';
import { extractFlow } from '../../flow/extract.ts';
import { isIp, rawEthTypeOf } from '../../flow/packet-kind.ts';
import { ETH_TYPE, IP_PROTO } from '../../flow/protocol.table.ts';
import type { TlvMap } from '../../flow/tlv-map.ts';
import { WORD } from '../../flow/words.table.ts';
import type { CtResult } from '../conntrack/conntrack.ts';
import type { Frame } from '../frame/frame.ts';
import { putTunnel, type TunnelMetadata, type TunnelSend } from './tunnel-metadata.ts';

/** What connection tracking said of a packet. */
export type Tracking = Omit<CtResult, 'octets'>;

export class DpPacket {
  frame: Frame;
  tunnel: TunnelMetadata | null = null;
  /** What it is wrapped in when it is sent to a tunnel port. */
  sendTunnel: TunnelSend | null = null;
  priority = 0;
  mark = 0;
  hash = 0;
  recircId = 0;
  tracking: Tracking | null = null;
  /** Size of the largest IP packet that it came in when it came in fragments; it is sent in such again. */
  largestFragment: number | null = null;
  /** Octets that the next output sends, null for all. */
  cut: number | null = null;

  constructor(frame: Frame) {
    this.frame = frame;
  }

  clone(): DpPacket {
    const copy = new DpPacket(this.frame);
    copy.tunnel = this.tunnel;
    copy.sendTunnel = this.sendTunnel;
    copy.priority = this.priority;
    copy.mark = this.mark;
    copy.hash = this.hash;
    copy.recircId = this.recircId;
    copy.tracking = this.tracking;
    copy.cut = this.cut;
    copy.largestFragment = this.largestFragment;
    return copy;
  }

  /** The packet's key, `inPort` being an OpenFlow port; undefined when its tunnel options are not acceptable. */
  key(inPort: number, tlv: TlvMap, vlanLimit: number): Flow | undefined {
    const flow = extractFlow(this.frame.octets, { packetType: this.frame.packetType, vlanLimit });
    if (this.tunnel && !putTunnel(flow, this.tunnel, tlv)) return undefined;
    flow[WORD.skbPriority] = this.priority;
    flow[WORD.pktMark] = this.mark;
    flow[WORD.dpHash] = this.hash;
    flow[WORD.inPort] = inPort;
    flow[WORD.recircId] = this.recircId;
    if (this.tracking) putTracking(flow, this.tracking);
    return flow;
  }
}

function putTracking(flow: Flow, { state, zone, mark, label, original }: Tracking): void {
  flow[WORD.ctState] = ((zone << 16) | state) >>> 0;
  flow[WORD.ctMark] = mark;
  setField(flow, FIELDS.ct_label, label);
  const family = rawEthTypeOf(flow) === ETH_TYPE.ip ? 4 : 6;
  if (!original || !isIp(flow) || original.family !== family) return;
  setField(flow, FIELDS.ct_nw_proto, original.protocol);
  const icmp = original.protocol === IP_PROTO.icmp || original.protocol === IP_PROTO.icmpv6;
  const source = icmp ? original.icmpType : original.sourcePort;
  const destination = icmp ? original.icmpCode : original.destinationPort;
  flow[WORD.ctTpPorts] = ((source << 16) | destination) >>> 0;
  if (family === 4) {
    flow[WORD.ctNwSrc] = Number(original.source);
    flow[WORD.ctNwDst] = Number(original.destination);
  } else {
    setField(flow, FIELDS.ct_ipv6_src, original.source);
    setField(flow, FIELDS.ct_ipv6_dst, original.destination);
  }
}
