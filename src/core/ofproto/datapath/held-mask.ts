/** The part of a translation's mask that a datapath can hold: its keys have no place for fields that a packet has not. */
import type { Flow } from '../../flow/flow.ts';
import {
  fragmentOf,
  ipProtoOf,
  isIp,
  isNeighborDiscovery,
  packetTypeOf,
  rawEthTypeOf,
  word,
} from '../../flow/packet-kind.ts';
import { ETH_TYPE, IP_PROTO } from '../../flow/protocol.table.ts';
import { WORD } from '../../flow/words.table.ts';

const TAG = 0x1fff;
const RARP = 0x8035;
const LATER = 2;
/** ARP's operation stands where IP has its protocol. */
const OPERATION = 0xff;
/** TCP's flags, and the type of the first option of neighbour discovery. */
const TCP_FLAGS = WORD.arpSha + 3;
/** The group of IGMP, and what neighbour discovery reserves. */
const RESERVED = WORD.igmpGroup;
const WITH_PORTS: ReadonlySet<number> = new Set([
  IP_PROTO.tcp,
  IP_PROTO.udp,
  IP_PROTO.sctp,
  IP_PROTO.icmp,
  IP_PROTO.icmpv6,
]);

export interface HeldMask {
  readonly mask: Flow;
  /** Packets that the translation tells apart are alike to the datapath. */
  readonly isTooCoarse: boolean;
}

function holdNetwork(flow: Flow, held: Flow): void {
  const type = rawEthTypeOf(flow);
  const isArp = type === ETH_TYPE.arp || type === RARP;
  if (isIp(flow)) return;
  held.fill(0, WORD.ipv6Src, WORD.ctIpv6Src);
  held[WORD.ipv6Label] = 0;
  held[WORD.nwProto] = isArp ? word(held, WORD.nwProto) & OPERATION : 0;
  if (isArp) return;
  held.fill(0, WORD.nwSrc, WORD.ctNwSrc);
  held.fill(0, WORD.arpSha, TCP_FLAGS);
}

/** Whether something of neighbour discovery's reserved word and option type could not be held. */
function holdTransport(flow: Flow, held: Flow, userspace: boolean): boolean {
  const proto = ipProtoOf(flow);
  const whole = isIp(flow) && (fragmentOf(flow) & LATER) === 0;
  const isDiscovery = whole && isNeighborDiscovery(flow);
  const isLost = isDiscovery && !userspace && (word(held, RESERVED) | word(held, TCP_FLAGS)) !== 0;
  if (!whole || !WITH_PORTS.has(proto)) held[WORD.tpPorts] = 0;
  if (!whole || proto !== IP_PROTO.icmpv6) held.fill(0, WORD.ndTarget, WORD.arpSha);
  if (isDiscovery && userspace) return false;
  if (!whole || proto !== IP_PROTO.tcp) held[TCP_FLAGS] = 0;
  held[RESERVED] = 0;
  return isLost;
}

/** `mask` as the kernel's datapath, or the one in `userspace`, holds it for a packet with this key. */
export function heldMask(flow: Flow, mask: Flow, userspace: boolean): HeldMask {
  const held = mask.slice() as Flow;
  // Whether there is a VLAN cannot be left open: where nothing of it is looked at, its id is.
  if (packetTypeOf(flow) === 0 && (word(mask, WORD.vlan) & 0xffff) === 0)
    held[WORD.vlan] = word(held, WORD.vlan) | TAG;
  holdNetwork(flow, held);
  return { mask: held, isTooCoarse: holdTransport(flow, held, userspace) };
}
