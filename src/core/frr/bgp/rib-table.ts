/** The table of one family in one VRF, and the paths in it, as bgpd changes them. */
import { comparePrefixes, covers, formatPrefix, routeKey, widthOf, type Prefix } from '../prefix.ts';
import { prefixMask } from '../../base/address.ts';
import type { BgpFamily } from '../config/bgp-config.ts';
import type { ToldRoute } from './advertised-routes.ts';
import type { PathAttributes } from './attributes.ts';
import { sameButNextHop } from './equal-attributes.ts';
import { Destinations } from './destinations.ts';
import type { Neighbour } from './neighbour.ts';
import type { TrackedNextHop } from './next-hop-table.ts';
import type { PathHop } from './path-hop.ts';
import type { Destination, Path, PathSource, Rib, SelectionReason } from './path.ts';

/** What is true of a path, one bit each: a field each would be a third of its size. */
const FLAG = {
  valid: 1,
  selected: 2,
  multipath: 4,
  bestOfAs: 8,
  stale: 16,
  removed: 32,
  history: 64,
  damped: 128,
  nextHopAccessible: 256,
  attributesChanged: 512,
  multipathChanged: 1024,
  /** The next hop in `weighed` is another path's. */
  foreignHop: 2048,
} as const;

/** The bits above the flags count aggregates. */
const SUPPRESSORS = 16;

const MILLISECOND = 1_000_000;

export class StoredPath implements Path {
  readonly destination: StoredDestination;
  readonly source: PathSource;
  readonly addpathRxId: number;
  /** Of the attributes all but the next hop counts: the same object for paths to one prefix that differ in nothing else. */
  weighed: PathAttributes;
  hop: PathHop;
  #flags = 0;
  /** Whole milliseconds, which need no number of their own in memory. */
  #receivedAt: number;
  igpMetric = 0;
  /** The next hop that is watched for it; null without. */
  followed: TrackedNextHop | null = null;
  /** Its place among those that do. */
  followerPlace = 0;

  constructor(
    destination: StoredDestination,
    peer: Neighbour,
    source: PathSource,
    attributes: PathAttributes,
    receivedAt: number,
    addpathRxId = 0,
  ) {
    this.destination = destination;
    this.source = source;
    this.hop = peer.hopOf(attributes);
    this.weighed = this.#shared(attributes);
    this.#receivedAt = Math.floor(receivedAt / MILLISECOND);
    this.addpathRxId = addpathRxId;
  }

  get peer(): Neighbour {
    return this.hop.owner;
  }

  get receivedAt(): number {
    return this.#receivedAt * MILLISECOND;
  }

  set receivedAt(at: number) {
    this.#receivedAt = Math.floor(at / MILLISECOND);
  }

  get attributes(): PathAttributes {
    if ((this.#flags & FLAG.foreignHop) === 0) return this.weighed;
    const { nextHop, mpNextHop } = this.hop;
    return { ...this.weighed, nextHop, mpNextHop };
  }

  set attributes(attributes: PathAttributes) {
    this.hop = this.peer.hopOf(attributes);
    this.weighed = this.#shared(attributes);
  }

  #shared(attributes: PathAttributes): PathAttributes {
    if (this.source.kind === 'received')
      for (const path of this.destination.paths)
        if (path !== this && sameButNextHop(path.weighed, attributes)) {
          this.#set(FLAG.foreignHop, !this.hop.isOf(path.weighed));
          return path.weighed;
        }
    this.#set(FLAG.foreignHop, false);
    return attributes;
  }

  #set(flag: number, value: boolean): void {
    this.#flags = value ? this.#flags | flag : this.#flags & ~flag;
  }

  get valid(): boolean {
    return (this.#flags & FLAG.valid) !== 0;
  }

  set valid(value: boolean) {
    this.#set(FLAG.valid, value);
  }

  get selected(): boolean {
    return (this.#flags & FLAG.selected) !== 0;
  }

  set selected(value: boolean) {
    this.#set(FLAG.selected, value);
  }

  get multipath(): boolean {
    return (this.#flags & FLAG.multipath) !== 0;
  }

  set multipath(value: boolean) {
    this.#set(FLAG.multipath, value);
  }

  get bestOfAs(): boolean {
    return (this.#flags & FLAG.bestOfAs) !== 0;
  }

  set bestOfAs(value: boolean) {
    this.#set(FLAG.bestOfAs, value);
  }

  get stale(): boolean {
    return (this.#flags & FLAG.stale) !== 0;
  }

  set stale(value: boolean) {
    this.#set(FLAG.stale, value);
  }

  get removed(): boolean {
    return (this.#flags & FLAG.removed) !== 0;
  }

  set removed(value: boolean) {
    this.#set(FLAG.removed, value);
  }

  get history(): boolean {
    return (this.#flags & FLAG.history) !== 0;
  }

  set history(value: boolean) {
    this.#set(FLAG.history, value);
  }

  get damped(): boolean {
    return (this.#flags & FLAG.damped) !== 0;
  }

  set damped(value: boolean) {
    this.#set(FLAG.damped, value);
  }

  get nextHopAccessible(): boolean {
    return (this.#flags & FLAG.nextHopAccessible) !== 0;
  }

  set nextHopAccessible(value: boolean) {
    this.#set(FLAG.nextHopAccessible, value);
  }

  /** Attributes, or what zebra needs of them, changed since the last decision. */
  get attributesChanged(): boolean {
    return (this.#flags & FLAG.attributesChanged) !== 0;
  }

  set attributesChanged(value: boolean) {
    this.#set(FLAG.attributesChanged, value);
  }

  get multipathChanged(): boolean {
    return (this.#flags & FLAG.multipathChanged) !== 0;
  }

  set multipathChanged(value: boolean) {
    this.#set(FLAG.multipathChanged, value);
  }

  /** Aggregates that hold this path back. */
  get suppressors(): number {
    return this.#flags >>> SUPPRESSORS;
  }

  set suppressors(count: number) {
    this.#flags = (this.#flags & ((1 << SUPPRESSORS) - 1)) | (count << SUPPRESSORS);
  }

  get suppressed(): boolean {
    return this.suppressors > 0;
  }
}

export class StoredDestination implements Destination {
  readonly prefix: Prefix;
  paths: StoredPath[] = [];
  readonly table: RibTable;
  reason: SelectionReason | null = null;
  version = 0;
  ribFailure = false;
  /** In the queue of the decision process. */
  scheduled = false;
  readonly number: number;
  /** What a neighbour was told last; others that are told the same share it. */
  told: ToldRoute | null = null;

  constructor(table: RibTable, prefix: Prefix, number: number) {
    this.table = table;
    this.number = number;
    this.prefix = prefix;
  }

  get key(): string {
    return routeKey(this.prefix);
  }

  get selected(): StoredPath | undefined {
    for (const path of this.paths) if (path.selected) return path;
    return undefined;
  }
}

/** What follows from a decision in a table that is no instance's own. */
export type ChosenListener = (
  destination: StoredDestination,
  old: StoredPath | undefined,
  best: StoredPath | undefined,
) => void;

export class RibTable implements Rib {
  readonly family: BgpFamily;
  /** Null: zebra and the neighbours are told, as of an instance's table. */
  readonly chosen: ChosenListener | null;
  readonly destinations = new Destinations();
  /** Of each distinguisher's own table, which counts for itself. */
  readonly #versions = new Map<bigint, number>();
  version = 0;
  #sorted: StoredDestination[] | null = null;
  /** Numbers of destinations that are gone. */
  readonly #free: number[] = [];
  readonly #copies = new Map<string, { readonly prefix: Prefix; readonly count: number }>();

  constructor(family: BgpFamily, chosen: ChosenListener | null = null) {
    this.family = family;
    this.chosen = chosen;
  }

  find(prefix: Prefix): StoredDestination | undefined {
    return this.destinations.find(prefix);
  }

  /** The destination of a prefix, made when it is new. */
  at(prefix: Prefix): StoredDestination {
    const known = this.find(prefix);
    if (known !== undefined) return known;
    const number = this.#free.pop() ?? this.destinations.size;
    const made = new StoredDestination(this, prefix, number);
    this.destinations.add(made);
    this.#sorted = null;
    return made;
  }

  versionOf(distinguisher: bigint): number {
    return this.#versions.get(distinguisher) ?? 0;
  }

  /** The choice for a destination changed: its table has another version, and so has it. */
  bump(destination: StoredDestination): void {
    const { distinguisher } = destination.prefix;
    if (distinguisher === undefined) {
      this.version += 1;
      destination.version = this.version;
    } else {
      destination.version = this.versionOf(distinguisher) + 1;
      this.#versions.set(distinguisher, destination.version);
    }
  }

  /** Forgets a destination without paths. */
  release(destination: StoredDestination): void {
    if (destination.paths.length > 0 || destination.scheduled) return;
    if (!this.destinations.delete(destination)) return;
    this.#sorted = null;
    this.#free.push(destination.number);
  }

  sorted(): readonly StoredDestination[] {
    this.#sorted ??= [...this.destinations.values()].sort((a, b) => comparePrefixes(a.prefix, b.prefix));
    return this.#sorted;
  }

  /** A copy of what a neighbour sent is kept (or no more): its prefix has a node whether or not a path came of it. */
  keepCopy(prefix: Prefix, kept: boolean): void {
    const key = routeKey(prefix);
    const count = (this.#copies.get(key)?.count ?? 0) + (kept ? 1 : -1);
    if (count <= 0) this.#copies.delete(key);
    else this.#copies.set(key, { prefix, count });
  }

  /** A tree of prefixes has one node a prefix, and one wherever two of them part below neither. */
  get nodeCount(): number {
    const nodes = new Set<string>();
    const bare = [...this.#copies.values()].filter(({ prefix }) => this.find(prefix) === undefined);
    const all = [
      ...this.sorted().map(({ prefix }) => treePrefix(prefix)),
      ...bare.map(({ prefix }) => treePrefix(prefix)),
    ];
    if (bare.length > 0) all.sort(comparePrefixes);
    all.forEach((prefix, index) => {
      nodes.add(formatPrefix(prefix));
      const next = all[index + 1];
      if (next !== undefined) nodes.add(formatPrefix(commonPrefix(prefix, next)));
    });
    return nodes.size;
  }

  longestMatch(prefix: Prefix): StoredDestination | undefined {
    const width = widthOf(prefix.family);
    for (let length = prefix.length; length >= 0; length -= 1) {
      const address = prefix.address & prefixMask(length, width);
      const found = this.find({ family: prefix.family, address, length });
      if (found !== undefined && found.paths.length > 0) return found;
    }
    return undefined;
  }
}

/** Tables of VPNs are trees of distinguishers, each with a table of its own. */
const treePrefix = (prefix: Prefix): Prefix =>
  prefix.distinguisher === undefined
    ? prefix
    : { family: 6, address: prefix.distinguisher << 64n, length: 64 };

function commonPrefix(a: Prefix, b: Prefix): Prefix {
  if (covers(a, b)) return a;
  const width = widthOf(a.family);
  const difference = a.address ^ b.address;
  const same = difference === 0n ? width : width - difference.toString(2).length;
  const length = Math.min(a.length, b.length, same);
  return { family: a.family, address: a.address & prefixMask(length, width), length };
}
