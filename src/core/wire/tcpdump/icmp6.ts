/** ICMPv6: errors, echo, neighbour discovery, and the way to the rarer messages. */
import type { IpContext } from './ip-context.ts';
import { printUnknown } from './dump.ts';
import { printMld, printMld2Query, printMld2Report } from './mld.ts';
import { preferenceText, printNdOptions } from './nd-options.ts';
import { printNodeInformation } from './node-information.ts';
import { flagText, hexOf, shouldBe, type FlagTable, type NameTable, type Printer } from './printer.ts';
import { pseudoOf } from './pseudo-header.ts';
import { printRenumbering } from './router-renumbering.ts';
import { printRpl } from './rpl.ts';

const TYPE = {
  unreachable: 1,
  packetTooBig: 2,
  timeExceeded: 3,
  parameterProblem: 4,
  echo: 128,
  echoReply: 129,
  listenerQuery: 130,
  listenerReport: 131,
  listenerDone: 132,
  routerSolicitation: 133,
  routerAdvertisement: 134,
  neighborSolicitation: 135,
  neighborAdvertisement: 136,
  redirect: 137,
  renumbering: 138,
  nodeQuery: 139,
  nodeReply: 140,
  inverseSolicitation: 141,
  inverseAdvertisement: 142,
  listenerReport2: 143,
  homeAgentRequest: 144,
  homeAgentReply: 145,
  mobilePrefixSolicitation: 146,
  mobilePrefixAdvertisement: 147,
  rpl: 155,
} as const;

const TYPE_NAMES: NameTable = new Map([
  [1, 'destination unreachable'],
  [2, 'packet too big'],
  [3, 'time exceeded in-transit'],
  [4, 'parameter problem'],
  [128, 'echo request'],
  [129, 'echo reply'],
  [130, 'multicast listener query'],
  [131, 'multicast listener report'],
  [132, 'multicast listener done'],
  [133, 'router solicitation'],
  [134, 'router advertisement'],
  [135, 'neighbor solicitation'],
  [136, 'neighbor advertisement'],
  [137, 'redirect'],
  [138, 'router renumbering'],
  [141, 'inverse neighbor solicitation'],
  [142, 'inverse neighbor advertisement'],
  [143, 'multicast listener report v2'],
  [144, 'ha discovery request'],
  [145, 'ha discovery reply'],
  [146, 'mobile router solicitation'],
  [147, 'mobile router advertisement'],
  [139, 'who-are-you request'],
  [140, 'who-are-you reply'],
  [201, 'mtrace message'],
  [200, 'mtrace response'],
  [155, 'RPL'],
]);

/** Types that print their length before the message with -v. */
const LENGTH_FIRST: ReadonlySet<number> = new Set([133, 134, 135, 136, 137, 145, 147]);

const UNREACHABLE: NameTable = new Map([
  [0, 'unreachable route'],
  [1, ' unreachable prohibited'],
  [2, 'beyond scope'],
  [3, 'unreachable address'],
  [4, 'unreachable port'],
]);

const PARAMETER_PROBLEMS: NameTable = new Map([
  [0, 'erroneous'],
  [1, 'next header'],
  [2, 'option'],
  [3, 'incomplete header chain'],
]);

const RA_FLAGS: FlagTable = [
  [0x80, 'managed'],
  [0x40, 'other stateful'],
  [0x20, 'home agent'],
  [0x02, 'ipv6 only'],
];

const NA_FLAGS: FlagTable = [
  [0x80000000, 'router'],
  [0x40000000, 'solicited'],
  [0x20000000, 'override'],
];

const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60]);

/** Where the ports of the quoted packet stand, behind its extension headers; null when they are not there. */
function quotedPorts(p: Printer, quoted: number): { readonly at: number; readonly protocol: number } | null {
  if (!p.has(quoted + 6, 1)) return null;
  let next = p.u8(quoted + 6);
  let at = quoted;
  let size = 40;
  while (at < p.snapEnd) {
    at += size;
    if (next === 17 || next === 6) return p.has(at + 2, 2) ? { at, protocol: next } : null;
    if (EXTENSIONS.has(next)) {
      if (!p.has(at + 1, 1)) return null;
      next = p.u8(at);
      size = 8 * (p.u8(at + 1) + 1);
    } else if (next === 44) {
      if (!p.has(at + 2, 2) || (p.u16(at + 2) & 0xfff8) !== 0) return null;
      next = p.u8(at);
      size = 8;
    } else if (next === 51) {
      if (!p.has(at + 1, 1)) return null;
      next = p.u8(at);
      size = 4 * (p.u8(at + 1) + 2);
    } else {
      return null;
    }
  }
  return null;
}

/** False when the message was printed whole, its length included. */
function printUnreachable(p: Printer, at: number, length: number, code: number): boolean {
  p.print(`, ${UNREACHABLE.get(code) ?? `unknown unreach code (${code})`}`);
  const destination = (): string => p.ipv6(at + 8 + 24);
  switch (code) {
    case 0:
    case 1:
    case 3:
      p.print(` ${destination()}`);
      return true;
    case 2:
      p.print(` ${destination()}, source address ${p.ipv6(at + 8 + 8)}`);
      return true;
    case 4: {
      const ports = quotedPorts(p, at + 8);
      if (ports === null) {
        p.truncated();
        return false;
      }
      const protocol = ports.protocol === 6 ? 'tcp' : 'udp';
      const port = p.u16(ports.at + 2);
      p.print(`, ${destination()} ${protocol} port ${p.port(protocol, port)}`);
      return true;
    }
    default:
      if (p.verbose > 1) return true;
      printUnknown(p, at, '\n\t', length);
      return false;
  }
}

function printTimeExceeded(p: Printer, at: number, code: number): void {
  if (code === 0) p.print(` for ${p.ipv6(at + 8 + 24)}`);
  else if (code === 1) p.print(' (reassembly)');
  else p.print(`, unknown code (${code})`);
}

/** ND options after a fixed part of `fixed` octets, with -v. False when they are cut. */
function printOptions(p: Printer, at: number, length: number, fixed: number): boolean {
  if (p.verbose === 0 || printNdOptions(p, at + fixed, (length - fixed) | 0)) return true;
  p.truncated();
  return false;
}

function printAdvertisement(p: Printer, at: number, length: number): boolean {
  if (p.verbose === 0) return true;
  const flags = p.u8(at + 5);
  p.print(
    `\n\thop limit ${p.u8(at + 4)}, Flags [${flagText(RA_FLAGS, flags, 'none')}], pref ${preferenceText(flags)}, router lifetime ${p.u16(at + 6)}s` +
      `, reachable time ${p.u32(at + 8)}ms, retrans timer ${p.u32(at + 12)}ms`,
  );
  return printOptions(p, at, length, 16);
}

function printMobilePrefix(p: Printer, at: number, length: number): boolean {
  if (p.verbose === 0) return true;
  p.print(`, id 0x${hexOf(p.u16(at + 4), 4)}`);
  const flags = p.u16(at + 6);
  if ((flags & 0xc000) !== 0) p.print(' ');
  if ((flags & 0x8000) !== 0) p.print('M');
  if ((flags & 0x4000) !== 0) p.print('O');
  return printOptions(p, at, length, 8);
}

function printQuery(p: Printer, at: number, length: number): void {
  if (length === 24) {
    printMld(p, at);
  } else if (length >= 28) {
    p.print(' v2');
    printMld2Query(p, at, length);
  } else {
    p.print(` unknown-version (len ${length}) `);
  }
}

/** Prints what the type says. False when nothing more is to be printed. */
function printMessage(p: Printer, at: number, length: number, type: number, code: number): boolean {
  switch (type) {
    case TYPE.unreachable:
      return printUnreachable(p, at, length, code);
    case TYPE.packetTooBig:
      p.print(`, mtu ${p.u32(at + 4)}`);
      return true;
    case TYPE.timeExceeded:
      printTimeExceeded(p, at, code);
      return true;
    case TYPE.parameterProblem: {
      if (!p.has(at + 8 + 24, 16)) {
        p.truncated();
        return false;
      }
      const name = PARAMETER_PROBLEMS.get(code);
      p.print(name === undefined ? `, code-#${code}` : `, ${name} - octet ${p.u32(at + 4)}`);
      return true;
    }
    case TYPE.echo:
    case TYPE.echoReply:
      p.print(`, id ${p.u16(at + 4)}, seq ${p.u16(at + 6)}`);
      return true;
    case TYPE.listenerQuery:
      printQuery(p, at, length);
      return true;
    case TYPE.listenerReport:
    case TYPE.listenerDone:
      printMld(p, at);
      return true;
    case TYPE.routerSolicitation:
      return printOptions(p, at, length, 8);
    case TYPE.routerAdvertisement:
      return printAdvertisement(p, at, length);
    case TYPE.neighborSolicitation:
      p.print(`, who has ${p.ipv6(at + 8)}`);
      return printOptions(p, at, length, 24);
    case TYPE.neighborAdvertisement:
      p.print(`, tgt is ${p.ipv6(at + 8)}`);
      if (p.verbose > 0) p.print(`, Flags [${flagText(NA_FLAGS, p.u32(at + 4), 'none')}]`);
      return printOptions(p, at, length, 24);
    case TYPE.redirect:
      p.print(`, ${p.ipv6(at + 24)}`);
      p.print(` to ${p.ipv6(at + 8)}`);
      return printOptions(p, at, length, 40);
    case TYPE.renumbering:
      printRenumbering(p, at);
      return true;
    case TYPE.nodeQuery:
    case TYPE.nodeReply:
      printNodeInformation(p, at, length);
      return true;
    case TYPE.inverseSolicitation:
    case TYPE.inverseAdvertisement:
      return true;
    case TYPE.listenerReport2:
      printMld2Report(p, at, length);
      return true;
    case TYPE.homeAgentRequest:
    case TYPE.mobilePrefixSolicitation:
      p.print(`, id 0x${hexOf(p.u16(at + 4), 4)}`);
      return true;
    case TYPE.homeAgentReply:
      if (p.verbose === 0) return true;
      p.print(`, id 0x${hexOf(p.u16(at + 4), 4)}`);
      for (let agent = at + 8; agent < at + length; agent += 16) p.print(`, ${p.ipv6(agent)}`);
      return true;
    case TYPE.mobilePrefixAdvertisement:
      return printMobilePrefix(p, at, length);
    case TYPE.rpl:
      printRpl(p, code, at + 4, length - 4);
      return true;
    default:
      p.print(`, length ${length}`);
      if (p.verbose <= 1) printUnknown(p, at, '\n\t', length);
      return false;
  }
}

export function printIcmp6(p: Printer, at: number, length: number, ip: IpContext): void {
  p.protocol = 'icmp6';
  if (length === 0) {
    p.print('ICMP6, length 0');
    p.invalid();
    return;
  }
  const isVerbose = p.verbose > 0;
  if (isVerbose && !ip.fragmented && p.has(at, length)) {
    const found = p.u16(at + 2);
    const sum = p.pseudoChecksum(pseudoOf(p, ip), 58, at, length);
    p.print(
      sum === 0
        ? '[icmp6 sum ok] '
        : `[bad icmp6 cksum 0x${hexOf(found, 4)} -> 0x${hexOf(shouldBe(found, sum), 4)}!] `,
    );
  }
  const type = p.u8(at);
  p.print(`ICMP6, ${TYPE_NAMES.get(type) ?? `unknown icmp6 type (${type})`}`);
  if (isVerbose && LENGTH_FIRST.has(type)) p.print(`, length ${length}`);
  const isOpen = printMessage(p, at, length, type, p.u8(at + 1));
  if (isOpen && !isVerbose) p.print(`, length ${length}`);
}
