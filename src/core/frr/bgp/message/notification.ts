/** NOTIFICATION: the codes of RFC 4271 section 4.5 and 6, RFC 4486, RFC 8538, and the message itself. */
import { concatBytes } from '../../../base/bytes.ts';
import { err } from '../../../base/result.ts';

/** What a session ends with; also the error of every decoder here. */
export interface Notification {
  readonly code: number;
  readonly subcode: number;
  readonly data: Uint8Array;
}

export const NOTIFICATION = {
  header: 1,
  open: 2,
  update: 3,
  holdTimer: 4,
  fsm: 5,
  cease: 6,
  routeRefresh: 7,
} as const;

export const HEADER_ERROR = { notSynchronised: 1, badLength: 2, badType: 3 } as const;

export const OPEN_ERROR = {
  malformed: 0,
  unsupportedVersion: 1,
  badPeerAs: 2,
  badIdentifier: 3,
  unsupportedParameter: 4,
  unacceptableHoldTime: 6,
  unsupportedCapability: 7,
  roleMismatch: 11,
} as const;

export const UPDATE_ERROR = {
  malformedAttributeList: 1,
  unrecognisedWellKnown: 2,
  missingWellKnown: 3,
  attributeFlags: 4,
  attributeLength: 5,
  invalidOrigin: 6,
  invalidNextHop: 8,
  optionalAttribute: 9,
  invalidNetwork: 10,
  malformedAsPath: 11,
} as const;

export const FSM_ERROR = { inOpenSent: 1, inOpenConfirm: 2, inEstablished: 3 } as const;

export const CEASE = {
  maximumPrefix: 1,
  adminShutdown: 2,
  peerUnconfigured: 3,
  adminReset: 4,
  connectionRejected: 5,
  configurationChange: 6,
  collision: 7,
  outOfResources: 8,
  hardReset: 9,
  bfdDown: 10,
} as const;

const NOTHING = new Uint8Array(0);

export const notification = (code: number, subcode: number, data: Uint8Array = NOTHING): Notification => ({
  code,
  subcode,
  data,
});

/** What ends a session that a line of configuration concerns. */
export const CONFIGURATION_CHANGE = notification(NOTIFICATION.cease, CEASE.configurationChange);

/** The outcome of a decoder that meets a damaged UPDATE. */
export const updateError = (subcode: number, data?: Uint8Array): { ok: false; error: Notification } =>
  err(notification(NOTIFICATION.update, subcode, data));

/** The one for what cannot even be taken apart. */
export const MALFORMED_LIST = updateError(UPDATE_ERROR.malformedAttributeList);

export const encodeNotification = (message: Notification): Uint8Array =>
  concatBytes([Uint8Array.of(message.code, message.subcode), message.data]);

/** A body of fewer than two octets never passes the header's check of lengths. */
export const decodeNotification = (body: Uint8Array): Notification => ({
  code: body[0] ?? 0,
  subcode: body[1] ?? 0,
  data: body.slice(2),
});

/** Puts a NOTIFICATION into Cease/Hard Reset (RFC 8538 section 3). */
export const asHardReset = (inner: Notification): Notification =>
  notification(NOTIFICATION.cease, CEASE.hardReset, encodeNotification(inner));

/** What a Hard Reset carries; undefined when it is not one or carries nothing. */
export function insideHardReset(message: Notification): Notification | undefined {
  if (message.code !== NOTIFICATION.cease || message.subcode !== CEASE.hardReset || message.data.length < 2)
    return undefined;
  return decodeNotification(message.data);
}
