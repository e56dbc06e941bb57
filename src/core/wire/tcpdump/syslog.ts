/** Syslog over UDP (RFC 3164): priority and text. */
import { printUnknown } from './dump.ts';
import type { Printer } from './printer.ts';

const SEVERITIES = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'info', 'debug'] as const;

const FACILITIES = [
  'kernel',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
  'ntp',
  'security',
  'console',
  'cron',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
] as const;

const LONGEST_PRIORITY = 3;

export function printSyslog(p: Printer, at: number, length: number): void {
  p.protocol = 'syslog';
  if (p.u8(at) !== 0x3c) {
    p.invalid();
    return;
  }
  let offset = 1;
  let priority = 0;
  while (offset <= LONGEST_PRIORITY) {
    const digit = p.u8(at + offset) - 0x30;
    if (digit < 0 || digit > 9) break;
    priority = priority * 10 + digit;
    offset += 1;
  }
  if (p.u8(at + offset) !== 0x3e) {
    p.invalid();
    return;
  }
  offset += 1;
  const facility = (priority & 0x3f8) >>> 3;
  const severity = priority & 7;
  const facilityText = FACILITIES[facility] ?? `unknown (${facility})`;
  const severityText = SEVERITIES[severity] ?? '';
  if (p.verbose === 0) {
    p.print(`SYSLOG ${facilityText}.${severityText}, length: ${length}`);
    return;
  }
  p.print(
    `SYSLOG, length: ${length}\n\tFacility ${facilityText} (${facility}), Severity ${severityText} (${severity})\n\tMsg: `,
  );
  if (length > offset) p.chars(at + offset, length - offset);
  if (p.verbose > 1) printUnknown(p, at, '\n\t', length);
}
