/** IPsec: authentication header, encapsulated security payload (encrypted: its header only), compressed IP. */
import { hexOf, type Printer } from './printer.ts';

/** Returns the size of the header. */
export function printAh(p: Printer, at: number): number {
  p.protocol = 'ah';
  p.print('AH');
  const length = p.u8(at + 1);
  const size = (length + 2) * 4;
  p.print('(');
  if (p.verbose > 0) p.print(`length=${length}(${size}-bytes),`);
  const reserved = p.u16(at + 2);
  if (reserved !== 0) p.print(`reserved=0x${hexOf(reserved)}[MustBeZero],`);
  p.print(`spi=0x${hexOf(p.u32(at + 4), 8)},`);
  p.print(`seq=0x${hexOf(p.u32(at + 8))},`);
  p.print('icv=0x');
  for (let i = at + 12; i < at + size; i += 1) p.print(hexOf(p.u8(i), 2));
  p.print('): ');
  return size;
}

export function printEsp(p: Printer, at: number, length: number): void {
  p.protocol = 'esp';
  if (at + 8 >= p.snapEnd) {
    p.truncated();
    return;
  }
  p.print(`ESP(spi=0x${hexOf(p.u32(at), 8)},seq=0x${hexOf(p.u32(at + 4))}), length ${length}`);
}

export function printIpComp(p: Printer, at: number): void {
  p.protocol = 'ipcomp';
  p.print(`IPComp(cpi=0x${hexOf(p.u16(at + 2), 4)})`);
}
