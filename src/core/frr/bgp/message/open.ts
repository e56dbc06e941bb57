/** OPEN (RFC 4271 section 4.2): fixed fields and capabilities. What depends on the neighbour is checked by the session. */
import { concatBytes } from '../../../base/bytes.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import type { Capabilities } from '../peer.ts';
import { decodeParameters, encodeCapabilities, type DecodedCapabilities } from './capability.ts';
import { NOTIFICATION, notification, OPEN_ERROR, type Notification } from './notification.ts';
import { OctetReader } from './octet-reader.ts';
import { OctetWriter } from './octet-writer.ts';

/** Stands for an AS number of four octets where only two fit (RFC 6793). */
export const AS_TRANS = 23456;

export interface OpenMessage {
  /** Two octets: AS_TRANS when the AS number needs four. */
  readonly asn: number;
  /** Seconds. */
  readonly holdTime: number;
  readonly routerId: number;
  readonly capabilities: Capabilities;
}

export function encodeOpen(message: OpenMessage): Uint8Array {
  const parameters = encodeCapabilities(message.capabilities);
  const fixed = new OctetWriter().u8(4).u16(message.asn).u16(message.holdTime).u32(message.routerId);
  if (parameters.length > 255) {
    const wide = widen(parameters);
    fixed.u8(255).u8(255).u16(wide.length);
    return concatBytes([fixed.finish(), wide]);
  }
  return concatBytes([fixed.u8(parameters.length).finish(), parameters]);
}

/** The same parameters with lengths of two octets (RFC 9072). */
function widen(parameters: Uint8Array): Uint8Array {
  const out = new OctetWriter();
  const reader = new OctetReader(parameters);
  while (reader.left > 0) {
    out.u8(reader.u8());
    const size = reader.u8();
    out.u16(size).bytes(reader.bytes(size));
  }
  return out.finish();
}

/** Fields first, then the parameters, in two steps: bgpd complains about AS, identifier and version before the capabilities. */
export interface OpenFields {
  readonly version: number;
  readonly asn: number;
  readonly holdTime: number;
  readonly routerId: number;
  /** The AS number of the four-octet capability, as far as it can be found before the parameters are checked; null without. */
  readonly as4: number | null;
  parameters(): Result<DecodedCapabilities, Notification>;
}

export function decodeOpen(body: Uint8Array): Result<OpenFields, Notification> {
  const malformed = err(notification(NOTIFICATION.open, OPEN_ERROR.malformed));
  const reader = new OctetReader(body);
  if (!reader.has(10)) return malformed;
  const version = reader.u8();
  const asn = reader.u16();
  const holdTime = reader.u16();
  const routerId = reader.u32();
  let size = reader.u8();
  let wide = false;
  if (size === 255) {
    if (!reader.has(1)) return malformed;
    if (reader.u8() === 255) {
      if (!reader.has(2)) return malformed;
      size = reader.u16();
      wide = true;
    } else reader.at -= 1;
  }
  if (!reader.has(size)) return malformed;
  const octets = reader.bytes(size);
  return ok({
    version,
    asn,
    holdTime,
    routerId,
    as4: peekAs4(octets, wide),
    parameters: () => decodeParameters(octets, wide),
  });
}

function peekAs4(octets: Uint8Array, wide: boolean): number | null {
  const reader = new OctetReader(octets);
  while (reader.has(wide ? 3 : 2)) {
    const type = reader.u8();
    const size = wide ? reader.u16() : reader.u8();
    if (!reader.has(size)) return null;
    const inner = reader.part(size);
    if (type !== 2) continue;
    while (inner.has(2)) {
      const code = inner.u8();
      const length = inner.u8();
      if (!inner.has(length)) return null;
      const value = inner.part(length);
      if (code === 65 && length === 4) return value.u32();
    }
  }
  return null;
}
