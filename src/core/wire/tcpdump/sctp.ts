/** SCTP: ports and chunks. */
import type { IpContext } from './ip-context.ts';
import { printDefault } from './dump.ts';
import { hexOf, type Printer } from './printer.ts';
import { CHUNK_TYPES, PAYLOAD_PROTOCOLS } from './sctp.table.ts';

const HEADER = 12;
const CHUNK_HEADER = 4;
const CHUNK = { data: 0, init: 1, initAck: 2, sack: 3 } as const;
const M3UA = 3;

/** Ports and payload protocols of ForCES. */
const FORCES_PORTS: ReadonlyMap<number, string> = new Map([
  [6704, 'ForCES HP'],
  [6705, 'ForCES MP'],
  [6706, 'ForCES LP'],
]);
const FORCES_PROTOCOLS: ReadonlySet<number> = new Set([21, 22, 23]);

/** Says that a chunk is too short for its type; the packet ends there. */
function isShort(p: Printer, size: number, wanted: number, chunkLength: number): boolean {
  if (size >= wanted) return false;
  p.print(`bogus chunk length ${chunkLength}]`);
  return true;
}

function printPayload(p: Printer, at: number, size: number, protocol: number, isForces: boolean): void {
  if (isForces) {
    p.notModelled('ForCES');
  } else if (p.verbose >= 2 && protocol === M3UA) {
    p.notModelled('M3UA');
  } else if (p.verbose >= 2) {
    p.print('[Payload');
    if (p.options.quick + p.options.hex + p.options.hexAscii === 0) {
      p.print(':');
      printDefault(p, at, size);
    }
    p.print(']');
  }
}

/** False when the packet ends here. */
function printData(
  p: Printer,
  at: number,
  size: number,
  chunkLength: number,
  forces: { isForces: boolean },
): boolean {
  const flags = p.u8(at - 3);
  const marks = `${(flags & 4) === 0 ? '' : '(U)'}${(flags & 2) === 0 ? '' : '(B)'}${(flags & 1) === 0 ? '' : '(E)'}`;
  if (marks !== '') p.print(`${marks} `);
  if (isShort(p, size, 12, chunkLength)) return false;
  const protocol = p.u32(at + 8);
  p.print(`[TSN: ${p.u32(at)}] [SID: ${p.u16(at + 4)}] [SSEQ ${p.u16(at + 6)}] `);
  p.print(`[PPID ${PAYLOAD_PROTOCOLS.get(protocol) ?? `0x${hexOf(protocol)}`}] `);
  forces.isForces ||= FORCES_PROTOCOLS.has(protocol);
  if (isShort(p, size - 12, 1, chunkLength)) return false;
  printPayload(p, at + 12, size - 12, protocol, forces.isForces);
  return true;
}

function printInit(p: Printer, at: number, size: number, chunkLength: number): boolean {
  if (isShort(p, size, 16, chunkLength)) return false;
  p.print(
    `[init tag: ${p.u32(at)}] [rwnd: ${p.u32(at + 4)}] [OS: ${p.u16(at + 8)}] [MIS: ${p.u16(at + 10)}] `,
  );
  p.print(`[init TSN: ${p.u32(at + 12)}] `);
  return true;
}

function printSack(p: Printer, at: number, size: number, chunkLength: number): boolean {
  if (isShort(p, size, 12, chunkLength)) return false;
  const acknowledged = p.u32(at);
  const gaps = p.u16(at + 8);
  const duplicates = p.u16(at + 10);
  p.print(
    `[cum ack ${acknowledged}] [a_rwnd ${p.u32(at + 4)}] [#gap acks ${gaps}] [#dup tsns ${duplicates}] `,
  );
  let entry = at + 12;
  const end = at + size;
  for (let i = 1; i <= gaps && entry < end; i += 1) {
    if (isShort(p, end - entry, 4, chunkLength)) return false;
    const [start, stop] = [(acknowledged + p.u16(entry)) >>> 0, (acknowledged + p.u16(entry + 2)) >>> 0];
    p.print(`\n\t\t[gap ack block #${i}: start = ${start}, end = ${stop}] `);
    entry += 4;
  }
  for (let i = 1; i <= duplicates && entry < end; i += 1) {
    if (isShort(p, end - entry, 4, chunkLength)) return false;
    p.print(`\n\t\t[dup TSN #${i}: ${p.u32(entry)}] `);
    entry += 4;
  }
  return true;
}

/** Prints chunks until the packet, or what can be read of it, ends. */
function printChunks(p: Printer, from: number, length: number, forces: { isForces: boolean }): void {
  let at = from;
  let left = length;
  let separator = p.verbose >= 2 ? '\n\t' : ' (';
  for (let number = 1; left !== 0; number += 1) {
    if (left < CHUNK_HEADER) {
      p.print(`${separator}${number}) [chunk descriptor cut off at end of packet]`);
      return;
    }
    if (!p.has(at, CHUNK_HEADER)) return p.truncated();
    const chunkLength = p.u16(at + 2);
    if (chunkLength < CHUNK_HEADER) {
      p.print(`${separator}${number}) [Bad chunk length ${chunkLength}, < size of chunk descriptor]`);
      return;
    }
    const padding = (4 - (chunkLength % 4)) % 4;
    if (left < padding) {
      p.print(`${separator}${number}) [Bad chunk length ${chunkLength}, > remaining data in packet]`);
      return;
    }
    if (!p.has(at, chunkLength)) return p.truncated();
    const type = p.u8(at);
    p.print(`${separator}${number}) [${CHUNK_TYPES.get(type) ?? `Unknown chunk type: 0x${hexOf(type)}`}] `);
    const body = at + CHUNK_HEADER;
    const size = chunkLength - CHUNK_HEADER;
    if (type === CHUNK.data && !printData(p, body, size, chunkLength, forces)) return;
    if ((type === CHUNK.init || type === CHUNK.initAck) && !printInit(p, body, size, chunkLength)) return;
    if (type === CHUNK.sack && !printSack(p, body, size, chunkLength)) return;
    if (p.verbose < 2) separator = ', (';
    at += chunkLength;
    // A chunk that runs over the packet wraps the unsigned rest, and the captured end stops it.
    left = (left - chunkLength) >>> 0;
    if (padding > 0) {
      if (!p.has(at, padding)) return p.truncated();
      at += padding;
      left = (left - padding) >>> 0;
    }
  }
}

export function printSctp(p: Printer, at: number, length: number, ip: IpContext): void {
  p.protocol = 'sctp';
  if (length < HEADER) {
    p.print(`truncated-sctp - ${HEADER - length} bytes missing!`);
    return;
  }
  if (!p.has(at, HEADER)) {
    p.truncated();
    return;
  }
  const ports = [p.u16(at), p.u16(at + 2)] as const;
  const [source, destination] =
    ip.version === 6 ? [p.ipv6(ip.at + 8), p.ipv6(ip.at + 24)] : [p.ipv4(ip.at + 12), p.ipv4(ip.at + 16)];
  p.print(`${source}.${ports[0]} > ${destination}.${ports[1]}: sctp`);
  const names = ports.flatMap((port) => FORCES_PORTS.get(port) ?? []);
  for (const name of names) p.print(`[${name}]`);
  printChunks(p, at + HEADER, length - HEADER, { isForces: names.length > 0 });
}
