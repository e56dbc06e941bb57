/** Options of TCP. */
import { printMultipath } from './mptcp.ts';
import { hexOf, type NameTable, type Printer } from './printer.ts';

const OPTION = {
  end: 0,
  nop: 1,
  segmentSize: 2,
  windowScale: 3,
  sackPermitted: 4,
  sack: 5,
  echo: 6,
  echoReply: 7,
  timestamp: 8,
  count: 11,
  countNew: 12,
  countEcho: 13,
  signature: 19,
  scps: 20,
  userTimeout: 28,
  authentication: 29,
  multipath: 30,
  fastOpen: 34,
  experiment: 254,
} as const;

const NAMES: NameTable = new Map([
  [0, 'eol'],
  [1, 'nop'],
  [2, 'mss'],
  [3, 'wscale'],
  [4, 'sackOK'],
  [5, 'sack'],
  [6, 'echo'],
  [7, 'echoreply'],
  [8, 'TS'],
  [11, 'cc'],
  [12, 'ccnew'],
  [13, ''],
  [19, 'md5'],
  [20, 'scps'],
  [28, 'uto'],
  [29, 'tcp-ao'],
  [30, 'mptcp'],
  [34, 'tfo'],
  [254, 'exp'],
]);

const FAST_OPEN_EXPERIMENT = 0xf989;

/** What an option needs of its segment. */
export interface TcpOptionContext {
  readonly flags: number;
  /** Sequence number that SACK blocks are relative to. */
  readonly base: number;
  /** Where the payload ends, for the signature's remark. */
  readonly end: number;
}

/**
 * Octets of the value that were used; `bad` = malformed, and nothing after it can be read; `cut` = not captured.
 */
type Used = number | 'bad' | 'cut';

function fastOpenText(p: Printer, at: number, size: number): string {
  if (size === 0) return ' cookiereq';
  return size % 2 !== 0 || size < 4 || size > 16 ? ' (invalid)' : ` cookie ${p.hex(at, size)}`;
}

function printSack(p: Printer, at: number, size: number, left: number, base: number): Used {
  if (size % 8 !== 0) {
    p.print(' invalid sack');
    return size;
  }
  p.print(` ${size / 8} `);
  for (let i = 0; i < size; i += 8) {
    if (i + 8 > left) return 'bad';
    if (!p.has(at, i + 8)) return 'cut';
    p.print(`{${(p.u32(at + i) - base) >>> 0}:${(p.u32(at + i + 4) - base) >>> 0}}`);
  }
  return size;
}

function printSignature(p: Printer, at: number, { end }: TcpOptionContext): void {
  const why = end > p.snapEnd ? 'snaplen too short' : 'shared secret not supplied with -M';
  p.print(` ${why}, can't check - ${p.hex(at, 16)}`);
}

function printAuthentication(p: Printer, at: number, size: number): void {
  if (size < 2) {
    p.invalid();
    return;
  }
  p.print(` keyid ${p.u8(at)} rnextkeyid ${p.u8(at + 1)}`);
  if (size > 2) p.print(` mac 0x${p.hex(at + 2, size - 2)}`);
}

function printUserTimeout(p: Printer, at: number): void {
  const value = p.u16(at);
  p.print(` 0x${hexOf(value)} ${(value & 1) === 0 ? value >>> 1 : (value >>> 1) * 60}`);
}

/** Size of the value of options that have a fixed one. */
const FIXED_SIZES: ReadonlyMap<number, number> = new Map([
  [OPTION.segmentSize, 2],
  [OPTION.windowScale, 1],
  [OPTION.echo, 4],
  [OPTION.echoReply, 4],
  [OPTION.timestamp, 8],
  [OPTION.count, 4],
  [OPTION.countNew, 4],
  [OPTION.countEcho, 4],
  [OPTION.signature, 16],
  [OPTION.scps, 2],
  [OPTION.userTimeout, 2],
]);

function printFixed(p: Printer, type: number, at: number, context: TcpOptionContext): void {
  switch (type) {
    case OPTION.segmentSize:
      p.print(` ${p.u16(at)}`);
      break;
    case OPTION.windowScale:
      p.print(` ${p.u8(at)}`);
      break;
    case OPTION.timestamp:
      p.print(` val ${p.u32(at)} ecr ${p.u32(at + 4)}`);
      break;
    case OPTION.signature:
      printSignature(p, at, context);
      break;
    case OPTION.scps:
      p.print(` cap ${hexOf(p.u8(at), 2)} id ${p.u8(at + 1)}`);
      break;
    case OPTION.userTimeout:
      printUserTimeout(p, at);
      break;
    default:
      p.print(` ${p.u32(at)}`);
  }
}

function printMultipathOption(p: Printer, at: number, size: number, flags: number): boolean {
  const outerEnd = p.snapEnd;
  p.snapEnd = Math.min(at + size, outerEnd);
  const isWhole = printMultipath(p, at - 2, size + 2, flags);
  p.snapEnd = outerEnd;
  return isWhole;
}

/** Prints the value of `size` octets at `at`; `left` octets of options remain from there. */
function printValue(
  p: Printer,
  type: number,
  at: number,
  size: number,
  left: number,
  context: TcpOptionContext,
): Used {
  const fixed = FIXED_SIZES.get(type);
  if (fixed !== undefined) {
    if (fixed > left) return 'bad';
    if (!p.has(at, fixed)) return 'cut';
    printFixed(p, type, at, context);
    return fixed;
  }
  if (type <= OPTION.nop || type === OPTION.sackPermitted) return 0;
  if (type === OPTION.sack) return printSack(p, at, size, left, context.base);
  if (!p.has(at, size)) return printCut(p, type, at, size);
  switch (type) {
    case OPTION.authentication:
      printAuthentication(p, at, size);
      break;
    case OPTION.multipath:
      if (!printMultipathOption(p, at, size, context.flags)) return 'bad';
      break;
    case OPTION.fastOpen:
      p.print(` ${fastOpenText(p, at, size)}`);
      break;
    case OPTION.experiment: {
      if (size < 2) return 'bad';
      const magic = p.u16(at);
      p.print(
        magic === FAST_OPEN_EXPERIMENT ? `-tfo${fastOpenText(p, at + 2, size - 2)}` : `-${hexOf(magic, 4)}`,
      );
      break;
    }
    default:
      if (size > 0) p.print(` 0x${p.hex(at, size)}`);
  }
  return size;
}

/** What is printed of a variable option that is not captured whole. */
function printCut(p: Printer, type: number, at: number, size: number): 'cut' {
  const there = Math.max(0, p.snapEnd - at);
  if (type === OPTION.authentication && size >= 2) {
    if (there >= 1) p.print(` keyid ${p.u8(at)}`);
    if (there >= 2) p.print(` rnextkeyid ${p.u8(at + 1)}`);
    if (there >= 2 && size > 2) p.print(` mac 0x${p.hex(at + 2, there - 2)}`);
  } else if (type === OPTION.authentication) {
    p.invalid();
  } else if (!NAMES.has(type)) {
    p.print(` 0x${p.hex(at, there)}`);
  }
  return 'cut';
}

/** Prints options of `size` octets. False when nothing of the segment can be printed after them. */
export function printTcpOptions(p: Printer, from: number, size: number, context: TcpOptionContext): boolean {
  const end = from + size;
  let isFirst = true;
  p.print(', options [');
  for (let at = from; at < end;) {
    if (!isFirst) p.print(',');
    const type = p.u8(at);
    const hasSize = type > OPTION.nop;
    const total = hasSize ? p.u8(at + 1) : 1;
    const bad = (): false => {
      p.print(`[bad opt]${isFirst ? '' : ']'}`);
      return false;
    };
    if (hasSize && (total < 2 || total > end - at)) return bad();
    p.print(NAMES.get(type) ?? `unknown-${type}`);
    const value = at + (hasSize ? 2 : 1);
    const used = printValue(p, type, value, total - 2, end - value, context);
    if (used === 'bad') return bad();
    if (used === 'cut') {
      p.truncated();
      if (!isFirst) p.print('>');
      return false;
    }
    at = value + used;
    if (used + (hasSize ? 2 : 1) !== total) p.print(`[len ${total}]`);
    isFirst = false;
    if (type === OPTION.end) break;
  }
  p.print(']');
  return true;
}
