/** EVPN routes in MP_REACH_NLRI and MP_UNREACH_NLRI (RFC 7432 section 7, RFC 9136 section 3). */
import { err, ok, type Result } from '../../../base/result.ts';
import type { EvpnRoute } from '../../evpn-route.ts';
import type { Address, Prefix } from '../../prefix.ts';
import { NO_OVERLAY, type Overlay } from '../attributes.ts';
import type { Nlri, NlriProblem } from './nlri.ts';
import type { OctetReader } from './octet-reader.ts';
import { OctetWriter } from './octet-writer.ts';

const DISTINGUISHER_SIZE = 8;
const SEGMENT_SIZE = 10;
const MAC_BITS = 48;

/** Sizes that bgpd takes, without type and length octets. */
const SIZES: Readonly<Record<number, readonly number[]>> = {
  1: [25],
  2: [33, 36, 37, 40, 49, 52],
  3: [17, 29],
  4: [23, 35],
  5: [34, 58],
};

function readBig(reader: OctetReader, size: number): bigint {
  let value = 0n;
  for (let at = 0; at < size; at += 1) value = (value << 8n) | BigInt(reader.u8());
  return value;
}

const readLabel = (reader: OctetReader): number => (reader.u16() << 8) | reader.u8();

const readAddress = (reader: OctetReader, bits: number): Address =>
  bits === 32 ? { family: 4, address: BigInt(reader.u32()) } : { family: 6, address: readBig(reader, 16) };

interface Read {
  readonly route: EvpnRoute;
  readonly overlay: Overlay;
}

/** The rest of a route after its distinguisher; undefined: bgpd cannot take such a one. */
function readRoute(reader: OctetReader, type: number): Read | undefined {
  switch (type) {
    case 1: {
      const segment = readBig(reader, SEGMENT_SIZE);
      const ethernetTag = reader.u32();
      return {
        route: { type, segment, ethernetTag },
        overlay: { ...NO_OVERLAY, labels: [readLabel(reader)] },
      };
    }
    case 2: {
      const segment = readBig(reader, SEGMENT_SIZE);
      const ethernetTag = reader.u32();
      if (reader.u8() !== MAC_BITS) return undefined;
      const mac = readBig(reader, 6);
      const bits = reader.u8();
      if ((bits !== 0 && bits !== 32 && bits !== 128) || !reader.has(bits / 8 + 3)) return undefined;
      const ip = bits === 0 ? null : readAddress(reader, bits);
      const labels = [readLabel(reader)];
      if (reader.has(3)) labels.push(readLabel(reader));
      return { route: { type, ethernetTag, mac, ip }, overlay: { ...NO_OVERLAY, labels, segment } };
    }
    case 3: {
      const ethernetTag = reader.u32();
      if (reader.u8() !== 32) return undefined;
      return { route: { type, ethernetTag, originator: readAddress(reader, 32) }, overlay: NO_OVERLAY };
    }
    case 4: {
      const segment = readBig(reader, SEGMENT_SIZE);
      if (reader.u8() !== 32) return undefined;
      return { route: { type, segment, originator: readAddress(reader, 32) }, overlay: NO_OVERLAY };
    }
    case 5: {
      const segment = readBig(reader, SEGMENT_SIZE);
      const ethernetTag = reader.u32();
      const length = reader.u8();
      const bits = reader.left === 11 ? 32 : 128;
      if (length > 128) return undefined;
      const ip = readAddress(reader, bits);
      const gateway = readAddress(reader, bits);
      const overlay = {
        labels: [readLabel(reader)],
        segment,
        gateway: gateway.address === 0n ? null : gateway,
      };
      return { route: { type, ethernetTag, length, ip }, overlay };
    }
    default:
      return undefined;
  }
}

/** What policy looks at in a route: the host of type 2, the prefix of type 5, else who originated it. */
function prefixOf(route: EvpnRoute): Pick<Prefix, 'family' | 'address' | 'length'> {
  switch (route.type) {
    case 2:
      return route.ip === null
        ? { family: 4, address: 0n, length: 0 }
        : { ...route.ip, length: route.ip.family === 4 ? 32 : 128 };
    case 3:
    case 4:
      return { ...route.originator, length: 32 };
    case 5:
      return { ...route.ip, length: route.length };
    case 1:
      return { family: 4, address: 0n, length: 0 };
  }
}

/** A route as tables hold it; without a distinguisher in a VNI's own table. */
export const evpnPrefix = (route: EvpnRoute, distinguisher?: bigint): Prefix =>
  distinguisher === undefined
    ? { ...prefixOf(route), evpn: route }
    : { ...prefixOf(route), distinguisher, evpn: route };

/** Reads to the end. Types that bgpd does not know are passed over. */
export function readEvpnRoutes(
  reader: OctetReader,
  withPathId: boolean,
): Result<readonly Nlri[], NlriProblem> {
  const found: Nlri[] = [];
  while (reader.left > 0) {
    if (withPathId && !reader.has(4)) return err('cut');
    const pathId = withPathId ? reader.u32() : 0;
    if (!reader.has(2)) return err('cut');
    const type = reader.u8();
    const size = reader.u8();
    if (!reader.has(size)) return err('cut');
    const part = reader.part(size);
    const sizes = SIZES[type];
    if (sizes === undefined) continue;
    if (!sizes.includes(size)) return err('prefix-length');
    const distinguisher = readBig(part, DISTINGUISHER_SIZE);
    const read = readRoute(part, type);
    if (read === undefined) return err('prefix-length');
    found.push({ prefix: evpnPrefix(read.route, distinguisher), pathId, overlay: read.overlay });
  }
  return ok(found);
}

function writeBig(writer: OctetWriter, value: bigint, size: number): OctetWriter {
  for (let at = size - 1; at >= 0; at -= 1) writer.u8(Number((value >> BigInt(8 * at)) & 0xffn));
  return writer;
}

const writeAddress = (writer: OctetWriter, { family, address }: Address): OctetWriter =>
  writeBig(writer, address, family === 4 ? 4 : 16);

export function writeLabel(writer: OctetWriter, label: number): void {
  writer.u8((label >>> 16) & 0xff).u16(label & 0xffff);
}

function writeRoute(writer: OctetWriter, route: EvpnRoute, overlay: Overlay): void {
  const [label = 0] = overlay.labels;
  switch (route.type) {
    case 1:
      writeBig(writer, route.segment, SEGMENT_SIZE).u32(route.ethernetTag);
      writeLabel(writer, label);
      return;
    case 2:
      writeBig(writer, overlay.segment, SEGMENT_SIZE).u32(route.ethernetTag).u8(MAC_BITS);
      writeBig(writer, route.mac, 6);
      writer.u8(route.ip === null ? 0 : route.ip.family === 4 ? 32 : 128);
      if (route.ip !== null) writeAddress(writer, route.ip);
      writeLabel(writer, label);
      if (route.ip !== null && overlay.labels.length > 1) writeLabel(writer, overlay.labels[1] ?? 0);
      return;
    case 3:
      writer.u32(route.ethernetTag).u8(32);
      writeAddress(writer, route.originator);
      return;
    case 4:
      writeBig(writer, route.segment, SEGMENT_SIZE).u8(32);
      writeAddress(writer, route.originator);
      return;
    case 5:
      writeBig(writer, overlay.gateway === null ? overlay.segment : 0n, SEGMENT_SIZE);
      writer.u32(route.ethernetTag).u8(route.length);
      writeAddress(writer, route.ip);
      writeAddress(writer, overlay.gateway ?? { family: route.ip.family, address: 0n });
      writeLabel(writer, label);
  }
}

/** One route with its type and length octets. */
export function writeEvpnRoute(writer: OctetWriter, prefix: Prefix, overlay: Overlay): void {
  const { evpn, distinguisher = 0n } = prefix;
  if (evpn === undefined) return;
  const value = new OctetWriter();
  value.u64(distinguisher);
  writeRoute(value, evpn, overlay);
  writer.u8(evpn.type).u8(value.size).bytes(value.finish());
}
