/** pcap files: a header, then records of time, sizes and octets, in either byte order and precision. */
import { err, ok, type Problem, type Result } from '../../base/result.ts';
import {
  LINK_TYPE_ETHERNET,
  MAXIMUM_SNAP_LENGTH,
  type Capture,
  type CapturedPacket,
  type CaptureTime,
} from './capture.ts';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const MAGIC_MICROSECONDS = 0xa1b2c3d4;
const MAGIC_NANOSECONDS = 0xa1b23c4d;
const VERSION_MAJOR = 2;
const VERSION_MINOR = 4;

function formatOf(octets: Uint8Array): { readonly isLittle: boolean; readonly nanoseconds: boolean } | null {
  const view = viewOf(octets);
  for (const isLittle of [true, false]) {
    const magic = view.getUint32(0, isLittle);
    if (magic === MAGIC_MICROSECONDS || magic === MAGIC_NANOSECONDS)
      return { isLittle, nanoseconds: magic === MAGIC_NANOSECONDS };
  }
  return null;
}

const viewOf = (octets: Uint8Array): DataView =>
  new DataView(octets.buffer, octets.byteOffset, octets.byteLength);

const problemAt = (message: string, offset: number): Problem => ({
  message,
  place: { offset },
  severity: 'error',
});

/** Reads a pcap file. An error for a file that is none; a file cut short gives its packets and a problem. */
export function readPcap(octets: Uint8Array): Result<Capture, Problem> {
  const format = octets.length >= 4 ? formatOf(octets) : null;
  if (format === null) return err(problemAt('unknown file format', 0));
  if (octets.length < FILE_HEADER)
    return err(
      problemAt(
        `truncated dump file; tried to read ${FILE_HEADER} file header bytes, only got ${octets.length}`,
        0,
      ),
    );
  const { isLittle, nanoseconds } = format;
  const view = viewOf(octets);
  const major = view.getUint16(4, isLittle);
  const minor = view.getUint16(6, isLittle);
  if (major !== VERSION_MAJOR)
    return err(problemAt(`unsupported pcap savefile version ${major}.${minor}`, 4));
  const claimed = view.getUint32(16, isLittle);
  const snapLength = claimed === 0 || claimed > MAXIMUM_SNAP_LENGTH ? MAXIMUM_SNAP_LENGTH : claimed;
  const packets: CapturedPacket[] = [];
  const problems: Problem[] = [];
  for (let at = FILE_HEADER; at < octets.length;) {
    const left = octets.length - at;
    if (left < RECORD_HEADER) {
      problems.push(
        problemAt(`truncated dump file; tried to read ${RECORD_HEADER} header bytes, only got ${left}`, at),
      );
      break;
    }
    const size = view.getUint32(at + 8, isLittle);
    if (size > MAXIMUM_SNAP_LENGTH) {
      problems.push(
        problemAt(
          `invalid packet capture length ${size}, bigger than maximum of ${MAXIMUM_SNAP_LENGTH}`,
          at + 8,
        ),
      );
      break;
    }
    if (left - RECORD_HEADER < size) {
      problems.push(
        problemAt(
          `truncated dump file; tried to read ${size} captured bytes, only got ${left - RECORD_HEADER}`,
          at + RECORD_HEADER,
        ),
      );
      break;
    }
    const fraction = view.getUint32(at + 4, isLittle);
    const body = at + RECORD_HEADER;
    packets.push({
      interface: 0,
      time: { seconds: view.getUint32(at, isLittle), nanoseconds: nanoseconds ? fraction : fraction * 1000 },
      length: view.getUint32(at + 12, isLittle),
      octets: octets.subarray(body, body + Math.min(size, snapLength)),
    });
    at = body + size;
  }
  return ok({
    format: 'pcap',
    byteOrder: isLittle ? 'little' : 'big',
    nanoseconds,
    interfaces: [{ linkType: view.getUint32(20, isLittle) & 0xffff, snapLength }],
    packets,
    names: [],
    problems,
  });
}

/** A packet to write. `length`, its size on the wire, defaults to that of its octets. */
export interface PacketToWrite {
  readonly time: CaptureTime;
  readonly octets: Uint8Array;
  readonly length?: number;
}

export interface PcapFormat {
  readonly byteOrder?: 'little' | 'big';
  readonly nanoseconds?: boolean;
  readonly snapLength?: number;
  readonly linkType?: number;
}

/** A pcap file; by default as tcpdump writes it: little-endian, microseconds, Ethernet. */
export function writePcap(packets: readonly PacketToWrite[], format: PcapFormat = {}): Uint8Array {
  const {
    byteOrder = 'little',
    nanoseconds = false,
    snapLength = MAXIMUM_SNAP_LENGTH,
    linkType = LINK_TYPE_ETHERNET,
  } = format;
  const isLittle = byteOrder === 'little';
  const sizes = packets.map((packet) => Math.min(packet.octets.length, snapLength));
  const file = new Uint8Array(sizes.reduce((sum, size) => sum + RECORD_HEADER + size, FILE_HEADER));
  const view = viewOf(file);
  view.setUint32(0, nanoseconds ? MAGIC_NANOSECONDS : MAGIC_MICROSECONDS, isLittle);
  view.setUint16(4, VERSION_MAJOR, isLittle);
  view.setUint16(6, VERSION_MINOR, isLittle);
  view.setUint32(16, snapLength, isLittle);
  view.setUint32(20, linkType, isLittle);
  let at = FILE_HEADER;
  packets.forEach(({ time, octets, length = octets.length }, index) => {
    const size = sizes[index] ?? 0;
    view.setUint32(at, time.seconds, isLittle);
    view.setUint32(at + 4, nanoseconds ? time.nanoseconds : Math.floor(time.nanoseconds / 1000), isLittle);
    view.setUint32(at + 8, size, isLittle);
    view.setUint32(at + 12, length, isLittle);
    file.set(octets.subarray(0, size), at + RECORD_HEADER);
    at += RECORD_HEADER + size;
  });
  return file;
}
