/** ARP and its reverse and inverse forms. */
import { printDefault } from './dump.ts';
import { ETHERTYPE_NAMES } from './ethertype.table.ts';
import { hexOf, type NameTable, type Printer } from './printer.ts';

const HEADER = 8;
const IPV4 = 0x0800;
const TRAILER = 0x1000;

const HARDWARE: NameTable = new Map([
  [1, 'Ethernet'],
  [6, 'TokenRing'],
  [7, 'ArcNet'],
  [15, 'FrameRelay'],
  [23, 'Strip'],
  [24, 'IEEE 1394'],
  [19, 'ATM'],
  [32, 'InfiniBand'],
]);
const ATM = 19;
const FRAME_RELAY = 15;

const OPERATIONS: NameTable = new Map([
  [1, 'Request'],
  [2, 'Reply'],
  [3, 'Reverse Request'],
  [4, 'Reverse Reply'],
  [8, 'Inverse Request'],
  [9, 'Inverse Reply'],
  [10, 'NACK Reply'],
]);

export function printArp(p: Printer, at: number, length: number, captured: number): void {
  p.protocol = 'arp';
  p.need(at, HEADER);
  const hardware = p.u16(at);
  const protocol = p.u16(at + 2);
  const hardwareSize = p.u8(at + 4);
  const protocolSize = p.u8(at + 5);
  const operation = p.u16(at + 6);
  if (hardware === ATM || hardware === FRAME_RELAY) {
    p.notModelled(`ARP for ${hardware === ATM ? 'ATM' : 'Frame Relay'}`);
    return;
  }
  const senderHardware = at + HEADER;
  const senderProtocol = senderHardware + hardwareSize;
  const targetHardware = senderProtocol + protocolSize;
  const targetProtocol = targetHardware + hardwareSize;
  p.need(targetProtocol, protocolSize);
  if (!p.options.linkHeader) p.print('ARP, ');
  const isIpv4 = protocol === IPV4 || protocol === TRAILER;
  const isVerbose = p.verbose > 0;
  if (!isIpv4 || protocolSize !== 4 || hardwareSize === 0 || isVerbose) {
    p.print(`${HARDWARE.get(hardware) ?? `Unknown Hardware (${hardware})`} (len ${hardwareSize})`);
    p.print(
      `, ${ETHERTYPE_NAMES.get(protocol) ?? `Unknown Protocol (0x${hexOf(protocol, 4)})`} (len ${protocolSize})`,
    );
    if (!isVerbose) {
      p.print(`, length ${length}`);
      return;
    }
    p.print(', ');
  }
  p.print(`${OPERATIONS.get(operation) ?? `Unknown (${operation})`} `);
  const ip = (address: number): string =>
    isIpv4 ? (protocolSize === 4 ? p.ipv4(address) : '<wrong len>') : '<wrong proto type>';
  const link = (address: number): string => p.linkAddress(address, hardwareSize);
  switch (operation) {
    case 1: {
      p.print(`who-has ${ip(targetProtocol)}`);
      let isKnown = false;
      for (let i = 0; i < hardwareSize; i += 1) isKnown ||= p.u8(targetHardware + i) !== 0;
      if (isKnown) p.print(` (${link(targetHardware)})`);
      p.print(` tell ${ip(senderProtocol)}`);
      break;
    }
    case 2:
      p.print(`${ip(senderProtocol)} is-at ${link(senderHardware)}`);
      break;
    case 3:
    case 8:
      p.print(`who-is ${link(targetHardware)} tell ${link(senderHardware)}`);
      break;
    case 4:
      p.print(`${link(targetHardware)} at ${ip(targetProtocol)}`);
      break;
    case 9:
      p.print(`${link(senderHardware)} at ${ip(senderProtocol)}`);
      break;
    default:
      printDefault(p, at, captured);
      return;
  }
  p.print(`, length ${length}`);
}
