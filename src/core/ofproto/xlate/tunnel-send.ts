/** Fills in the tunnel that a packet gets when it is sent to a tunnel port, from the port's options and the key. */
import { FIELDS } from '../../flow/fields.table.ts';
import { setField } from '../../flow/flow.ts';
import { isIp, markBits, setWordBits, tosOf, ttlOf, word } from '../../flow/packet-kind.ts';
import { WORD } from '../../flow/words.table.ts';
import type { TunnelConfig } from '../bridge/tunnel-config.ts';
import type { Xlate } from './xlate.ts';

const FLAG = { oam: 1, dontFragment: 2, checksum: 4, key: 8 } as const;
const CONGESTION = 3;

/** Changes the key's tunnel for sending out of a port configured so. */
export function fillTunnel(x: Xlate, config: TunnelConfig): void {
  const { flow, mask } = x;
  if (config.local !== 'flow') {
    flow[WORD.tunSrc] = config.local.ipv4;
    setField(flow, FIELDS.tun_ipv6_src, config.local.ipv6);
  }
  if (config.remote !== 'flow') {
    flow[WORD.tunDst] = config.remote.ipv4;
    setField(flow, FIELDS.tun_ipv6_dst, config.remote.ipv6);
  }
  flow[WORD.tunPorts] = config.port;
  if (config.outKey !== 'flow') setField(flow, FIELDS.tun_id, config.outKey ?? 0n);
  const ip = isIp(flow);
  let ttl = config.ttl === 'inherit' ? 64 : config.ttl;
  if (config.ttl === 'inherit' && ip) {
    markBits(mask, WORD.nwProto, 0xff00);
    ttl = ttlOf(flow);
  }
  let tos = config.tos === 'inherit' ? 0 : config.tos;
  if (config.tos === 'inherit' && ip) {
    markBits(mask, WORD.nwProto, 0xfc0000);
    tos = tosOf(flow) & 0xfc;
  }
  if (ip) {
    markBits(mask, WORD.nwProto, 0x030000);
    const ecn = tosOf(flow) & 3;
    tos |= ecn === CONGESTION ? 2 : ecn;
  }
  let flags = word(flow, WORD.tunFlags) & 0xffff & FLAG.oam;
  if (config.dontFragment) flags |= FLAG.dontFragment;
  if (config.outKey !== null) flags |= FLAG.key;
  const overIpv6 = word(flow, WORD.tunDst) === 0;
  if (config.checksum === 'on' || (config.checksum === 'default' && overIpv6)) flags |= FLAG.checksum;
  setWordBits(flow, WORD.tunFlags, (ttl << 24) | (tos << 16) | flags, 0xffffffff);
  if (config.egressMark !== null) {
    flow[WORD.pktMark] = config.egressMark;
    mask[WORD.pktMark] = 0xffffffff;
  }
  const { version, index, direction, hardwareId } = config.erspan;
  if (version !== 'flow') setField(flow, FIELDS.tun_erspan_ver, version);
  if (index !== 'flow') setField(flow, FIELDS.tun_erspan_idx, index);
  if (direction !== 'flow') setField(flow, FIELDS.tun_erspan_dir, direction);
  if (hardwareId !== 'flow') setField(flow, FIELDS.tun_erspan_hwid, hardwareId);
}

/** Takes over congestion marks of the outer header; false when the packet must be dropped for it. */
export function acceptCongestion(x: Xlate, hasTunnel: boolean): boolean {
  const { flow } = x;
  const outer = (word(flow, WORD.tunFlags) >>> 16) & 3;
  if (!hasTunnel || !isIp(flow) || outer !== CONGESTION) return true;
  if ((tosOf(flow) & 3) === 0) return false;
  setWordBits(flow, WORD.nwProto, 0x030000, 0x030000);
  return true;
}
