/** Spanning tree BPDUs: 802.1D, rapid, multiple, and shortest path bridging. */
import { fixed, flagText, hexOf, type FlagTable, type NameTable, type Printer } from './printer.ts';

const PROTOCOLS: NameTable = new Map([
  [0, '802.1d'],
  [2, '802.1w'],
  [3, '802.1s'],
  [4, '802.1aq'],
]);
const RAPID = 2;
const SHORTEST_PATH = 4;

const BPDU_TYPES: NameTable = new Map([
  [0x00, 'Config'],
  [0x02, 'Rapid STP'],
  [0x80, 'Topology Change'],
]);

const FLAGS: FlagTable = [
  [0x01, 'Topology change'],
  [0x02, 'Proposal'],
  [0x10, 'Learn'],
  [0x20, 'Forward'],
  [0x40, 'Agreement'],
  [0x80, 'Topology change ACK'],
];

const ROLES = ['Unknown', 'Alternate', 'Root', 'Designated'] as const;

/** Size of a BPDU with the version 1 length, and offsets of what multiple and shortest path spanning tree add. */
const SIZE = 36;
const MULTIPLE_MINIMUM = 102;
const MULTIPLE = {
  length: 36,
  name: 39,
  revision: 71,
  digest: 73,
  internalCost: 89,
  bridge: 93,
  hops: 101,
  instances: 102,
  fixedLength: 64,
  instanceSize: 16,
} as const;
const SHORTEST_PATH_MINIMUM = 87;

function bridgeId(p: Printer, at: number): string {
  const mac = [2, 3, 4, 5, 6, 7].map((i) => hexOf(p.u8(at + i), 2)).join(':');
  return `${hexOf(p.u16(at), 4)}.${mac}`;
}

const roleOf = (flags: number): string => ROLES[(flags & 0x0c) >>> 2] ?? 'Unknown';

/** A time in 256ths of a second. */
const seconds = (p: Printer, at: number): string => `${fixed(p.u16(at) / 256, 2)}s`;

const timers = (p: Printer, at: number): string =>
  `\n\tmessage-age ${seconds(p, at + 27)}, max-age ${seconds(p, at + 29)}, hello-time ${seconds(p, at + 31)}, forwarding-delay ${seconds(p, at + 33)}`;

/** Four 32-bit words or more as one row of hex. */
const digest = (p: Printer, at: number, words: number): string =>
  Array.from({ length: words }, (_, i) => hexOf(p.u32(at + 4 * i), 8)).join('');

function printConfig(p: Printer, at: number, length: number): void {
  const flags = p.u8(at + 4);
  p.print(`, Flags [${flagText(FLAGS, flags, 'none')}]`);
  p.print(`, bridge-id ${bridgeId(p, at + 17)}.${hexOf(p.u16(at + 25), 4)}, length ${length}`);
  if (p.verbose === 0) return;
  p.print(timers(p, at));
  p.print(`\n\troot-id ${bridgeId(p, at + 5)}, root-pathcost ${p.u32(at + 13)}`);
  if (p.u8(at + 2) === RAPID) p.print(`, port-role ${roleOf(flags)}`);
}

function printMultiple(p: Printer, at: number, length: number): void {
  const flags = p.u8(at + 4);
  p.print(`, CIST Flags [${flagText(FLAGS, flags, 'none')}], length ${length}`);
  if (p.verbose === 0) return;
  p.print(`\n\tport-role ${roleOf(flags)}, `);
  p.print(`CIST root-id ${bridgeId(p, at + 5)}, CIST ext-pathcost ${p.u32(at + 13)}`);
  p.print(`\n\tCIST regional-root-id ${bridgeId(p, at + 17)}, `);
  p.print(`CIST port-id ${hexOf(p.u16(at + 25), 4)},`);
  p.print(timers(p, at));
  const size = p.u16(at + MULTIPLE.length);
  p.print(`\n\tv3len ${size}, MCID Name `);
  p.charsToZero(at + MULTIPLE.name, 32);
  p.print(`, rev ${p.u16(at + MULTIPLE.revision)},\n\t\tdigest ${digest(p, at + MULTIPLE.digest, 4)}, `);
  p.print(`CIST int-root-pathcost ${p.u32(at + MULTIPLE.internalCost)},`);
  p.print(`\n\tCIST bridge-id ${bridgeId(p, at + MULTIPLE.bridge)}, `);
  p.print(`CIST remaining-hops ${p.u8(at + MULTIPLE.hops)}`);
  let left = size - MULTIPLE.fixedLength;
  for (
    let instance = at + MULTIPLE.instances;
    left >= MULTIPLE.instanceSize;
    instance += MULTIPLE.instanceSize
  ) {
    const instanceFlags = p.u8(instance);
    p.print(
      `\n\tMSTI ${p.u16(instance + 1) & 0xfff}, Flags [${flagText(FLAGS, instanceFlags, 'none')}], port-role ${roleOf(instanceFlags)}`,
    );
    p.print(`\n\t\tMSTI regional-root-id ${bridgeId(p, instance + 1)}, pathcost ${p.u32(instance + 9)}`);
    p.print(
      `\n\t\tMSTI bridge-prio ${p.u8(instance + 13) >>> 4}, port-prio ${p.u8(instance + 14) >>> 4}, hops ${p.u8(instance + 15)}`,
    );
    left -= MULTIPLE.instanceSize;
  }
}

function printShortestPath(p: Printer, at: number): void {
  if (p.verbose === 0) return;
  p.print(`\n\tv4len ${p.u16(at)}, AUXMCID Name `);
  p.charsToZero(at + 3, 32);
  p.print(`, Rev ${p.u16(at + 35)},\n\t\tdigest ${digest(p, at + 37, 4)}`);
  const agreement = p.u8(at + 53);
  const format = p.u8(at + 55);
  const convention = p.u8(at + 56);
  p.print(
    `\n\tAgreement num ${agreement >>> 6}, Discarded Agreement num ${(agreement >>> 4) & 3}, Agreement valid-flag ${(agreement >>> 3) & 1},` +
      `\n\tRestricted role-flag: ${(agreement >>> 2) & 1}, Format id ${format >>> 4} cap ${format}, Convention id ${convention >>> 4} cap ${convention},` +
      `\n\tEdge count ${p.u16(at + 57)}, Agreement digest ${digest(p, at + 67, 5)}`,
  );
}

export function printStp(p: Printer, at: number, length: number): void {
  p.protocol = 'stp';
  if (length < 4) {
    p.invalid();
    return;
  }
  if (p.u16(at) !== 0) {
    p.print(`unknown STP version, length ${length}`);
    return;
  }
  const version = p.u8(at + 2);
  const protocol = PROTOCOLS.get(version);
  p.print(`STP ${protocol ?? `Unknown STP protocol (0x${hexOf(version, 2)})`}`);
  if (protocol === undefined) return;
  const type = p.u8(at + 3);
  p.print(`, ${BPDU_TYPES.get(type) ?? `Unknown BPDU Type (0x${hexOf(type, 2)})`}`);
  if (type === 0x00) {
    if (length < SIZE - 1) p.invalid();
    else printConfig(p, at, length);
  } else if (type === 0x02 && version === RAPID) {
    if (length < SIZE) p.invalid();
    else printConfig(p, at, length);
  } else if (type === 0x02 && version > RAPID) {
    printVersioned(p, at, length, version);
  }
}

/** A BPDU of version 3 or 4, whose lengths nest. */
function printVersioned(p: Printer, at: number, length: number, version: number): void {
  if (length < MULTIPLE_MINIMUM || p.u8(at + 35) !== 0) {
    p.invalid();
    return;
  }
  const multipleSize = p.u16(at + MULTIPLE.length) + 2;
  if (length < SIZE + multipleSize) {
    p.invalid();
    return;
  }
  printMultiple(p, at, length);
  if (version !== SHORTEST_PATH) return;
  const size = p.u16(at + MULTIPLE.length + multipleSize) + 2;
  if (length < SIZE + multipleSize + size || size < SHORTEST_PATH_MINIMUM) p.invalid();
  else printShortestPath(p, at + SIZE + multipleSize);
}
