/** pcapng files: blocks of sections, interfaces, packets and names; blocks of other types are skipped. */
import { decodeUtf8 } from '../../base/utf8.ts';
import { formatIpv4, formatIpv6 } from '../../base/address.ts';
import { err, ok, type Problem, type Result } from '../../base/result.ts';
import { readIpv6, readU32 } from '../octets.ts';
import {
  MAXIMUM_SNAP_LENGTH,
  type Capture,
  type CapturedPacket,
  type CaptureInterface,
  type CaptureTime,
  type ResolvedName,
} from './capture.ts';

export const BLOCK = {
  section: 0x0a0d0d0a,
  interface: 1,
  oldPacket: 2,
  simplePacket: 3,
  names: 4,
  packet: 6,
} as const;
export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
export const OPTION = { end: 0, comment: 1, name: 2, description: 3, resolution: 9, offset: 14 } as const;

/** Type, total length twice. */
const FRAME_SIZE = 12;
const LARGEST_BLOCK = 16 * 1024 * 1024;

/** An interface as read, with what its time stamps mean. */
interface ReadInterface extends CaptureInterface {
  /** Units in a second. */
  readonly resolution: bigint;
  /** Seconds added to every stamp. */
  readonly offset: bigint;
}

/** A block of the current section: its body, without type and lengths. */
interface Block {
  readonly type: number;
  readonly at: number;
  readonly end: number;
}

export const isPcapng = (octets: Uint8Array): boolean =>
  octets.length >= 4 && readU32(octets, 0) === BLOCK.section;

const problemAt = (message: string, offset: number): Problem => ({
  message,
  place: { offset },
  severity: 'error',
});

/** Thrown and caught in this file only: reading ends with a problem. */
class Ended {
  readonly problem: Problem;
  constructor(message: string, offset: number) {
    this.problem = problemAt(message, offset);
  }
}

class Reader {
  isLittle = true;
  readonly interfaces: ReadInterface[] = [];
  readonly packets: CapturedPacket[] = [];
  readonly names: ResolvedName[] = [];
  private readonly octets: Uint8Array;
  private readonly view: DataView;
  /** Index in `interfaces` of the section's first one. */
  private sectionStart = 0;

  constructor(octets: Uint8Array) {
    this.octets = octets;
    this.view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  }

  u16(at: number): number {
    return this.view.getUint16(at, this.isLittle);
  }

  u32(at: number): number {
    return this.view.getUint32(at, this.isLittle);
  }

  /** Reads the block at `at`; returns where the next begins. */
  readBlock(at: number): number {
    const left = this.octets.length - at;
    if (left < 8) throw new Ended(`truncated pcapng dump file; tried to read 8 bytes, only got ${left}`, at);
    const type = this.u32(at);
    if (type === BLOCK.section) this.readByteOrder(at);
    const total = this.u32(at + 4);
    if (total < FRAME_SIZE)
      throw new Ended(`block in pcapng dump file has a length of ${total} < ${FRAME_SIZE}`, at + 4);
    if (total > LARGEST_BLOCK)
      throw new Ended(`pcapng block size ${total} > maximum ${LARGEST_BLOCK}`, at + 4);
    const padded = (total + 3) & ~3;
    if (left < padded)
      throw new Ended(
        `truncated pcapng dump file; tried to read ${padded - 8} bytes, only got ${left - 8}`,
        at + 8,
      );
    if (this.u32(at + padded - 4) !== total)
      throw new Ended("block total length doesn't match", at + padded - 4);
    this.readBody({ type, at: at + 8, end: at + padded - 4 });
    return at + padded;
  }

  private readByteOrder(at: number): void {
    if (this.octets.length - at < 12) throw new Ended('truncated pcapng dump file', at);
    if (this.view.getUint32(at + 8, true) === BYTE_ORDER_MAGIC) this.isLittle = true;
    else if (this.view.getUint32(at + 8, false) === BYTE_ORDER_MAGIC) this.isLittle = false;
    else
      throw new Ended(
        "the file has a section with a byte order magic field that's neither big-endian nor little-endian",
        at + 8,
      );
  }

  private readBody(block: Block): void {
    switch (block.type) {
      case BLOCK.section:
        this.need(block, 16);
        if (this.u16(block.at + 4) !== 1)
          throw new Ended(
            `unsupported pcapng savefile version ${this.u16(block.at + 4)}.${this.u16(block.at + 6)}`,
            block.at + 4,
          );
        this.sectionStart = this.interfaces.length;
        break;
      case BLOCK.interface:
        this.readInterface(block);
        break;
      case BLOCK.packet:
      case BLOCK.oldPacket:
        this.readPacket(block);
        break;
      case BLOCK.simplePacket:
        this.readSimplePacket(block);
        break;
      case BLOCK.names:
        this.readNames(block);
        break;
      default:
    }
  }

  private need({ at, end }: Block, size: number): void {
    if (end - at < size)
      throw new Ended(`block of type in pcapng dump file has a length of ${end - at} < ${size}`, at);
  }

  /** Options from `from`: code and value. */
  private *options(
    from: number,
    end: number,
  ): Iterable<{ readonly code: number; readonly value: Uint8Array; readonly at: number }> {
    for (let at = from; end - at >= 4;) {
      const code = this.u16(at);
      const size = this.u16(at + 2);
      if (code === OPTION.end) return;
      if (end - at - 4 < size) throw new Ended('option in pcapng dump file runs over its block', at);
      yield { code, value: this.octets.subarray(at + 4, at + 4 + size), at: at + 4 };
      at += 4 + ((size + 3) & ~3);
    }
  }

  private readInterface(block: Block): void {
    this.need(block, 8);
    const claimed = this.u32(block.at + 4);
    let name: string | undefined;
    let description: string | undefined;
    let resolution = 1_000_000n;
    let offset = 0n;
    for (const { code, value, at } of this.options(block.at + 8, block.end)) {
      if (code === OPTION.name) name = decodeUtf8(value);
      else if (code === OPTION.description) description = decodeUtf8(value);
      else if (code === OPTION.resolution && value.length === 1)
        resolution = resolutionOf(value[0] as number, at);
      else if (code === OPTION.offset && value.length === 8)
        offset = this.view.getBigInt64(at, this.isLittle);
    }
    this.interfaces.push({
      linkType: this.u16(block.at),
      snapLength: claimed === 0 || claimed > MAXIMUM_SNAP_LENGTH ? MAXIMUM_SNAP_LENGTH : claimed,
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      resolution,
      offset,
    });
  }

  private interfaceAt(index: number, offset: number): readonly [number, ReadInterface] {
    const number = this.sectionStart + index;
    const found = this.interfaces[number];
    if (found === undefined)
      throw new Ended(
        `a packet arrived on interface ${index}, but there's no Interface Description Block for that interface`,
        offset,
      );
    return [number, found];
  }

  private readPacket(block: Block): void {
    this.need(block, 20);
    const { at } = block;
    const index = block.type === BLOCK.packet ? this.u32(at) : this.u16(at);
    const [number, from] = this.interfaceAt(index, at);
    const stamp = (BigInt(this.u32(at + 4)) << 32n) | BigInt(this.u32(at + 8));
    const size = this.u32(at + 12);
    const octets = this.packetOctets(block, at + 20, size);
    let comment: string | undefined;
    for (const { code, value } of this.options(at + 20 + ((size + 3) & ~3), block.end))
      if (code === OPTION.comment) comment = decodeUtf8(value);
    this.packets.push({
      interface: number,
      time: timeOf(stamp, from),
      length: this.u32(at + 16),
      octets,
      ...(comment === undefined ? {} : { comment }),
    });
  }

  private readSimplePacket(block: Block): void {
    this.need(block, 4);
    const [number, from] = this.interfaceAt(0, block.at);
    const length = this.u32(block.at);
    const octets = this.packetOctets(
      block,
      block.at + 4,
      Math.min(length, from.snapLength, block.end - block.at - 4),
    );
    this.packets.push({ interface: number, time: { seconds: 0, nanoseconds: 0 }, length, octets });
  }

  private packetOctets({ end }: Block, at: number, size: number): Uint8Array {
    if (size > MAXIMUM_SNAP_LENGTH)
      throw new Ended(
        `invalid packet capture length ${size}, bigger than maximum of ${MAXIMUM_SNAP_LENGTH}`,
        at,
      );
    if (end - at < size)
      throw new Ended(
        `truncated pcapng dump file; tried to read ${size} captured bytes, only got ${end - at}`,
        at,
      );
    return this.octets.subarray(at, at + size);
  }

  private readNames({ at: from, end }: Block): void {
    for (let at = from; end - at >= 4;) {
      const type = this.u16(at);
      const size = this.u16(at + 2);
      const value = at + 4;
      if (type === 0) return;
      if (end - value < size) throw new Ended('name in pcapng dump file runs over its block', at);
      const addressSize = type === 1 ? 4 : type === 2 ? 16 : 0;
      if (addressSize > 0 && size > addressSize) {
        const address =
          addressSize === 4
            ? formatIpv4(readU32(this.octets, value))
            : formatIpv6(readIpv6(this.octets, value));
        const names = decodeUtf8(this.octets.subarray(value + addressSize, value + size)).split('\0');
        this.names.push({ address, names: names.filter((name) => name !== '') });
      }
      at = value + ((size + 3) & ~3);
    }
  }
}

function resolutionOf(code: number, at: number): bigint {
  const exponent = code & 0x7f;
  const isBinary = (code & 0x80) !== 0;
  if (exponent > (isBinary ? 63 : 19))
    throw new Ended(`interface has unsupported time stamp resolution ${exponent}`, at);
  return isBinary ? 1n << BigInt(exponent) : 10n ** BigInt(exponent);
}

function timeOf(stamp: bigint, { resolution, offset }: ReadInterface): CaptureTime {
  const seconds = stamp / resolution + offset;
  return {
    seconds: Number(seconds),
    nanoseconds: Number(((stamp % resolution) * 1_000_000_000n) / resolution),
  };
}

/** Reads a pcapng file. An error for a file that is none; a damaged one gives what comes before and a problem. */
export function readPcapng(octets: Uint8Array): Result<Capture, Problem> {
  if (!isPcapng(octets)) return err(problemAt('unknown file format', 0));
  const reader = new Reader(octets);
  const problems: Problem[] = [];
  let at = 0;
  try {
    while (at < octets.length) at = reader.readBlock(at);
  } catch (problem) {
    if (!(problem instanceof Ended)) throw problem;
    if (at === 0) return err(problem.problem);
    problems.push(problem.problem);
  }
  return ok({
    format: 'pcapng',
    byteOrder: reader.isLittle ? 'little' : 'big',
    nanoseconds: reader.interfaces.some(({ resolution }) => resolution > 1_000_000n),
    interfaces: reader.interfaces.map(({ resolution: _resolution, offset: _offset, ...rest }) => rest),
    packets: reader.packets,
    names: reader.names,
    problems,
  });
}
