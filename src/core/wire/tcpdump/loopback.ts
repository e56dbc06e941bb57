/** The configuration test protocol of Ethernet (loopback, ethertype 0x9000). */
import type { Printer } from './printer.ts';

const REPLY = 1;
const FORWARD = 2;

export function printLoopback(p: Printer, from: number, length: number): void {
  p.protocol = 'loopback';
  p.print('Loopback');
  const end = from + length;
  let at = from;
  const stop = (): void => {
    p.invalid();
    p.need(at, end - at);
  };
  if (length < 2) return stop();
  const skip = p.le16(at);
  at += 2;
  p.print(`, skipCount ${skip}`);
  if (skip % 8 !== 0) p.print(' (bogus)');
  if (skip > end - at) return stop();
  p.need(at, skip);
  at += skip;
  if (end - at < 2) return stop();
  const operation = p.le16(at);
  at += 2;
  if (operation === REPLY) {
    p.print(', Reply');
    if (end - at < 2) return stop();
    p.print(`, receipt number ${p.le16(at)}`);
    at += 2;
  } else if (operation === FORWARD) {
    p.print(', Forward Data');
    if (end - at < 6) return stop();
    p.print(`, forwarding address ${p.mac(at)}`);
    at += 6;
  } else {
    p.print(`,  invalid (${operation})`);
    p.need(at, end - at);
    return undefined;
  }
  p.print(`, data (${end - at} octets)`);
  p.need(at, end - at);
  return undefined;
}
