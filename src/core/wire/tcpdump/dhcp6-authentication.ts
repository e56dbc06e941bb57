/** The authentication option of DHCPv6. */
import { hexOf, type Printer } from './printer.ts';

const DELAYED = 2;
const RECONFIGURE = 3;

/** Four words after a space each. */
const words = (p: Printer, at: number): string =>
  [0, 4, 8, 12].map((i) => ` ${hexOf(p.u32(at + i), 8)}`).join('');

function printDelayed(p: Printer, at: number, size: number): void {
  if (size === 0) return;
  if (size < 20) {
    p.print(' ??');
    return;
  }
  const realm = size - 20;
  if (realm > 0) p.print(`, realm: ${p.hex(at, realm)}`);
  p.print(`, key ID: ${hexOf(p.u32(at + realm), 8)}, HMAC-MD5:${words(p, at + realm + 4)}`);
}

function printReconfigure(p: Printer, at: number, size: number): void {
  if (size !== 17) {
    p.print(' ??');
    return;
  }
  p.print([' type: ??', ' reconfig-key', ' type: HMAC-MD5'][p.u8(at)] ?? ' type: ??');
  p.print(` value:${words(p, at + 1)}`);
}

export function printAuthentication(p: Printer, at: number, size: number): void {
  if (size < 11) {
    p.print(' ?');
    return;
  }
  const protocol = p.u8(at);
  p.print(
    ` proto: ${protocol === DELAYED ? 'delayed' : protocol === RECONFIGURE ? 'reconfigure' : protocol}`,
  );
  p.print(
    `, alg: ${p.u8(at + 1) === 1 ? 'HMAC-MD5' : p.u8(at + 1)}, RDM: ${p.u8(at + 2) === 0 ? 'mono' : p.u8(at + 2)}, RD:`,
  );
  for (let i = 0; i < 8; i += 2) p.print(` ${hexOf(p.u16(at + 3 + i), 4)}`);
  if (protocol === DELAYED) printDelayed(p, at + 11, size - 11);
  else if (protocol === RECONFIGURE) printReconfigure(p, at + 11, size - 11);
  else p.print(' ??');
}
