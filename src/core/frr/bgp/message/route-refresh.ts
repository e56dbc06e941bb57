/** ROUTE-REFRESH (RFC 2918) with its demarcation subtypes (RFC 7313). */
import { err, ok, type Result } from '../../../base/result.ts';
import type { BgpFamily } from '../../config/bgp-config.ts';
import { familyOf, FAMILY_NUMBERS } from './family.table.ts';
import { NOTIFICATION, notification, type Notification } from './notification.ts';

export const REFRESH = { request: 0, begin: 1, end: 2 } as const;

export interface RouteRefresh {
  /** Undefined: a family that this router does not know; the message is then ignored. */
  readonly family: BgpFamily | undefined;
  readonly subtype: number;
}

export function encodeRouteRefresh(family: BgpFamily, subtype: number): Uint8Array {
  const { afi, safi } = FAMILY_NUMBERS[family];
  return Uint8Array.of(afi >>> 8, afi & 0xff, subtype, safi);
}

/** With outbound route filters (RFC 5291) the message is longer; they are not asked for, so what follows is passed over. */
export function decodeRouteRefresh(body: Uint8Array): Result<RouteRefresh, Notification> {
  const subtype = body[2] ?? 0;
  if (body.length < 4 || ((subtype === REFRESH.begin || subtype === REFRESH.end) && body.length !== 4))
    return err(notification(NOTIFICATION.routeRefresh, 1, body));
  return ok({
    family: familyOf(((body[0] as number) << 8) | (body[1] as number), body[3] as number),
    subtype,
  });
}
