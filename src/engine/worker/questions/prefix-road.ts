/**
 * The road of a prefix: from the northbound row over northd, ovn-controller, the kernel, bgpd and its sessions to a router's
 * own table. Each rung shows what the command there prints; the first that is missing says what would make it appear.
 */
import { formatPrefix, type Prefix } from '../../../core/frr/prefix.ts';
import type { BgpFamily } from '../../../core/frr/config/bgp-config.ts';
import type { PathAttributes } from '../../../core/frr/bgp/attributes.ts';
import type { Destination } from '../../../core/frr/bgp/path.ts';
import type { Host, World } from '../../../core/sim/index.ts';
import type { BgpSessionEnd } from '../../snapshot.ts';
import type { KnownPrefix, PrefixRoad, RoadRung } from '../../questions/prefix-road.ts';
import type { Databases } from '../because.ts';
import { ask } from '../inspect.ts';
import { findSpeakers, inVrf, vtyshWords, type FoundSpeaker } from '../routing-snapshot.ts';
import { databasePrefixes, readPrefix, shortText, type AdvertisingRouter } from './prefix-origin.ts';
import {
  whyNotImported,
  whyNotRedistributed,
  whyNotSent,
  whyNotTaken,
  whySessionDown,
} from './prefix-gaps.ts';
import { whyElsewhere, type Elsewhere } from './prefix-elsewhere.ts';
import { ipFamily, routeLines, trunkRungs } from './prefix-trunk.ts';
import { Ways, type Hop, type Origin, type Way } from './prefix-speakers.ts';

const MOST_PREFIXES = 1000;
/** A larger table is not printed whole to show one line of it. */
const LARGE_TABLE = 5000;

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
  readonly #ways: Ways;

  constructor(world: World, databases: Databases, prefix: Prefix) {
    this.#world = world;
    this.#databases = databases;
    this.#prefix = prefix;
    this.#short = shortText(prefix);
    this.#family = prefix.family === 4 ? 'ipv4-unicast' : 'ipv6-unicast';
    this.#ways = new Ways(world, databases, prefix);
  }

  roads(): readonly PrefixRoad[] {
    const roads: PrefixRoad[] = [];
    const ways = this.#ways;
    const elsewhere: Elsewhere = {
      holders: [...ways.speakers.values()].filter((one) => ways.destination(one)),
      neighboursOf: (id) =>
        ways
          .linksOf(id)
          .filter(({ near, far }) => near.state === 'Established' && far.state === 'Established')
          .map(({ far }) => far.speaker),
      routers: ways.routers,
      place: placeOf,
    };
    for (const speaker of ways.speakers.values()) {
      const way = ways.to(speaker);
      if (!way) continue;
      roads.push({
        to: speaker.snapshot.id,
        why: ways.destination(speaker) ? '' : whyElsewhere(speaker, elsewhere),
        rungs: firstRemedyOnly([...this.#trunk(way.origin), ...this.#bgpRungs(way, speaker)]),
      });
    }
    if (roads.length > 0) return roads;
    const { first } = ways;
    const isKnown = first !== undefined || ways.causes.length > 0;
    return isKnown
      ? [{ to: null, why: '', rungs: firstRemedyOnly(this.#trunk(first ?? { router: null, host: null })) }]
      : [];
  }

  /** Nothing where no router of OVN meets the first speaker: the prefix begins in its table. */
  #trunk(
    origin: { readonly router: AdvertisingRouter | null; readonly host: Host | null } | null,
  ): readonly RoadRung[] {
    if (origin === null) return [];
    const { router, host } = origin;
    const cause = router === null ? this.#ways.causes[0] : this.#ways.causeFor(router);
    return trunkRungs(this.#world, this.#databases, router, host, { prefix: this.#prefix, cause });
  }

  #bgpRungs({ origin, silent, hops, arrives }: Way, target: FoundSpeaker): readonly RoadRung[] {
    const rungs: RoadRung[] = [];
    if (silent && origin) rungs.push(this.#silentRung(origin, target));
    hops.forEach((hop, index) => {
      const before = hops[index - 1]?.speaker;
      if (hop.session && before) rungs.push(this.#sessionRung(before, hop, hop.session));
      rungs.push(this.#tableRung(hop, before, silent ? (origin?.router.vrf ?? null) : null));
    });
    const last = hops.at(-1);
    if (!arrives) {
      rungs.push(
        this.#absentSessionRung(last ? placeOf(last.speaker) : (origin?.host?.name ?? 'there'), target),
      );
      rungs.push(this.#tableRung({ speaker: target, session: null }, undefined, null));
    }
    if (rungs.length > 1) rungs.push(this.#routeRung(target));
    return rungs;
  }

  /** OVN's routes are in a VRF in which no bgpd speaks. */
  #silentRung({ router: { vrf }, host }: Origin, target: FoundSpeaker): RoadRung {
    const daemons = host?.routing.get('');
    const isRunning = daemons?.bgpd != null;
    const asn = [...this.#ways.speakers.values()].find(({ routing }) => routing === daemons)?.snapshot.asn;
    return {
      kind: 'table',
      title: `BGP table in ${vrf}`,
      by: 'bgpd, redistribute',
      place: host === null ? vrf : `${host.name}, ${vrf}`,
      rows: [],
      command: host && {
        host: host.name,
        namespace: '',
        line: `vtysh -c 'show bgp vrf ${vrf} ${this.#words} unicast'`,
      },
      remedy: isRunning
        ? `No bgpd speaks in ${vrf}: router bgp ${asn ?? 'ASN'} vrf ${vrf}, address-family ${this.#words} unicast: redistribute kernel`
        : `bgpd does not run${host === null ? '' : ` on ${host.name}`}: systemctl start frr. It needs router bgp ASN vrf ${vrf} with redistribute kernel, and a neighbour towards ${placeOf(target)}.`,
      subject: null,
    };
  }

  /** No session is configured that leads on. */
  #absentSessionRung(start: string, to: FoundSpeaker): RoadRung {
    return {
      kind: 'session',
      title: `UPDATE to AS ${to.snapshot.asn}`,
      by: 'bgpd',
      place: `${start} to ${placeOf(to)}`,
      rows: [],
      command: atVtysh(to, `show bgp${inVrf(to)} ${this.#words} unicast summary`),
      remedy: `No session leads from ${start} to ${placeOf(to)}, nor over other routers: each end needs the other as its neighbor.`,
      subject: { kind: 'speaker', id: to.snapshot.id },
    };
  }

  get #words(): 'ipv4' | 'ipv6' {
    return this.#prefix.family === 4 ? 'ipv4' : 'ipv6';
  }

  /** `beside`: the VRF from which it would be imported, where no speaker before says so. */
  #tableRung({ speaker, session }: Hop, before: FoundSpeaker | undefined, beside: string | null): RoadRung {
    const { snapshot, instance } = speaker;
    const destination = this.#ways.destination(speaker);
    const line = `show bgp${inVrf(speaker)} ${this.#words} unicast`;
    const large = instance.rib(this.#family).destinations.size > LARGE_TABLE;
    return {
      kind: 'table',
      title: `BGP table, AS ${snapshot.asn}`,
      by: session ? 'bgpd' : `bgpd, ${before ? 'import vrf' : originWord(destination)}`,
      place: placeOf(speaker),
      rows: destination
        ? large
          ? [`${destination.paths.length} paths, ${destination.reason ?? 'none chosen'}`]
          : this.#tableLines(speaker, line)
        : [],
      command: atVtysh(speaker, destination ? `${line} ${formatPrefix(this.#prefix)}` : line),
      remedy: destination
        ? ''
        : session && before
          ? whyNotTaken(
              { speaker, end: session.to },
              this.#family,
              this.#prefix,
              this.#toldBy(before, session.to),
            )
          : before || beside !== null
            ? whyNotImported(speaker, this.#family, before?.snapshot.vrf ?? beside ?? '')
            : whyNotRedistributed(speaker, this.#family),
      subject: { kind: 'speaker', id: snapshot.id },
    };
  }

  /** What the other side says that it sent over the session whose end here is `end`. */
  #toldBy(before: FoundSpeaker, end: BgpSessionEnd): PathAttributes | undefined {
    const link = this.#ways.linksOf(end.speaker).find(({ near }) => near === end);
    const peer = link && before.instance.peers.get(link.far.neighbour);
    return peer?.families.get(this.#family)?.advertised.to(this.#prefix)?.attributes;
  }

  #sessionRung(from: FoundSpeaker, { speaker: to }: Hop, session: NonNullable<Hop['session']>): RoadRung {
    const peer = from.instance.peers.get(session.from.neighbour);
    const family = peer?.families.get(this.#family);
    // The other end may be down while this one waits for its hold timer.
    const isUp = session.from.state === 'Established' && session.to.state === 'Established';
    const sent = isUp && family?.advertised.to(this.#prefix) !== undefined;
    return {
      kind: 'session',
      title: `UPDATE, AS ${from.snapshot.asn} to AS ${to.snapshot.asn}`,
      by: 'bgpd',
      place: `${placeOf(from)} to ${placeOf(to)}`,
      rows: sent ? [`${this.#short} sent to ${session.from.neighbour}, session ${session.from.state}`] : [],
      command: atVtysh(
        from,
        `show bgp${inVrf(from)} ${this.#words} unicast neighbors ${session.from.neighbour} advertised-routes`,
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
              this.#ways.destination(from)?.paths.find(({ selected }) => selected),
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
    const destination = this.#ways.destination(speaker);
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
