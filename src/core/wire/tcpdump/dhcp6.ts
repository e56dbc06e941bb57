/** DHCPv6 (RFC 8415): messages and options, relayed ones nested. */
import { printAuthentication } from './dhcp6-authentication.ts';
import { MESSAGES, OPTIONS } from './dhcp6.table.ts';
import { printDomainName } from './domain-name.ts';
import { hexOf, type Printer } from './printer.ts';

const RELAY_FORWARD = 12;
const RELAY_REPLY = 13;

const OPTION = {
  clientId: 1,
  serverId: 2,
  associationNonTemporary: 3,
  associationTemporary: 4,
  address: 5,
  requested: 6,
  preference: 7,
  elapsed: 8,
  relayed: 9,
  authentication: 11,
  status: 13,
  interfaceId: 18,
  reconfigure: 19,
  sipDomains: 21,
  domains: 24,
  associationPrefix: 25,
  prefix: 26,
  lifetime: 32,
  remoteId: 37,
  subscriberId: 38,
  posixTimezone: 41,
  tzdbTimezone: 42,
  echoRequested: 43,
  query: 44,
  clientData: 45,
  clientTime: 46,
  relayData: 47,
  ntpServer: 56,
  tunnelName: 64,
  usageUrl: 112,
} as const;

/** Options that are lists of addresses. */
const ADDRESS_LISTS: ReadonlySet<number> = new Set([22, 23, 27, 28, 31, 34, 40, 48]);

const STATUS = [
  'Success',
  'UnspecFail',
  'NoAddrsAvail',
  'NoBinding',
  'NotOnLink',
  'UseMulticast',
  'NoPrefixAvail',
  'UnknownQueryType',
  'MalformedQuery',
  'NotConfigured',
  'NotAllowed',
] as const;

const statusText = (code: number): string => (code > 255 ? 'INVALID code' : (STATUS[code] ?? `code${code}`));

/** Text of an option's value up to its closing parenthesis, which the caller adds; ` ?` for a wrong size. */
function identifierText(p: Printer, at: number, size: number): string {
  if (size < 2) return ' ?';
  const kind = p.u16(at);
  switch (kind) {
    case 1:
      if (size < 8) return ' ?';
      return ` hwaddr/time type ${p.u16(at + 2)} time ${p.u32(at + 4)} ${p.hex(at + 8, size - 8)}`;
    case 2:
      return size < 10 ? ' ?' : ` vid ${p.hex(at + 2, 8)}`;
    case 3:
      return size < 4 ? ' ?' : ` hwaddr type ${p.u16(at + 2)} ${p.hex(at + 4, size - 4)}`;
    default:
      return ` type ${kind}`;
  }
}

function requestedText(p: Printer, at: number, size: number): string {
  if (size % 2 !== 0) return ' ?';
  let text = '';
  for (let i = 0; i < size; i += 2) text += ` ${OPTIONS.get(p.u16(at + i)) ?? `opt_${p.u16(at + i)}`}`;
  return text;
}

function addressesText(p: Printer, at: number, size: number): string {
  if (size % 16 !== 0) return ' ?';
  let text = '';
  for (let i = 0; i < size; i += 16) text += ` ${p.ipv6(at + i)}`;
  return text;
}

function reconfigureText(p: Printer, at: number): string {
  const type = p.u8(at);
  return type === 5 ? ' for renew' : type === 11 ? ' for inf-req' : ` for ???(${hexOf(type, 2)})`;
}

/** Options whose value is a plain text; undefined for the others. */
function plainText(p: Printer, type: number, at: number, size: number): string | undefined {
  switch (type) {
    case OPTION.clientId:
    case OPTION.serverId:
      return identifierText(p, at, size);
    case OPTION.requested:
    case OPTION.echoRequested:
      return requestedText(p, at, size);
    case OPTION.preference:
      return size === 1 ? ` ${p.u8(at)}` : ' ?';
    case OPTION.elapsed:
      return size === 2 ? ` ${p.u16(at)}` : ' ?';
    case OPTION.interfaceId:
    case OPTION.subscriberId:
      return ` ${p.hex(at, Math.min(size, 10))}...`;
    case OPTION.reconfigure:
      return size === 1 ? reconfigureText(p, at) : ' ?';
    case OPTION.status:
      return size < 2 ? ' ?' : ` ${statusText(p.u16(at))}`;
    case OPTION.lifetime:
    case OPTION.clientTime:
      return size === 4 ? ` ${p.u32(at)}` : ' ?';
    case OPTION.remoteId:
      return size < 4 ? ' ?' : ` ${p.u32(at)} ${p.hex(at + 4, Math.min(size, 14) - 4)}...`;
    case OPTION.relayData:
      return size < 16 ? ' ?' : ` ${p.ipv6(at)} ${p.hex(at + 16, Math.min(size, 26) - 16)}...`;
    default:
      return ADDRESS_LISTS.has(type) ? addressesText(p, at, size) : undefined;
  }
}

/** What stands before the options nested in an option, and its size. */
function nestedHead(
  p: Printer,
  type: number,
  at: number,
  size: number,
): readonly [size: number, text: string] | undefined {
  switch (type) {
    case OPTION.address:
      return size < 24
        ? [size, ' ?']
        : [24, ` ${p.ipv6(at)} pltime:${p.u32(at + 16)} vltime:${p.u32(at + 20)}`];
    case OPTION.associationNonTemporary:
    case OPTION.associationPrefix:
      return size < 12 ? [size, ' ?'] : [12, ` IAID:${p.u32(at)} T1:${p.u32(at + 4)} T2:${p.u32(at + 8)}`];
    case OPTION.associationTemporary:
      return size < 4 ? [size, ' ?'] : [4, ` IAID:${p.u32(at)}`];
    case OPTION.prefix:
      return size < 25
        ? [size, ' ?']
        : [25, ` ${p.ipv6(at + 9)}/${p.u8(at + 8)} pltime:${p.u32(at)} vltime:${p.u32(at + 4)}`];
    case OPTION.query: {
      if (size < 17) return [size, ' ?'];
      const kind = p.u8(at);
      return [
        17,
        `${kind === 1 ? ' by-address' : kind === 2 ? ' by-clientID' : ` type_${kind}`} ${p.ipv6(at + 1)}`,
      ];
    }
    case OPTION.clientData:
      return [0, ''];
    default:
      return undefined;
  }
}

/** Names follow one another. False when one is cut. */
function printNames(p: Printer, at: number, end: number): boolean {
  for (let name: number | null = at; name < end;) {
    p.print(' ');
    name = printDomainName(p, name, end);
    if (name === null) return false;
  }
  return true;
}

function printTimeServers(p: Printer, from: number, size: number): boolean {
  if (size < 4) {
    p.print(' ?');
    return true;
  }
  const end = from + size;
  for (let at = from; at < end - 4;) {
    const type = p.u16(at);
    const valueSize = p.u16(at + 2);
    at += 4;
    if (at + valueSize > end) return false;
    p.print(` subopt:${type}`);
    if (type === 3) {
      p.print(' ');
      if (printDomainName(p, at, at + valueSize) === null) return false;
    } else if ((type === 1 || type === 2) && valueSize === 16) {
      p.print(` ${p.ipv6(at)}`);
    } else {
      p.print(' ?');
    }
    at += valueSize;
  }
  return true;
}

function printTunnelName(p: Printer, from: number, size: number): void {
  if (size < 3) {
    p.print(' ?');
    return;
  }
  p.print(' ');
  let at = from;
  for (let left = size; left > 0 && p.u8(at) !== 0;) {
    const labelSize = p.u8(at);
    at += 1;
    if (labelSize >= left - 1) {
      p.print(' ?');
      return;
    }
    p.charsToZero(at, labelSize);
    at += labelSize;
    left -= labelSize + 1;
    if (p.u8(at) !== 0) p.print('.');
  }
}

function printRelayed(p: Printer, at: number, size: number): void {
  p.print(' (');
  const outerEnd = p.snapEnd;
  p.snapEnd = Math.min(at + size, outerEnd);
  printDhcp6(p, at, size);
  p.snapEnd = outerEnd;
}

/** Prints the value of one option. False when it is cut. */
function printValue(p: Printer, type: number, at: number, size: number): boolean {
  const text = plainText(p, type, at, size);
  if (text !== undefined) {
    p.print(text);
    return true;
  }
  const head = nestedHead(p, type, at, size);
  if (head !== undefined) {
    p.print(head[1]);
    printOptions(p, at + head[0], at + size);
    return true;
  }
  switch (type) {
    case OPTION.relayed:
      printRelayed(p, at, size);
      return true;
    case OPTION.authentication:
      printAuthentication(p, at, size);
      return true;
    case OPTION.sipDomains:
    case OPTION.domains:
      return printNames(p, at, at + size);
    case OPTION.ntpServer:
      return printTimeServers(p, at, size);
    case OPTION.tunnelName:
      printTunnelName(p, at, size);
      return true;
    case OPTION.posixTimezone:
    case OPTION.tzdbTimezone:
    case OPTION.usageUrl:
      p.print(size < 5 ? ' ?' : ' ');
      if (size >= 5) p.charsToZero(at, size);
      return true;
    default:
      return true;
  }
}

function printOptions(p: Printer, from: number, end: number): void {
  for (let at = from; at < end;) {
    if (end < at + 4 || !p.has(at, 4)) return p.truncated();
    const size = p.u16(at + 2);
    if (end < at + 4 + size) return p.truncated();
    const type = p.u16(at);
    p.print(` (${OPTIONS.get(type) ?? `opt_${type}`}`);
    if (!p.has(at + 4, size) || !printValue(p, type, at + 4, size)) return p.truncated();
    p.print(')');
    at += 4 + size;
  }
  return undefined;
}

export function printDhcp6(p: Printer, at: number, length: number): void {
  p.protocol = 'dhcp6';
  p.print('dhcp6');
  const end = Math.min(p.snapEnd, at + length);
  if (!p.has(at, 4)) {
    p.truncated();
    return;
  }
  const type = p.u8(at);
  p.print(` ${MESSAGES.get(type) ?? `msgtype-${type}`}`);
  if (p.verbose === 0) return;
  p.print(' (');
  if (type === RELAY_FORWARD || type === RELAY_REPLY) {
    p.print(`linkaddr=${p.ipv6(at + 2)}`);
    p.print(` peeraddr=${p.ipv6(at + 18)}`);
    printOptions(p, at + 34, end);
  } else {
    p.print(`xid=${hexOf(p.u24(at + 1))}`);
    printOptions(p, at + 4, end);
  }
  p.print(')');
}
