/** What an IP packet carries, by protocol number. */
import type { IpContext } from './ip-context.ts';
import { printAh, printEsp, printIpComp } from './ipsec.ts';
import { printGre } from './gre.ts';
import { printIcmp } from './icmp.ts';
import { printIcmp6 } from './icmp6.ts';
import { printIgmp } from './igmp.ts';
import { IP_PROTOCOL_NAMES } from './ip-protocol.table.ts';
import { NETDB_PROTOCOLS } from './netdb-protocol.table.ts';
import { printOspf } from './ospf.ts';
import type { Printer } from './printer.ts';
import { printSctp } from './sctp.ts';
import { printTcp } from './tcp.ts';
import { printUdp } from './udp.ts';
import { printVrrp } from './vrrp.ts';

type PayloadPrinter = (p: Printer, at: number, length: number, ip: IpContext) => void;

/** Protocols that exist in one version of IP only. */
const ONLY_VERSION: ReadonlyMap<number, 4 | 6> = new Map([
  [1, 4],
  [2, 4],
  [58, 6],
  [143, 6],
]);

const PRINTERS: ReadonlyMap<number, PayloadPrinter> = new Map<number, PayloadPrinter>([
  [1, printIcmp],
  [2, printIgmp],
  [4, (p, at, length) => p.dissect.ipv4(p, at, length)],
  [6, printTcp],
  [17, printUdp],
  [41, (p, at, length) => p.dissect.ipv6(p, at, length)],
  [47, printGre],
  [50, printEsp],
  [58, printIcmp6],
  [59, (p) => p.print('no next header')],
  [77, (p, _at, length) => p.print(` nd ${length}`)],
  [89, printOspf],
  [108, printIpComp],
  [112, printVrrp],
  [132, printSctp],
  [143, (p, at, length) => p.dissect.ethernet(p, at, length, p.available(at))],
]);

/** Protocols that tcpdump takes apart and this program does not. */
const NOT_MODELLED: ReadonlySet<number> = new Set([8, 9, 33, 46, 55, 88, 103, 113]);

const AH = 51;

/** Prints the payload of an IP packet, authentication headers before it included. */
export function printIpPayload(
  p: Printer,
  from: number,
  size: number,
  firstProtocol: number,
  ip: IpContext,
): void {
  let at = from;
  let length = size;
  let protocol = firstProtocol;
  while (protocol === AH) {
    if (!p.has(at, 1)) {
      p.protocol = 'ah';
      p.truncated();
      return;
    }
    protocol = p.u8(at);
    const advance = printAh(p, at);
    if (advance <= 0) return;
    at += advance;
    length = (length - advance) >>> 0;
  }
  const only = ONLY_VERSION.get(protocol);
  const print = PRINTERS.get(protocol);
  if (only !== undefined && only !== ip.version) {
    p.print(`[${IP_PROTOCOL_NAMES.get(protocol) ?? 'unknown'} requires IPv${only}]`);
    p.invalid();
  } else if (print !== undefined) {
    print(p, at, length, ip);
  } else if (NOT_MODELLED.has(protocol)) {
    p.notModelled(IP_PROTOCOL_NAMES.get(protocol) ?? `IP protocol ${protocol}`);
  } else {
    const name = p.options.numeric ? undefined : NETDB_PROTOCOLS[protocol];
    p.print(` ${name ?? `ip-proto-${protocol}`} ${length}`);
  }
}
