/** GRE, version 0 and the PPTP version 1. */
import { formatIpv4 } from '../../base/address.ts';
import { ETHERTYPE_NAMES } from './ethertype.table.ts';
import { printMpls } from './mpls.ts';
import { flagText, hexOf, type FlagTable, type Printer } from './printer.ts';

const HAS_CHECKSUM = 0x8000;
const HAS_ROUTING = 0x4000;
const HAS_KEY = 0x2000;
const HAS_SEQUENCE = 0x1000;
const HAS_ACKNOWLEDGEMENT = 0x0080;

const FLAGS: FlagTable = [
  [HAS_CHECKSUM, 'checksum present'],
  [HAS_ROUTING, 'routing present'],
  [HAS_KEY, 'key present'],
  [HAS_SEQUENCE, 'sequence# present'],
  [0x0800, 'source routing present'],
  [HAS_ACKNOWLEDGEMENT, 'ack present'],
];

const ROUTE_IP = 0x0800;
const ROUTE_AS = 0xfffe;
const PPP = 0x880b;

/** Reads fields one after the other, and says where they ran out. */
class Fields {
  at: number;
  readonly end: number;
  private readonly p: Printer;

  constructor(p: Printer, at: number, end: number) {
    this.p = p;
    this.at = at;
    this.end = end;
  }

  /** Whether `size` more octets are there, by length and by capture. */
  has(size: number): boolean {
    return this.p.has(this.at, size) && this.end - this.at >= size;
  }

  u16(): number {
    this.at += 2;
    return this.p.u16(this.at - 2);
  }

  u32(): number {
    this.at += 4;
    return this.p.u32(this.at - 4);
  }
}

/** One source route entry of `size` octets. False when it is cut. */
function printRoute(p: Printer, fields: Fields, family: number, offset: number, size: number): boolean {
  if (family !== ROUTE_IP && family !== ROUTE_AS) {
    p.print(`, (rtaf=0x${hexOf(family)})`);
    return true;
  }
  const step = family === ROUTE_IP ? 4 : 2;
  p.print(`, (rtaf=${family === ROUTE_IP ? 'ip' : 'asn'}`);
  let isWhole = true;
  if (offset % step !== 0) p.print(`, badoffset=${offset}`);
  else if (size % step !== 0) p.print(`, badlength=${size}`);
  else if (offset >= size) p.print(`, badoff/len=${offset}/${size}`);
  else {
    for (let i = 0; i < size && isWhole; i += step) {
      const at = fields.at + i;
      isWhole = p.has(at, step) && fields.end - at >= step;
      if (isWhole)
        p.print(` ${i === offset ? '*' : ''}${step === 4 ? formatIpv4(p.u32(at)) : hexOf(p.u16(at))}`);
    }
  }
  p.print(')');
  return isWhole;
}

function printRoutes(p: Printer, fields: Fields): boolean {
  for (;;) {
    if (!fields.has(4)) return false;
    const family = fields.u16();
    const word = fields.u16();
    const size = word & 0xff;
    if (family === 0 && size === 0) return true;
    if (!printRoute(p, fields, family, word >>> 8, size) || fields.end - fields.at < size) return false;
    fields.at += size;
  }
}

function printProtocol(p: Printer, protocol: number, length: number): void {
  if (p.options.linkHeader)
    p.print(`, proto ${ETHERTYPE_NAMES.get(protocol) ?? 'unknown'} (0x${hexOf(protocol, 4)})`);
  p.print(`, length ${length}`);
}

function printPayload(p: Printer, protocol: number, at: number, length: number): void {
  switch (protocol) {
    case 0x0800:
      p.dissect.ipv4(p, at, length);
      break;
    case 0x86dd:
      p.dissect.ipv6(p, at, length);
      break;
    case 0x8847:
      printMpls(p, at, length);
      break;
    case 0x6558:
      p.dissect.ethernet(p, at, length, p.available(at));
      break;
    case 0x8137:
      p.notModelled('IPX');
      break;
    case 0x809b:
      p.notModelled('AppleTalk');
      break;
    case 0x00fe:
      p.notModelled('ISO CLNS');
      break;
    default:
      p.print(`gre-proto-0x${hexOf(protocol)}`);
  }
}

/** False when the header is cut. */
function printVersion0(p: Printer, at: number, length: number): boolean {
  const flags = p.u16(at);
  const fields = new Fields(p, at + 2, at + length);
  if (p.verbose > 0) p.print(`, Flags [${flagText(FLAGS, flags, 'none')}]`);
  if (!fields.has(2)) return false;
  const protocol = fields.u16();
  if ((flags & (HAS_CHECKSUM | HAS_ROUTING)) !== 0) {
    if (!fields.has(2)) return false;
    const sum = fields.u16();
    if (p.verbose > 0) p.print(`, sum 0x${hexOf(sum)}`);
    if (!fields.has(2)) return false;
    p.print(`, off 0x${hexOf(fields.u16())}`);
  }
  if ((flags & HAS_KEY) !== 0) {
    if (!fields.has(4)) return false;
    p.print(`, key=0x${hexOf(fields.u32())}`);
  }
  if ((flags & HAS_SEQUENCE) !== 0) {
    if (!fields.has(4)) return false;
    p.print(`, seq ${fields.u32()}`);
  }
  if ((flags & HAS_ROUTING) !== 0 && !printRoutes(p, fields)) return false;
  printProtocol(p, protocol, length);
  p.print(p.verbose > 0 ? '\n\t' : ': ');
  printPayload(p, protocol, fields.at, fields.end - fields.at);
  return true;
}

function printVersion1(p: Printer, at: number, length: number): boolean {
  const flags = p.u16(at);
  const fields = new Fields(p, at + 2, at + length);
  if (p.verbose > 0) p.print(`, Flags [${flagText(FLAGS, flags, 'none')}]`);
  if (!fields.has(2)) return false;
  const protocol = fields.u16();
  if ((flags & HAS_KEY) !== 0) {
    if (!fields.has(4)) return false;
    p.print(`, call ${fields.u32() & 0xffff}`);
  }
  if ((flags & HAS_SEQUENCE) !== 0) {
    if (!fields.has(4)) return false;
    p.print(`, seq ${fields.u32()}`);
  }
  if ((flags & HAS_ACKNOWLEDGEMENT) !== 0) {
    if (!fields.has(4)) return false;
    p.print(`, ack ${fields.u32()}`);
  }
  const hasPayload = (flags & HAS_SEQUENCE) !== 0;
  if (!hasPayload) p.print(', no-payload');
  printProtocol(p, protocol, length);
  if (!hasPayload) return true;
  p.print(p.verbose > 0 ? '\n\t' : ': ');
  if (protocol === PPP) p.notModelled('PPP');
  else p.print(`gre-proto-0x${hexOf(protocol)}`);
  return true;
}

export function printGre(p: Printer, at: number, length: number): void {
  p.protocol = 'gre';
  if (!p.has(at, 2) || length < 2) {
    p.truncated();
    return;
  }
  const version = p.u16(at) & 7;
  p.print(`GREv${version}`);
  if (version > 1) p.print(' ERROR: unknown-version');
  else if (!(version === 0 ? printVersion0 : printVersion1)(p, at, length)) p.truncated();
}
