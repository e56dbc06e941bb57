/** Options of the OPT record (RFC 6891) and their contents. */
import { formatIpv4 } from '../../base/address.ts';
import { DNSSEC_ALGORITHMS, DS_HASHES, EDNS_OPTIONS, NSEC3_HASHES } from './domain.table.ts';
import { printDomainName } from './domain-name.ts';
import { fixed, formatAddress6, type NameTable, type Printer } from './printer.ts';

const OPTION = {
  dau: 5,
  dhu: 6,
  n3u: 7,
  clientSubnet: 8,
  expire: 9,
  cookie: 10,
  keepalive: 11,
  padding: 12,
  chain: 13,
  keyTag: 14,
} as const;

function printSubnet(p: Printer, at: number, size: number): void {
  const family = size < 4 ? 0 : p.u16(at);
  const bits = family === 1 ? 32 : family === 2 ? 128 : 0;
  const given = size - 4;
  const isWrong = bits === 0 || given > bits / 8;
  const source = isWrong ? 0 : p.u8(at + 2);
  const scope = isWrong ? 0 : p.u8(at + 3);
  if (isWrong || source > bits || scope > bits || (source + 7) >>> 3 !== given) {
    p.invalid();
    return;
  }
  let address = 0n;
  for (let i = 0; i < bits / 8; i += 1) address = (address << 8n) | BigInt(i < given ? p.u8(at + 4 + i) : 0);
  p.print(`${family === 1 ? formatIpv4(Number(address)) : formatAddress6(address)}/${source}/${scope}`);
}

function printAlgorithms(p: Printer, at: number, size: number, names: NameTable): void {
  const codes = Array.from({ length: size }, (_, i) => p.u8(at + i));
  p.print(codes.map((code) => names.get(code) ?? `Alg_${code}`).join(' '));
}

function printValue(p: Printer, option: number, at: number, size: number): void {
  switch (option) {
    case OPTION.clientSubnet:
      printSubnet(p, at, size);
      break;
    case OPTION.cookie:
      if (size < 8 || (size > 8 && size < 16) || size > 40) p.invalid();
      else p.print(`${p.hex(at, 8)}${size > 8 ? ` ${p.hex(at + 8, size - 8)}` : ''}`);
      break;
    case OPTION.keepalive:
      if (size === 2) p.print(`${fixed(p.u16(at) / 10, 1)} sec`);
      else p.invalid();
      break;
    case OPTION.expire:
      if (size === 4) p.print(`${p.u32(at)} sec`);
      else p.invalid();
      break;
    case OPTION.padding:
      p.print(`(${size})`);
      break;
    case OPTION.keyTag:
      if (size % 2 === 0)
        p.print(Array.from({ length: size / 2 }, (_, i) => `${p.u16(at + 2 * i)}`).join(' '));
      else p.invalid();
      break;
    case OPTION.dau:
      printAlgorithms(p, at, size, DNSSEC_ALGORITHMS);
      break;
    case OPTION.dhu:
      printAlgorithms(p, at, size, DS_HASHES);
      break;
    case OPTION.n3u:
      printAlgorithms(p, at, size, NSEC3_HASHES);
      break;
    case OPTION.chain:
      printDomainName(p, at, at + size);
      break;
    default:
      p.print(p.hex(at, size));
  }
}

/** Returns where the option ends, or null when it is cut. */
export function printEdnsOption(p: Printer, at: number): number | null {
  if (!p.has(at, 2)) return null;
  const option = p.u16(at);
  p.print(EDNS_OPTIONS.get(option) ?? `Opt${option}`);
  if (!p.has(at + 2, 2)) return null;
  const size = p.u16(at + 2);
  const value = at + 4;
  if (!p.has(value, size)) return null;
  if (size > 0) {
    p.print(' ');
    printValue(p, option, value, size);
  }
  return value + size;
}
