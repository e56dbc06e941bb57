/** Domain names as DNS writes them: labels, pointers back, and the bit labels of old. */
import { hexOf, type Printer } from './printer.ts';

const TYPE = 0xc0;
const POINTER = 0xc0;
const EXTENDED = 0x40;
const LABEL = 0x00;
const BIT_LABEL = 0x01;
const LONGEST_NAME = 255;

/** Octets of the label at `at` after its first one; -1 (with a remark) when it is none or not captured. */
function labelSize(p: Printer, at: number): number {
  if (!p.has(at, 1)) return -1;
  const first = p.u8(at);
  switch (first & TYPE) {
    case POINTER:
    case LABEL:
      return first;
    case EXTENDED: {
      const element = first & ~TYPE;
      if (element !== BIT_LABEL) {
        p.print(`<ELT ${element}>`);
        return -1;
      }
      if (!p.has(at + 1, 1)) return -1;
      return Math.floor(((p.u8(at + 1) || 256) + 7) / 8) + 1;
    }
    default:
      p.print('<BAD LABEL TYPE>');
      return -1;
  }
}

/** `\[x1f/5]`. False when it is not captured. */
function printBitLabel(p: Printer, at: number): boolean {
  if (!p.has(at, 1)) return false;
  const bits = p.u8(at) || 256;
  const end = at + 1 + Math.floor((bits + 3) / 4);
  let left = bits;
  let octet = at + 1;
  p.print('\\[x');
  for (; octet < end && left > 7; left -= 8) {
    p.print(hexOf(p.u8(octet), 2));
    octet += 1;
  }
  if (left > 4) p.print(hexOf(p.u8(octet) & (0xff << (8 - left)), 2));
  else if (left > 0) p.print(hexOf((p.u8(octet) >>> 4) & (0x0f << (4 - left))));
  p.print(`/${bits}]`);
  return true;
}

/** Where the name at `at` ends; null when it is cut or malformed. */
export function skipDomainName(p: Printer, from: number): number | null {
  for (let at = from; p.has(at, 1);) {
    const first = p.u8(at);
    at += 1;
    if (first === 0) return at;
    switch (first & TYPE) {
      case POINTER:
        return at + 1;
      case EXTENDED:
        if ((first & ~TYPE) !== BIT_LABEL || !p.has(at, 1)) return null;
        at += 1 + Math.floor(((p.u8(at) || 256) + 7) / 8);
        break;
      case LABEL:
        at += first;
        break;
      default:
        return null;
    }
  }
  return null;
}

/** Prints the name at `from`; pointers count from `base`. Returns where it ends, or null when it is cut or malformed. */
export function printDomainName(p: Printer, from: number, base: number): number | null {
  let size = labelSize(p, from);
  if (size < 0) return null;
  let first = p.u8(from);
  let at = from + 1;
  let end = (first & TYPE) === POINTER ? null : at + size;
  let isFollowing = false;
  let farthest = (from - base) >>> 0;
  let printed = 0;
  if (first === 0) {
    p.print('.');
    return end;
  }
  while (first !== 0 && at < p.snapEnd) {
    if ((first & TYPE) === POINTER) {
      if (!isFollowing) end = at + 1;
      isFollowing = true;
      if (!p.has(at, 1)) return null;
      const offset = ((first & 0x3f) << 8) | p.u8(at);
      if (offset >= farthest) {
        p.print('<BAD PTR>');
        return null;
      }
      farthest = offset;
      at = base + offset;
      size = labelSize(p, at);
      if (size < 0) return null;
      first = p.u8(at);
      at += 1;
      continue;
    }
    if ((first & TYPE) === EXTENDED) {
      if (!printBitLabel(p, at)) return null;
    } else {
      const room = Math.min(size, Math.max(0, LONGEST_NAME - printed));
      if (room > 0 && !p.charsWithin(at, room)) return null;
      printed += size;
    }
    at += size;
    if (printed <= LONGEST_NAME) p.print('.');
    printed += 1;
    size = labelSize(p, at);
    if (size < 0) return null;
    first = p.u8(at);
    at += 1;
    if (!isFollowing && end !== null) end += size + 1;
  }
  if (printed > LONGEST_NAME) p.print('<DOMAIN NAME TOO LONG>');
  return end;
}
