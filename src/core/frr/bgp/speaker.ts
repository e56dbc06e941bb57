/** One BGP instance with everything in it: neighbours, tables, and the queue of prefixes that wait for a decision. */
import type { Context } from '../../base/context.ts';
import { parseAddress, type Address } from '../prefix.ts';
import { BGP_FAMILIES, type BgpFamily, type BgpInstanceConfig } from '../config/bgp-config.ts';
import type { FrrConfig } from '../config/frr-config.ts';
import { AsPathTable } from './as-path-table.ts';
import type { PathAttributes } from './attributes.ts';
import type { DistinguisherNumbers } from './distinguisher-numbers.ts';
import type { BgpInstance } from './instance.ts';
import { Neighbour } from './neighbour.ts';
import type { NextHopTable } from './next-hop-table.ts';
import { OwnLinks } from './own-links.ts';
import type { PathHop } from './path-hop.ts';
import type { Path } from './path.ts';
import type { Policy } from './policy.ts';
import { RibTable, type StoredDestination, type StoredPath } from './rib-table.ts';
import type { DaemonLog } from '../log/daemon-log.ts';
import type { Descriptors } from './descriptors.ts';
import type { RouteObserver } from './route-observer.ts';
import type { MessageLog } from './session-history.ts';
import type { Transport } from './transport.ts';
import type { GroupNumbers } from './update-group.ts';
import type { UpdateGroups } from './update-groups.ts';
import type { Zebra, ZebraInterface, ZebraNextHop } from './zebra-port.ts';

export const MILLISECOND = 1_000_000;
export const SECOND = 1_000_000_000;

/** What the daemon lends to each of its instances. */
export interface SpeakerHost {
  readonly context: Context;
  readonly config: FrrConfig;
  readonly policy: Policy;
  readonly zebra: Zebra;
  readonly transport: Transport;
  readonly nextHops: NextHopTable;
  /** By VRF, in the order configured. */
  readonly speakers: ReadonlyMap<string, Speaker>;
  readonly messages: MessageLog;
  readonly log: DaemonLog;
  readonly descriptors: Descriptors;
  readonly numbers: DistinguisherNumbers;
  readonly updateGroups: UpdateGroups;
  readonly observer?: RouteObserver;
  /** The interface of a VRF's layer 3 VNI; null without one. */
  evpnInterface(vrf: string): string | null;
  /** When the daemon began: for the restart bit. */
  readonly startedAt: number;
}

/** What an update group was told of a route, by what that hung on. */
interface JudgedRoute {
  readonly weighed: PathAttributes;
  readonly hop: PathHop;
  readonly told: PathAttributes | undefined;
}

/** How long a changed prefix waits for others, before all are decided: the hold of `bgp_process_queue_init`. */
const DECISION_DELAY = 50 * MILLISECOND;

/** `RMAP_DEFAULT_ORIGINATE_EVAL_TIMER`. */
const DEFAULT_ORIGINATE_DELAY = 5 * SECOND;

export class Speaker implements BgpInstance {
  readonly host: SpeakerHost;
  config: BgpInstanceConfig;
  readonly vrf: string;
  readonly asn: number;
  readonly peers = new Map<string, Neighbour>();
  readonly self: Neighbour;
  readonly startedAt: number;
  routerId = 0;
  removed = false;
  /** Runs the decision for one destination; set by who composes the parts. */
  decide: (destination: StoredDestination) => void = () => {};
  /** Told of each new choice, or that there is none any more; set likewise. */
  chosen: (destination: StoredDestination, best: StoredPath | undefined) => void = () => {};
  /** Judges `default-originate` with route maps again; set likewise. */
  judgeDefaults: () => void = () => {};
  /** Starts a neighbour that may come back; set likewise. */
  restart: (neighbour: Neighbour) => void = () => {};
  /** Sends what waits for a neighbour soon; set likewise. */
  flush: (neighbour: Neighbour) => void = () => {};
  readonly #ribs: Readonly<Record<BgpFamily, RibTable>>;
  readonly #queue = new Set<StoredDestination>();
  #runWaits = false;
  stopListening: (() => void) | null = null;
  readonly asPaths = new AsPathTable();
  /** IPv4 next hops as zebra is told of them, by address. */
  readonly plainNextHops = new Map<number, ZebraNextHop>();
  readonly groupNumbers: GroupNumbers = new Map();
  /** What update groups were told of the last route, while a run of decisions goes on; null: none does. */
  judged: Map<number, JudgedRoute> | null = null;
  readonly links: OwnLinks;
  /** The number in this instance's automatic distinguisher. */
  readonly number: number;

  constructor(host: SpeakerHost, config: BgpInstanceConfig) {
    this.host = host;
    this.config = config;
    this.vrf = config.vrf;
    this.links = new OwnLinks(host.zebra, config.vrf);
    this.asn = config.asn;
    this.number = host.numbers.take();
    this.startedAt = host.context.clock.now();
    this.self = new Neighbour('Static announcement', null, config.asn, null, this.startedAt, host.messages);
    const table = (family: BgpFamily): RibTable => new RibTable(family);
    this.#ribs = {
      'ipv4-unicast': table('ipv4-unicast'),
      'ipv6-unicast': table('ipv6-unicast'),
      'ipv4-vpn': table('ipv4-vpn'),
      'ipv6-vpn': table('ipv6-vpn'),
      'l2vpn-evpn': table('l2vpn-evpn'),
    };
  }

  get now(): number {
    return this.host.context.clock.now();
  }

  get vrfId(): number | null {
    return this.host.zebra.vrf(this.vrf)?.id ?? null;
  }

  rib(family: BgpFamily): RibTable {
    return this.#ribs[family];
  }

  *ribs(): Generator<RibTable> {
    for (const family of BGP_FAMILIES) yield this.#ribs[family];
  }

  /** Runs `act` after `delay` nanoseconds unless the instance is gone by then. */
  after(delay: number, act: () => void): () => void {
    return this.host.context.clock.after(delay, () => {
      if (!this.removed) act();
    });
  }

  interfaces(): readonly ZebraInterface[] {
    return this.links.all();
  }

  interfaceNamed(name: string): ZebraInterface | undefined {
    return this.interfaces().find((link) => link.name === name);
  }

  /** Asks for a new decision about a prefix. */
  schedule(destination: StoredDestination): void {
    destination.scheduled = true;
    this.#queue.add(destination);
    if (this.#runWaits) return;
    this.#runWaits = true;
    this.after(DECISION_DELAY, () => this.#run());
  }

  /** Whether prefixes wait for a decision. */
  get busy(): boolean {
    return this.#queue.size > 0;
  }

  #run(): void {
    this.#runWaits = false;
    const work = [...this.#queue];
    this.#queue.clear();
    this.judged = new Map();
    for (const destination of work) {
      destination.scheduled = false;
      this.decide(destination);
      destination.table.release(destination);
    }
    this.judged = null;
    this.#judgeDefaultsLater();
  }

  /** Whether `default-originate` with a route map is about to be judged again. */
  #defaultsWait = false;

  /** The table changed: what `default-originate`'s route maps find in it is judged again a while later. */
  #judgeDefaultsLater(): void {
    if (this.#defaultsWait) return;
    this.#defaultsWait = true;
    this.after(DEFAULT_ORIGINATE_DELAY, () => {
      this.#defaultsWait = false;
      this.judgeDefaults();
    });
  }

  sortedPeers(): readonly Neighbour[] {
    return [...this.peers.values()].sort(compareNeighbours);
  }

  multipathOf(path: Path): readonly Path[] {
    return path.destination.paths.filter((other) => other !== path && other.multipath);
  }

  /** What connections from an address must be signed with. */
  passwordOf(address: Address): string | null {
    for (const { address: own, options } of this.peers.values())
      if (own?.family === address.family && own.address === address.address) return options.password ?? null;
    return null;
  }

  /** The neighbour whose session address this is; `interfaceName` tells link-local ones apart. */
  neighbourAt(address: Address, interfaceName: string): Neighbour | undefined {
    for (const neighbour of this.peers.values()) {
      const own = neighbour.address;
      if (own === null || own.family !== address.family || own.address !== address.address) continue;
      if (neighbour.interface !== null && neighbour.interface !== interfaceName) continue;
      return neighbour;
    }
    return undefined;
  }
}

/** Neighbours with an interface name come before addresses, as bgpd sorts them. */
function compareNeighbours(a: Neighbour, b: Neighbour): number {
  const [first, second] = [a.config?.group ?? null, b.config?.group ?? null];
  if (first !== second) {
    if (first === null || second === null) return first === null ? 1 : -1;
    return first < second ? -1 : 1;
  }
  if (a.interface !== null && b.interface !== null) return compareNames(a.interface, b.interface);
  if (a.interface !== null) return -1;
  if (b.interface !== null) return 1;
  const left = parseAddress(a.name);
  const right = parseAddress(b.name);
  if (left === undefined || right === undefined) return compareNames(a.name, b.name);
  if (left.family !== right.family) return left.family - right.family;
  return left.address < right.address ? -1 : left.address > right.address ? 1 : 0;
}

/** Names with numbers in them: `swp2` before `swp10`. */
function compareNames(a: string, b: string): number {
  const split = (name: string): readonly [string, number] => {
    const match = /^(.*?)(\d+)?$/.exec(name);
    return [match?.[1] ?? name, match?.[2] === undefined ? -1 : Number(match[2])];
  };
  const [left, leftNumber] = split(a);
  const [right, rightNumber] = split(b);
  if (left !== right) return left < right ? -1 : 1;
  return leftNumber - rightNumber;
}
