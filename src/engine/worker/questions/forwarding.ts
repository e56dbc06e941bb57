/**
 * What the kernels' routes do with a prefix, seen over all speakers: who hands it to whom, and where that goes wrong. A
 * router that has the prefix itself (a local or connected route), or that is OVN's, is where the way ends.
 */
import { formatIpv4, formatIpv6 } from '../../../core/base/address.ts';
import { formatPrefix, type Family, type Prefix } from '../../../core/frr/prefix.ts';
import { fibLookup } from '../../../core/linux/route-lookup.ts';
import type { World } from '../../../core/sim/index.ts';
import type { Invariant } from '../../questions/bgp.ts';
import { findSpeakers, type FoundSpeaker } from '../routing-snapshot.ts';

const MOST_PREFIXES = 200;

export interface Finding {
  readonly invariant: Invariant;
  readonly text: string;
}

type Way =
  | { readonly kind: 'ends' }
  | { readonly kind: 'drops'; readonly why: string }
  /** To other speakers; none when they lead out of what is known. */
  | { readonly kind: 'goes'; readonly to: readonly string[] };

/** The prefixes of all speakers' unicast tables, some way known to each. */
export function routedPrefixes(world: World): readonly Prefix[] {
  const found = new Map<string, Prefix>();
  for (const { instance } of findSpeakers(world))
    for (const family of ['ipv4-unicast', 'ipv6-unicast'] as const)
      for (const { prefix, paths } of instance.rib(family).sorted())
        if (paths.length > 0) found.set(formatPrefix(prefix), prefix);
  return [...found.values()].slice(0, MOST_PREFIXES);
}

/** What is wrong with the ways of `prefixes`, each once. */
export function checkForwarding(
  world: World,
  prefixes: readonly Prefix[],
  invariants: readonly Invariant[],
): readonly Finding[] {
  const routers = new Routers(world);
  const found: Finding[] = [];
  const ways = new Map(prefixes.map((prefix) => [prefix, routers.waysOf(prefix)]));
  for (const [prefix, of] of ways) {
    const text = formatPrefix(prefix);
    if (invariants.includes('loop'))
      for (const circle of circlesOf(of))
        found.push({
          invariant: 'loop',
          text: `${text} goes round: ${circle.map((id) => routers.name(id)).join(' to ')}`,
        });
    if (invariants.includes('blackhole'))
      for (const [id, way] of of)
        for (const to of way.kind === 'goes' ? way.to : []) {
          const next = of.get(to);
          if (next?.kind === 'drops')
            found.push({
              invariant: 'blackhole',
              text: `${routers.name(id)} sends ${text} to ${routers.name(to)}, which ${next.why}`,
            });
        }
    if (invariants.includes('asymmetric')) found.push(...oneWay(prefix, ways, routers));
  }
  return found;
}

class Routers {
  readonly #world: World;
  readonly #speakers: readonly FoundSpeaker[];
  /** Addresses of the speakers' links. */
  readonly #owners = new Map<string, string>();

  constructor(world: World) {
    this.#world = world;
    this.#speakers = findSpeakers(world);
    for (const { snapshot } of this.#speakers) {
      const net = world.hosts.get(snapshot.host)?.kernel.namespaces.get(snapshot.namespace);
      for (const link of net?.links.values() ?? []) {
        const vrf = link.kind === 'vrf' ? link.name : link.master?.kind === 'vrf' ? link.master.name : null;
        if (vrf !== snapshot.vrfDevice || link.kind === 'lo') continue;
        for (const { local } of link.addresses4) this.#owners.set(formatIpv4(local), snapshot.id);
        for (const { address } of link.ipv6.addresses) this.#owners.set(formatIpv6(address), snapshot.id);
      }
    }
  }

  name(id: string): string {
    const snapshot = this.#speakers.find((one) => one.snapshot.id === id)?.snapshot;
    if (!snapshot) return id;
    const { host, namespace, vrf } = snapshot;
    return [host, namespace, vrf === 'default' ? '' : vrf].filter((word) => word !== '').join(' ');
  }

  waysOf(prefix: Prefix): ReadonlyMap<string, Way> {
    return new Map(this.#speakers.map((speaker) => [speaker.snapshot.id, this.#way(speaker, prefix)]));
  }

  #way({ snapshot }: FoundSpeaker, prefix: Prefix): Way {
    const net = this.#world.hosts.get(snapshot.host)?.kernel.namespaces.get(snapshot.namespace);
    if (!net) return { kind: 'drops', why: 'is gone' };
    const { vrfDevice } = snapshot;
    const host = this.#world.hosts.get(snapshot.host);
    // What comes to such a VRF's port is routed by OVN; the VRF has the routes for BGP to tell of.
    const ofOvn = [...net.links.values()].some(
      (link) => link.kind === 'internal' && link.master?.name === vrfDevice,
    );
    if (vrfDevice !== null && ofOvn && host?.controller) return { kind: 'ends' };
    const oif =
      vrfDevice === null ? 0 : ([...net.links.values()].find(({ name }) => name === vrfDevice)?.index ?? 0);
    const result = fibLookup(net, {
      family: prefix.family,
      destination: someAddressOf(prefix),
      source: 0n,
      tos: 0,
      mark: 0,
      iif: 0,
      oif,
    });
    if (result.kind === 'error')
      return {
        kind: 'drops',
        why: result.route === null ? 'has no route for it' : `has it as ${result.route.type}`,
      };
    const { route } = result;
    if (route.type === 'local') return { kind: 'ends' };
    const alive = route.nexthops.filter((hop) => !hop.dead && !hop.linkdown);
    if (alive.some(({ gateway }) => gateway === null)) return { kind: 'ends' };
    return {
      kind: 'goes',
      to: [
        ...new Set(
          alive.flatMap(({ gateway }) =>
            gateway === null ? [] : (this.#owners.get(addressText(gateway.family, gateway.address)) ?? []),
          ),
        ),
      ].filter((id) => id !== snapshot.id),
    };
  }
}

const addressText = (family: Family, address: bigint): string =>
  family === 4 ? formatIpv4(Number(address)) : formatIpv6(address);

/** The first address that a host can have. */
const someAddressOf = ({ family, address, length }: Prefix): bigint =>
  length < (family === 4 ? 31 : 127) ? address + 1n : address;

/** Each circle once, from its first router on and back to it. */
function circlesOf(ways: ReadonlyMap<string, Way>): readonly (readonly string[])[] {
  const circles = new Map<string, readonly string[]>();
  const done = new Set<string>();
  const walk = (id: string, path: readonly string[]): void => {
    const at = path.indexOf(id);
    if (at >= 0) {
      const circle = path.slice(at);
      circles.set(circle.toSorted().join(' '), [...circle, id]);
      return;
    }
    if (done.has(id)) return;
    const way = ways.get(id);
    for (const to of way?.kind === 'goes' ? way.to : []) walk(to, [...path, id]);
    done.add(id);
  };
  for (const id of ways.keys()) walk(id, []);
  return [...circles.values()];
}

/** The steps that packets may take from a router, as `a b`. */
function stepsFrom(id: string, ways: ReadonlyMap<string, Way>): ReadonlySet<string> {
  const steps = new Set<string>();
  const seen = new Set<string>();
  const walk = (from: string): void => {
    if (seen.has(from)) return;
    seen.add(from);
    const way = ways.get(from);
    for (const to of way?.kind === 'goes' ? way.to : []) {
      steps.add(`${from} ${to}`);
      walk(to);
    }
  };
  walk(id);
  return steps;
}

const endsOf = (ways: ReadonlyMap<string, Way>): readonly string[] =>
  [...ways].flatMap(([id, way]) => (way.kind === 'ends' ? [id] : []));

/** Routers whose packets to `prefix` take another way than the answers, by the first prefix of theirs that is known. */
function oneWay(
  prefix: Prefix,
  all: ReadonlyMap<Prefix, ReadonlyMap<string, Way>>,
  routers: Routers,
): Finding[] {
  const ways = all.get(prefix) ?? new Map<string, Way>();
  const [end, ...others] = endsOf(ways);
  // With several ends there is no one way back.
  if (end === undefined || others.length > 0) return [];
  const found: Finding[] = [];
  for (const id of ways.keys()) {
    const there = stepsFrom(id, ways);
    if (id === end || ![...there].some((step) => step.endsWith(` ${end}`))) continue;
    const back = [...all].find(
      ([other, of]) => other.family === prefix.family && endsOf(of).join(' ') === id,
    );
    if (!back) continue;
    const [other, of] = back;
    const returned = new Set([...stepsFrom(end, of)].map((step) => step.split(' ').toReversed().join(' ')));
    if (returned.size !== there.size || [...there].some((step) => !returned.has(step)))
      found.push({
        invariant: 'asymmetric',
        text: `${routers.name(id)} reaches ${formatPrefix(prefix)} on another way than ${routers.name(end)} reaches ${formatPrefix(other)}`,
      });
  }
  return found;
}
