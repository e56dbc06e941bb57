/** The name that a DHCP client gives itself, by option 12 or 81 (RFC 4702). */
import { decodeUtf8 } from '../../../base/utf8.ts';
import type { ClientMessage } from './client-message.ts';
import { DHCP_OPTION } from '../../../wire/index.ts';

/** Bits of option 81: the server updates, it does so against the client's wish, the name is in DNS form. */
const SERVER_UPDATES = 0x01;
const OVERRIDDEN = 0x02;
const DNS_FORM = 0x04;
const NO_UPDATE = 0x08;

export interface ClientName {
  /** Without its domain; null when there is none that may be used. */
  readonly name: string | null;
  /** As the client wrote it. */
  readonly given: string | null;
  /** Flags for the answer's option 81; 0 = it has none. */
  readonly fqdnFlags: number;
  /** The client ends its texts with a zero. */
  readonly zeroEnded: boolean;
}

const isLegal = (name: string): boolean => /^[a-z\d][a-z\d_.-]*$/i.test(name);

function labelsOf(octets: Uint8Array): string {
  const labels: string[] = [];
  for (let at = 0; at < octets.length;) {
    const size = octets[at] as number;
    if (size === 0 || at + 1 + size > octets.length) break;
    labels.push(decodeUtf8(octets, at + 1, at + 1 + size));
    at += 1 + size;
  }
  return labels.join('.');
}

export function clientName(message: ClientMessage): ClientName {
  const fqdn = message.option(DHCP_OPTION.fqdn, 3);
  const plain = fqdn ? fqdn.subarray(3) : message.option(DHCP_OPTION.hostName, 1);
  if (plain === undefined) return { name: null, given: null, fqdnFlags: 0, zeroEnded: false };
  const flags = fqdn?.[0] ?? 0;
  const isDns = (flags & DNS_FORM) !== 0;
  const zeroEnded = !isDns && plain.at(-1) === 0;
  const text = isDns ? labelsOf(plain) : decodeUtf8(plain, 0, plain.length - (zeroEnded ? 1 : 0));
  const given = isLegal(text) ? text : null;
  const name = given?.split('.')[0] ?? null;
  const updated = (flags & SERVER_UPDATES) !== 0 ? flags : flags | SERVER_UPDATES | OVERRIDDEN;
  return {
    name: name === '' ? null : name,
    given,
    fqdnFlags: fqdn === undefined ? 0 : updated & ~NO_UPDATE & 0x0f,
    zeroEnded,
  };
}
