/** MPLS label stacks. */
import { printUnlessSuppressed } from './dump.ts';
import type { Printer } from './printer.ts';

const RESERVED_LABELS = [
  'IPv4 explicit NULL',
  'router alert',
  'IPv6 explicit NULL',
  'implicit NULL',
] as const;
const LAST_RESERVED = 15;

/** The last label says what follows only when it is an explicit or implicit null; else the first octet does. */
function payloadKind(p: Printer, label: number, at: number): 'ipv4' | 'ipv6' | 'osi' | 'unknown' {
  if (label === 0 || label === 3) return 'ipv4';
  if (label === 2) return 'ipv6';
  const first = p.u8(at);
  if (first >= 0x45 && first <= 0x4f) return 'ipv4';
  if (first >>> 4 === 6) return 'ipv6';
  return first >= 0x81 && first <= 0x83 ? 'osi' : 'unknown';
}

export function printMpls(p: Printer, from: number, length: number): void {
  p.protocol = 'mpls';
  p.print('MPLS');
  const end = from + length;
  let at = from;
  let label: number;
  for (;;) {
    if (end - at < 4) {
      p.invalid();
      p.need(at, end - at);
      return;
    }
    const word = p.u32(at);
    label = word >>> 12;
    p.print(`${at > from && p.verbose > 0 ? '\n\t' : ' '}(label ${label}`);
    if (p.verbose > 0 && label <= LAST_RESERVED) p.print(` (${RESERVED_LABELS[label] ?? 'rsvd'})`);
    const isBottom = (word & 0x100) !== 0;
    p.print(`, tc ${(word >>> 9) & 7}${isBottom ? ', [S]' : ''}, ttl ${word & 0xff})`);
    at += 4;
    if (isBottom) break;
  }
  const isNull = label === 0 || label === 2 || label === 3;
  if (!isNull && at >= end) return;
  const kind = payloadKind(p, label, at);
  if (kind === 'unknown') {
    printUnlessSuppressed(p, at, end - at);
    return;
  }
  p.print(p.verbose > 0 ? '\n\t' : ' ');
  if (kind === 'ipv4') p.dissect.ipv4(p, at, end - at);
  else if (kind === 'ipv6') p.dissect.ipv6(p, at, end - at);
  else p.notModelled('ISO CLNS');
}
