/** Choosing a translation: the wanted address and port range, moved on until no other connection answers to it. */
import type { Random } from '../../base/random.ts';
import type { NatAct } from '../actions/ofpact.ts';
import { isIcmp, reverseTuple, type Tuple } from './tuple.ts';

/** Ports tried when no range is given: the kernel keeps to the class of the port at hand. */
function portRange(port: number): readonly [number, number] {
  if (port < 512) return [1, 511];
  return port < 1024 ? [600, 1023] : [1024, 65535];
}

/** FNV-1a over the sender: `persistent` and `hash` keep a host on one address. */
function hashOf(value: bigint): number {
  let hash = 0x811c9dc5;
  for (let rest = value; rest > 0n; rest >>= 8n)
    hash = Math.imul(hash ^ Number(rest & 0xffn), 0x01000193) >>> 0;
  return hash;
}

/**
 * The tuple as it is sent on after translating `tuple`, or undefined when every port of the range is in use.
 * `taken` tells whether the answers to a tuple belong to another connection.
 */
export function translate(
  tuple: Tuple,
  nat: NatAct,
  random: Random,
  taken: (reply: Tuple) => boolean,
): Tuple | undefined {
  const source = nat.direction === 'src';
  const range = nat.addresses;
  let address = source ? tuple.source : tuple.destination;
  if (range) {
    const count = range.maxAddress - range.minAddress + 1n;
    const inside = address >= range.minAddress && address <= range.maxAddress;
    if (!inside) address = range.minAddress + (count > 1n ? BigInt(hashOf(tuple.source)) % count : 0n);
  }
  const port = source ? tuple.sourcePort : tuple.destinationPort;
  const explicit = nat.minPort !== 0 && !isIcmp(tuple.protocol);
  const [low, high] = explicit ? [nat.minPort, Math.max(nat.minPort, nat.maxPort)] : portRange(port);
  const with_ = (one: number): Tuple =>
    source
      ? { ...tuple, source: address, sourcePort: one }
      : { ...tuple, destination: address, destinationPort: one };
  const free = (one: Tuple): boolean => {
    const reply = reverseTuple(one);
    return reply !== undefined && !taken(reply);
  };
  const kept = with_(port);
  if ((!explicit || (port >= low && port <= high)) && free(kept)) return kept;
  const size = high - low + 1;
  const start = nat.random ? random.below(size) : 0;
  for (let i = 0; i < size; i += 1) {
    const one = with_(low + ((start + i) % size));
    if (free(one)) return one;
  }
  return undefined;
}
