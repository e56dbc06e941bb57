/** Ethernet OAM (IEEE 802.3ah) among the slow protocols. */
import { printUnknown } from './dump.ts';
import { OUI_NAMES } from './oui.table.ts';
import { flagText, hexOf, type FlagTable, type NameTable, type Printer } from './printer.ts';

const CODE = { information: 0x00, event: 0x01, loopback: 0x04 } as const;

const CODES: NameTable = new Map([
  [0x00, 'Information'],
  [0x01, 'Event Notification'],
  [0x02, 'Variable Request'],
  [0x03, 'Variable Response'],
  [0x04, 'Loopback Control'],
  [0xfe, 'Vendor Private'],
]);

const FLAGS: FlagTable = [
  [0x0001, 'Link Fault'],
  [0x0002, 'Dying Gasp'],
  [0x0004, 'Critical Event'],
  [0x0008, 'Local Evaluating'],
  [0x0010, 'Local Stable'],
  [0x0020, 'Remote Evaluating'],
  [0x0040, 'Remote Stable'],
];

const INFORMATION: NameTable = new Map([
  [0x00, 'End of TLV marker'],
  [0x01, 'Local'],
  [0x02, 'Remote'],
  [0xfe, 'Organization specific'],
]);

const EVENTS: NameTable = new Map([
  [0x00, 'End of TLV marker'],
  [0x01, 'Errored Symbol Period Event'],
  [0x02, 'Errored Frame Event'],
  [0x03, 'Errored Frame Period Event'],
  [0x04, 'Errored Frame Seconds Summary Event'],
  [0xfe, 'Organization specific'],
]);

const CONFIGURATION: FlagTable = [
  [0x01, 'Active'],
  [0x02, 'Unidirectional'],
  [0x04, 'Remote-Loopback'],
  [0x08, 'Link-Events'],
  [0x10, 'Variable-Retrieval'],
];

const PARSER = ['forwarding', 'looping back', 'discarding', 'reserved'] as const;
const LOOPBACK = ['Unknown', 'Enable OAM Remote Loopback', 'Disable OAM Remote Loopback'] as const;

const INFORMATION_SIZE = 16;
const EVENT_SIZE = 40;

function printInformation(p: Printer, at: number): void {
  const state = p.u8(at + 5);
  const oui = p.u24(at + 9);
  p.print(`\n\t    OAM-Version ${p.u8(at + 2)}, Revision ${p.u16(at + 3)}`);
  p.print(
    `\n\t    State-Parser-Action ${PARSER[state & 3] ?? ''}, State-MUX-Action ${(state & 4) === 0 ? 'forwarding' : 'discarding'}`,
  );
  p.print(
    `\n\t    OAM-Config Flags [${flagText(CONFIGURATION, p.u8(at + 6), 'none')}], OAM-PDU-Config max-PDU size ${p.u16(at + 7) & 0x7ff}`,
  );
  p.print(
    `\n\t    OUI ${OUI_NAMES.get(oui) ?? 'Unknown'} (0x${hexOf(oui, 6)}), Vendor-Private 0x${hexOf(p.u32(at + 12), 8)}`,
  );
}

function printEvent(p: Printer, at: number): void {
  p.print(
    `\n\t    Timestamp ${p.u16(at + 2) * 100} ms, Errored Window ${p.u64(at + 4)}\n\t    Errored Threshold ${p.u64(at + 12)}` +
      `\n\t    Errors ${p.u64(at + 20)}\n\t    Error Running Total ${p.u64(at + 28)}\n\t    Event Running Total ${p.u32(at + 36)}`,
  );
}

/** How the values of one kind of message print. */
interface ValueKind {
  readonly names: NameTable;
  readonly label: string;
  readonly size: number;
  readonly isKnown: (type: number) => boolean;
  readonly print: (p: Printer, at: number) => void;
}

const INFORMATION_KIND: ValueKind = {
  names: INFORMATION,
  label: 'Information Type',
  size: INFORMATION_SIZE,
  isKnown: (type) => type === 1 || type === 2,
  print: printInformation,
};

const EVENT_KIND: ValueKind = {
  names: EVENTS,
  label: 'Link Event Type',
  size: EVENT_SIZE,
  isKnown: (type) => type >= 1 && type <= 4,
  print: printEvent,
};

function printValues(p: Printer, from: number, end: number, kind: ValueKind): void {
  for (let at = from; at < end;) {
    if (end - at < 2) {
      p.print('\n\t\t packet is too short');
      return;
    }
    const type = p.u8(at);
    const size = p.u8(at + 1);
    p.print(`\n\t  ${kind.names.get(type) ?? 'Reserved'} ${kind.label} (${type}), length ${size}`);
    if (type === 0) return;
    if (size < 2) {
      p.print('\n\t    ERROR: illegal length - should be >= 2');
      return;
    }
    if (end - at < size) {
      p.print('\n\t\t packet is too short');
      return;
    }
    p.need(at, size);
    const isKnown = kind.isKnown(type);
    if (isKnown && size === kind.size) kind.print(p, at);
    else if (isKnown) p.print(`\n\t    ERROR: illegal length - should be ${kind.size}`);
    if (p.verbose > 1 || !isKnown || size !== kind.size) printUnknown(p, at, '\n\t  ', size);
    at += size;
  }
}

export function printSlowOam(p: Printer, at: number, length: number): void {
  const tooShort = '\n\t\t packet is too short';
  if (length < 3) {
    p.print(tooShort);
    return;
  }
  p.need(at, 3);
  const code = p.u8(at + 2);
  p.print(
    `\n\tCode ${CODES.get(code) ?? `Unknown (${code})`} OAM PDU, Flags [${flagText(FLAGS, p.u16(at), 'none')}]`,
  );
  const body = at + 3;
  const end = at + length;
  if (code === CODE.information) {
    printValues(p, body, end, INFORMATION_KIND);
  } else if (code === CODE.event) {
    if (end - body < 2) {
      p.print(tooShort);
      return;
    }
    p.print(`\n\t  Sequence Number ${p.u16(body)}`);
    printValues(p, body + 2, end, EVENT_KIND);
  } else if (code === CODE.loopback) {
    if (end - body < 1) {
      p.print(tooShort);
      return;
    }
    const command = p.u8(body);
    p.print(`\n\t  Command ${LOOPBACK[command] ?? 'Unknown'} (${command})`);
  } else if (p.verbose <= 1) {
    printUnknown(p, body, '\n\t  ', end - body);
  }
}
