/**
 * Choosing a translation as the kernel does (`get_unique_tuple` of nf_nat_core): a sender that has one keeps it, else an
 * address by a hash over both ends, and a port that no other connection's answers use.
 */
import { hashAdd, hashFinish } from '../../base/ovs-hash.ts';
import type { Random } from '../../base/random.ts';
import type { NatAct } from '../actions/ofpact.ts';
import { isIcmp, reverseTuple, type Tuple } from './tuple.ts';

/** Keeps the source's address, and its port where it can. */
export const KEPT_SOURCE: NatAct = {
  kind: 'nat',
  direction: 'src',
  addresses: null,
  minPort: 0,
  maxPort: 0,
  persistent: false,
  hash: false,
  random: false,
};

/** Ports that are tried before a search is given up or begun elsewhere. */
const ATTEMPTS = 128;
/** With fewer than this many attempts left nothing is begun again. */
const FEWEST_ATTEMPTS = 16;

/** What a translation is chosen among. */
export interface NatChoice {
  readonly random: Random;
  /** Whether the answers to a tuple belong to another connection. */
  readonly taken: (reply: Tuple) => boolean;
  /** What the sender of a tuple was made on other connections, newest first. */
  readonly known: (tuple: Tuple) => Iterable<Tuple>;
}

interface PortRange {
  readonly low: number;
  readonly high: number;
}

/** Ports of the class that a sender's port is of: the kernel leaves privileged ports privileged. */
function portClass(port: number): PortRange {
  if (port < 512) return { low: 1, high: 511 };
  return port < 1024 ? { low: 600, high: 1023 } : { low: 1024, high: 65535 };
}

/** Over all words of the addresses; unsigned. */
function hashOf(...addresses: readonly bigint[]): number {
  let hash = 0;
  for (const address of addresses)
    for (let rest = address; rest > 0n; rest >>= 32n) hash = hashAdd(hash, Number(rest & 0xffffffffn));
  return hashFinish(hash, addresses.length);
}

/** The ports that a rule names; null for any. */
const wantedPorts = (nat: NatAct): PortRange | null =>
  nat.minPort === 0 ? null : { low: nat.minPort, high: Math.max(nat.minPort, nat.maxPort) };

/** A range of one address has no last one. */
const lastOf = ({ minAddress, maxAddress }: NonNullable<NatAct['addresses']>): bigint =>
  maxAddress > minAddress ? maxAddress : minAddress;

function isInside(tuple: Tuple, nat: NatAct): boolean {
  const source = nat.direction === 'src';
  const address = source ? tuple.source : tuple.destination;
  if (nat.addresses && (address < nat.addresses.minAddress || address > lastOf(nat.addresses))) return false;
  const ports = wantedPorts(nat);
  const port = source ? tuple.sourcePort : tuple.destinationPort;
  return ports === null || isIcmp(tuple.protocol) || (port >= ports.low && port <= ports.high);
}

function withAddress(tuple: Tuple, nat: NatAct): Tuple {
  const range = nat.addresses;
  if (!range) return tuple;
  const count = lastOf(range) - range.minAddress + 1n;
  // Only a persistent range gives a host the same address towards everybody.
  const hash = nat.persistent ? hashOf(tuple.source) : hashOf(tuple.source, tuple.destination);
  const address = range.minAddress + (BigInt(hash) * count) / 0x1_0000_0000n;
  return nat.direction === 'src' ? { ...tuple, source: address } : { ...tuple, destination: address };
}

function withPort(tuple: Tuple, nat: NatAct, port: number): Tuple {
  if (isIcmp(tuple.protocol)) return { ...tuple, sourcePort: port, destinationPort: port };
  return nat.direction === 'src' ? { ...tuple, sourcePort: port } : { ...tuple, destinationPort: port };
}

/** A tuple with another port whose answers are free; the last one tried when there is none. */
function search(
  tuple: Tuple,
  nat: NatAct,
  range: PortRange,
  choice: NatChoice,
  isFree: (one: Tuple) => boolean,
) {
  const size = range.high - range.low + 1;
  const isRandom = nat.random || nat.hash || nat.direction === 'src';
  let start = isRandom ? choice.random.below(65536) : 0;
  let last = tuple;
  for (let attempts = Math.min(size, ATTEMPTS); ; attempts >>= 1) {
    for (let i = 0; i < attempts; i += 1) {
      last = withPort(tuple, nat, range.low + ((start + i) % size));
      if (isFree(last)) return last;
    }
    if (attempts >= size || attempts < FEWEST_ATTEMPTS) return last;
    start = choice.random.below(65536);
  }
}

/**
 * The tuple as it is sent on after translating `tuple`. When all that was tried is in use, one whose answers are taken:
 * such a connection cannot be kept.
 */
export function translate(tuple: Tuple, nat: NatAct, choice: NatChoice): Tuple {
  const isFree = (one: Tuple): boolean => {
    const reply = reverseTuple(one);
    return reply !== undefined && !choice.taken(reply);
  };
  const isRandom = nat.random || nat.hash;
  if (nat.direction === 'src' && !isRandom) {
    if (isInside(tuple, nat)) {
      if (isFree(tuple)) return tuple;
    } else
      for (const one of choice.known(tuple)) {
        const again = { ...tuple, source: one.source, sourcePort: one.sourcePort };
        if (isInside(again, nat) && isFree(again)) return again;
      }
  }
  const moved = withAddress(tuple, nat);
  const ports = wantedPorts(nat);
  const isFixed = ports !== null && ports.low === ports.high;
  if (!isRandom && (ports === null || isInside(moved, nat)) && (isFixed || isFree(moved))) return moved;
  if (isIcmp(tuple.protocol)) return search(moved, nat, ports ?? { low: 0, high: 65535 }, choice, isFree);
  // A destination's port changes only when the rule says to which.
  if (ports === null && nat.direction === 'dst') return moved;
  return search(moved, nat, ports ?? portClass(tuple.sourcePort), choice, isFree);
}
