/** What a translating target turns addresses and ports into. */
import { parseIpv4 } from '../../base/address.ts';
import type { NatRange } from '../../linux/netfilter/rule.ts';
import { misuse } from './error.ts';
import { portRange } from './words.ts';

export const NO_RANGE: NatRange = { addresses: null, ports: null, random: null };

/** `port[-port]`, for a rule of TCP or UDP. */
export function natPorts(text: string, kind: 'tcp' | 'udp' | null): NatRange['ports'] {
  if (kind === null) return misuse('Need TCP, UDP, SCTP or DCCP with port specification');
  return portRange(text, kind, '-');
}

/** `[address[-address]][:port[-port]]`. */
export function natRange(text: string, kind: 'tcp' | 'udp' | null): NatRange {
  const [addresses = '', ports] = text.split(':');
  const [first = '', last = first] = addresses.split('-');
  const low = first === '' ? undefined : parseIpv4(first);
  const high = parseIpv4(last);
  if (first !== '' && (low === undefined || high === undefined)) return misuse(`Bad IP address "${first}"`);
  return {
    addresses: low === undefined || high === undefined ? null : { first: low, last: high },
    ports: ports === undefined ? null : natPorts(ports, kind),
    random: null,
  };
}
