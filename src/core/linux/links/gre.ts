/** GRE devices of the kernel over IPv4: `gre` carries IP packets, `gretap` Ethernet frames (RFC 2784, 2890, `ip_gre.c`). */
import type { StepId } from '../../base/step.ts';
import { internetChecksum } from '../../wire/checksum.ts';
import { readU16, readU32 } from '../../wire/octets.ts';
import { encodeGre } from '../../wire/layer/gre.ts';
import { namespaceOf, receive } from '../device.ts';
import { ETHERTYPE, ethertypeOf, HEADER_SIZE } from '../ether.ts';
import { formatIp } from '../family.ts';
import { openProtocol, sendIp } from '../ip-protocol.ts';
import type { Link, LinkDriver } from '../link.ts';
import type { Machine, Namespace } from '../namespace.ts';
import { record, recordDrop } from '../recording.ts';
import type { Datagram } from '../socket.ts';
import type { Stack } from '../stack.ts';
import { mtuTowards } from './geneve.ts';
import type { TunnelState } from './tunnel-state.ts';

const PROTOCOL = 47;
const BRIDGED = 0x6558;
const IPV4_HEADER = 20;
const HAS_CHECKSUM = 0x8000;
const HAS_KEY = 0x2000;
const HAS_SEQUENCE = 0x1000;
const VERSION = 0x0007;
const DEFAULT_BELOW = 1500;

const headerSize = (state: TunnelState): number =>
  4 + (state.outputChecksum ? 4 : 0) + (state.outputKey === null ? 0 : 4);

/** What the way to the remote end leaves for the packet inside. */
export function greMtu(net: Namespace, kind: 'gre' | 'gretap', state: TunnelState): number {
  const below = (state.remote && mtuTowards(net, state.remote)) ?? DEFAULT_BELOW;
  return below - IPV4_HEADER - headerSize(state) - (kind === 'gretap' ? HEADER_SIZE : 0);
}

/** The ethertype of an IP packet. */
const typeOf = (packet: Uint8Array): number =>
  (packet[0] ?? 0) >> 4 === 6 ? ETHERTYPE.ipv6 : ETHERTYPE.ipv4;

/** The TTL of an IP packet, in a frame or by itself; undefined for anything else. */
function innerTtl(octets: Uint8Array, bridged: boolean): number | undefined {
  const type = bridged ? ethertypeOf(octets) : typeOf(octets);
  const packet = bridged ? octets.subarray(HEADER_SIZE) : octets;
  if (type === ETHERTYPE.ipv4) return packet[8];
  return type === ETHERTYPE.ipv6 ? packet[7] : undefined;
}

export function greDriver(machine: Machine, stack: () => Stack): LinkDriver {
  let close: (() => void) | null = null;
  return {
    transmit(link, octets, parent) {
      const net = namespaceOf(machine, link);
      const state = link.tunnel;
      if (state?.remote == null) {
        recordDrop(net, link.name, { kind: 'no-tunnel', problem: 'no remote end' }, octets, parent);
        return false;
      }
      const bridged = link.kind === 'gretap';
      const gre = encodeGre(
        {
          protocol: bridged ? BRIDGED : typeOf(octets),
          checksum: state.outputChecksum,
          ...(state.outputKey === null ? {} : { key: state.outputKey }),
        },
        octets,
      );
      const ttl = state.ttl === 0 ? innerTtl(octets, bridged) : state.ttl;
      return sendIp(
        stack(),
        net,
        {
          family: 4,
          protocol: PROTOCOL,
          local: state.local?.address ?? 0n,
          remote: state.remote.address,
          tos: state.tos,
          dontFragment: state.dontFragment === 'set',
          ...(ttl === undefined ? {} : { ttl }),
          payload: () => gre,
        },
        tell(net, link, 'encapsulated', state, octets, parent),
      ).ok;
    },
    changed(link) {
      close?.();
      close = null;
      if (!link.up || link.tunnel === null) return;
      const net = namespaceOf(machine, link);
      close = openProtocol(net, 4, PROTOCOL, (datagram) => arrived(net, link, datagram), 'first');
    },
  };
}

const tell = (
  net: Namespace,
  link: Link,
  kind: 'encapsulated' | 'decapsulated',
  { local, remote, outputKey, inputKey }: TunnelState,
  frame: Uint8Array,
  parent: StepId | null,
): StepId | null =>
  record(
    net,
    link.name,
    {
      kind,
      protocol: 'gre',
      vni: (kind === 'encapsulated' ? outputKey : inputKey) ?? 0,
      local: local === null ? '' : formatIp(4, local.address),
      remote: remote === null ? '' : formatIp(4, remote.address),
      metadata: '',
    },
    frame,
    parent,
  );

/** Takes what is meant for `link`; false leaves a packet to other devices. */
function arrived(net: Namespace, link: Link, { payload, source, destination, parent }: Datagram): boolean {
  const state = link.tunnel;
  if (state === null || payload.length < 4) return false;
  const flags = readU16(payload, 0);
  if ((flags & VERSION) !== 0) return false;
  const bridged = link.kind === 'gretap';
  const type = readU16(payload, 2);
  if (bridged ? type !== BRIDGED : type !== ETHERTYPE.ipv4 && type !== ETHERTYPE.ipv6) return false;
  const keyAt = (flags & HAS_CHECKSUM) === 0 ? 4 : 8;
  const start = keyAt + ((flags & HAS_KEY) === 0 ? 0 : 4) + ((flags & HAS_SEQUENCE) === 0 ? 0 : 4);
  if (payload.length < start + (bridged ? HEADER_SIZE : 0)) return false;
  const key = (flags & HAS_KEY) === 0 ? null : readU32(payload, keyAt);
  const isOurs =
    key === state.inputKey &&
    (state.remote === null || state.remote.address === source) &&
    (state.local === null || state.local.address === destination);
  if (!isOurs) return false;
  if ((flags & HAS_CHECKSUM) !== 0 && internetChecksum(payload) !== 0) {
    recordDrop(net, link.name, { kind: 'checksum' }, null, parent);
    return true;
  }
  if (state.inputChecksum && (flags & HAS_CHECKSUM) === 0) {
    recordDrop(net, link.name, { kind: 'malformed', problem: 'GRE without checksum' }, null, parent);
    return true;
  }
  const frame = payload.slice(start);
  receive(net, link, frame, tell(net, link, 'decapsulated', state, frame, parent));
  return true;
}
