/** Whether a neighbour's OPEN is acceptable, and what the two agree on (RFC 4271 6.2, RFC 6286, RFC 5492). */
import { err, ok, type Result } from '../../base/result.ts';
import { BGP_FAMILIES, type BgpFamily } from '../config/bgp-config.ts';
import { AS_TRANS, decodeOpen } from './message/open.ts';
import { NOTIFICATION, notification, OPEN_ERROR, type Notification } from './message/notification.ts';
import type { Neighbour } from './neighbour.ts';
import type { Capabilities } from './peer.ts';
import type { Speaker } from './speaker.ts';

export interface AcceptedOpen {
  readonly asn: number;
  readonly routerId: number;
  readonly capabilities: Capabilities;
  readonly negotiated: readonly BgpFamily[];
  /** Seconds. */
  readonly holdTime: number;
  readonly keepaliveTime: number;
}

const u16 = (value: number): Uint8Array => Uint8Array.of(value >>> 8, value & 255);
const u32 = (value: number): Uint8Array =>
  Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);

const openError = (subcode: number, data?: Uint8Array): { ok: false; error: Notification } =>
  err(notification(NOTIFICATION.open, subcode, data));

export function judgeOpen(
  speaker: Speaker,
  neighbour: Neighbour,
  body: Uint8Array,
): Result<AcceptedOpen, Notification> {
  const decoded = decodeOpen(body);
  if (!decoded.ok) return decoded;
  const { version, holdTime, routerId, as4 } = decoded.value;
  const short = decoded.value.asn;
  if (as4 === 0) return openError(OPEN_ERROR.badPeerAs, u32(0));
  if (short === 0) return openError(OPEN_ERROR.badPeerAs);
  if (short === AS_TRANS ? as4 === AS_TRANS : as4 !== null && as4 !== short)
    return openError(OPEN_ERROR.badPeerAs, u32(as4 ?? 0));
  const asn = short === AS_TRANS ? (as4 ?? short) : short;
  if (routerId === 0 || (neighbour.isInternal && routerId === speaker.routerId))
    return openError(OPEN_ERROR.badIdentifier, u32(routerId));
  if (version !== 4) return openError(OPEN_ERROR.unsupportedVersion, u16(4));
  if (!isExpectedAs(speaker, neighbour, asn)) return openError(OPEN_ERROR.badPeerAs, u16(short));
  if (holdTime === 1 || holdTime === 2) return openError(OPEN_ERROR.unacceptableHoldTime, u16(holdTime));
  const least = speaker.config.options.minimumHoldtime ?? 0;
  if (holdTime < least) return openError(OPEN_ERROR.unacceptableHoldTime, u16(holdTime));
  const parameters = decoded.value.parameters();
  if (!parameters.ok) return parameters;
  const { capabilities, saidFamilies, unsupported } = parameters.value;
  const own = BGP_FAMILIES.filter((family) => neighbour.family(family)?.options.activate === true);
  const assumed = !saidFamilies || neighbour.options.overrideCapability === true;
  const negotiated = assumed ? own : own.filter((family) => capabilities.multiprotocol.includes(family));
  if (neighbour.options.strictCapabilityMatch === true && unsupported.length > 0)
    return openError(OPEN_ERROR.unsupportedCapability, unsupported);
  if (negotiated.length === 0)
    return openError(OPEN_ERROR.unsupportedCapability, unsupported.length > 0 ? unsupported : undefined);
  const hold = Math.min(holdTime, neighbour.configuredHoldTime);
  const third = Math.floor(hold / 3);
  const wanted = neighbour.configuredKeepaliveTime;
  return ok({
    asn,
    routerId,
    capabilities,
    negotiated,
    holdTime: hold,
    keepaliveTime: wanted > 0 && wanted < third ? wanted : third,
  });
}

function isExpectedAs(speaker: Speaker, neighbour: Neighbour, asn: number): boolean {
  if (neighbour.remoteAsKind === 'internal') return asn === speaker.asn;
  if (neighbour.remoteAsKind === 'external') return asn !== speaker.asn;
  return neighbour.remoteAsKind === 'specified' && asn === neighbour.configuredRemoteAs;
}
