/** The capabilities of OPEN (RFC 5492), in the order in which bgpd sends them and with the checks that it makes. */
import { err, ok, type Result } from '../../../base/result.ts';
import { decodeUtf8, encodeUtf8 } from '../../../base/utf8.ts';
import type { BgpFamily } from '../../config/bgp-config.ts';
import type { Capabilities, GracefulRestartCapability } from '../peer.ts';
import { familyOf, FAMILY_NUMBERS } from './family.table.ts';
import { NOTIFICATION, notification, OPEN_ERROR, type Notification } from './notification.ts';
import { OctetReader } from './octet-reader.ts';
import { OctetWriter } from './octet-writer.ts';

const CODE = {
  multiprotocol: 1,
  routeRefresh: 2,
  orf: 3,
  extendedNextHop: 5,
  extendedMessage: 6,
  role: 9,
  gracefulRestart: 64,
  as4: 65,
  dynamic: 67,
  addPath: 69,
  enhancedRouteRefresh: 70,
  longLivedGracefulRestart: 71,
  hostname: 73,
  routeRefreshOld: 128,
  dynamicOld: 66,
  orfOld: 130,
} as const;

/** Smallest size, and what a size must be a multiple of. */
const SIZES: Readonly<Record<number, readonly [number, number]>> = {
  [CODE.multiprotocol]: [4, 4],
  [CODE.routeRefresh]: [0, 1],
  [CODE.routeRefreshOld]: [0, 1],
  [CODE.orf]: [5, 1],
  [CODE.orfOld]: [5, 1],
  [CODE.gracefulRestart]: [2, 1],
  [CODE.as4]: [4, 4],
  [CODE.addPath]: [4, 4],
  [CODE.dynamic]: [0, 1],
  [CODE.dynamicOld]: [0, 1],
  [CODE.extendedNextHop]: [6, 6],
  [CODE.hostname]: [2, 1],
  [CODE.enhancedRouteRefresh]: [0, 1],
  [CODE.extendedMessage]: [0, 1],
  [CODE.role]: [1, 1],
};

const AFI_IPV6 = 2;

export const NO_CAPABILITIES: Capabilities = {
  multiprotocol: [],
  as4: null,
  routeRefresh: false,
  routeRefreshOld: false,
  enhancedRouteRefresh: false,
  extendedMessage: false,
  dynamic: false,
  addPath: [],
  extendedNextHop: [],
  gracefulRestart: null,
  longLivedGracefulRestart: null,
  hostname: null,
  role: null,
};

/** Each capability is a parameter of its own, as bgpd sends them. */
export function encodeCapabilities(capabilities: Capabilities): Uint8Array {
  const out = new OctetWriter();
  const capability = (code: number, write: (writer: OctetWriter) => void = () => {}): void => {
    const value = new OctetWriter();
    write(value);
    out
      .u8(2)
      .u8(value.size + 2)
      .u8(code)
      .u8(value.size)
      .bytes(value.finish());
  };
  const numbers = (writer: OctetWriter, family: BgpFamily): OctetWriter =>
    writer.u16(FAMILY_NUMBERS[family].afi).u8(FAMILY_NUMBERS[family].safi);
  for (const family of capabilities.multiprotocol) {
    const { afi, safi } = FAMILY_NUMBERS[family];
    capability(CODE.multiprotocol, (writer) => writer.u16(afi).u8(0).u8(safi));
    if (capabilities.extendedNextHop.includes(family))
      capability(CODE.extendedNextHop, (writer) => writer.u16(afi).u16(safi).u16(AFI_IPV6));
  }
  if (capabilities.routeRefreshOld) capability(CODE.routeRefreshOld);
  if (capabilities.routeRefresh) capability(CODE.routeRefresh);
  if (capabilities.enhancedRouteRefresh) capability(CODE.enhancedRouteRefresh);
  const { as4, role, gracefulRestart, longLivedGracefulRestart, hostname } = capabilities;
  if (as4 !== null) capability(CODE.as4, (writer) => writer.u32(as4));
  if (capabilities.extendedMessage) capability(CODE.extendedMessage);
  if (role !== null) capability(CODE.role, (writer) => writer.u8(role));
  if (capabilities.addPath.length > 0)
    capability(CODE.addPath, (writer) => {
      for (const { family, receive, send } of capabilities.addPath)
        numbers(writer, family).u8((receive ? 1 : 0) | (send ? 2 : 0));
    });
  if (capabilities.dynamic) {
    capability(CODE.dynamicOld);
    capability(CODE.dynamic);
  }
  if (hostname !== null)
    capability(CODE.hostname, (writer) => {
      const host = encodeUtf8(hostname.host);
      const domain = encodeUtf8(hostname.domain);
      writer.u8(host.length).bytes(host).u8(domain.length).bytes(domain);
    });
  if (gracefulRestart !== null)
    capability(CODE.gracefulRestart, (writer) => {
      const { restartBit, notificationBit, restartTime } = gracefulRestart;
      writer.u16((restartBit ? 0x8000 : 0) | (notificationBit ? 0x4000 : 0) | restartTime);
      for (const { family, forwardingPreserved } of gracefulRestart.families)
        numbers(writer, family).u8(forwardingPreserved ? 0x80 : 0);
    });
  if (longLivedGracefulRestart !== null)
    capability(CODE.longLivedGracefulRestart, (writer) => {
      for (const { family, forwardingPreserved, staleTime } of longLivedGracefulRestart)
        numbers(writer, family)
          .u8(forwardingPreserved ? 0x80 : 0)
          .u8(staleTime >>> 16)
          .u16(staleTime & 0xffff);
    });
  return out.finish();
}

interface Draft {
  multiprotocol: BgpFamily[];
  as4: number | null;
  routeRefresh: boolean;
  routeRefreshOld: boolean;
  enhancedRouteRefresh: boolean;
  extendedMessage: boolean;
  dynamic: boolean;
  addPath: { family: BgpFamily; receive: boolean; send: boolean }[];
  extendedNextHop: BgpFamily[];
  gracefulRestart: GracefulRestartCapability | null;
  longLivedGracefulRestart: { family: BgpFamily; forwardingPreserved: boolean; staleTime: number }[] | null;
  hostname: { host: string; domain: string } | null;
  role: number | null;
}

export interface DecodedCapabilities {
  readonly capabilities: Capabilities;
  /** A multiprotocol capability was there, whatever its family. */
  readonly saidFamilies: boolean;
  /** Capabilities that bgpd names in an Unsupported Capability: unknown ones below 129 and families that it has not. */
  readonly unsupported: Uint8Array;
}

const malformed = err(notification(NOTIFICATION.open, OPEN_ERROR.malformed));

/** Reads the optional parameters of an OPEN. `wide`: lengths have two octets (RFC 9072). */
export function decodeParameters(
  octets: Uint8Array,
  wide: boolean,
): Result<DecodedCapabilities, Notification> {
  const draft: Draft = {
    ...NO_CAPABILITIES,
    multiprotocol: [],
    addPath: [],
    extendedNextHop: [],
    longLivedGracefulRestart: null,
  };
  const unsupported = new OctetWriter();
  let saidFamilies = false;
  const reader = new OctetReader(octets);
  while (reader.left > 0) {
    const type = reader.u8();
    if (!reader.has(wide ? 2 : 1)) return malformed;
    const size = wide ? reader.u16() : reader.u8();
    if (!reader.has(size)) return malformed;
    if (type === 1) return err(notification(NOTIFICATION.open, 5));
    if (type !== 2) return err(notification(NOTIFICATION.open, OPEN_ERROR.unsupportedParameter));
    const capabilities = reader.part(size);
    while (capabilities.left > 0) {
      if (!capabilities.has(2)) return malformed;
      const start = capabilities.at;
      const code = capabilities.u8();
      const length = capabilities.u8();
      if (!capabilities.has(length)) return malformed;
      const [smallest, multiple] = SIZES[code] ?? [0, 1];
      if (length < smallest || length % multiple !== 0) return malformed;
      const value = capabilities.part(length);
      if (code === CODE.multiprotocol) saidFamilies = true;
      const verdict = decodeOne(draft, code, value);
      if (verdict === 'malformed') return malformed;
      if (verdict === 'unsupported') unsupported.bytes(octets.subarray(start, start + length + 2));
    }
  }
  return ok({ capabilities: draft, saidFamilies, unsupported: unsupported.finish() });
}

function decodeOne(draft: Draft, code: number, value: OctetReader): 'ok' | 'malformed' | 'unsupported' {
  switch (code) {
    case CODE.multiprotocol: {
      const afi = value.u16();
      value.u8();
      const family = familyOf(afi, value.u8());
      if (family === undefined) return 'unsupported';
      if (!draft.multiprotocol.includes(family)) draft.multiprotocol.push(family);
      return 'ok';
    }
    case CODE.routeRefresh:
      draft.routeRefresh = true;
      return 'ok';
    case CODE.routeRefreshOld:
      draft.routeRefreshOld = true;
      return 'ok';
    case CODE.enhancedRouteRefresh:
      draft.enhancedRouteRefresh = true;
      return 'ok';
    case CODE.extendedMessage:
      draft.extendedMessage = true;
      return 'ok';
    case CODE.dynamic:
    case CODE.dynamicOld:
      draft.dynamic = true;
      return 'ok';
    case CODE.as4:
      draft.as4 = value.u32();
      return 'ok';
    case CODE.role:
      draft.role = value.u8();
      return 'ok';
    case CODE.addPath:
      while (value.has(4)) {
        const family = familyOf(value.u16(), value.u8());
        const mode = value.u8();
        if (family !== undefined)
          draft.addPath.push({ family, receive: (mode & 1) !== 0, send: (mode & 2) !== 0 });
      }
      return 'ok';
    case CODE.extendedNextHop:
      while (value.has(6)) {
        const family = familyOf(value.u16(), value.u16());
        if (value.u16() === AFI_IPV6 && family !== undefined) draft.extendedNextHop.push(family);
      }
      return 'ok';
    case CODE.gracefulRestart: {
      const first = value.u16();
      const families: { family: BgpFamily; forwardingPreserved: boolean }[] = [];
      while (value.has(4)) {
        const family = familyOf(value.u16(), value.u8());
        const flags = value.u8();
        if (family !== undefined) families.push({ family, forwardingPreserved: (flags & 0x80) !== 0 });
      }
      draft.gracefulRestart = {
        restartBit: (first & 0x8000) !== 0,
        notificationBit: (first & 0x4000) !== 0,
        restartTime: first & 0xfff,
        families,
      };
      return 'ok';
    }
    case CODE.longLivedGracefulRestart: {
      const families: { family: BgpFamily; forwardingPreserved: boolean; staleTime: number }[] = [];
      while (value.has(7)) {
        const family = familyOf(value.u16(), value.u8());
        const flags = value.u8();
        const staleTime = (value.u8() << 16) | value.u16();
        if (family !== undefined)
          families.push({ family, forwardingPreserved: (flags & 0x80) !== 0, staleTime });
      }
      draft.longLivedGracefulRestart = families;
      return 'ok';
    }
    case CODE.hostname: {
      const host = readName(value);
      if (host === undefined) return 'malformed';
      const domain = readName(value);
      if (domain === undefined) return 'malformed';
      draft.hostname = { host, domain };
      return 'ok';
    }
    case CODE.orf:
    case CODE.orfOld:
      return 'ok';
    default:
      return code > 128 ? 'ok' : 'unsupported';
  }
}

function readName(value: OctetReader): string | undefined {
  if (!value.has(1)) return undefined;
  const size = value.u8();
  return value.has(size) ? decodeUtf8(value.bytes(size)) : undefined;
}
