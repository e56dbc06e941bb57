/** TCP: header, relative sequence numbers, and the way to what it carries. */
import { printBgp } from './bgp.ts';
import { printDomainOverTcp } from './domain.ts';
import type { IpContext } from './ip-context.ts';
import { flagText, hexOf, shouldBe, type FlagTable, type Printer } from './printer.ts';
import { pseudoOf } from './pseudo-header.ts';
import { printSsh } from './ssh.ts';
import { printTcpOptions } from './tcp-options.ts';
import { printFtp, printHttp, printRtsp, printSmtp, printWhois } from './text-protocol.ts';

const HEADER = 20;
const PROTOCOL = 6;
const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;
const URG = 32;

const FLAGS: FlagTable = [
  [0x01, 'F'],
  [0x02, 'S'],
  [0x04, 'R'],
  [0x08, 'P'],
  [0x10, '.'],
  [0x20, 'U'],
  [0x40, 'E'],
  [0x80, 'W'],
];

const LONGEST_RESET_TEXT = 30;

type PayloadPrinter = (p: Printer, at: number, length: number) => void;

/** A text protocol stands after a colon. */
const afterColon =
  (print: PayloadPrinter): PayloadPrinter =>
  (p, at, length) => {
    p.print(': ');
    print(p, at, length);
  };

/** By either port, in the order in which they are asked. */
const PAYLOADS: readonly (readonly [ports: readonly number[], print: PayloadPrinter | string])[] = [
  [[23], 'telnet'],
  [[25], afterColon(printSmtp)],
  [[43], afterColon(printWhois)],
  [[179], printBgp],
  [[1723], 'PPTP'],
  [[6379], 'RESP'],
  [[22], printSsh],
  [[10288], 'BEEP'],
  [[6633, 6653], 'OpenFlow'],
  [[21], afterColon(printFtp)],
  [[80, 8080], afterColon(printHttp)],
  [[554, 8554], afterColon(printRtsp)],
  [[53], printDomainOverTcp],
  [[639], 'MSDP'],
  [[323], 'RPKI to router'],
  [[646], 'LDP'],
  [[2049], 'NFS'],
];

/** Sequence numbers as they are printed, and what SACK blocks are relative to. */
interface Numbers {
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly sackBase: number;
}

/** Makes the numbers relative to the first ones seen of the connection; remembers them when they are the first. */
function relativeNumbers(p: Printer, at: number, ip: IpContext, flags: number): Numbers {
  const sequence = p.u32(at + 4);
  const acknowledgement = p.u32(at + 8);
  if (p.options.absoluteSequence || (flags & ACK) === 0) return { sequence, acknowledgement, sackBase: 0 };
  const source = p.u16(at);
  const destination = p.u16(at + 2);
  const [from, to] =
    ip.version === 6
      ? [p.hex(ip.at + 8, 16), p.hex(ip.at + 24, 16)]
      : [p.hex(ip.at + 12, 4), p.hex(ip.at + 16, 4)];
  const isReverse = source > destination || (source === destination && from > to);
  const key = isReverse ? `${to}${destination}-${from}${source}` : `${from}${source}-${to}${destination}`;
  let flow = p.flows.get(key);
  const isNew = flow === undefined || (flags & SYN) !== 0;
  if (flow === undefined || isNew) {
    flow = isReverse
      ? { sequence: (acknowledgement - 1) >>> 0, acknowledgement: sequence }
      : { sequence, acknowledgement: (acknowledgement - 1) >>> 0 };
    p.flows.set(key, flow);
  }
  const own = isReverse ? flow.acknowledgement : flow.sequence;
  const other = isReverse ? flow.sequence : flow.acknowledgement;
  if (isNew) return { sequence, acknowledgement, sackBase: other };
  return {
    sequence: (sequence - own) >>> 0,
    acknowledgement: (acknowledgement - other) >>> 0,
    sackBase: other,
  };
}

/** Addresses and ports; after a foreign extension header the addresses were printed already. */
function printEnds(p: Printer, at: number, ip: IpContext): void {
  const source = p.port('tcp', p.u16(at));
  const destination = p.port('tcp', p.u16(at + 2));
  const isDirect = p.u8(ip.at + (ip.version === 6 ? 6 : 9)) === PROTOCOL;
  if (!isDirect) p.print(`${source} > ${destination}: `);
  else if (ip.version === 6)
    p.print(`${p.ipv6(ip.at + 8)}.${source} > ${p.ipv6(ip.at + 24)}.${destination}: `);
  else p.print(`${p.ipv4(ip.at + 12)}.${source} > ${p.ipv4(ip.at + 16)}.${destination}: `);
}

function printChecksum(p: Printer, at: number, length: number, ip: IpContext): void {
  if (p.verbose === 0 || p.options.skipChecksums || ip.fragmented || !p.has(at, length)) return;
  const sum = p.pseudoChecksum(pseudoOf(p, ip), PROTOCOL, at, length);
  const found = p.u16(at + 16);
  p.print(`, cksum 0x${hexOf(found, 4)} `);
  p.print(sum === 0 ? '(correct)' : `(incorrect -> 0x${hexOf(shouldBe(found, sum), 4)})`);
}

/** The text that some systems send with a reset. */
function printResetText(p: Printer, at: number, length: number): void {
  p.print(p.has(at, length) ? ' [RST' : ' [!RST');
  if (length > LONGEST_RESET_TEXT) p.print('+');
  p.print(' ');
  p.charsWithin(at, Math.min(length, LONGEST_RESET_TEXT));
  p.print(']');
}

function printPayload(p: Printer, at: number, length: number, source: number, destination: number): void {
  const entry = PAYLOADS.find(([ports]) => ports.includes(source) || ports.includes(destination));
  if (entry === undefined) return;
  if (typeof entry[1] === 'string') p.notModelled(entry[1]);
  else entry[1](p, at, length);
}

export function printTcp(p: Printer, at: number, total: number, ip: IpContext): void {
  p.protocol = 'tcp';
  if (!p.has(at + 2, 2)) {
    p.print(
      ip.version === 6
        ? `${p.ipv6(ip.at + 8)} > ${p.ipv6(ip.at + 24)}:`
        : `${p.ipv4(ip.at + 12)} > ${p.ipv4(ip.at + 16)}:`,
    );
    p.truncated();
    return;
  }
  printEnds(p, at, ip);
  if (!p.has(at, HEADER)) {
    p.truncated();
    return;
  }
  const headerSize = (p.u8(at + 12) >>> 4) * 4;
  if (headerSize < HEADER) {
    p.print(` tcp ${(total - headerSize) >>> 0} [bad hdr length ${headerSize} - too short, < ${HEADER}]`);
    return;
  }
  if (p.options.quick > 0) {
    p.print(`tcp ${(total - headerSize) >>> 0}`);
    if (headerSize > total) p.print(` [bad hdr length ${headerSize} - too long, > ${total}]`);
    return;
  }
  const flags = p.u8(at + 13);
  p.print(`Flags [${flagText(FLAGS, flags, 'none', '')}]`);
  const { sequence, acknowledgement, sackBase } = relativeNumbers(p, at, ip, flags);
  if (headerSize > total) {
    p.print(` [bad hdr length ${headerSize} - too long, > ${total}]`);
    return;
  }
  printChecksum(p, at, total, ip);
  const length = total - headerSize;
  if (p.verbose > 1 || length > 0 || (flags & (SYN | FIN | RST)) !== 0)
    p.print(`, seq ${sequence}${length > 0 ? `:${(sequence + length) >>> 0}` : ''}`);
  if ((flags & ACK) !== 0) p.print(`, ack ${acknowledgement}`);
  p.print(`, win ${p.u16(at + 14)}`);
  if ((flags & URG) !== 0) p.print(`, urg ${p.u16(at + 18)}`);
  if (headerSize > HEADER) {
    const context = { flags, base: sackBase, end: at + total };
    if (!printTcpOptions(p, at + HEADER, headerSize - HEADER, context)) return;
  }
  p.print(`, length ${length}`);
  if (length === 0) return;
  if (!p.has(at, headerSize)) {
    p.print(` [remaining caplen(${p.available(at)}) < header length(${headerSize})]`);
    p.truncate();
  }
  const payload = at + headerSize;
  if ((flags & RST) !== 0 && p.verbose > 0) printResetText(p, payload, length);
  else printPayload(p, payload, length, p.u16(at), p.u16(at + 2));
}
