/**
 * The road of a prefix: from the northbound row over northd, ovn-controller, the kernel, bgpd and its sessions to a router's
 * own table. Each rung shows what the command there prints; the first that is missing says what would make it appear.
 */
import { formatPrefix, type Prefix } from '../../../core/frr/prefix.ts';
import type { BgpFamily } from '../../../core/frr/config/bgp-config.ts';
import type { PathAttributes } from '../../../core/frr/bgp/attributes.ts';
import type { Destination, Path } from '../../../core/frr/bgp/path.ts';
import type { Host, World } from '../../../core/sim/index.ts';
import type { BgpSessionEnd } from '../../snapshot.ts';
import type { KnownPrefix, PrefixRoad, RoadRung } from '../../questions/prefix-road.ts';
import type { Databases } from '../because.ts';
import { ask } from '../inspect.ts';
import { findSpeakers, inVrf, routingSnapshot, vtyshWords, type FoundSpeaker } from '../routing-snapshot.ts';
import {
  advertisingRouters,
  causesOfPrefix,
  databasePrefixes,
  readPrefix,
  shortText,
  type AdvertisingRouter,
} from './prefix-origin.ts';
import { whyNotSent, whyNotTaken, whySessionDown } from './prefix-gaps.ts';
import { whyElsewhere, type Elsewhere } from './prefix-elsewhere.ts';
import { chassisName, ipFamily, routeLines, trunkRungs } from './prefix-trunk.ts';

const MOST_PREFIXES = 1000;
/** A larger table is not printed whole to show one line of it. */
const LARGE_TABLE = 5000;

/** A speaker on the way, with the end of the session by which the prefix came to it; null for the first. */
interface Hop {
  readonly speaker: FoundSpeaker;
  readonly session: { readonly from: BgpSessionEnd; readonly to: BgpSessionEnd; readonly id: string } | null;
}

export function knownPrefixes(world: World, { nb, sb }: Databases): readonly KnownPrefix[] {
  const found = new Map<string, KnownPrefix>();
  const note = (one: KnownPrefix): void => {
    if (found.size < MOST_PREFIXES && !found.has(one.prefix)) found.set(one.prefix, one);
  };
  for (const one of databasePrefixes(nb, sb)) note(one);
  for (const { instance } of findSpeakers(world))
    for (const family of ['ipv4-unicast', 'ipv6-unicast'] as const)
      for (const { prefix, paths } of instance.rib(family).destinations.values())
        if (paths.length > 0) note({ prefix: shortText(prefix), source: 'BGP' });
  return [...found.values()];
}

export function prefixRoads(
  world: World,
  databases: Databases,
  text: string,
): { readonly roads: readonly PrefixRoad[]; readonly error: string } {
  const prefix = readPrefix(text);
  if (prefix === undefined)
    return {
      roads: [],
      error: `${text} is no prefix: an address, or one with its length, such as 192.0.2.0/24`,
    };
  const finder = new RoadFinder(world, databases, prefix);
  return { roads: finder.roads(), error: '' };
}

class RoadFinder {
  readonly #world: World;
  readonly #databases: Databases;
  readonly #prefix: Prefix;
  readonly #short: string;
  readonly #family: BgpFamily;
  readonly #speakers: ReadonlyMap<string, FoundSpeaker>;
  readonly #routers: readonly AdvertisingRouter[];
  /** By speaker: ends of its sessions with the other ends. */
  readonly #links = new Map<string, { near: BgpSessionEnd; far: BgpSessionEnd; id: string }[]>();

  constructor(world: World, databases: Databases, prefix: Prefix) {
    this.#world = world;
    this.#databases = databases;
    this.#prefix = prefix;
    this.#short = shortText(prefix);
    this.#family = prefix.family === 4 ? 'ipv4-unicast' : 'ipv6-unicast';
    this.#speakers = new Map(findSpeakers(world).map((one) => [one.snapshot.id, one]));
    this.#routers = databases.sb ? advertisingRouters(databases.nb, databases.sb, prefix) : [];
    for (const { id, near, far } of routingSnapshot(world)?.sessions ?? []) {
      if (far === null) continue;
      this.#link(near, far, id);
      this.#link(far, near, id);
    }
  }

  #link(near: BgpSessionEnd, far: BgpSessionEnd, id: string): void {
    const list = this.#links.get(near.speaker);
    if (list) list.push({ near, far, id });
    else this.#links.set(near.speaker, [{ near, far, id }]);
  }

  roads(): readonly PrefixRoad[] {
    const roads: PrefixRoad[] = [];
    const elsewhere: Elsewhere = {
      holders: [...this.#speakers.values()].filter((one) => this.#destination(one)),
      neighboursOf: (id) =>
        (this.#links.get(id) ?? [])
          .filter(({ near, far }) => near.state === 'Established' && far.state === 'Established')
          .map(({ far }) => far.speaker),
      routers: this.#routers,
      place: placeOf,
    };
    for (const speaker of this.#speakers.values()) {
      const hops = this.#hopsTo(speaker);
      const [first] = hops;
      if (!first) continue;
      roads.push({
        to: speaker.snapshot.id,
        why: this.#destination(speaker) ? '' : whyElsewhere(speaker, elsewhere),
        rungs: firstRemedyOnly([...this.#trunkTo(first.speaker), ...this.#bgpRungs(hops)]),
      });
    }
    if (roads.length > 0) return roads;
    const { nb } = this.#databases;
    const known = this.#routers.some(({ advertised }) => advertised.length > 0);
    return known || (nb && causesOfPrefix(nb, this.#prefix).length > 0)
      ? [{ to: null, why: '', rungs: firstRemedyOnly(this.#trunk(this.#routers[0] ?? null, null)) }]
      : [];
  }

  #trunk(router: AdvertisingRouter | null, host: Host | null): readonly RoadRung[] {
    return trunkRungs(this.#world, this.#databases, this.#prefix, router, host);
  }

  /** Nothing where no router of OVN meets the speaker: the prefix begins in its table. */
  #trunkTo(speaker: FoundSpeaker): readonly RoadRung[] {
    const router = this.#routerAt(speaker);
    return router ? this.#trunk(router, this.#world.hosts.get(speaker.snapshot.host) ?? null) : [];
  }

  #destination({ instance }: FoundSpeaker): Destination | undefined {
    const found = instance.rib(this.#family).destinations.get(formatPrefix(this.#prefix));
    return found && found.paths.length > 0 ? found : undefined;
  }

  /** The router whose routes meet this speaker in its VRF. */
  #routerAt({ snapshot }: FoundSpeaker): AdvertisingRouter | null {
    const host = this.#world.hosts.get(snapshot.host);
    if (snapshot.namespace !== '' || !host?.controller) return null;
    const chassis = chassisName(host);
    return (
      this.#routers.find(
        (router) => router.vrf === snapshot.vrf && chassis !== undefined && router.chassis.has(chassis),
      ) ?? null
    );
  }

  /** The way by which the speaker has the prefix; the shortest way by which it could hear of it otherwise. */
  #hopsTo(target: FoundSpeaker): readonly Hop[] {
    if (this.#destination(target)) return this.#wayBack(target, new Set());
    const cameBy = new Map<string, Hop>([[target.snapshot.id, { speaker: target, session: null }]]);
    const queue = [target];
    for (let at = queue.shift(); at; at = queue.shift()) {
      const begins = this.#destination(at) !== undefined || this.#couldBegin(at);
      if (begins) {
        const start = this.#destination(at)
          ? this.#wayBack(at, new Set())
          : [{ speaker: at, session: null } satisfies Hop];
        const rest: Hop[] = [];
        for (let hop = cameBy.get(at.snapshot.id); hop?.session;) {
          const next = this.#speakers.get(hop.session.to.speaker);
          if (!next) break;
          rest.push({ speaker: next, session: hop.session });
          hop = cameBy.get(next.snapshot.id);
        }
        return [...start, ...rest];
      }
      for (const { near, far, id } of this.#links.get(at.snapshot.id) ?? []) {
        const other = this.#speakers.get(far.speaker);
        if (!other || cameBy.has(far.speaker)) continue;
        cameBy.set(far.speaker, { speaker: other, session: { from: far, to: near, id } });
        queue.push(other);
      }
    }
    return [];
  }

  /** Does OVN advertise it, or would it, into this speaker's VRF? */
  #couldBegin(speaker: FoundSpeaker): boolean {
    const router = this.#routerAt(speaker);
    if (!router) return false;
    const { nb } = this.#databases;
    return router.advertised.length > 0 || (nb !== undefined && causesOfPrefix(nb, this.#prefix).length > 0);
  }

  #wayBack(speaker: FoundSpeaker, seen: Set<string>): readonly Hop[] {
    seen.add(speaker.snapshot.id);
    const paths = this.#destination(speaker)?.paths ?? [];
    const path = paths.find(({ selected }) => selected) ?? paths[0];
    const from = path && this.#cameFrom(speaker, path);
    if (!from || seen.has(from.speaker.snapshot.id)) return [{ speaker, session: null }];
    return [...this.#wayBack(from.speaker, seen), { speaker, session: from.session }];
  }

  #cameFrom(speaker: FoundSpeaker, path: Path): Hop | null {
    if (path.source.kind === 'imported') {
      const { vrf } = path.source;
      const { host, daemons } = speaker.snapshot;
      const other = [...this.#speakers.values()].find(
        ({ snapshot }) => snapshot.host === host && snapshot.daemons === daemons && snapshot.vrf === vrf,
      );
      return other ? { speaker: other, session: null } : null;
    }
    if (path.source.kind !== 'received') return null;
    const link = this.#links.get(speaker.snapshot.id)?.find(({ near }) => near.neighbour === path.peer.name);
    const other = link && this.#speakers.get(link.far.speaker);
    return link && other ? { speaker: other, session: { from: link.far, to: link.near, id: link.id } } : null;
  }

  #bgpRungs(hops: readonly Hop[]): readonly RoadRung[] {
    const rungs: RoadRung[] = [];
    hops.forEach((hop, index) => {
      const before = hops[index - 1]?.speaker;
      if (hop.session && before) rungs.push(this.#sessionRung(before, hop, hop.session));
      rungs.push(this.#tableRung(hop, before));
    });
    const last = hops.at(-1);
    if (last && hops.length > 1) rungs.push(this.#routeRung(last.speaker));
    return rungs;
  }

  #tableRung({ speaker, session }: Hop, before: FoundSpeaker | undefined): RoadRung {
    const { snapshot, instance } = speaker;
    const destination = this.#destination(speaker);
    const line = `show bgp${inVrf(speaker)} ${this.#prefix.family === 4 ? 'ipv4' : 'ipv6'} unicast`;
    const large = instance.rib(this.#family).destinations.size > LARGE_TABLE;
    return {
      kind: 'table',
      title: `BGP table, AS ${snapshot.asn}`,
      by: before ? 'bgpd' : `bgpd, ${originWord(destination)}`,
      place: placeOf(speaker),
      rows: destination
        ? large
          ? [`${destination.paths.length} paths, ${destination.reason ?? 'none chosen'}`]
          : this.#tableLines(speaker, line)
        : [],
      command: atVtysh(speaker, destination ? `${line} ${formatPrefix(this.#prefix)}` : line),
      remedy: destination ? '' : this.#whyNotInTable(speaker, session?.to ?? null, before),
      subject: { kind: 'speaker', id: snapshot.id },
    };
  }

  #whyNotInTable(speaker: FoundSpeaker, end: BgpSessionEnd | null, before: FoundSpeaker | undefined): string {
    const { snapshot, instance } = speaker;
    if (end === null) {
      const { redistribute } = instance.config.families[this.#family];
      return redistribute.has('kernel')
        ? 'bgpd takes it over once zebra has the kernel route as its chosen one.'
        : `router bgp ${snapshot.asn}${snapshot.vrf === 'default' ? '' : ` vrf ${snapshot.vrf}`}, address-family ${this.#prefix.family === 4 ? 'ipv4' : 'ipv6'} unicast: redistribute kernel`;
    }
    return whyNotTaken({ speaker, end }, this.#family, this.#prefix, before && this.#toldBy(before, end));
  }

  /** What the other side says that it sent over the session whose end here is `end`. */
  #toldBy(before: FoundSpeaker, end: BgpSessionEnd): PathAttributes | undefined {
    const link = this.#links.get(end.speaker)?.find(({ near }) => near === end);
    const peer = link && before.instance.peers.get(link.far.neighbour);
    return peer?.families.get(this.#family)?.advertised.to(this.#prefix)?.attributes;
  }

  #sessionRung(from: FoundSpeaker, { speaker: to }: Hop, session: NonNullable<Hop['session']>): RoadRung {
    const peer = from.instance.peers.get(session.from.neighbour);
    const family = peer?.families.get(this.#family);
    // The other end may be down while this one waits for its hold timer.
    const isUp = session.from.state === 'Established' && session.to.state === 'Established';
    const sent = isUp && family?.advertised.to(this.#prefix) !== undefined;
    const words = this.#prefix.family === 4 ? 'ipv4' : 'ipv6';
    return {
      kind: 'session',
      title: `UPDATE, AS ${from.snapshot.asn} to AS ${to.snapshot.asn}`,
      by: 'bgpd',
      place: `${placeOf(from)} to ${placeOf(to)}`,
      rows: sent ? [`${this.#short} sent to ${session.from.neighbour}, session ${session.from.state}`] : [],
      command: atVtysh(
        from,
        `show bgp${inVrf(from)} ${words} unicast neighbors ${session.from.neighbour} advertised-routes`,
      ),
      remedy: sent
        ? ''
        : !isUp
          ? whySessionDown(
              this.#world,
              { speaker: from, end: session.from },
              { speaker: to, end: session.to },
            )
          : whyNotSent(
              { speaker: from, end: session.from },
              this.#family,
              this.#prefix,
              this.#destination(from)?.paths.find(({ selected }) => selected),
            ),
      subject: { kind: 'bgp-session', id: session.id },
    };
  }

  #routeRung(speaker: FoundSpeaker): RoadRung {
    const { host, namespace, vrfDevice } = speaker.snapshot;
    const argv = [
      'ip',
      ...ipFamily(this.#prefix),
      'route',
      ...(vrfDevice === null ? [] : ['show', 'vrf', vrfDevice]),
    ];
    const rows = routeLines(this.#world, this.#prefix, { host, namespace, argv });
    const destination = this.#destination(speaker);
    const invalid = destination?.paths.every(({ valid }) => !valid) ?? false;
    return {
      kind: 'kernel',
      title: 'Kernel route',
      by: 'zebra',
      place: placeOf(speaker),
      rows,
      command: { host, namespace, line: argv.join(' ') },
      remedy:
        rows.length > 0
          ? ''
          : invalid
            ? 'No next hop of its paths can be reached.'
            : 'zebra has another route to it with a lower distance, or could not install it.',
      subject: { kind: 'speaker', id: speaker.snapshot.id },
    };
  }

  /** Lines of a BGP table for the prefix; further paths have no network column. */
  #tableLines(speaker: FoundSpeaker, line: string): readonly string[] {
    const argv = vtyshWords(speaker, line);
    const { text } = ask(this.#world, { title: '', host: speaker.snapshot.host, argv });
    const found: string[] = [];
    let inside = false;
    for (const row of text.split('\n')) {
      const network = /^[ *>=dhirsS]{2,4}\s*(\S+\/\d+|\S+:\S*)/.exec(row)?.[1];
      if (network !== undefined) inside = network === formatPrefix(this.#prefix);
      else if (!/^\s*[*>=]/.test(row)) inside = false;
      if (inside) found.push(row.trimEnd());
    }
    return found;
  }
}

/** How the prefix came into the first table of its road. */
function originWord(destination: Destination | undefined): string {
  const source = destination?.paths.find(({ selected }) => selected)?.source ?? destination?.paths[0]?.source;
  switch (source?.kind) {
    case 'network':
      return 'network';
    case 'aggregate':
      return 'aggregate-address';
    case 'imported':
      return 'import vrf';
    case 'received':
      return 'a neighbour';
    case 'redistributed':
    case undefined:
      return 'redistribute';
  }
}

/** What follows from an earlier gap needs no words of its own. */
function firstRemedyOnly(rungs: readonly RoadRung[]): readonly RoadRung[] {
  const gap = rungs.findIndex(({ rows }) => rows.length === 0);
  return rungs.map((rung, index) => (index > gap && gap >= 0 ? { ...rung, remedy: '' } : rung));
}

const placeOf = ({ snapshot: { host, namespace, vrf } }: FoundSpeaker): string =>
  [host, namespace, vrf === 'default' ? '' : vrf].filter((part) => part !== '').join(', ');

function atVtysh(speaker: FoundSpeaker, line: string): RoadRung['command'] {
  const words = vtyshWords(speaker, line);
  return {
    host: speaker.snapshot.host,
    namespace: '',
    line: [...words.slice(0, -1), `'${line}'`].join(' '),
  };
}
