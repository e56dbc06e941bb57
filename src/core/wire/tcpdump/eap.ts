/** EAP over LAN (802.1X). */
import { flagText, hexOf, type FlagTable, type NameTable, type Printer } from './printer.ts';

const FRAMES = ['EAP packet', 'EAPOL start', 'EAPOL logoff', 'EAPOL key', 'Encapsulated ASF alert'] as const;
const CODES = ['', 'Request', 'Response', 'Success', 'Failure'] as const;

const METHODS: NameTable = new Map([
  [0, 'No proposed'],
  [1, 'Identity'],
  [2, 'Notification'],
  [3, 'Nak'],
  [4, 'MD5-challenge'],
  [5, 'OTP'],
  [6, 'GTC'],
  [13, 'TLS'],
  [18, 'SIM'],
  [21, 'TTLS'],
  [23, 'AKA'],
  [43, 'FAST'],
  [254, 'Expanded types'],
  [255, 'Experimental'],
]);

const METHOD = {
  identity: 1,
  notification: 2,
  nak: 3,
  tls: 13,
  sim: 18,
  ttls: 21,
  aka: 23,
  fast: 43,
} as const;

const TLS_FLAGS: FlagTable = [
  [0x80, 'L bit'],
  [0x40, 'More fragments bit'],
  [0x20, 'Start bit'],
];

const AKA: NameTable = new Map([
  [1, 'Challenge'],
  [2, 'Auth reject'],
  [4, 'Sync failure'],
  [5, 'Identity'],
  [10, 'Start'],
  [11, 'Challenge'],
  [12, 'Notification'],
  [13, 'Reauth'],
  [14, 'Client error'],
]);

const methodText = (type: number): string => `${METHODS.get(type) ?? 'unknown'} (${type})`;

function printTls(p: Printer, at: number, length: number, method: number): void {
  const name = method === METHOD.fast ? 'FAST' : 'TLS/TTLS';
  if (length < 6) {
    p.print(` (too short for EAP ${name} request/response)`);
    return;
  }
  const flags = p.u8(at + 5);
  if (method !== METHOD.tls) p.print(` ${method === METHOD.fast ? 'FAST' : 'TTLS'}v${flags & 7}`);
  p.print(` flags [${flagText(TLS_FLAGS, flags, 'none')}] 0x${hexOf(flags, 2)}`);
  if ((flags & 0x80) === 0) return;
  if (length < 10) p.print(` (too short for EAP ${name} request/response with length)`);
  else p.print(`, len ${p.u32(at + 6)}`);
}

function printMethod(p: Printer, at: number, length: number, method: number): void {
  const tooShort = (name: string): boolean => {
    if (length >= 6) return false;
    p.print(` (too short for EAP ${name} request/response)`);
    return true;
  };
  switch (method) {
    case METHOD.identity:
      if (length <= 5) return;
      p.print(', Identity: ');
      p.charsToZero(at + 5, length - 5);
      break;
    case METHOD.notification:
      if (tooShort('Notification')) return;
      p.print(', Notification: ');
      p.charsToZero(at + 5, length - 5);
      break;
    case METHOD.nak:
      if (tooShort('Legacy NAK')) return;
      for (let i = 5; i < length; i += 1) p.print(`${i === 5 ? '' : ','} ${methodText(p.u8(at + i))}`);
      break;
    case METHOD.tls:
    case METHOD.ttls:
    case METHOD.fast:
      printTls(p, at, length, method);
      break;
    case METHOD.aka:
    case METHOD.sim:
      if (tooShort('SIM/AKA')) return;
      p.print(` subtype [${AKA.get(p.u8(at + 5)) ?? 'unknown'}] 0x${hexOf(p.u8(at + 5), 2)}`);
      break;
    default:
  }
}

function printEap(p: Printer, at: number, length: number): void {
  const code = p.u8(at);
  const claimed = p.u16(at + 2);
  if (claimed !== length) {
    p.print('EAP fragment?');
    return;
  }
  p.print(`${CODES[code] || 'unknown'} (${code}), id ${p.u8(at + 1)}, len ${length}`);
  if (length < 4) {
    p.print(' (too short for EAP header)');
    return;
  }
  if (!p.has(at, length)) {
    p.truncated();
    return;
  }
  if (code !== 1 && code !== 2) return;
  if (length < 5) {
    p.print(' (too short for EAP request/response)');
    return;
  }
  const method = p.u8(at + 4);
  p.print(`\n\t\t Type ${methodText(method)}`);
  printMethod(p, at, length, method);
}

export function printEapol(p: Printer, at: number): void {
  p.protocol = 'eap';
  if (!p.has(at, 4)) {
    p.truncated();
    return;
  }
  const type = p.u8(at + 1);
  const length = p.u16(at + 2);
  p.print(`${FRAMES[type] ?? 'unknown'} (${type}) v${p.u8(at)}, len ${length}`);
  if (p.verbose === 0 || type !== 0) return;
  if (length === 0) {
    p.truncated();
    return;
  }
  p.print(', ');
  printEap(p, at + 4, length);
}
