/** UDP: ports, checksum, and the way to what it carries. */
import { BFD_PORTS, printBfd } from './bfd.ts';
import { printBootp } from './bootp.ts';
import { printBroadcomLi } from './broadcom-li.ts';
import { printDhcp6 } from './dhcp6.ts';
import { printDomain } from './domain.ts';
import { printGeneve } from './geneve.ts';
import type { IpContext } from './ip-context.ts';
import { printMpls } from './mpls.ts';
import { printNtp } from './ntp.ts';
import { hexOf, shouldBe, type Printer } from './printer.ts';
import { pseudoOf } from './pseudo-header.ts';
import { printRip } from './rip.ts';
import { printSnmp } from './snmp.ts';
import { printSyslog } from './syslog.ts';
import { printSip } from './text-protocol.ts';
import { printTftp } from './tftp.ts';
import { printOtv, printVxlan, printVxlanGpe } from './vxlan.ts';

const HEADER = 8;
const PROTOCOL = 17;
const NFS = 2049;

type PayloadPrinter = (p: Printer, at: number, length: number, destination: number) => void;

/** `either`: one of the ports is among `ports`; `source`, `destination`: that one is. */
interface Payload {
  readonly side: 'either' | 'source' | 'destination';
  readonly ports: readonly number[];
  /** A text names what tcpdump prints and this program does not. */
  readonly print: PayloadPrinter | string;
}

const either = (ports: readonly number[], print: PayloadPrinter | string): Payload => ({
  side: 'either',
  ports,
  print,
});
const destination = (ports: readonly number[], print: PayloadPrinter | string): Payload => ({
  side: 'destination',
  ports,
  print,
});
const source = (ports: readonly number[], print: PayloadPrinter | string): Payload => ({
  side: 'source',
  ports,
  print,
});

/** In the order in which they are asked. */
const PAYLOADS: readonly Payload[] = [
  either([53], (p, at, length) => printDomain(p, at, length, false)),
  either([5353], (p, at, length) => printDomain(p, at, length, true)),
  either([525], 'timed'),
  either([69], printTftp),
  either([68, 67], printBootp),
  either([520], printRip),
  either([654], 'AODV'),
  either([500], 'ISAKMP'),
  either([4500], 'ISAKMP'),
  either([7500, 8500], 'ISAKMP'),
  either([161, 162], printSnmp),
  either([123], printNtp),
  either([88, 750], 'Kerberos'),
  either([1701], 'L2TP'),
  destination([3456], 'VAT'),
  either([2103, 2104], 'Zephyr'),
  either([7000, 7001, 7002, 7003, 7004, 7005, 7006, 7007, 7008, 7009], 'Rx'),
  either([521], 'RIPng'),
  either([546, 547], printDhcp6),
  either([5359], 'AHCP'),
  either([6696, 6697], 'Babel'),
  either([8231], 'HNCP'),
  destination([4567], 'whiteboard'),
  either([496], 'Auto-RP'),
  either([1645, 1812, 1646, 1813, 1700, 3799], 'RADIUS'),
  destination([1985], 'HSRP'),
  either([921], 'lwres'),
  either([646], 'LDP'),
  either([698], 'OLSR'),
  either([3503], 'LSP ping'),
  source([49152], printBroadcomLi),
  destination([...BFD_PORTS], printBfd),
  either([701], 'LMP'),
  either([1589], 'VQP'),
  either([6343], 'sFlow'),
  destination([12223], 'LWAPP'),
  source([12223], 'LWAPP'),
  either([12222], 'LWAPP'),
  either([5060], printSip),
  either([514], printSyslog),
  either([8472], printOtv),
  either([4789], printVxlan),
  either([6081], printGeneve),
  either([4342], 'LISP'),
  either([4790], printVxlanGpe),
  either([17754], 'ZEP'),
  either([6635], printMpls),
  either([319, 320], 'PTP'),
  either([30490], 'SOME/IP'),
];

function matches({ side, ports }: Payload, from: number, to: number): boolean {
  if (side === 'either') return ports.includes(from) || ports.includes(to);
  return ports.includes(side === 'source' ? from : to);
}

/** Addresses and ports, without ports when they were not captured. */
function printEnds(p: Printer, ip: IpContext, ports: readonly [number, number] | null): void {
  const isDirect = p.u8(ip.at + (ip.version === 6 ? 6 : 9)) === PROTOCOL;
  const [from, to] = ports === null ? ['', ''] : [p.port('udp', ports[0]), p.port('udp', ports[1])];
  if (!isDirect) {
    if (ports !== null) p.print(`${from} > ${to}: `);
    return;
  }
  const [sender, receiver] =
    ip.version === 6 ? [p.ipv6(ip.at + 8), p.ipv6(ip.at + 24)] : [p.ipv4(ip.at + 12), p.ipv4(ip.at + 16)];
  p.print(ports === null ? `${sender} > ${receiver}: ` : `${sender}.${from} > ${receiver}.${to}: `);
}

/** The checksum over header and `length` octets of payload. */
function printChecksum(p: Printer, at: number, length: number, ip: IpContext): void {
  if (p.verbose === 0 || p.options.skipChecksums || ip.fragmented) return;
  if (ip.version === 4) {
    if (p.verbose === 1) return;
    if (p.u16(at + 6) === 0) {
      p.print('[no cksum] ');
      return;
    }
  }
  if (!p.has(at + HEADER, length)) return;
  const sum = p.pseudoChecksum(pseudoOf(p, ip), PROTOCOL, at, length + HEADER);
  const found = p.u16(at + 6);
  p.print(
    sum === 0
      ? '[udp sum ok] '
      : `[bad udp cksum 0x${hexOf(found, 4)} -> 0x${hexOf(shouldBe(found, sum), 4)}!] `,
  );
}

/** Whether the payload is a remote procedure call or reply of NFS. */
function isNfs(p: Printer, at: number, from: number, to: number): boolean {
  if (!p.has(at + 4, 4)) return false;
  const direction = p.u32(at + 4);
  return (to === NFS && direction === 0) || (from === NFS && direction === 1);
}

/** AppleTalk in UDP has no port of its own: these ranges, when the third octet says datagram. */
function isAppleTalk(p: Printer, at: number, from: number, to: number): boolean {
  const inRange = (port: number): boolean =>
    [16_512, 200, 768].some((start) => port >= start && port < start + 128);
  return (inRange(from) || inRange(to)) && p.has(at + 2, 1) && p.u8(at + 2) === 2;
}

export function printUdp(p: Printer, at: number, total: number, ip: IpContext): void {
  p.protocol = 'udp';
  if (!p.has(at + 2, 2)) {
    printEnds(p, ip, null);
    p.truncated();
    return;
  }
  const from = p.u16(at);
  const to = p.u16(at + 2);
  printEnds(p, ip, [from, to]);
  if (total < HEADER) {
    p.print(`truncated-udp ${total}`);
    return;
  }
  if (!p.has(at + 4, 2)) {
    p.truncated();
    return;
  }
  let claimed = p.u16(at + 4);
  if (claimed === 0 && total > 65_535) claimed = total;
  if (claimed < HEADER) {
    p.print(`truncated-udplength ${claimed}`);
    return;
  }
  claimed -= HEADER;
  const length = Math.min(claimed, total - HEADER);
  const payload = at + HEADER;
  if (payload > p.snapEnd) {
    p.truncated();
    return;
  }
  const isQuick = p.options.quick > 0;
  if (!isQuick && isNfs(p, payload, from, to)) {
    p.notModelled('NFS');
    return;
  }
  printChecksum(p, at, length, ip);
  const known = isQuick ? undefined : PAYLOADS.find((entry) => matches(entry, from, to));
  if (known === undefined && !isQuick && isAppleTalk(p, payload, from, to)) p.notModelled('AppleTalk');
  else if (known === undefined)
    p.print(
      claimed > length && !ip.fragmented
        ? `UDP, bad length ${claimed} > ${length}`
        : `UDP, length ${claimed}`,
    );
  else if (typeof known.print === 'string') p.notModelled(known.print);
  else known.print(p, payload, length, to);
}
