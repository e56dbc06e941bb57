/** How the end of a session is shown. */
import type { LastReset } from '../bgp/peer.ts';
import { notificationText, RESET_TEXT } from '../bgp/reset-text.ts';

const ADMINISTRATIVE = new Set([2, 4]);

/** The text that the other side gave with its shutdown or reset (RFC 8203). */
export function shutdownMessage(reset: LastReset): string | undefined {
  const notification = reset.notification;
  if (reset.reason !== 'notification-received' || notification?.code !== 6) return undefined;
  if (!ADMINISTRATIVE.has(notification.subcode) || notification.data.length === 0) return undefined;
  const length = notification.data[0] ?? 0;
  if (length === 0 || length > notification.data.length - 1) return undefined;
  return [...notification.data.subarray(1, 1 + length)]
    .map((octet) => (octet < 0x20 ? '?' : String.fromCharCode(octet)))
    .join('');
}

/** Whether the last reset was a NOTIFICATION, of either side. */
export const isNotification = (reset: LastReset): boolean =>
  reset.reason === 'notification-received' || reset.reason === 'notification-sent';

/** `Notification sent (Cease/BFD Down)` or the reason, after `Last reset 00:00:01, `, newline included. */
export function resetLines(reset: LastReset): string {
  if (isNotification(reset) && reset.notification) {
    const way = reset.reason === 'notification-sent' ? 'sent' : 'received';
    const hard = reset.notification.hardReset ? '/Hard Reset' : '';
    return ` Notification ${way} (${notificationText(reset.notification)}${hard})\n`;
  }
  return ` ${RESET_TEXT[reset.reason]}\n`;
}
