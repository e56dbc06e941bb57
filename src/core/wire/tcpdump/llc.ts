/** IEEE 802.2 LLC, and SNAP. */
import { printCdp } from './cdp.ts';
import { printDefault } from './dump.ts';
import { ETHERTYPE_NAMES } from './ethertype.table.ts';
import { OUI_NAMES } from './oui.table.ts';
import { hexOf, type LinkAddresses, type NameTable, type Printer } from './printer.ts';
import { printStp } from './stp.ts';

const SAP = { global: 0xff, ip: 0x06, stp: 0x42, snap: 0xaa, ipx: 0xe0, iso: 0xfe } as const;
const UNNUMBERED_INFORMATION = 0x03;
const XID = 0xaf;
const POLL = 0x10;

const SAP_NAMES: NameTable = new Map([
  [0x00, 'Null'],
  [0xff, 'Global'],
  [0x02, '802.1B I'],
  [0x03, '802.1B G'],
  [0x06, 'IP'],
  [0x04, 'SNA'],
  [0x0e, 'ProWay NM'],
  [0x42, 'STP'],
  [0x4e, 'RS511'],
  [0x7e, 'ISO8208'],
  [0x8e, 'ProWay'],
  [0xaa, 'SNAP'],
  [0xe0, 'IPX'],
  [0xf0, 'NetBeui'],
  [0xfe, 'OSI'],
]);

const COMMANDS: NameTable = new Map([
  [0x03, 'ui'],
  [0xe3, 'test'],
  [0xaf, 'xid'],
  [0x63, 'ua'],
  [0x43, 'disc'],
  [0x0f, 'dm'],
  [0x6f, 'sabme'],
  [0x87, 'frmr'],
]);

/** The response bit of the source access point together with the poll bit of the control field. */
const FLAGS: NameTable = new Map([
  [0x000, 'Command'],
  [0x001, 'Response'],
  [0x010, 'Poll'],
  [0x011, 'Final'],
  [0x100, 'Poll'],
  [0x101, 'Final'],
]);

const SUPERVISORY: NameTable = new Map([
  [0, 'Receiver Ready'],
  [1, 'Receiver not Ready'],
  [2, 'Reject'],
]);

const OUI = {
  encapsulatedEthernet: 0x000000,
  cisco: 0x00000c,
  cisco90: 0x0000f8,
  appletalk: 0x080007,
  bridged: 0x0080c2,
} as const;

const CISCO_PROTOCOLS: NameTable = new Map([
  [0x2000, 'CDP'],
  [0x2003, 'VTP'],
  [0x2004, 'DTP'],
  [0x0111, 'UDLD'],
  [0x010b, 'PVST'],
  [0x010c, 'VLAN Bridge'],
]);

const BRIDGED_PROTOCOLS: NameTable = new Map([
  [0x0001, 'Ethernet + FCS'],
  [0x0007, 'Ethernet w/o FCS'],
  [0x0002, '802.4 + FCS'],
  [0x0008, '802.4 w/o FCS'],
  [0x0003, 'Token Ring + FCS'],
  [0x0009, 'Token Ring w/o FCS'],
  [0x0004, 'FDDI + FCS'],
  [0x000a, 'FDDI w/o FCS'],
  [0x0005, '802.6 + FCS'],
  [0x000b, '802.6 w/o FCS'],
  [0x000e, 'BPDU'],
]);

const PROTOCOLS_OF_OUI: ReadonlyMap<number, NameTable> = new Map([
  [OUI.encapsulatedEthernet, ETHERTYPE_NAMES],
  [OUI.cisco90, ETHERTYPE_NAMES],
  [OUI.appletalk, ETHERTYPE_NAMES],
  [OUI.cisco, CISCO_PROTOCOLS],
  [OUI.bridged, BRIDGED_PROTOCOLS],
]);

const addressText = (p: Printer, link: LinkAddresses | null): string =>
  link === null ? '' : `${p.mac(link.source)} > ${p.mac(link.destination)} `;

/** Prints a frame from its LLC header on. Returns the header size, negative when the rest should be dumped. */
export function printLlc(
  p: Printer,
  at: number,
  length: number,
  captured: number,
  link: LinkAddresses | null,
): number {
  p.protocol = 'llc';
  const there = Math.min(length, captured);
  const isUnnumbered = there >= 3 && (p.u8(at + 2) & 3) === 3;
  const headerSize = isUnnumbered ? 3 : 4;
  if (there < headerSize) {
    p.truncated();
    printDefault(p, at, captured);
    return captured < headerSize ? captured : length;
  }
  const dsapField = p.u8(at);
  const ssapField = p.u8(at + 1);
  const control = isUnnumbered ? p.u8(at + 2) : p.le16(at + 2);
  if (ssapField === SAP.global && dsapField === SAP.global) {
    if (p.options.linkHeader) p.print('IPX 802.3: ');
    p.notModelled('IPX');
    return 0;
  }
  const dsap = dsapField & 0xfe;
  const ssap = ssapField & 0xfe;
  if (p.options.linkHeader) {
    const group = (dsapField & 1) === 0 ? 'Individual' : 'Group';
    const response = (ssapField & 1) === 0 ? 'Command' : 'Response';
    p.print(`LLC, dsap ${SAP_NAMES.get(dsap) ?? 'Unknown'} (0x${hexOf(dsap, 2)}) ${group}`);
    p.print(`, ssap ${SAP_NAMES.get(ssap) ?? 'Unknown'} (0x${hexOf(ssap, 2)}) ${response}`);
    p.print(`, ctrl 0x${hexOf(control, isUnnumbered ? 2 : 4)}: `);
  }
  const body = at + headerSize;
  const bodyLength = length - headerSize;
  const bodyCaptured = captured - headerSize;
  if (ssap === dsap && control === UNNUMBERED_INFORMATION) {
    switch (ssap) {
      case SAP.snap:
        return printSnap(p, body, bodyLength, bodyCaptured, link, 2) ? headerSize + 5 : -(headerSize + 5);
      case SAP.stp:
        printStp(p, body, bodyLength);
        return headerSize;
      case SAP.ip:
        p.dissect.ipv4(p, body, bodyLength);
        return headerSize;
      case SAP.ipx:
        if (p.options.linkHeader) p.print('IPX 802.2: ');
        p.notModelled('IPX');
        return headerSize;
      case SAP.iso:
        p.notModelled('ISO CLNS');
        return headerSize;
      default:
    }
  }
  if (!p.options.linkHeader) {
    const destination = SAP_NAMES.get(dsap) ?? `Unknown DSAP 0x${hexOf(dsap, 2)}`;
    const source = SAP_NAMES.get(ssap) ?? `Unknown SSAP 0x${hexOf(ssap, 2)}`;
    if (ssap === dsap) p.print(`${addressText(p, link)}${destination} `);
    else if (link === null) p.print(`${source} > ${destination} `);
    else p.print(`${p.mac(link.source)} ${source} > ${p.mac(link.destination)} ${destination} `);
  }
  if (isUnnumbered) return printUnnumbered(p, body, bodyLength, bodyCaptured, control, ssapField & 1);
  const flags = FLAGS.get((ssapField & 1) | (control & 0x100)) ?? '?';
  const received = (control >>> 9) & 0x7f;
  if ((control & 1) === 1) {
    const name = SUPERVISORY.get((control >>> 2) & 3) ?? '?';
    p.print(`Supervisory, ${name}, rcv seq ${received}, Flags [${flags}], length ${length}`);
    return headerSize;
  }
  p.print(
    `Information, send seq ${(control >>> 1) & 0x7f}, rcv seq ${received}, Flags [${flags}], length ${length}`,
  );
  return -headerSize;
}

function printUnnumbered(
  p: Printer,
  at: number,
  length: number,
  captured: number,
  control: number,
  response: number,
): number {
  const command = COMMANDS.get(control & 0xef) ?? hexOf(control & 0xef, 2);
  p.print(
    `Unnumbered, ${command}, Flags [${FLAGS.get(response | (control & POLL)) ?? '?'}], length ${length + 3}`,
  );
  if ((control & ~POLL) !== XID) return -3;
  if (length === 0) return 3;
  if (captured < 1) {
    p.truncated();
    return 3;
  }
  if (p.u8(at) !== 0x81) return -3;
  if (captured < 3 || length < 3) {
    p.truncated();
    printDefault(p, at, captured);
  } else {
    p.print(`: ${hexOf(p.u8(at + 1), 2)} ${hexOf(p.u8(at + 2), 2)}`);
  }
  return 3;
}

/** Prints from the SNAP header on; `bridgePad` is the padding before a bridged frame. False when the rest should be dumped. */
function printSnap(
  p: Printer,
  at: number,
  length: number,
  captured: number,
  link: LinkAddresses | null,
  bridgePad: number,
): boolean {
  p.protocol = 'snap';
  if (!p.has(at, 5) || captured < 5 || length < 5) {
    p.truncated();
    return true;
  }
  const oui = p.u24(at);
  const protocol = p.u16(at + 3);
  const ouiText = `oui ${OUI_NAMES.get(oui) ?? 'Unknown'} (0x${hexOf(oui, 6)})`;
  const protocolText = `${PROTOCOLS_OF_OUI.get(oui)?.get(protocol) ?? 'Unknown'} (0x${hexOf(protocol, 4)})`;
  const isEthertype = oui === OUI.encapsulatedEthernet;
  if (p.options.linkHeader)
    p.print(`${ouiText}, ${isEthertype ? 'ethertype' : 'pid'} ${protocolText}, length ${length - 5}: `);
  const body = at + 5;
  const bodyLength = length - 5;
  const bodyCaptured = captured - 5;
  if (printSnapBody(p, oui, protocol, body, bodyLength, bodyCaptured, link, bridgePad)) return true;
  if (!p.options.linkHeader) {
    const what = isEthertype ? `ethertype ${protocolText}` : `${ouiText}, pid ${protocolText}`;
    p.print(`${addressText(p, link)}SNAP, ${what}, length ${bodyLength}: `);
  }
  return false;
}

function printSnapBody(
  p: Printer,
  oui: number,
  protocol: number,
  at: number,
  length: number,
  captured: number,
  link: LinkAddresses | null,
  bridgePad: number,
): boolean {
  switch (oui) {
    case OUI.encapsulatedEthernet:
    case OUI.cisco90:
      return p.dissect.ethertype(p, protocol, at, length, captured, link);
    case OUI.appletalk:
      return protocol === 0x809b && p.dissect.ethertype(p, protocol, at, length, captured, link);
    case OUI.cisco:
      return printCisco(p, protocol, at, length);
    case OUI.bridged:
      return printBridged(p, protocol, at, length, captured, bridgePad);
    default:
      return false;
  }
}

function printCisco(p: Printer, protocol: number, at: number, length: number): boolean {
  switch (protocol) {
    case 0x2000:
      printCdp(p, at, length);
      return true;
    case 0x010b:
    case 0x010c:
      printStp(p, at, length);
      return true;
    case 0x2003:
    case 0x2004:
    case 0x0111:
      p.notModelled(CISCO_PROTOCOLS.get(protocol) ?? 'Cisco');
      return true;
    default:
      return false;
  }
}

function printBridged(
  p: Printer,
  protocol: number,
  at: number,
  length: number,
  captured: number,
  pad: number,
): boolean {
  switch (protocol) {
    case 0x0001:
    case 0x0007:
      if (!p.has(at, pad)) {
        p.truncated();
        return true;
      }
      p.dissect.ethernet(p, at + pad, length - pad, captured - pad);
      return true;
    case 0x000e:
      printStp(p, at, length);
      return true;
    case 0x0003:
    case 0x0009:
    case 0x0004:
    case 0x000a:
      p.notModelled(BRIDGED_PROTOCOLS.get(protocol) ?? 'bridged');
      return true;
    default:
      return false;
  }
}
