/** TFTP (RFC 1350, RFC 2347). */
import type { NameTable, Printer } from './printer.ts';

const OPCODES: NameTable = new Map([
  [1, 'RRQ'],
  [2, 'WRQ'],
  [3, 'DATA'],
  [4, 'ACK'],
  [5, 'ERROR'],
  [6, 'OACK'],
]);

const ERRORS = [
  'EUNDEF',
  'ENOTFOUND',
  'EACCESS',
  'ENOSPACE',
  'EBADOP',
  'EBADID',
  'EEXISTS',
  'ENOUSER',
] as const;

/** Zero-terminated options, a space before each that is not empty. False when the last has no end. */
function printOptions(p: Printer, from: number, end: number): boolean {
  for (let at = from; at < end;) {
    if (p.u8(at) !== 0) p.print(' ');
    const used = p.zeroTerminated(at, end - at);
    if (used === 0) return false;
    at += used;
  }
  return true;
}

function printRequest(p: Printer, at: number, end: number): boolean {
  if (at >= end) return false;
  p.print(' "');
  const name = p.zeroTerminated(at, end - at);
  p.print('"');
  if (name === 0 || at + name >= end) return false;
  p.print(' ');
  const mode = p.zeroTerminated(at + name, end - at - name);
  return mode !== 0 && printOptions(p, at + name + mode, end);
}

function printError(p: Printer, at: number, end: number): boolean {
  if (end - at < 2) return false;
  const code = p.u16(at);
  p.print(` ${ERRORS[code] ?? `tftp-err-#${code} "`}`);
  if (end - at === 2) return false;
  p.print(' "');
  const text = p.zeroTerminated(at + 2, end - at - 2);
  p.print('"');
  return text !== 0;
}

/** False when the message is cut. */
function printMessage(p: Printer, opcode: number, at: number, end: number): boolean {
  switch (opcode) {
    case 1:
    case 2:
      return printRequest(p, at, end);
    case 3:
    case 4:
      if (end - at < 2) return false;
      p.print(` block ${p.u16(at)}`);
      return true;
    case 5:
      return printError(p, at, end);
    case 6:
      return printOptions(p, at, end);
    default:
      p.print(`(unknown #${opcode})`);
      return true;
  }
}

export function printTftp(p: Printer, at: number, length: number): void {
  p.protocol = 'tftp';
  p.print(`TFTP, length ${length}`);
  if (length < 2) {
    p.truncated();
    return;
  }
  const opcode = p.u16(at);
  const name = OPCODES.get(opcode);
  p.print(`, ${name ?? `tftp-#${opcode}`}`);
  if (name !== undefined && !printMessage(p, opcode, at + 2, at + length)) p.truncated();
}
