/** What an Ethernet frame carries, by ethertype. */
import { printArp } from './arp.ts';
import { printEapol } from './eap.ts';
import { ETHERTYPE_NAMES } from './ethertype.table.ts';
import { printLldp } from './lldp.ts';
import { printLoopback } from './loopback.ts';
import { printMpls } from './mpls.ts';
import { printPppoe } from './pppoe.ts';
import type { Printer } from './printer.ts';
import { printSlow } from './slow.ts';

type PayloadPrinter = (p: Printer, at: number, length: number, captured: number) => void;

const PRINTERS: ReadonlyMap<number, PayloadPrinter> = new Map<number, PayloadPrinter>([
  [0x0800, (p, at, length) => p.dissect.ipv4(p, at, length)],
  [0x86dd, (p, at, length) => p.dissect.ipv6(p, at, length)],
  [0x0806, printArp],
  [0x8035, printArp],
  [0x8863, printPppoe],
  [0x8864, printPppoe],
  [0x3c12, printPppoe],
  [0x3c13, printPppoe],
  [0x888e, printEapol],
  [0x8809, printSlow],
  [0x88cc, printLldp],
  [0x9000, printLoopback],
  [0x8847, printMpls],
  [0x8848, printMpls],
]);

/** Ethertypes that tcpdump takes apart and this program does not. */
const NOT_MODELLED: ReadonlySet<number> = new Set([
  0x6003, 0x809b, 0x80f3, 0x8137, 0xfefe, 0x8899, 0x880b, 0x8808, 0x8902, 0xabcd, 0x894f, 0x88ca, 0x886f,
  0x0707, 0x8947, 0x1111, 0x88a2, 0x88f7,
]);

/** False when the ethertype has no printer: the caller shows the octets. */
export function printEthertype(
  p: Printer,
  type: number,
  at: number,
  length: number,
  captured: number,
): boolean {
  const print = PRINTERS.get(type);
  if (print !== undefined) {
    print(p, at, length, captured);
    return true;
  }
  if (!NOT_MODELLED.has(type)) return false;
  p.notModelled(ETHERTYPE_NAMES.get(type) ?? `ethertype 0x${type.toString(16)}`);
  return true;
}
