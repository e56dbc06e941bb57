/** OSPF version 2: packets and link state advertisements. */
import type { IpContext } from './ip-context.ts';
import {
  printLinkStateUpdate,
  printLsaHeader,
  LSA_HEADER,
  LSA_TYPES,
  OPAQUE_TYPES,
  OPTIONS,
} from './ospf-lsa.ts';
import { flagText, hexOf, plural, type FlagTable, type NameTable, type Printer } from './printer.ts';

const TYPE = { hello: 1, database: 2, request: 3, update: 4, acknowledgement: 5 } as const;

const TYPE_NAMES: NameTable = new Map([
  [1, 'Hello'],
  [2, 'Database Description'],
  [3, 'LS-Request'],
  [4, 'LS-Update'],
  [5, 'LS-Ack'],
]);

const AUTHENTICATIONS = ['none', 'simple', 'MD5'] as const;
const SIMPLE = 1;
const MD5 = 2;
const MD5_SIZE = 16;
const HEADER = 24;
const LLS_OPTION = 0x10;

const DATABASE_FLAGS: FlagTable = [
  [0x04, 'Init'],
  [0x02, 'More'],
  [0x01, 'Master'],
  [0x08, 'OOBResync'],
];

const LLS_OPTIONS: FlagTable = [
  [0x00000001, 'LSDB resync'],
  [0x00000002, 'Restart'],
];

function printHello(p: Printer, body: number, end: number): void {
  p.print(`\n\tOptions [${flagText(OPTIONS, p.u8(body + 6), 'none')}]`);
  p.print(
    `\n\t  Hello Timer ${p.u16(body + 4)}s, Dead Timer ${p.u32(body + 8)}s, Mask ${p.ipv4(body)}, Priority ${p.u8(body + 7)}`,
  );
  if (p.u32(body + 12) !== 0) p.print(`\n\t  Designated Router ${p.ipv4(body + 12)}`);
  if (p.u32(body + 16) !== 0) p.print(`, Backup Designated Router ${p.ipv4(body + 16)}`);
  if (body + 20 < end) p.print('\n\t  Neighbor List:');
  for (let at = body + 20; at < end; at += 4) p.print(`\n\t    ${p.ipv4(at)}`);
}

function printDatabase(p: Printer, body: number, end: number): void {
  p.print(`\n\tOptions [${flagText(OPTIONS, p.u8(body + 2), 'none')}]`);
  p.print(`, DD Flags [${flagText(DATABASE_FLAGS, p.u8(body + 3), 'none')}]`);
  const mtu = p.u16(body);
  if (mtu !== 0) p.print(`, MTU: ${mtu}`);
  p.print(`, Sequence: 0x${hexOf(p.u32(body + 4), 8)}`);
  for (let at = body + 8; at < end && printLsaHeader(p, at) >= 0; at += LSA_HEADER);
}

function printRequest(p: Printer, body: number, end: number): void {
  for (let at = body; at < end; at += 12) {
    p.need(at, 12);
    const type = p.u32(at);
    p.print(`\n\t  Advertising Router: ${p.ipv4(at + 8)}, ${LSA_TYPES.get(type) ?? 'unknown'} LSA (${type})`);
    if (type >= 9 && type <= 11) {
      const opaque = p.u8(at + 4);
      p.print(
        `, Opaque-Type: ${OPAQUE_TYPES.get(opaque) ?? 'unknown'} LSA (${opaque}), Opaque-ID: ${p.u24(at + 5)}`,
      );
    } else {
      p.print(`, LSA-ID: ${p.ipv4(at + 4)}`);
    }
  }
}

function printPacket(p: Printer, at: number, type: number, end: number): void {
  const body = at + HEADER;
  switch (type) {
    case TYPE.hello:
      printHello(p, body, end);
      break;
    case TYPE.database:
      printDatabase(p, body, end);
      break;
    case TYPE.request:
      printRequest(p, body, end);
      break;
    case TYPE.update: {
      const count = p.u32(body);
      p.print(`, ${count} LSA${plural(count)}`);
      printLinkStateUpdate(p, body + 4, count);
      break;
    }
    default:
      for (let header = body; printLsaHeader(p, header) >= 0; header += LSA_HEADER);
  }
}

/** Link-local signalling (RFC 5613) behind the packet. */
function printSignalling(p: Printer, at: number, type: number, length: number): void {
  const options =
    type === TYPE.hello ? p.u8(at + HEADER + 6) : type === TYPE.database ? p.u8(at + HEADER + 2) : 0;
  if ((options & LLS_OPTION) === 0) return;
  const skipped = p.u16(at + 14) === MD5 ? p.u8(at + 19) : 0;
  const offset = p.u16(at + 2) + skipped;
  if (offset >= length) {
    p.print('\n\t[LLS truncated]');
    return;
  }
  p.print(`\n\t  LLS: checksum: 0x${hexOf(p.u16(at + offset), 4)}`);
  p.print(`, length: ${p.u16(at + offset + 2)}`);
  for (let value = at + offset + 4; value < at + length;) {
    const kind = p.u16(value);
    p.print(`\n\t    ${['', 'Extended Options', 'MD5 Authentication'][kind] || 'Unknown TLV'} (${kind})`);
    let size = p.u16(value + 2);
    p.print(`, length: ${size}`);
    value += 4;
    if (kind === 1 || kind === 2) {
      const wanted = kind === 1 ? 4 : 20;
      if (size !== wanted) p.print(` [should be ${wanted}]`);
      size = wanted;
      const word = p.u32(value);
      p.print(
        kind === 1
          ? `\n\t      Options: 0x${hexOf(word, 8)} [${flagText(LLS_OPTIONS, word, '?')}]`
          : `\n\t      Sequence number: 0x${hexOf(word, 8)}`,
      );
    }
    value += size;
  }
}

/** False when what follows cannot be read. */
function printAuthentication(p: Printer, at: number, authentication: number): boolean {
  if (!p.has(at + 16, 8)) p.truncate();
  p.print(`, Authentication Type: ${AUTHENTICATIONS[authentication] ?? 'unknown'} (${authentication})`);
  if (authentication === SIMPLE) {
    p.print('\n\tSimple text password: ');
    p.charsToZero(at + 16, 8);
  } else if (authentication === MD5) {
    p.print(
      `\n\tKey-ID: ${p.u8(at + 18)}, Auth-Length: ${p.u8(at + 19)}, Crypto Sequence Number: 0x${hexOf(p.u32(at + 20), 8)}`,
    );
  }
  return authentication <= MD5;
}

export function printOspf(p: Printer, at: number, total: number, ip: IpContext): void {
  if (ip.version === 6) {
    p.notModelled('OSPF version 3');
    return;
  }
  p.protocol = 'ospf2';
  const authentication = p.u16(at + 14);
  let length = total;
  if (authentication === MD5) {
    // The digest behind the packet is not counted, neither as length nor as captured.
    length = (length - MD5_SIZE) >>> 0;
    p.snapEnd -= MD5_SIZE;
  }
  const type = p.u8(at + 1);
  const version = p.u8(at);
  const name = TYPE_NAMES.get(type);
  p.print(`OSPFv${version}, ${name ?? `unknown LS-type ${type}`}, length ${length}`);
  if (name === undefined || p.verbose === 0) return;
  const claimed = p.u16(at + 2);
  if (length !== claimed) p.print(` [len ${claimed}]`);
  p.print(`\n\tRouter-ID ${p.ipv4(at + 4)}`);
  p.print(p.u32(at + 8) === 0 ? ', Backbone Area' : `, Area ${p.ipv4(at + 8)}`);
  if (!printAuthentication(p, at, authentication)) return;
  if (version !== 2) {
    p.print(` ospf [version ${version}]`);
    return;
  }
  printPacket(p, at, type, at + Math.min(length, claimed));
  if (length > claimed) printSignalling(p, at, type, length);
}
