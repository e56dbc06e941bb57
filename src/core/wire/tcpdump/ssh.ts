/** The version line of SSH; all else is encrypted. */
import type { Printer } from './printer.ts';

const MARK = 'SSH-';

export function printSsh(p: Printer, at: number, length: number): void {
  p.protocol = 'ssh';
  for (let i = 0; i < MARK.length; i += 1) if (p.u8(at + i) !== MARK.charCodeAt(i)) return;
  let line = MARK;
  for (let i = MARK.length; i < length; i += 1) {
    const c = p.u8(at + i);
    if (c === 0x0a || (c === 0x0d && i + 1 < length && p.u8(at + i + 1) === 0x0a)) {
      p.print(`: SSH: ${line}`);
      return;
    }
    if (c < 0x20 || c > 0x7e) return;
    line += String.fromCharCode(c);
  }
}
