/** BGP messages in a TCP segment. */
import { attributeTitle, printAttribute } from './bgp-attributes.ts';
import { printCapabilities } from './bgp-capabilities.ts';
import { looksLikeAddPath, readPrefix } from './bgp-nlri.ts';
import {
  CAPABILITY_ERRORS,
  CEASE_REASONS,
  ERRORS,
  HEADER_ERRORS,
  MESSAGES,
  OPEN_ERRORS,
  OPTIONS,
  STATE_ERRORS,
  UPDATE_ERRORS,
} from './bgp.table.ts';
import { asText, familyText } from './bgp-text.ts';
import { printHex, printUnknown } from './dump.ts';
import type { NameTable, Printer } from './printer.ts';

const HEADER = 19;
const MARKER = 16;
const MESSAGE = { open: 1, update: 2, notification: 3, keepalive: 4, refresh: 5 } as const;
const OPEN_SIZE = 29;
const NOTIFICATION_SIZE = 21;
const REFRESH_SIZE = 23;
const CAPABILITIES_OPTION = 2;
const CEASE = 6;
const CEASE_REASON = { prefixes: 1, shutdown: 2, reset: 4 } as const;

/** Subcodes by error, and what stands before them. */
const SUBCODES: ReadonlyMap<number, readonly [separator: string, names: NameTable]> = new Map([
  [1, [', ', HEADER_ERRORS]],
  [2, [', ', OPEN_ERRORS]],
  [3, [', ', UPDATE_ERRORS]],
  [5, [' ', STATE_ERRORS]],
  [6, [', ', CEASE_REASONS]],
  [7, [' ', CAPABILITY_ERRORS]],
]);

function printOpen(p: Printer, at: number, length: number): void {
  if (!p.has(at, OPEN_SIZE) || length < OPEN_SIZE) return p.truncated();
  p.print(
    `\n\t  Version ${p.u8(at + 19)}, my AS ${asText(p, p.u16(at + 20))}, Holdtime ${p.u16(at + 22)}s, ID ${p.ipv4(at + 24)}`,
  );
  const optionsSize = p.u8(at + 28);
  p.print(`\n\t  Optional parameters, length: ${optionsSize}`);
  for (let i = 0; i < optionsSize;) {
    const option = at + OPEN_SIZE + i;
    if (!p.has(option, 2) || length - OPEN_SIZE < 2 + i) return p.truncated();
    const type = p.u8(option);
    const size = p.u8(option + 1);
    if (2 + i + size > optionsSize) {
      p.print(`\n\t     Option ${type}, length: ${size}, goes past the end of the options`);
      return undefined;
    }
    p.print(`\n\t    Option ${OPTIONS.get(type) ?? 'Unknown'} (${type}), length: ${size}`);
    if (type === CAPABILITIES_OPTION) printCapabilities(p, option + 2, size);
    else p.print(`\n\t      no decoder for option ${type}`);
    i += 2 + size;
  }
  return undefined;
}

/** Where reading routes stopped, and whether the message was cut there. */
interface Stop {
  readonly at: number;
  readonly isCut: boolean;
}

/** IPv4 routes between two places, each maybe with a path identifier. */
function printPrefixes(p: Printer, from: number, end: number, isWithdrawn: boolean): Stop {
  const hasPathId = looksLikeAddPath(p, from, end - from, 32);
  let at = from;
  while (at < end) {
    let id = '';
    if (hasPathId) {
      if (!isWithdrawn && (!p.has(at, 4) || end - at < 4)) return { at, isCut: true };
      if (end - at < 4) return { at: end, isCut: false };
      id = `   Path Id: ${p.u32(at)}`;
      at += 4;
    }
    const route = readPrefix(p, at, end - at, 4);
    if (route === 'illegal') {
      p.print('\n\t    (illegal prefix length)');
      return { at, isCut: false };
    }
    if (route === 'cut' || route === 'stop') return { at, isCut: true };
    p.print(`\n\t    ${route.text}${id}`);
    at += route.size;
  }
  return { at, isCut: false };
}

/** Path attributes between `from` and `listEnd`, the message ending at `end`. */
function printAttributes(p: Printer, from: number, listEnd: number, end: number): Stop {
  let at = from;
  while (at < listEnd) {
    if (!p.has(at, 2) || end - at < 2) return { at, isCut: true };
    if (listEnd - at < 2) {
      p.print('\n\t  [path attrs too short]');
      return { at: listEnd, isCut: false };
    }
    const flags = p.u8(at);
    const type = p.u8(at + 1);
    at += 2;
    const lengthSize = (flags & 0x10) === 0 ? 1 : 2;
    if (!p.has(at, lengthSize) || end - at < lengthSize) return { at, isCut: true };
    if (listEnd - at < lengthSize) {
      p.print('\n\t  [path attrs too short]');
      return { at: listEnd, isCut: false };
    }
    const length = lengthSize === 1 ? p.u8(at) : p.u16(at);
    at += lengthSize;
    p.print(`\n\t  ${attributeTitle(type, length, flags)}${flags === 0 ? '' : ': '}`);
    if (listEnd - at < length) {
      p.print(' [path attrs too short]');
      return { at: listEnd, isCut: false };
    }
    if (end - at < length || !printAttribute(p, type, at, length)) return { at, isCut: true };
    at += length;
  }
  return { at, isCut: false };
}

/** False when the message is cut. */
function printUpdate(p: Printer, from: number, length: number): boolean {
  const end = from + length;
  let at = from + HEADER;
  if (length < HEADER || !p.has(at, 2) || end - at < 2) return false;
  const withdrawnSize = p.u16(at);
  at += 2;
  if (!p.has(at, withdrawnSize) || end - at < withdrawnSize) return false;
  let isAllRead = withdrawnSize === 0;
  if (withdrawnSize > 1) {
    p.print('\n\t  Withdrawn routes:');
    const stop = printPrefixes(p, at, at + withdrawnSize, true);
    if (stop.isCut) return false;
    isAllRead = stop.at === at + withdrawnSize;
    at = stop.at;
  } else {
    at += withdrawnSize;
  }
  if (!p.has(at, 2) || end - at < 2) return false;
  const attributesSize = p.u16(at);
  at += 2;
  if (isAllRead && attributesSize === 0 && at === end) {
    p.print('\n\t  End-of-Rib Marker (empty NLRI)');
    return true;
  }
  if (attributesSize > 0) {
    if (end - at < attributesSize) return false;
    const stop = printAttributes(p, at, at + attributesSize, end);
    if (stop.isCut) return false;
    at = stop.at;
  }
  if (at === end) return true;
  p.print('\n\t  Updated routes:');
  return !printPrefixes(p, at, end, false).isCut;
}

/** The text that a peer gives for shutting down (RFC 9003), and what is behind it. */
function printShutdown(p: Printer, at: number, length: number): void {
  const size = p.u8(at);
  let used = 0;
  if (size > length - 1) {
    p.print(', invalid Shutdown Communication length');
  } else if (size === 0) {
    p.print(', empty Shutdown Communication');
    used = 1;
  } else {
    p.print(`, Shutdown Communication (length: ${size}): "`);
    p.chars(at + 1, size);
    p.print('"');
    used = (size + 1) & 0xff;
  }
  if (length === used) return;
  p.print(`, Data: (length: ${length - used})`);
  printHex(p, '\n\t\t', at + used, length - used);
}

function printNotification(p: Printer, at: number, length: number): void {
  if (!p.has(at, NOTIFICATION_SIZE)) return p.truncated();
  if (length < NOTIFICATION_SIZE) return undefined;
  const error = p.u8(at + 19);
  const subcode = p.u8(at + 20);
  p.print(`, ${ERRORS.get(error) ?? 'Unknown Error'} (${error})`);
  const names = SUBCODES.get(error);
  if (names !== undefined) p.print(`${names[0]}subcode ${names[1].get(subcode) ?? 'Unknown'} (${subcode})`);
  if (error !== CEASE) return undefined;
  const data = at + NOTIFICATION_SIZE;
  const dataSize = length - NOTIFICATION_SIZE;
  if (subcode === CEASE_REASON.prefixes && dataSize >= 7)
    p.print(`, ${familyText(p, data, data + 2)}, Max Prefixes: ${p.u32(data + 3)}`);
  if ((subcode === CEASE_REASON.shutdown || subcode === CEASE_REASON.reset) && dataSize >= 1)
    printShutdown(p, data, dataSize);
  return undefined;
}

function printRefresh(p: Printer, at: number, length: number): void {
  if (!p.has(at, REFRESH_SIZE)) return p.truncated();
  if (length < REFRESH_SIZE) return undefined;
  p.print(`\n\t  ${familyText(p, at + 19, at + 22)}`);
  if (p.verbose > 1) printUnknown(p, at, '\n\t  ', length);
  return undefined;
}

function printMessage(p: Printer, at: number, length: number): void {
  const type = p.u8(at + 18);
  p.print(`\n\t${MESSAGES.get(type) ?? 'Unknown'} Message (${type}), length: ${length}`);
  switch (type) {
    case MESSAGE.open:
      return printOpen(p, at, length);
    case MESSAGE.update:
      return printUpdate(p, at, length) ? undefined : p.truncated();
    case MESSAGE.notification:
      return printNotification(p, at, length);
    case MESSAGE.keepalive:
      return undefined;
    case MESSAGE.refresh:
      return printRefresh(p, at, length);
    default:
      p.print(`\n\t  no Message ${type} decoder`);
      printUnknown(p, at, '\n\t  ', length);
      return undefined;
  }
}

function isMarker(p: Printer, at: number): boolean {
  for (let i = 0; i < MARKER; i += 1) if (p.u8(at + i) !== 0xff) return false;
  return true;
}

/** Prints the messages of a segment; octets that begin none are skipped. */
export function printBgp(p: Printer, from: number): void {
  p.protocol = 'bgp';
  p.print(': BGP');
  if (p.verbose === 0) return;
  let expected = from;
  for (let at = from; at < p.snapEnd;) {
    if (p.u8(at) !== 0xff) {
      at += 1;
      continue;
    }
    if (!p.has(at, MARKER)) return;
    if (!isMarker(p, at)) {
      at += 1;
      continue;
    }
    if (!p.has(at, HEADER)) {
      p.truncated();
      return;
    }
    if (expected !== at) p.truncated();
    const length = p.u16(at + 16);
    if (length < HEADER) {
      p.print(`\nmessage length ${length} < ${HEADER}`);
      p.invalid();
      return;
    }
    if (!p.has(at, length)) {
      p.print(`\n[|BGP ${MESSAGES.get(p.u8(at + 18)) ?? 'Unknown Message Type'}]`);
      return;
    }
    printMessage(p, at, length);
    at += length;
    expected = at;
  }
}
