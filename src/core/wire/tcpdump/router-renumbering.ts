/** ICMPv6 router renumbering (RFC 2894). */
import { hexOf, type Printer } from './printer.ts';

const CODES = new Map([
  [0, ', command'],
  [1, ', result'],
  [255, ', sequence number reset'],
]);
const COMMAND = 0;
const OPERATIONS = ['', 'add', 'change', 'setglobal'] as const;

const FLAGS = [
  [0x80, 'T'],
  [0x40, 'R'],
  [0x20, 'A'],
  [0x10, 'S'],
  [0x08, 'P'],
] as const;

const timeText = (seconds: number): string => (seconds === 0xffffffff ? 'infty' : `${seconds}`);

function printHeader(p: Printer, at: number): void {
  const flags = p.u8(at + 9);
  p.print('[');
  if (flags !== 0) p.print(`${FLAGS.map(([bit, letter]) => ((flags & bit) === 0 ? '' : letter)).join('')},`);
  p.print(`seg=${p.u8(at + 8)},`);
  p.print(`maxdelay=${p.u16(at + 10)}`);
  const reserved = p.u32(at + 12);
  if (reserved !== 0) p.print(`rsvd=0x${hexOf(reserved)}`);
  p.print(']');
}

function printUse(p: Printer, at: number): void {
  p.print('use(');
  const flags = p.u8(at + 12);
  if (flags !== 0) p.print(`${(flags & 0x80) === 0 ? '' : 'V'}${(flags & 0x40) === 0 ? '' : 'P'},`);
  if (p.verbose > 0) {
    p.print(`mask=0x${hexOf(p.u8(at + 2))},`);
    p.print(`raflags=0x${hexOf(p.u8(at + 3))},`);
    p.print(`vltime=${timeText(p.u32(at + 4))},`);
    p.print(`pltime=${timeText(p.u32(at + 8))},`);
  }
  p.print(`${p.ipv6(at + 16)}/${p.u8(at)}/${p.u8(at + 1)})`);
}

export function printRenumbering(p: Printer, at: number): void {
  if (!p.has(at + 12, 4)) {
    p.truncated();
    return;
  }
  const code = p.u8(at + 1);
  p.print(CODES.get(code) ?? `, code-#${code}`);
  p.print(`, seq=${p.u32(at + 4)}`);
  if (p.verbose > 0) printHeader(p, at);
  if (code !== COMMAND) return;
  const match = at + 16;
  if (!p.has(match + 8, 16)) {
    p.truncated();
    return;
  }
  const separator = p.verbose > 1 ? '\n\t' : ' ';
  const operation = p.u8(match);
  p.print(`${separator}match(${OPERATIONS[operation] || `#${operation}`}`);
  if (p.verbose > 0) p.print(`,ord=${p.u8(match + 2)},min=${p.u8(match + 4)},max=${p.u8(match + 5)}`);
  p.print(`,${p.ipv6(match + 8)}/${p.u8(match + 3)})`);
  const rest = p.u8(match + 1) - 3;
  if (rest % 4 !== 0) {
    p.truncated();
    return;
  }
  for (let i = 0; i < rest / 4; i += 1) {
    const use = match + 24 + 32 * i;
    if (!p.has(use + 16, 16)) {
      p.truncated();
      return;
    }
    p.print(separator);
    printUse(p, use);
  }
}
