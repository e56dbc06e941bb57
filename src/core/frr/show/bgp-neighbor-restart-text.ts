/** `show bgp neighbors` in words: graceful restart. */
import type { BgpInstance } from '../bgp/instance.ts';
import type { Peer, PeerFamily } from '../bgp/peer.ts';
import {
  activeFamilies,
  bothRestart,
  localRestartMode,
  remoteRestartMode,
  restartFamilies,
  restartBits,
  restartTime,
  stalePathTime,
} from './bgp-neighbor-facts.ts';
import type { ShowContext } from './context.ts';
import { FAMILY_TEXT } from './family.ts';
import { secondsUntil } from './time.ts';

const yes = (value: boolean): string => (value ? 'Yes' : 'No');
const truth = (value: boolean): string => (value ? 'True' : 'False');

function restartFamily(instance: BgpInstance, peer: Peer, family: PeerFamily, now: number): string {
  const preserved = restartFamilies(peer).some(
    (one) => one.family === family.family && one.forwardingPreserved,
  );
  const { stalePath } = peer.timers;
  return [
    `    ${FAMILY_TEXT[family.family]}:`,
    `      F bit: ${truth(preserved)}`,
    `      End-of-RIB sent: ${yes(family.endOfRibSent)}`,
    `      End-of-RIB sent after update: ${yes(family.endOfRibSent && family.endOfRibSentAfterUpdate)}`,
    `      End-of-RIB received: ${yes(family.endOfRibReceived)}`,
    '      Timers:',
    `        Configured Stale Path Time(sec): ${stalePathTime(instance)}`,
    ...(stalePath === null ? [] : [`      Stale Path Remaining(sec): ${secondsUntil(stalePath, now)}`]),
    ...(peer.gracefulRestartMode === 'restart'
      ? [
          `        Configured Selection Deferral Time(sec): ${instance.config.options.gracefulRestartSelectDeferTime ?? 360}`,
        ]
      : []),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** The section. */
export function restartText(context: ShowContext, instance: BgpInstance, peer: Peer): string {
  const now = context.clock.now();
  const established = peer.state === 'Established' && peer.receivedCapabilities?.gracefulRestart;
  const families = activeFamilies(peer);
  const names = (which: (family: PeerFamily) => boolean): string =>
    families
      .filter(which)
      .map((family) => FAMILY_TEXT[family.family])
      .join(', ');
  const { gracefulRestart: restart, stalePath } = peer.timers;
  const bits = restartBits(peer);
  const remaining = restart === null ? undefined : secondsUntil(restart, now);
  return [
    '  Graceful restart information:',
    ...(established
      ? [
          `    End-of-RIB send: ${names((family) => family.endOfRibSent)}`,
          `    End-of-RIB received: ${names((family) => family.endOfRibReceived)}`,
        ]
      : []),
    ...(remaining === undefined ? [] : [`    The remaining time of restart timer is ${remaining}`]),
    ...(stalePath === null
      ? []
      : [`    The remaining time of stalepath timer is ${secondsUntil(stalePath, now)}`]),
    `    Local GR Mode: ${localRestartMode(peer)}`,
    `    Remote GR Mode: ${remoteRestartMode(peer)}`,
    `    R bit: ${truth(bits.restart)}`,
    `    N bit: ${truth(bits.notification)}`,
    '    Timers:',
    `      Configured Restart Time(sec): ${restartTime(instance)}`,
    `      Received Restart Time(sec): ${peer.restartTime}`,
    ...(remaining === undefined
      ? []
      : [
          `      Restart Time Remaining(sec): ${remaining}`,
          `      Restart Time Remaining(sec): ${remaining}`,
        ]),
  ]
    .map((line) => `${line}\n`)
    .concat(bothRestart(peer) ? families.map((family) => restartFamily(instance, peer, family, now)) : [])
    .join('');
}
