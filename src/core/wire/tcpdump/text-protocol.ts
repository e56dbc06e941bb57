/** Protocols whose messages are lines of text: FTP, HTTP, RTSP, SIP, SMTP, WHOIS. */
import type { Printer } from './printer.ts';

/** Requests that begin a message. A protocol without them prints all text it finds. */
const HTTP_REQUESTS: ReadonlySet<string> = new Set(
  (
    'GET PUT COPY HEAD LOCK MOVE POLL POST BCOPY BMOVE MKCOL TRACE LABEL MERGE DELETE SEARCH UNLOCK REPORT UPDATE NOTIFY ' +
    'BDELETE CONNECT OPTIONS CHECKIN PROPFIND CHECKOUT CCM_POST SUBSCRIBE PROPPATCH BPROPFIND BPROPPATCH UNCHECKOUT ' +
    'MKACTIVITY MKWORKSPACE UNSUBSCRIBE RPC_CONNECT VERSION-CONTROL BASELINE-CONTROL'
  ).split(' '),
);

const RTSP_REQUESTS: ReadonlySet<string> = new Set(
  'DESCRIBE ANNOUNCE GET_PARAMETER OPTIONS PAUSE PLAY RECORD REDIRECT SETUP SET_PARAMETER TEARDOWN'.split(
    ' ',
  ),
);

const SIP_REQUESTS: ReadonlySet<string> = new Set(
  'ACK BYE CANCEL DO INFO INVITE MESSAGE NOTIFY OPTIONS PRACK QAUTH REFER REGISTER SPRACK SUBSCRIBE UPDATE PUBLISH'.split(
    ' ',
  ),
);

const LONGEST_TOKEN = 128;
const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;

const isPrintable = (c: number): boolean => c >= SPACE && c <= 0x7e;
const isBlank = (c: number): boolean => c === SPACE || c === TAB || c === RETURN || c === NEWLINE;

/** The word at `from` and where the next one begins; null when there is none. */
function readToken(
  p: Printer,
  from: number,
  end: number,
): { readonly token: string; readonly next: number } | null {
  let at = from;
  let token = '';
  for (; at < end; at += 1) {
    if (!p.has(at, 1)) return null;
    const c = p.u8(at);
    if (isBlank(c)) break;
    if (!isPrintable(c) || token.length >= LONGEST_TOKEN) return null;
    token += String.fromCharCode(c);
  }
  if (token === '') return null;
  while (at < end && p.has(at, 1) && p.u8(at) === SPACE) at += 1;
  return { token, next: at };
}

/** Prints a line after `prefix`. Returns where the next begins, or null when it is not text or has no end. */
function printLine(p: Printer, prefix: string, from: number, end: number): number | null {
  let line = prefix;
  for (let at = from; at < end; at += 1) {
    const c = p.u8(at);
    if (c === NEWLINE || c === RETURN) {
      const isPair = c === RETURN;
      if (isPair && (at + 1 >= end || p.u8(at + 1) !== NEWLINE)) return null;
      p.print(line);
      return at + (isPair ? 2 : 1);
    }
    if (!isPrintable(c) && c !== TAB) return null;
    line += String.fromCharCode(c);
  }
  p.print(line);
  p.truncated();
  return null;
}

/** Whether a message begins with a request of `requests` or a response, whose second word is a code of three digits. */
function isMessage(p: Printer, at: number, end: number, requests: ReadonlySet<string>): boolean {
  const first = readToken(p, at, end);
  if (first === null) return false;
  if (requests.has(first.token.toUpperCase())) return true;
  const second = readToken(p, first.next, end);
  return second !== null && /^\d{3}$/.test(second.token);
}

function printText(
  p: Printer,
  protocol: string,
  from: number,
  length: number,
  requests: ReadonlySet<string> | null,
): void {
  p.protocol = protocol;
  const end = from + length;
  const isShown = requests === null || isMessage(p, from, end, requests);
  p.print(protocol.toUpperCase());
  if (!isShown) return;
  if (p.verbose === 0) {
    printLine(p, ': ', from, end);
    return;
  }
  p.print(`, length: ${length}`);
  for (let at: number | null = from; at !== null && at < end;) at = printLine(p, '\n\t', at, end);
}

export const printFtp = (p: Printer, at: number, length: number): void =>
  printText(p, 'ftp', at, length, null);
export const printSmtp = (p: Printer, at: number, length: number): void =>
  printText(p, 'smtp', at, length, null);
export const printWhois = (p: Printer, at: number, length: number): void =>
  printText(p, 'whois', at, length, null);
export const printHttp = (p: Printer, at: number, length: number): void =>
  printText(p, 'http', at, length, HTTP_REQUESTS);
export const printRtsp = (p: Printer, at: number, length: number): void =>
  printText(p, 'rtsp', at, length, RTSP_REQUESTS);
export const printSip = (p: Printer, at: number, length: number): void =>
  printText(p, 'sip', at, length, SIP_REQUESTS);
