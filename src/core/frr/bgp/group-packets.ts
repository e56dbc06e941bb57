/**
 * The messages that one neighbour of an update group was sent, kept for the others: they get the same octets with their own
 * next hop in its place (`struct bpacket` and its attribute vector).
 */
import type { ToldRoute } from './advertised-routes.ts';
import type { MpNextHop } from './attributes.ts';
import type { MessageRun } from './message/message-run.ts';
import type { Outgoing } from './neighbour.ts';
import type { StoredDestination } from './rib-table.ts';
import type { Speaker } from './speaker.ts';

export type WireNextHop = number | MpNextHop;

/** Messages of routes with the same attributes: where in the run their next hop stands. */
export interface NextHopPlaces {
  /** The route whose attributes they carry. */
  readonly route: ToldRoute;
  readonly nextHop: WireNextHop;
  readonly places: readonly number[];
}

export class GroupPackets {
  readonly #destinations: readonly StoredDestination[];
  readonly #routes: readonly Outgoing[];
  readonly #run: MessageRun;
  readonly #nextHops: readonly NextHopPlaces[];

  constructor(
    outgoing: ReadonlyMap<StoredDestination, Outgoing>,
    run: MessageRun,
    nextHops: readonly NextHopPlaces[],
  ) {
    this.#destinations = [...outgoing.keys()];
    this.#routes = [...outgoing.values()];
    this.#run = run;
    this.#nextHops = nextHops;
  }

  /** Whether they say just this, in this order. */
  say(outgoing: ReadonlyMap<StoredDestination, Outgoing>): boolean {
    if (outgoing.size !== this.#routes.length) return false;
    let at = 0;
    for (const [destination, route] of outgoing) {
      if (this.#destinations[at] !== destination || this.#routes[at] !== route) return false;
      at += 1;
    }
    return true;
  }

  /** The messages with the next hops of another neighbour; undefined: these take other room. */
  with(nextHopOf: (route: ToldRoute) => WireNextHop): MessageRun | undefined {
    let octets: Uint8Array | null = null;
    for (const { route, nextHop, places } of this.#nextHops) {
      const own = nextHopOf(route);
      if (sameNextHop(own, nextHop)) continue;
      if (!sameRoom(own, nextHop)) return undefined;
      octets ??= this.#run.octets.slice();
      for (const place of places) put(octets, place, own);
    }
    return octets === null ? this.#run : { octets, ends: this.#run.ends };
  }
}

const sameNextHop = (a: WireNextHop, b: WireNextHop): boolean =>
  typeof a === 'number' || typeof b === 'number'
    ? a === b
    : a.global === b.global && a.linkLocal === b.linkLocal;

const sameRoom = (a: WireNextHop, b: WireNextHop): boolean =>
  typeof a === 'number' || typeof b === 'number'
    ? typeof a === typeof b
    : (a.linkLocal === null) === (b.linkLocal === null);

/** Writes addresses, and passes over what stands between the two of a next hop. */
function put(octets: Uint8Array, place: number, nextHop: WireNextHop): void {
  if (typeof nextHop === 'number') {
    for (let at = 0; at < 4; at += 1) octets[place + at] = (nextHop >>> (24 - 8 * at)) & 255;
    return;
  }
  putAddress(octets, place, nextHop.global);
  if (nextHop.linkLocal !== null) putAddress(octets, place + 16, nextHop.linkLocal);
}

function putAddress(octets: Uint8Array, place: number, address: bigint): void {
  for (let at = 0; at < 16; at += 1) octets[place + at] = Number((address >> BigInt(120 - 8 * at)) & 255n);
}

/** What was sent to each instance's update groups last, as long as neighbours wait to be told. */
export class PacketQueue {
  readonly #packets = new Map<Speaker, Map<number, GroupPackets>>();

  of(speaker: Speaker, group: number): GroupPackets | undefined {
    return this.#packets.get(speaker)?.get(group);
  }

  keep(speaker: Speaker, group: number, packets: GroupPackets): void {
    const known = this.#packets.get(speaker);
    if (known === undefined) this.#packets.set(speaker, new Map([[group, packets]]));
    else known.set(group, packets);
  }

  clear(): void {
    this.#packets.clear();
  }
}
