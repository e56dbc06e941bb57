/** Octets as hex, hex with text, and text: the options -x, -X and -A, and what tcpdump prints for a protocol it does not know. */
import { hexOf, type Printer } from './printer.ts';

const LINE = 16;

const isGraphic = (c: number): boolean => c > 0x20 && c < 0x7f;

/** Octets from `at` that are both asked for and captured. */
function captured(p: Printer, at: number, size: number): number {
  return Math.max(0, Math.min(size, p.snapEnd - at));
}

function hexPairs(p: Printer, at: number, size: number): string {
  let text = '';
  for (let i = 0; i < size; i += 1) text += `${i % 2 === 0 ? ' ' : ''}${hexOf(p.u8(at + i), 2)}`;
  return text;
}

/** Lines of 16 octets in hex, each after `indent`. Unwinds when octets are missing. */
export function printHex(p: Printer, indent: string, at: number, size: number): void {
  const there = captured(p, at, size);
  for (let line = 0; line < there; line += LINE)
    p.print(`${indent}0x${hexOf(line, 4)}: ${hexPairs(p, at + line, Math.min(LINE, there - line))}`);
  if (there < size) p.truncate();
}

/** As `printHex`, with the graphic characters beside. */
export function printHexAscii(p: Printer, indent: string, at: number, size: number): void {
  const there = captured(p, at, size);
  for (let line = 0; line < there; line += LINE) {
    const width = Math.min(LINE, there - line);
    let ascii = '';
    for (let i = 0; i < width; i += 1) {
      const c = p.u8(at + line + i);
      ascii += isGraphic(c) ? String.fromCharCode(c) : '.';
    }
    p.print(`${indent}0x${hexOf(line, 4)}: ${hexPairs(p, at + line, width).padEnd(40)}  ${ascii}`);
  }
  if (there < size) p.truncate();
}

/** Text as it is, other octets as dots, carriage returns before a newline left out. */
export function printAscii(p: Printer, at: number, size: number): void {
  p.protocol = 'ascii';
  const there = captured(p, at, size);
  let text = '\n';
  for (let i = 0; i < there; i += 1) {
    const c = p.u8(at + i);
    if (c === 0x0d) {
      const left = there - i - 1;
      if (left > 1 && p.u8(at + i + 1) !== 0x0a) text += '.';
    } else {
      text += isGraphic(c) || c === 0x09 || c === 0x20 || c === 0x0a ? String.fromCharCode(c) : '.';
    }
  }
  p.print(text);
  if (there < size) p.truncate();
}

/** What tcpdump prints for octets it cannot dissect. */
export const printDefault = (p: Printer, at: number, size: number): void =>
  printHexAscii(p, '\n\t', at, size);

/** `printDefault`, unless -q, -x or -X suppress it. */
export function printUnlessSuppressed(p: Printer, at: number, size: number): void {
  const { quick, hex, hexAscii } = p.options;
  if (quick + hex + hexAscii === 0) printDefault(p, at, size);
}

/** Octets of a known protocol that have no text of their own. False when they begin after the captured end. */
export function printUnknown(p: Printer, at: number, indent: string, size: number): boolean {
  if (at > p.snapEnd) {
    p.print(`${indent}Dissector error: print_unknown_data called with pointer past end of packet`);
    return false;
  }
  printHex(p, indent, at, Math.min(size, p.snapEnd - at));
  return true;
}
