/**
 * Next hops that zebra watches for bgpd: of paths, of neighbours' addresses, and of `network` prefixes that must be in the
 * routing table. Whoever depends on one is told when the answer changes.
 */
import type { Clock } from '../../base/context.ts';
import { formatPrefix, isLinkLocal, widthOf, type Address, type Prefix } from '../prefix.ts';
import { Followers } from './followers.ts';
import type { Neighbour } from './neighbour.ts';
import type { StoredPath } from './rib-table.ts';
import type { NextHopAnswer, Zebra } from './zebra-port.ts';

export type TrackKind = 'next-hop' | 'import-check';

/** A next hop that is watched; `key` is its place in the table. */
export interface TrackedNextHop {
  readonly key: string;
  readonly kind: TrackKind;
  readonly vrf: string;
  readonly prefix: Prefix;
  /** Link-local addresses of neighbours live and die with this interface; zebra is not asked. */
  readonly interface: string | null;
  answer: NextHopAnswer | null;
  /** Simulated nanoseconds of the last answer, or of the question. */
  updatedAt: number;
  /** Nothing depended on it any more, and it was forgotten. */
  isForgotten: boolean;
  readonly paths: Followers;
  readonly neighbours: Set<Neighbour>;
}

/** A watched next hop as it is shown. */
export interface NextHopView {
  readonly kind: TrackKind;
  readonly vrf: string;
  readonly prefix: Prefix;
  readonly interface: string | null;
  readonly answer: NextHopAnswer | null;
  readonly isValid: boolean;
  /** Somebody needs it on a network of this router. */
  readonly mustBeConnected: boolean;
  readonly pathCount: number;
  /** The neighbour whose own address it is. */
  readonly peer: string | null;
  readonly updatedAt: number;
}

const keyOf = (kind: TrackKind, vrf: string, prefix: Prefix, interfaceName: string | null): string =>
  `${kind} ${vrf} ${formatPrefix(prefix)} ${interfaceName ?? ''}`;

const hostPrefix = (address: Address): Prefix => ({ ...address, length: widthOf(address.family) });

export class NextHopTable {
  readonly #tracked = new Map<string, TrackedNextHop>();
  readonly #zebra: Zebra;
  readonly #clock: Clock;

  constructor(zebra: Zebra, clock: Clock) {
    this.#zebra = zebra;
    this.#clock = clock;
  }

  /** All that is watched. */
  view(): NextHopView[] {
    return [...this.#tracked.values()].map((tracked) => {
      const { kind, vrf, prefix, answer, updatedAt, paths, neighbours } = tracked;
      const [neighbour] = neighbours;
      const mustBeConnected =
        kind === 'next-hop' &&
        tracked.interface === null &&
        ([...neighbours].some((one) => one.askedConnected === true) ||
          [...paths].some((path) => path.source.kind === 'received' && path.peer.mustBeConnected));
      const isValid = answer !== null && answer.nextHops.length > 0 && (answer.connected || !mustBeConnected);
      return {
        kind,
        vrf,
        prefix,
        interface: tracked.interface,
        answer,
        isValid,
        mustBeConnected,
        pathCount: paths.size,
        peer: neighbour?.name ?? null,
        updatedAt,
      };
    });
  }

  /** Follows the next hop of a path; the answer is null as long as zebra has none. */
  followPath(path: StoredPath, kind: TrackKind, vrf: string, target: Address | Prefix): NextHopAnswer | null {
    return this.#follow(path, this.#at(kind, vrf, target, null));
  }

  /** As `followPath`, of the path's own next hop. */
  followHop(path: StoredPath, vrf: string): NextHopAnswer | null {
    const { hop, weighed } = path;
    // A route map may prefer the global address of the two.
    if (weighed.preferGlobal && hop.mpNextHop?.linkLocal != null)
      return this.followPath(path, 'next-hop', vrf, { family: 6, address: hop.mpNextHop.global });
    const known = hop.followed;
    if (known !== null && !known.isForgotten && known.vrf === vrf) return this.#follow(path, known);
    hop.followed = this.#at('next-hop', vrf, hop.tracked, null);
    return this.#follow(path, hop.followed);
  }

  #follow(path: StoredPath, tracked: TrackedNextHop): NextHopAnswer | null {
    if (path.followed === tracked) return tracked.answer;
    this.leavePath(path);
    path.followed = tracked;
    tracked.paths.add(path);
    return tracked.answer;
  }

  leavePath(path: StoredPath): void {
    const { followed } = path;
    if (followed === null) return;
    followed.paths.delete(path);
    path.followed = null;
    this.#release(followed);
  }

  followNeighbour(neighbour: Neighbour, vrf: string, address: Address): NextHopAnswer | null {
    const tracked = this.#at('next-hop', vrf, address, isLinkLocal(address) ? neighbour.interface : null);
    if (neighbour.nextHopKey !== null && neighbour.nextHopKey !== tracked.key) this.leaveNeighbour(neighbour);
    neighbour.nextHopKey = tracked.key;
    tracked.neighbours.add(neighbour);
    return tracked.answer;
  }

  leaveNeighbour(neighbour: Neighbour): void {
    const { nextHopKey } = neighbour;
    if (nextHopKey === null) return;
    neighbour.nextHopKey = null;
    const tracked = this.#tracked.get(nextHopKey);
    tracked?.neighbours.delete(neighbour);
    if (tracked !== undefined) this.#release(tracked);
  }

  answerFor(path: StoredPath): NextHopAnswer | null {
    return path.followed?.answer ?? null;
  }

  /** Takes zebra's answer in; what depends on it, or undefined when nothing does. */
  take(
    answer: NextHopAnswer,
    kind: TrackKind,
  ): { readonly paths: readonly StoredPath[]; readonly neighbours: readonly Neighbour[] } | undefined {
    const tracked = this.#tracked.get(keyOf(kind, answer.vrf, answer.prefix, null));
    if (tracked === undefined) return undefined;
    tracked.answer = answer;
    tracked.updatedAt = this.#clock.now();
    return { paths: [...tracked.paths], neighbours: [...tracked.neighbours] };
  }

  /** The interface of link-local next hops went up or down. */
  interfaceChanged(
    name: string,
    vrf: string,
  ): { readonly paths: readonly StoredPath[]; readonly neighbours: readonly Neighbour[] } {
    const paths: StoredPath[] = [];
    const neighbours: Neighbour[] = [];
    for (const tracked of this.#tracked.values())
      if (tracked.interface === name && tracked.vrf === vrf) {
        tracked.answer = this.#linkAnswer(tracked);
        tracked.updatedAt = this.#clock.now();
        for (const path of tracked.paths) paths.push(path);
        for (const neighbour of tracked.neighbours) neighbours.push(neighbour);
      }
    return { paths, neighbours };
  }

  #at(kind: TrackKind, vrf: string, target: Address | Prefix, interfaceName: string | null): TrackedNextHop {
    const prefix = 'length' in target ? target : hostPrefix(target);
    const key = keyOf(kind, vrf, prefix, interfaceName);
    const known = this.#tracked.get(key);
    if (known !== undefined) return known;
    const tracked: TrackedNextHop = {
      key,
      kind,
      vrf,
      prefix,
      interface: interfaceName,
      answer: null,
      updatedAt: this.#clock.now(),
      isForgotten: false,
      paths: new Followers(),
      neighbours: new Set(),
    };
    this.#tracked.set(key, tracked);
    if (interfaceName === null) this.#zebra.trackNextHop(vrf, prefix, kind, true);
    else tracked.answer = this.#linkAnswer(tracked);
    return tracked;
  }

  #linkAnswer({ vrf, prefix, interface: name }: TrackedNextHop): NextHopAnswer | null {
    const link = this.#zebra.interfaces().find((one) => one.name === name && one.vrf === vrf);
    if (link === undefined || !link.up) return null;
    return {
      vrf,
      prefix,
      metric: 0,
      protocol: 'connected',
      connected: true,
      nextHops: [{ kind: 'interface', interface: link.name, vrf, weight: 1 }],
    };
  }

  #release(tracked: TrackedNextHop): void {
    if (tracked.paths.size > 0 || tracked.neighbours.size > 0) return;
    this.#tracked.delete(tracked.key);
    tracked.isForgotten = true;
    if (tracked.interface === null)
      this.#zebra.trackNextHop(tracked.vrf, tracked.prefix, tracked.kind, false);
  }
}
