/** What a daemon says that finds another of its name in its pathspace. */
import { utcText } from '../../base/calendar.ts';
import type { Clock } from '../../base/context.ts';
import type { FrrDaemon } from '../../sim/routing/frr-daemon.ts';

/** What logs call a daemon. */
const LOG_NAMES = {
  zebra: 'ZEBRA',
  bgpd: 'BGP',
  staticd: 'STATIC',
  bfdd: 'BFD',
  watchfrr: 'WATCHFRR',
} as const satisfies Record<FrrDaemon, string>;

/** `2026/11/22 23:49:09` */
const stamp = (clock: Clock): string =>
  utcText(clock.wallMs()).slice(0, 19).replace('T', ' ').replaceAll('-', '/');

export function alreadyRunning(clock: Clock, daemon: FrrDaemon, pathspace: string): string {
  const file = `/var/run/frr${pathspace === '' ? '' : `/${pathspace}`}/${daemon}.pid`;
  return (
    `${stamp(clock)} ${LOG_NAMES[daemon]}: [NTCMZ-C8X80][EC 100663303] Could not lock pid_file ${file} ` +
    '(Resource temporarily unavailable), exiting.  Please ensure that the daemon is not already running\n' +
    `${daemon} failed to start, exited 1\n`
  );
}
