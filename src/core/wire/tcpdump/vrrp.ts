/** VRRP, versions 2 and 3. */
import type { IpContext } from './ip-context.ts';
import { hexOf, type Printer } from './printer.ts';
import { pseudoOf } from './pseudo-header.ts';

const ADVERTISEMENT = 1;
const SIMPLE_PASSWORD = 1;
const PROTOCOL = 112;
const AUTHENTICATIONS = ['none', 'simple', 'ah'] as const;

export function printVrrp(p: Printer, at: number, length: number, ip: IpContext): void {
  p.protocol = 'vrrp';
  p.print('VRRP');
  const first = p.u8(at);
  const version = first >>> 4;
  const type = first & 15;
  p.print(`v${version}, ${type === ADVERTISEMENT ? 'Advertisement' : `unknown type (${type})`}`);
  if (ip.ttl !== 255) p.print(`, (ttl ${ip.ttl})`);
  if (version < 2 || version > 3 || type !== ADVERTISEMENT) return;
  p.print(`, vrid ${p.u8(at + 1)}, prio ${p.u8(at + 2)}`);
  let authentication = 0;
  if (version === 2) {
    authentication = p.u8(at + 4);
    p.print(`, authtype ${AUTHENTICATIONS[authentication] ?? `#${authentication}`}`);
    p.print(`, intvl ${p.u8(at + 5)}s, length ${length}`);
  } else {
    p.print(`, intvl ${p.u16(at + 4) & 0xfff}cs, length ${length}`);
  }
  if (p.verbose === 0) return;
  const count = p.u8(at + 3);
  if (p.has(at, length)) {
    const sum =
      version === 2 ? p.checksum(at, length) : p.pseudoChecksum(pseudoOf(p, ip), PROTOCOL, at, length);
    if (sum !== 0) p.print(`, (bad vrrp cksum ${hexOf(p.u16(at + 6))})`);
  }
  p.print(`, addrs${count > 1 ? `(${count})` : ''}:`);
  const size = ip.version === 4 ? 4 : 16;
  let address = at + 8;
  for (let i = 0; i < count; i += 1) {
    p.print(`${i === 0 ? ' ' : ','}${ip.version === 4 ? p.ipv4(address) : p.ipv6(address)}`);
    address += size;
  }
  if (version === 2 && authentication === SIMPLE_PASSWORD) {
    p.print(' auth "');
    p.charsToZero(address, 8);
    p.print('"');
  }
}
