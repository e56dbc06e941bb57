/** Over which speakers a prefix comes to a router, or would: from where OVN or a neighbour puts it into a first table, through VRFs and sessions. */
import { formatPrefix, type Prefix } from '../../../core/frr/prefix.ts';
import type { BgpFamily } from '../../../core/frr/config/bgp-config.ts';
import type { Destination, Path } from '../../../core/frr/bgp/path.ts';
import type { Host, World } from '../../../core/sim/index.ts';
import type { BgpSessionEnd } from '../../snapshot.ts';
import type { Databases } from '../because.ts';
import { findSpeakers, routingSnapshot, type FoundSpeaker } from '../routing-snapshot.ts';
import {
  advertisingRouters,
  causesOfPrefix,
  type AdvertisingRouter,
  type PrefixCause,
} from './prefix-origin.ts';
import { chassisName } from './prefix-trunk.ts';

/** A speaker on the way, with the end of the session by which the prefix came to it; null for the first, and within a router. */
export interface Hop {
  readonly speaker: FoundSpeaker;
  readonly session: { readonly from: BgpSessionEnd; readonly to: BgpSessionEnd; readonly id: string } | null;
}

/** A router of OVN that makes the prefix known, or could, and a machine where it meets the kernel. */
export interface Origin {
  readonly router: AdvertisingRouter;
  readonly host: Host | null;
}

export interface Way {
  /** Null where the prefix begins in the first speaker's table. */
  readonly origin: Origin | null;
  /** No bgpd speaks in the VRF of the origin. */
  readonly silent: boolean;
  /** From the first speaker on. */
  readonly hops: readonly Hop[];
  /** Whether the last of them is the target; else nothing is configured that leads there. */
  readonly arrives: boolean;
}

interface Link {
  readonly near: BgpSessionEnd;
  readonly far: BgpSessionEnd;
  readonly id: string;
}

export class Ways {
  readonly speakers: ReadonlyMap<string, FoundSpeaker>;
  readonly routers: readonly AdvertisingRouter[];
  readonly #world: World;
  readonly #prefix: Prefix;
  readonly #family: BgpFamily;
  /** Northbound rows that stand for the prefix. */
  readonly causes: readonly PrefixCause[];
  readonly #origins: readonly Origin[];
  /** By speaker: ends of its sessions with the other ends. */
  readonly #links = new Map<string, Link[]>();

  constructor(world: World, { nb, sb }: Databases, prefix: Prefix) {
    this.#world = world;
    this.#prefix = prefix;
    this.#family = prefix.family === 4 ? 'ipv4-unicast' : 'ipv6-unicast';
    this.speakers = new Map(findSpeakers(world).map((one) => [one.snapshot.id, one]));
    this.causes = nb ? causesOfPrefix(nb, prefix) : [];
    this.routers = sb ? advertisingRouters(nb, sb, prefix, this.causes) : [];
    for (const { id, near, far } of routingSnapshot(world)?.sessions ?? []) {
      if (far === null) continue;
      this.#link(near, far, id);
      this.#link(far, near, id);
    }
    const hosts = [...world.hosts.values()].filter((host) => host.controller !== undefined);
    this.#origins = this.routers
      .filter((router) => this.couldKnow(router))
      .flatMap((router): Origin[] => {
        const serving = hosts.filter((host) => router.chassis.has(chassisName(host) ?? ''));
        return serving.length === 0 ? [{ router, host: null }] : serving.map((host) => ({ router, host }));
      });
  }

  #link(near: BgpSessionEnd, far: BgpSessionEnd, id: string): void {
    const list = this.#links.get(near.speaker);
    if (list) list.push({ near, far, id });
    else this.#links.set(near.speaker, [{ near, far, id }]);
  }

  linksOf(speaker: string): readonly Link[] {
    return this.#links.get(speaker) ?? [];
  }

  destination({ instance }: FoundSpeaker): Destination | undefined {
    const found = instance.rib(this.#family).destinations.get(formatPrefix(this.#prefix));
    return found && found.paths.length > 0 ? found : undefined;
  }

  /** Whether a router makes the prefix known, or has a row that it could make known: routes and networks of its own, NAT and load balancers of others too. */
  couldKnow({ advertised, northbound }: AdvertisingRouter): boolean {
    return (
      advertised.length > 0 ||
      this.causes.some(
        ({ word, router }) => !isOwn(word) || (router !== null && router._uuid === northbound?.row._uuid),
      )
    );
  }

  /** The row of the northbound database from which a router has the prefix. */
  causeFor({ northbound, advertised }: AdvertisingRouter): PrefixCause | undefined {
    const own = this.causes.filter(({ router }) => router !== null && router._uuid === northbound?.row._uuid);
    // What is made known by the router of a network is the network, also where others have routes to it.
    return own.find(({ word }) => advertised.length === 0 || word !== 'static') ?? own[0] ?? this.causes[0];
  }

  /** The best way to a speaker; undefined when nobody has anything to do with the prefix. */
  to(target: FoundSpeaker): Way | undefined {
    if (this.destination(target)) return this.#from(this.#wayBack(target, new Set()), true);
    const known = (router: AdvertisingRouter): boolean => router.advertised.length > 0;
    return this.#search(target, known) ?? this.#search(target, () => true) ?? this.#fromAfar(target);
  }

  /** Where OVN would begin, whoever speaks there. */
  get first(): Origin | undefined {
    return this.#origins[0];
  }

  /** The nearest speaker that has the prefix, or would get it from a router of OVN that is fit; over sessions and the VRFs of one machine. */
  #search(target: FoundSpeaker, isFit: (router: AdvertisingRouter) => boolean): Way | undefined {
    /** By speaker: the hop by which the prefix would go on from there. */
    const onward = new Map<string, Hop>();
    const queue = [target];
    const seen = new Set([target.snapshot.id]);
    const visit = (other: FoundSpeaker | undefined, hop: Hop): void => {
      if (!other || seen.has(other.snapshot.id)) return;
      seen.add(other.snapshot.id);
      onward.set(other.snapshot.id, hop);
      queue.push(other);
    };
    const rest = (from: FoundSpeaker): readonly Hop[] => {
      const hops: Hop[] = [];
      for (let hop = onward.get(from.snapshot.id); hop; hop = onward.get(hop.speaker.snapshot.id))
        hops.push(hop);
      return hops;
    };
    for (let at = queue.shift(); at; at = queue.shift()) {
      if (this.destination(at)) return this.#from([...this.#wayBack(at, new Set()), ...rest(at)], true);
      const begin: readonly Hop[] = [{ speaker: at, session: null }, ...rest(at)];
      const own = this.#originAt(at);
      if (own && isFit(own.router)) return { origin: own, silent: false, hops: begin, arrives: true };
      const silent = this.#silentBeside(at);
      if (silent && isFit(silent.router)) return { origin: silent, silent: true, hops: begin, arrives: true };
      for (const { near, far, id } of this.linksOf(at.snapshot.id))
        visit(this.speakers.get(far.speaker), { speaker: at, session: { from: far, to: near, id } });
      for (const other of this.speakers.values())
        if (other !== at && other.routing === at.routing) visit(other, { speaker: at, session: null });
    }
    return undefined;
  }

  /** Nothing leads to the target: the way of a speaker that has it, or as far as OVN brings it. */
  #fromAfar(target: FoundSpeaker): Way | undefined {
    const isNear = (host: string | undefined): boolean => host === target.snapshot.host;
    // Of those that have it the one in whose table it begins.
    const holders = [...this.speakers.values()]
      .filter((one) => this.destination(one))
      .toSorted((a, b) => this.#wayBack(a, new Set()).length - this.#wayBack(b, new Set()).length);
    const holder = holders.find(({ snapshot }) => isNear(snapshot.host)) ?? holders[0];
    const own = this.#origins.find(({ host }) => isNear(host?.name));
    if (holder && (isNear(holder.snapshot.host) || !own))
      return this.#from(this.#wayBack(holder, new Set()), false);
    const origin = own ?? this.#origins[0];
    if (!origin) return undefined;
    const speaker = [...this.speakers.values()].find((one) => this.#originAt(one)?.router === origin.router);
    return {
      origin,
      silent: speaker === undefined,
      hops: speaker ? [{ speaker, session: null }] : [],
      arrives: false,
    };
  }

  #from(hops: readonly Hop[], arrives: boolean): Way {
    const [first] = hops;
    return { origin: (first && this.#originAt(first.speaker)) ?? null, silent: false, hops, arrives };
  }

  /** The router whose routes meet this speaker in its VRF; one that meets it elsewhere now, where none does here. */
  #originAt({ snapshot, routing }: FoundSpeaker): Origin | undefined {
    const host = this.#hostOf(snapshot.host, snapshot.namespace);
    if (!host) return undefined;
    const meeting = this.routers.filter(
      (router) =>
        router.vrf === snapshot.vrf &&
        routing === host.routing.get(snapshot.daemons) &&
        this.couldKnow(router),
    );
    const chassis = chassisName(host);
    const router = meeting.find((one) => chassis !== undefined && one.chassis.has(chassis)) ?? meeting[0];
    return router && { router, host };
  }

  /** An origin in a VRF beside the speaker's in which no bgpd speaks. */
  #silentBeside({ snapshot }: FoundSpeaker): Origin | undefined {
    const host = this.#hostOf(snapshot.host, snapshot.namespace);
    return (
      host &&
      this.#origins.find(
        (origin) =>
          origin.host === host &&
          ![...this.speakers.values()].some(
            (other) => other.snapshot.host === host.name && other.snapshot.vrf === origin.router.vrf,
          ),
      )
    );
  }

  #hostOf(name: string, namespace: string): Host | undefined {
    const host = this.#world.hosts.get(name);
    return namespace === '' && host?.controller ? host : undefined;
  }

  #wayBack(speaker: FoundSpeaker, seen: Set<string>): readonly Hop[] {
    seen.add(speaker.snapshot.id);
    const paths = this.destination(speaker)?.paths ?? [];
    const path = paths.find(({ selected }) => selected) ?? paths[0];
    const from = path && this.#cameFrom(speaker, path);
    if (!from || seen.has(from.speaker.snapshot.id)) return [{ speaker, session: null }];
    return [...this.#wayBack(from.speaker, seen), { speaker, session: from.session }];
  }

  #cameFrom(speaker: FoundSpeaker, path: Path): Hop | null {
    if (path.source.kind === 'imported') {
      const { vrf } = path.source;
      const other = [...this.speakers.values()].find(
        (one) => one.routing === speaker.routing && one.snapshot.vrf === vrf,
      );
      return other ? { speaker: other, session: null } : null;
    }
    if (path.source.kind !== 'received') return null;
    const link = this.linksOf(speaker.snapshot.id).find(({ near }) => near.neighbour === path.peer.name);
    const other = link && this.speakers.get(link.far.speaker);
    return link && other ? { speaker: other, session: { from: link.far, to: link.near, id: link.id } } : null;
  }
}

/** Rows that only the router which has them makes known. */
const isOwn = (word: PrefixCause['word']): boolean => word === 'static' || word === 'connected';
