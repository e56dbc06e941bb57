/** NTP: time messages and control messages. */
import { fractionNanoseconds, printNtpTime } from './ntp-time.ts';
import { hexOf, padded, type NameTable, type Printer } from './printer.ts';

const TIME_SIZE = 48;
const CONTROL_SIZE = 12;
const CONTROL = 6;
const RESERVED = 7;

const MODES = [
  'unspecified',
  'symmetric active',
  'symmetric passive',
  'Client',
  'Server',
  'Broadcast',
  'Control Message',
  'Reserved',
] as const;

const LEAP: NameTable = new Map([
  [0x00, ''],
  [0x40, '+1s'],
  [0x80, '-1s'],
  [0xc0, 'clock unsynchronized'],
]);

const STAMPS = [
  [16, 'Reference Timestamp:  '],
  [24, 'Originator Timestamp: '],
  [32, 'Receive Timestamp:    '],
  [40, 'Transmit Timestamp:   '],
] as const;

function stratumText(stratum: number): string {
  if (stratum === 0) return 'unspecified';
  if (stratum === 1) return 'primary reference';
  return stratum <= 15 ? 'secondary reference' : 'reserved';
}

function intervalText(power: number): string {
  if (power <= -32 || power >= 32) return '';
  return power >= 0 ? ` (${2 ** power}s)` : ` (1/${2 ** -power}s)`;
}

/** 16 bits of seconds and 16 of fraction. */
function shortTime(p: Printer, at: number): string {
  return `${p.u16(at)}.${padded(Math.floor((p.u16(at + 2) / 65_536) * 1e6), 6)}`;
}

/** How far the stamp at `at` is from the one at `from`. */
function printDelta(p: Printer, from: number, at: number): void {
  const before = [p.u32(from), p.u32(from + 4)] as const;
  const after = [p.u32(at), p.u32(at + 4)] as const;
  if (before[0] === 0 && before[1] === 0) {
    printNtpTime(p, at);
    return;
  }
  const isLater = after[0] > before[0] || (after[0] === before[0] && after[1] > before[1]);
  const [high, low] = isLater ? [after, before] : [before, after];
  const borrow = low[1] > high[1] ? 1 : 0;
  const fraction = fractionNanoseconds((high[1] - low[1]) >>> 0);
  p.print(`${isLater ? '+' : '-'}${high[0] - low[0] - borrow}.${padded(fraction, 9)}`);
}

/** False when nothing more is to be printed. */
function printReference(p: Printer, at: number, stratum: number): boolean {
  switch (stratum) {
    case 0:
      p.print('(unspec)');
      return true;
    case 1:
      p.chars(at, 4);
      return true;
    case 62:
    case 63:
      p.print(`${p.ipv4(at)} INFO_${stratum === 62 ? 'QUERY' : 'REPLY'}`);
      return false;
    default:
      p.print(`0x${hexOf(p.u32(at), 8)}`);
      return true;
  }
}

function printAuthentication(p: Printer, at: number, length: number): void {
  const more = length - TIME_SIZE;
  if (more === 0) return;
  if (more !== 4 && more !== 20 && more !== 24) {
    p.print(`\n\t(${more} more bytes after the header)`);
    return;
  }
  p.print(`\n\tKey id: ${p.u32(at + TIME_SIZE)}`);
  if (more === 4) return;
  if (!p.has(at + TIME_SIZE + 4, more - 4)) p.truncated();
  else p.print(`\n\tAuthentication: ${p.hex(at + TIME_SIZE + 4, more - 4)}`);
}

function printTime(p: Printer, at: number, length: number): void {
  if (length < TIME_SIZE) {
    p.invalid();
    if (!p.has(at, length)) p.truncated();
    return;
  }
  const stratum = p.u8(at + 1);
  p.print(`, Stratum ${stratum} (${stratumText(stratum)})`);
  const poll = p.s8(at + 2);
  p.print(`, poll ${poll}${intervalText(poll)}`);
  p.print(`, precision ${p.s8(at + 3)}`);
  if (!p.has(at + 4, 4)) return p.truncated();
  p.print(`\n\tRoot Delay: ${shortTime(p, at + 4)}`);
  if (!p.has(at + 8, 4)) return p.truncated();
  p.print(`, Root dispersion: ${shortTime(p, at + 8)}`);
  if (!p.has(at + 12, 4)) return p.truncated();
  p.print(', Reference-ID: ');
  if (!printReference(p, at + 12, stratum)) return undefined;
  for (const [offset, label] of STAMPS) {
    if (!p.has(at + offset, 8)) return p.truncated();
    p.print(`\n\t  ${label}`);
    printNtpTime(p, at + offset);
  }
  p.print('\n\t    Originator - Receive Timestamp:  ');
  printDelta(p, at + 24, at + 32);
  p.print('\n\t    Originator - Transmit Timestamp: ');
  printDelta(p, at + 24, at + 40);
  return printAuthentication(p, at, length);
}

function printControl(p: Printer, at: number, length: number): void {
  const stop = (): void => {
    p.invalid();
    if (!p.has(at, length)) p.truncated();
  };
  if (length < CONTROL_SIZE) return stop();
  const control = p.u8(at + 1);
  const [kind, verdict, place] = [
    (control & 0x80) === 0 ? 'Request' : 'Response',
    (control & 0x40) === 0 ? 'OK' : 'Error',
    (control & 0x20) === 0 ? 'Last' : 'More',
  ];
  p.print(`, ${kind}, ${verdict}, ${place}, OpCode=${control & 0x1f}\n`);
  p.print(`\tSequence=${p.u16(at + 2)}`);
  const status = p.u16(at + 4);
  p.print(`, Status=${status === 0 ? '0' : `0x${hexOf(status)}`}`);
  p.print(`, Assoc.=${p.u16(at + 6)}`);
  p.print(`, Offset=${p.u16(at + 8)}`);
  const count = p.u16(at + 10);
  p.print(`, Count=${count}`);
  if (CONTROL_SIZE + count > length) return stop();
  if (count === 0) return undefined;
  if (p.has(at + CONTROL_SIZE, count)) p.print('\n\tTO-BE-DONE: data not interpreted');
  else p.truncated();
  return undefined;
}

export function printNtp(p: Printer, at: number, length: number): void {
  p.protocol = 'ntp';
  const status = p.u8(at);
  p.print(`NTPv${(status >>> 3) & 7}`);
  const mode = status & 7;
  p.print(`, ${MODES[mode] ?? ''}, length ${length}`);
  if (p.verbose === 0) return;
  const leap = status & 0xc0;
  p.print(`\n\tLeap indicator: ${LEAP.get(leap) ?? ''} (${leap})`);
  if (mode === CONTROL) printControl(p, at, length);
  else if (mode !== RESERVED) printTime(p, at, length);
}
