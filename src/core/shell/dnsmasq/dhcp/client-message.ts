/** What a DHCP client sent, as a server reads it (RFC 2131). */
import { concatBytes } from '../../../base/bytes.ts';
import { readMac, readU32 } from '../../../wire/octets.ts';
import { DHCP_MESSAGE, DHCP_OPTION } from '../../../wire/index.ts';

/** Octets before the options, without the cookie. */
export const FIXED_SIZE = 236;
export const COOKIE = 0x63825363;
const SERVER_NAME_AT = 44;
const BOOT_FILE_AT = 108;
const ETHERNET = 1;
const MAC_SIZE = 6;

export interface ClientMessage {
  readonly octets: Uint8Array;
  readonly type: number;
  readonly transaction: number;
  /** 0 when the client has none yet, or asks for one. */
  readonly ownAddress: number;
  readonly relay: number;
  readonly hops: number;
  readonly hardware: bigint;
  option(code: number, least?: number): Uint8Array | undefined;
}

function readOptions(octets: Uint8Array, into: Map<number, Uint8Array>): void {
  for (let at = 0; at < octets.length;) {
    const code = octets[at] as number;
    if (code === DHCP_OPTION.end) return;
    if (code === DHCP_OPTION.pad) {
      at += 1;
      continue;
    }
    const end = at + 2 + (octets[at + 1] ?? octets.length);
    if (end > octets.length) return;
    const value = octets.subarray(at + 2, end);
    const before = into.get(code);
    into.set(code, before ? concatBytes([before, value]) : value);
    at = end;
  }
}

/** Reads a request of a client with an Ethernet address; undefined for anything else. */
export function readClientMessage(octets: Uint8Array): ClientMessage | undefined {
  if (octets.length < FIXED_SIZE + 4 || readU32(octets, FIXED_SIZE) !== COOKIE) return undefined;
  if (octets[0] !== 1 || octets[1] !== ETHERNET || octets[2] !== MAC_SIZE) return undefined;
  const options = new Map<number, Uint8Array>();
  readOptions(octets.subarray(FIXED_SIZE + 4), options);
  const overload = options.get(DHCP_OPTION.overload)?.[0] ?? 0;
  if (overload & 1) readOptions(octets.subarray(BOOT_FILE_AT, FIXED_SIZE), options);
  if (overload & 2) readOptions(octets.subarray(SERVER_NAME_AT, BOOT_FILE_AT), options);
  const type = options.get(DHCP_OPTION.messageType)?.[0] ?? 0;
  const asks =
    type === DHCP_MESSAGE.discover || (options.get(DHCP_OPTION.requestedAddress)?.length ?? 0) >= 4;
  return {
    octets,
    type,
    transaction: readU32(octets, 4),
    ownAddress: asks ? 0 : readU32(octets, 12),
    relay: readU32(octets, 24),
    hops: octets[3] as number,
    hardware: readMac(octets, 28),
    option: (code, least = 0) => {
      const value = options.get(code);
      return value && value.length >= least ? value : undefined;
    },
  };
}

/** An address that an option holds. */
export function addressOption(message: ClientMessage, code: number): number | undefined {
  const value = message.option(code, 4);
  return value && readU32(value, 0);
}
