/** The 19 octets before each message, and cutting a stream of TCP octets into messages (RFC 4271 sections 4.1 and 6.1). */
import { err, ok, type Result } from '../../../base/result.ts';
import { HEADER_ERROR, NOTIFICATION, notification, type Notification } from './notification.ts';
import { OctetReader } from './octet-reader.ts';

export const MESSAGE_TYPE = {
  open: 1,
  update: 2,
  notification: 3,
  keepalive: 4,
  routeRefresh: 5,
  capability: 6,
} as const;

/** Where a BGP speaker listens. */
export const BGP_PORT = 179;

export const HEADER_SIZE = 19;
/** RFC 4271; with the capability Extended Message (RFC 8654) the second. */
export const MAXIMUM_SIZE = 4096;
export const EXTENDED_MAXIMUM_SIZE = 65535;

/** Whole message: header and body. */
export function encodeMessage(type: number, body: Uint8Array): Uint8Array {
  const size = HEADER_SIZE + body.length;
  const message = new Uint8Array(size);
  message.fill(0xff, 0, 16);
  message[16] = size >>> 8;
  message[17] = size & 0xff;
  message[18] = type;
  message.set(body, HEADER_SIZE);
  return message;
}

export const KEEPALIVE = encodeMessage(MESSAGE_TYPE.keepalive, new Uint8Array(0));

/** One message in the octets of many: nothing is copied until somebody asks. */
export class RawMessage {
  readonly type: number;
  /** What it lies in, and where. */
  readonly buffer: Uint8Array;
  readonly start: number;
  readonly end: number;

  constructor(type: number, buffer: Uint8Array, start: number, end: number) {
    this.type = type;
    this.buffer = buffer;
    this.start = start;
    this.end = end;
  }

  get size(): number {
    return this.end - this.start;
  }

  /** A copy, header included. */
  get octets(): Uint8Array {
    return this.buffer.slice(this.start, this.end);
  }

  /** What follows the header. */
  get body(): Uint8Array {
    return this.buffer.subarray(this.start + HEADER_SIZE, this.end);
  }

  /** Reads the body. */
  reader(): OctetReader {
    return new OctetReader(this.buffer, this.start + HEADER_SIZE, this.end);
  }
}

const SMALLEST: Readonly<Record<number, number>> = {
  [MESSAGE_TYPE.open]: 29,
  [MESSAGE_TYPE.update]: 23,
  [MESSAGE_TYPE.notification]: 21,
  [MESSAGE_TYPE.keepalive]: 19,
  [MESSAGE_TYPE.routeRefresh]: 23,
  [MESSAGE_TYPE.capability]: 22,
};

const NOT_ALL_THERE = ok(null);

/** The message that begins at `start`; null when it has not all arrived. */
export function takeMessage(
  octets: Uint8Array,
  maximumSize: number,
  start = 0,
): Result<RawMessage | null, Notification> {
  const left = octets.length - start;
  if (left < HEADER_SIZE) return NOT_ALL_THERE;
  for (let at = start; at < start + 16; at += 1)
    if (octets[at] !== 0xff) return err(notification(NOTIFICATION.header, HEADER_ERROR.notSynchronised));
  const size = ((octets[start + 16] as number) << 8) | (octets[start + 17] as number);
  const type = octets[start + 18] as number;
  const smallest = SMALLEST[type];
  if (smallest === undefined)
    return err(notification(NOTIFICATION.header, HEADER_ERROR.badType, Uint8Array.of(type)));
  const wrong =
    size < smallest || size > maximumSize || (type === MESSAGE_TYPE.keepalive && size !== HEADER_SIZE);
  if (wrong)
    return err(
      notification(NOTIFICATION.header, HEADER_ERROR.badLength, octets.slice(start + 16, start + 18)),
    );
  if (left < size) return NOT_ALL_THERE;
  return ok(new RawMessage(type, octets, start, start + size));
}
