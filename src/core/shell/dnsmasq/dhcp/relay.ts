/** dnsmasq between clients and a server elsewhere: `--dhcp-relay` (RFC 1542, 4). */
import { readU32, writeU32 } from '../../../wire/octets.ts';
import type { Relay } from './settings.ts';

const MOST_HOPS = 20;
const HOPS_AT = 3;
const RELAY_AT = 24;
const REQUEST = 1;
const REPLY = 2;

/** A message that goes on. */
interface Relayed {
  readonly local: number;
  readonly server: number;
  readonly octets: Uint8Array;
}

/** A client's message for the servers of those relays whose own address is among `own`. */
export function relayUp(
  relays: readonly Relay[],
  own: readonly number[],
  octets: Uint8Array,
): readonly Relayed[] {
  const hops = octets[HOPS_AT] ?? MOST_HOPS;
  if (octets[0] !== REQUEST || hops >= MOST_HOPS) return [];
  return relays.flatMap(({ local, server }): Relayed[] => {
    const before = readU32(octets, RELAY_AT);
    if (!own.includes(local) || before === local) return [];
    const next = octets.slice();
    next[HOPS_AT] = hops + 1;
    if (before === 0) writeU32(next, RELAY_AT, local);
    return [{ local, server, octets: next }];
  });
}

/** The own address of the relay that a server's answer is for; it went out where that address is. */
export function relayOfReply(
  relays: readonly Relay[],
  octets: Uint8Array,
  device: string,
): number | undefined {
  if (octets[0] !== REPLY) return undefined;
  const relay = readU32(octets, RELAY_AT);
  return relays.find(({ local, device: from }) => local === relay && (from === null || from === device))
    ?.local;
}
