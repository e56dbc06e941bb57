/** Small rules of the session: which NOTIFICATION fits, which one resets for good, where a connection comes from. */
import { formatAddress, isLinkLocal, type Address } from '../prefix.ts';
import { CEASE, FSM_ERROR, NOTIFICATION, notification, type Notification } from './message/notification.ts';
import type { Neighbour } from './neighbour.ts';
import type { ResetReason, SessionState } from './peer.ts';
import type { SessionData } from './session-data.ts';
import type { Speaker } from './speaker.ts';

/** What is said of a neighbour that never had a session gives way once it can be reached. */
export const FIRST_REASONS: readonly ResetReason[] = [
  'none',
  'no-family-activated',
  'waiting-neighbor-address',
  'waiting-next-hop',
];

/** bgpd's answer to a message that the state does not expect. */
export const unexpected = (state: SessionState): Notification =>
  notification(
    NOTIFICATION.fsm,
    state === 'OpenSent'
      ? FSM_ERROR.inOpenSent
      : state === 'OpenConfirm'
        ? FSM_ERROR.inOpenConfirm
        : state === 'Established'
          ? FSM_ERROR.inEstablished
          : 0,
  );

/** Both ends said that they know Hard Reset (RFC 8538). */
export const knowsHardReset = (session: SessionData): boolean =>
  session.sentCapabilities?.gracefulRestart?.notificationBit === true &&
  session.receivedCapabilities?.gracefulRestart?.notificationBit === true;

/**
 * Cease codes that end a session for good, also where both ends know graceful restart (RFC 8538 5.1). Whether an
 * administrative reset is one is typed: `bgp hard-administrative-reset`, on by default.
 */
export function needsHardReset(speaker: Speaker, message: Notification): boolean {
  if (message.code !== NOTIFICATION.cease) return false;
  if (message.subcode === CEASE.adminReset) return speaker.config.options.hardAdministrativeReset ?? true;
  const hard: readonly number[] = [
    CEASE.maximumPrefix,
    CEASE.adminShutdown,
    CEASE.peerUnconfigured,
    CEASE.hardReset,
    CEASE.bfdDown,
  ];
  return hard.includes(message.subcode);
}

/** The address to open a connection from, as `update-source` says; null: as routing says. */
export function sourceAddress(speaker: Speaker, neighbour: Neighbour, remote: Address): Address | null {
  const { updateSource } = neighbour.options;
  if (updateSource === undefined || isLinkLocal(remote)) return null;
  const link =
    updateSource.kind === 'interface'
      ? speaker.interfaceNamed(updateSource.text)
      : speaker
          .interfaces()
          .find((one) => one.addresses.some((own) => formatAddress(own) === updateSource.text));
  const found = link?.addresses.find(
    (own) =>
      own.family === remote.family &&
      (updateSource.kind === 'interface' ? !isLinkLocal(own) : formatAddress(own) === updateSource.text),
  );
  return found === undefined ? null : { family: found.family, address: found.address };
}
