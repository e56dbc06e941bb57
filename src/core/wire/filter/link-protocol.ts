/** Tests of what a link-layer frame carries: Ethernet types, LLC, PPP protocols, and IP under MPLS labels. */
import { FilterError } from './filter-error.ts';
import type { Offsets } from './offsets.ts';
import { allOf, always, and, anyOf, compare, not, or, type Test } from './test.ts';

/** Numbers above 1500 are Ethernet types, others LLC service access points. */
export const LINK_PROTOCOL = {
  ip: 0x0800,
  arp: 0x0806,
  rarp: 0x8035,
  ip6: 0x86dd,
  atalk: 0x809b,
  aarp: 0x80f3,
  decnet: 0x6003,
  lat: 0x6004,
  sca: 0x6007,
  mopdl: 0x6001,
  moprc: 0x6002,
  loopback: 0x9000,
  mpls: 0x8847,
  pppoeDiscovery: 0x8863,
  pppoeSession: 0x8864,
  vlan: 0x8100,
  vlanService: 0x88a8,
  vlanStacked: 0x9100,
  iso: 0xfe,
  stp: 0x42,
  ipx: 0xe0,
  netbeui: 0xf0,
} as const;

const SAP_IP = 0x06;
const ETHERTYPE_IPX = 0x8137;
const ETHERTYPE_XNS = 0x0600;
const MAX_LENGTH_FIELD = 1500;

const PPP_PROTOCOL: ReadonlyMap<number, number> = new Map<number, number>([
  [LINK_PROTOCOL.ip, 0x21],
  [LINK_PROTOCOL.ip6, 0x57],
  [LINK_PROTOCOL.decnet, 0x27],
  [LINK_PROTOCOL.atalk, 0x29],
  [ETHERTYPE_XNS, 0x25],
  [LINK_PROTOCOL.iso, 0x23],
  [LINK_PROTOCOL.stp, 0x31],
  [LINK_PROTOCOL.ipx, 0x2b],
]);

/** True if the frame carries `protocol`. Throws FilterError for what cannot be told under MPLS labels. */
export function linkProtocol(offsets: Offsets, protocol: number): Test {
  if (offsets.labels > 0) return underLabels(offsets, protocol);
  switch (offsets.linkType) {
    case 'ethernet':
      return onEthernet(offsets, protocol);
    case 'cooked':
      return onCooked(offsets, protocol);
    case 'cooked2':
      return offsets.field('link-type', 0, 2, '=', protocol);
    case 'ppp':
      return offsets.field('link-type', 0, 2, '=', PPP_PROTOCOL.get(protocol) ?? protocol);
    case 'raw': {
      const version = { [LINK_PROTOCOL.ip]: 0x40, [LINK_PROTOCOL.ip6]: 0x60 }[protocol];
      return version === undefined ? always(false) : offsets.masked('link-header', 0, 1, 0xf0, version);
    }
  }
}

/** In cooked captures LLC has a number of its own in the type field, and so have raw 802.3 frames. */
function onCooked(offsets: Offsets, protocol: number): Test {
  const typeIs = (type: number): Test => offsets.field('link-type', 0, 2, '=', type);
  const isLlcFrame = typeIs(4);
  switch (protocol) {
    case LINK_PROTOCOL.iso:
    case LINK_PROTOCOL.netbeui:
    case SAP_IP:
      return and(isLlcFrame, offsets.field('llc', 0, 2, '=', (protocol << 8) | protocol));
    case LINK_PROTOCOL.ipx: {
      const sap = offsets.field('llc', 0, 1, '=', LINK_PROTOCOL.ipx);
      const llc = and(isLlcFrame, or(sap, snapProtocol(offsets, 0, ETHERTYPE_IPX)));
      return or(typeIs(ETHERTYPE_IPX), or(typeIs(1), llc));
    }
    case LINK_PROTOCOL.atalk:
    case LINK_PROTOCOL.aarp: {
      const organization = protocol === LINK_PROTOCOL.atalk ? 0x080007 : 0;
      return or(typeIs(protocol), and(isLlcFrame, snapProtocol(offsets, organization, protocol)));
    }
    default:
      if (protocol > MAX_LENGTH_FIELD) return typeIs(protocol);
      return and(isLlcFrame, offsets.field('llc', 0, 1, '=', protocol));
  }
}

function onEthernet(offsets: Offsets, protocol: number): Test {
  const typeIs = (type: number): Test => offsets.field('link-type', 0, 2, '=', type);
  switch (protocol) {
    case LINK_PROTOCOL.iso:
    case LINK_PROTOCOL.netbeui:
    case SAP_IP:
      return and(hasLength(offsets), offsets.field('llc', 0, 2, '=', (protocol << 8) | protocol));
    case LINK_PROTOCOL.ipx: {
      const snap = snapProtocol(offsets, 0, ETHERTYPE_IPX);
      const sap = offsets.field('llc', 0, 1, '=', LINK_PROTOCOL.ipx);
      const raw = offsets.field('llc', 0, 2, '=', 0xffff);
      return or(typeIs(ETHERTYPE_IPX), and(hasLength(offsets), anyOf(snap, sap, raw)));
    }
    case LINK_PROTOCOL.atalk:
    case LINK_PROTOCOL.aarp: {
      const organization = protocol === LINK_PROTOCOL.atalk ? 0x080007 : 0;
      return or(typeIs(protocol), and(hasLength(offsets), snapProtocol(offsets, organization, protocol)));
    }
    default:
      if (protocol > MAX_LENGTH_FIELD) return typeIs(protocol);
      return and(hasLength(offsets), offsets.field('link-type', 2, 1, '=', protocol));
  }
}

/** The type field is a length: the frame is IEEE 802.3. */
const hasLength = (offsets: Offsets): Test => not(offsets.field('link-type', 0, 2, '>', MAX_LENGTH_FIELD));

function snapProtocol(offsets: Offsets, organization: number, protocol: number): Test {
  const low = (((organization & 0xffff) << 16) | protocol) >>> 0;
  const high = (0xaaaa0300 | (organization >>> 16)) >>> 0;
  return and(offsets.field('llc', 4, 4, '=', low), offsets.field('llc', 0, 4, '=', high));
}

/** Nothing in a label stack says what it carries: the bottom label, then the version nibble. */
function underLabels(offsets: Offsets, protocol: number): Test {
  if (protocol !== LINK_PROTOCOL.ip && protocol !== LINK_PROTOCOL.ip6)
    throw new FilterError('unsupported protocol over mpls');
  return and(
    offsets.masked('network', -2, 1, 0x01, 0x01),
    offsets.masked('network', 0, 1, 0xf0, protocol === LINK_PROTOCOL.ip ? 0x40 : 0x60),
  );
}

const SUPERVISORY: ReadonlyMap<string, number> = new Map([
  ['rr', 0x01],
  ['rnr', 0x05],
  ['rej', 0x09],
]);
const UNNUMBERED: ReadonlyMap<string, number> = new Map([
  ['ui', 0x03],
  ['ua', 0x63],
  ['disc', 0x43],
  ['dm', 0x0f],
  ['sabme', 0x6f],
  ['test', 0xe3],
  ['xid', 0xaf],
  ['frmr', 0x87],
]);

/** `llc` and `llc TYPE`; names of types in any case. */
export function llcFrame(offsets: Offsets, type: string | null): Test {
  if (type === null) return isLlc(offsets);
  const name = type.toLowerCase();
  const control = (mask: number, value: number): Test =>
    and(isLlc(offsets), offsets.masked('llc', 2, 1, mask, value));
  if (name === 'i') return and(isLlc(offsets), not(compare(offsets.load('llc', 2, 1), '&', ONE)));
  if (name === 's') return control(0x03, 0x01);
  if (name === 'u') return control(0x03, 0x03);
  const supervisory = SUPERVISORY.get(name);
  if (supervisory !== undefined) return control(0x0f, supervisory);
  const unnumbered = UNNUMBERED.get(name);
  if (unnumbered !== undefined) return control(0xef, unnumbered);
  throw new FilterError(`unknown LLC type name "${type}"`);
}

const ONE = { kind: 'number', number: 1 } as const;

function isLlc(offsets: Offsets): Test {
  if (offsets.linkType !== 'ethernet') throw new FilterError(`'llc' not supported for ${offsets.linkName}`);
  return allOf(hasLength(offsets), not(offsets.field('llc', 0, 2, '=', 0xffff)));
}
