/** Why a session ended, in bgpd's words. */
import type { LastReset, NotificationSummary, ResetReason } from '../bgp/peer.ts';

/** Texts of `peer_down_str`. */
export const RESET_TEXT: Readonly<Record<ResetReason, string>> = {
  none: '',
  'router-id': 'Router ID changed',
  'remote-as': 'Remote AS changed',
  'local-as': 'Local AS change',
  'cluster-id': 'Cluster ID changed',
  'confederation-id': 'Confederation identifier changed',
  'confederation-peer': 'Confederation peer changed',
  'rr-client': 'RR client config change',
  'rs-client': 'RS client config change',
  'update-source': 'Update source change',
  'family-activated': 'Address family activated',
  'user-shutdown': 'Admin. shutdown',
  'user-reset': 'User reset',
  'notification-received': 'BGP Notification received',
  'notification-sent': 'BGP Notification send',
  'peer-closed': 'Peer closed the session',
  'neighbor-deleted': 'Neighbor deleted',
  'group-bind': 'Peer-group add member',
  'group-unbind': 'Peer-group delete member',
  'capability-changed': 'Capability changed',
  'passive-changed': 'Passive config change',
  'multihop-changed': 'Multihop config change',
  'nsf-peer-closed': 'NSF peer closed the session',
  'v6only-changed': 'Intf peering v6only config change',
  'bfd-down': 'BFD down received',
  'interface-down': 'Interface down',
  'neighbor-address-lost': 'Neighbor address lost',
  'waiting-next-hop': 'Waiting for NHT',
  'waiting-neighbor-address': 'Waiting for Peer IPv6 LLA',
  'vrf-uninitialised': 'Waiting for VRF to be initialized',
  'no-family-activated': 'No AFI/SAFI activated for peer',
  'as-sets-rejected': 'AS Set config change',
  'waiting-open': 'Waiting for peer OPEN',
  'prefix-count': 'Reached received prefix count',
  'socket-error': 'Socket Error',
};

const CODES = [
  '',
  'Message Header Error',
  'OPEN Message Error',
  'UPDATE Message Error',
  'Hold Timer Expired',
  'Neighbor Events Error',
  'Cease',
  'ROUTE-REFRESH Message Error',
] as const;

const SUBCODES: Readonly<Record<number, readonly string[]>> = {
  1: ['/Unspecific', '/Connection Not Synchronized', '/Bad Message Length', '/Bad Message Type'],
  2: [
    '/Unspecific',
    '/Unsupported Version Number',
    '/Bad Peer AS',
    '/Bad BGP Identifier',
    '/Unsupported Optional Parameter',
    '/Authentication Failure',
    '/Unacceptable Hold Time',
    '/Unsupported Capability',
    '',
    '',
    '',
    '/Role Mismatch',
  ],
  3: [
    '/Unspecific',
    '/Malformed Attribute List',
    '/Unrecognized Well-known Attribute',
    '/Missing Well-known Attribute',
    '/Attribute Flags Error',
    '/Attribute Length Error',
    '/Invalid ORIGIN Attribute',
    '/AS Routing Loop',
    '/Invalid NEXT_HOP Attribute',
    '/Optional Attribute Error',
    '/Invalid Network Field',
    '/Malformed AS_PATH',
  ],
  5: [
    '/Unspecific',
    '/Receive Unexpected Message in OpenSent State',
    '/Receive Unexpected Message in OpenConfirm State',
    '/Receive Unexpected Message in Established State',
  ],
  6: [
    '/Unspecific',
    '/Maximum Number of Prefixes Reached',
    '/Administrative Shutdown',
    '/Peer De-configured',
    '/Administrative Reset',
    '/Connection Rejected',
    '/Other Configuration Change',
    '/Connection Collision Resolution',
    '/Out of Resources',
    '/Hard Reset',
    '/BFD Down',
  ],
  7: ['/Unspecific', '/Invalid Message Length'],
};

/** `Cease/Peer De-configured` */
export const notificationText = ({ code, subcode }: NotificationSummary): string =>
  `${CODES[code] ?? `Unrecognized Error Code`}${SUBCODES[code]?.[subcode] ?? ''}`;

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
