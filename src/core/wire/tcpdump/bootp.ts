/** BOOTP and DHCP: the fixed part, and the way to the options. */
import { printDhcpOptions } from './dhcp-options.ts';
import { hexOf, type Printer } from './printer.ts';

const REQUEST = 1;
const REPLY = 2;
const MAGIC = 236;
const RFC1048 = 0x63825363;
/** `CMU` and a zero octet. */
const CMU = 0x434d5500;

const ADDRESSES = [
  [12, 'Client-IP'],
  [16, 'Your-IP'],
  [20, 'Server-IP'],
  [24, 'Gateway-IP'],
] as const;

/** Offsets from the vendor area, and whether the subnet mask flag changes the name. */
const CMU_ADDRESSES = [
  [12, 'DG'],
  [8, 'SM'],
  [16, 'NS1'],
  [20, 'NS2'],
  [24, 'IEN1'],
  [28, 'IEN2'],
  [32, 'TS1'],
  [36, 'TS2'],
] as const;

function printCmu(p: Printer, at: number): void {
  p.print(' vend-cmu');
  if (!p.has(at + 4, 4)) {
    p.truncated();
    return;
  }
  const flags = p.u8(at + 4);
  if ((flags & ~1) !== 0) p.print(` F:0x${hexOf(flags)}`);
  for (const [offset, name] of CMU_ADDRESSES) {
    if (!p.has(at + offset, 4)) {
      p.truncated();
      return;
    }
    const mark = name === 'SM' && (flags & 1) === 0 ? '*' : '';
    if (p.u32(at + offset) !== 0) p.print(` ${name}${mark}:${p.ipv4(at + offset)}`);
  }
}

/** A quoted name in a fixed field. False when it has no end. */
function printFixedName(p: Printer, name: string, at: number, size: number): boolean {
  if (p.u8(at) === 0) return true;
  p.print(`\n\t  ${name} "`);
  const isWhole = p.zeroTerminated(at, size) !== 0;
  p.print('"');
  if (!isWhole) p.truncated();
  return isWhole;
}

export function printBootp(p: Printer, at: number, length: number): void {
  p.protocol = 'bootp';
  const operation = p.u8(at);
  const name =
    operation === REQUEST ? 'Request' : operation === REPLY ? 'Reply' : `unknown (0x${hexOf(operation, 2)})`;
  p.print(`BOOTP/DHCP, ${name}`);
  const hardware = p.u8(at + 1);
  const hardwareSize = p.u8(at + 2);
  const isEthernet = hardware === 1 && hardwareSize === 6;
  if (isEthernet && operation === REQUEST) p.print(` from ${p.mac(at + 28)}`);
  p.print(`, length ${length}`);
  if (p.verbose === 0) return;
  if (!p.has(at + 8, 2)) {
    p.truncated();
    return;
  }
  if (hardware !== 1) p.print(`, htype ${hardware}`);
  if (!isEthernet) p.print(`, hlen ${hardwareSize}`);
  const hops = p.u8(at + 3);
  if (hops !== 0) p.print(`, hops ${hops}`);
  const transaction = p.u32(at + 4);
  if (transaction !== 0) p.print(`, xid 0x${hexOf(transaction)}`);
  const seconds = p.u16(at + 8);
  if (seconds !== 0) p.print(`, secs ${seconds}`);
  const flags = p.u16(at + 10);
  p.print(`, Flags [${(flags & 0x8000) === 0 ? 'none' : 'Broadcast'}]`);
  if (p.verbose > 1) p.print(` (0x${hexOf(flags, 4)})`);
  for (const [offset, label] of ADDRESSES)
    if (p.u32(at + offset) !== 0) p.print(`\n\t  ${label} ${p.ipv4(at + offset)}`);
  if (isEthernet) p.print(`\n\t  Client-Ethernet-Address ${p.mac(at + 28)}`);
  if (!printFixedName(p, 'sname', at + 44, 64) || !printFixedName(p, 'file', at + 108, 128)) return;
  if (!p.has(at + MAGIC, 4)) {
    p.truncated();
    return;
  }
  const magic = p.u32(at + MAGIC);
  if (magic === RFC1048) printDhcpOptions(p, at + MAGIC);
  else if (magic === CMU) printCmu(p, at + MAGIC);
  else if (magic !== 0) p.print(`\n\t  Vendor-#0x${hexOf(magic)}`);
}
