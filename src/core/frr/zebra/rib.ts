/**
 * zebra's tables of routes: what every source brings, the one that is selected for each prefix, and the kernel brought in
 * line with it.
 */
import type { Clock } from '../../base/context.ts';
import type { RouteProtocol } from '../route-protocol.ts';
import type { FrrConfig } from '../config/frr-config.ts';
import type { Family, Prefix } from '../prefix.ts';
import type { KernelPort } from './kernel-port.ts';
import type { ZebraLink, ZebraLinks } from './links.ts';
import { NexthopGroups } from './nexthop-groups.ts';
import { mayUse } from './protocol-maps.ts';
import { resolveNexthop, type ResolveContext } from './resolve.ts';
import { fibRoute } from './route-forms.ts';
import { RouteTable, selectedEntry, type RouteEntry, type RouteNode } from './route.ts';
import { better, isSystem, sameSource, waysOf } from './selection.ts';

/** What the tables need of zebra. */
export interface RibParts {
  readonly config: FrrConfig;
  readonly kernel: KernelPort;
  readonly clock: Clock;
  readonly links: ZebraLinks;
  /** Another route of a prefix was selected, or none. */
  readonly selected: (prefix: Prefix, before: RouteEntry | undefined, best: RouteEntry | undefined) => void;
  /** Something changed that tracked next hops and statics may depend on. */
  readonly changed: () => void;
}

export class Rib {
  readonly #parts: RibParts;
  readonly #kernel: KernelPort;
  readonly #tables = new Map<string, RouteTable>();
  readonly #counts = new Map<string, { installs: number; removals: number }>();
  readonly groups: NexthopGroups;
  /** How next hops are found among these routes. */
  readonly context: ResolveContext;

  constructor(parts: RibParts) {
    this.#parts = parts;
    this.#kernel = parts.kernel;
    this.groups = new NexthopGroups(parts.kernel, parts.clock);
    this.context = this.#resolveContext();
  }

  /**
   * The routes of a VRF, or those of another of the kernel's tables; made when they are first asked for. A VRF that is not
   * there has none, and what is returned for it is not kept.
   */
  table(vrf: string, family: Family, id = this.#parts.links.tableOf(vrf)): RouteTable {
    const place = this.#parts.links.vrfs.get(vrf);
    if (place === undefined || id === undefined) return new RouteTable(family, vrf, 0);
    const key = `${place.namespace ?? ''} ${family} ${id}`;
    let table = this.#tables.get(key);
    if (!table) {
      table = new RouteTable(family, vrf, id);
      this.#tables.set(key, table);
    }
    return table;
  }

  /** A VRF came: the table that it is for is its own, with the routes that are there already, unless another VRF has it. */
  vrfCame(vrf: string): void {
    for (const family of [4, 6] as const) {
      const table = this.table(vrf, family);
      if (this.#parts.links.tableOf(table.vrf) !== table.id) table.vrf = vrf;
    }
  }

  /** A VRF goes: its tables go with all their routes, out of the kernel too. To be told before it is forgotten. */
  vrfGoes(vrf: string): ReadonlySet<RouteEntry> {
    const gone = new Set<RouteEntry>();
    for (const [key, table] of this.#tables) {
      if (table.vrf !== vrf) continue;
      for (const node of table.nodes()) {
        const selected = selectedEntry(node);
        for (const entry of node.entries.splice(0)) gone.add(entry);
        this.process(node, selected);
      }
      this.#tables.delete(key);
    }
    this.#counts.delete(vrf);
    return gone;
  }

  /** All tables that were asked for, by number. */
  tables(): readonly RouteTable[] {
    return [...this.#tables.values()].sort((a, b) => a.id - b.id);
  }

  /** The protocol's route to the prefix. */
  entry(vrf: string, prefix: Prefix, protocol: RouteProtocol): RouteEntry | undefined {
    return this.table(vrf, prefix.family)
      .find(prefix)
      ?.entries.find((entry) => entry.protocol === protocol);
  }

  /** A route of a protocol comes; it takes the place of the same protocol's. There are none of a VRF that is not there. */
  add(entry: RouteEntry): void {
    if (!this.#parts.links.vrfs.has(entry.vrf)) return;
    const node = this.table(entry.vrf, entry.prefix.family, entry.table).node(entry.prefix);
    const at = node.entries.findIndex((one) => sameSource(one, entry));
    const old = at < 0 ? undefined : node.entries[at];
    if (at >= 0) node.entries.splice(at, 1);
    node.entries.unshift(entry);
    this.process(node, old);
  }

  /** A route goes; nothing happens when there is none of `which`. `id`: of another table than the VRF's. */
  remove(vrf: string, prefix: Prefix, which: (entry: RouteEntry) => boolean, id?: number): void {
    const table = this.table(vrf, prefix.family, id);
    const node = table.find(prefix);
    const at = node?.entries.findIndex(which) ?? -1;
    if (!node || at < 0) return;
    const [old] = node.entries.splice(at, 1);
    this.process(node, old);
    table.prune(node);
  }

  /** Selects anew, and brings the kernel in line. `gone` is an entry that was just taken out. */
  process(node: RouteNode, gone?: RouteEntry): void {
    const before = gone?.selected ? gone : selectedEntry(node);
    let best: RouteEntry | undefined;
    for (const entry of node.entries) {
      entry.nexthops = entry.nexthops.map((hop) => {
        const resolved = resolveNexthop(hop, node.prefix, waysOf(entry), this.context);
        if (!resolved.active || mayUse(this.#parts.config, entry, resolved)) return resolved;
        return { ...resolved, active: false };
      });
      entry.nexthopGroup = this.groups.idOf(node.prefix.family, entry.nexthops);
      if (entry.nexthops.some((hop) => hop.active))
        best = best ? better(best, entry, this.#isLoopback) : entry;
    }
    for (const entry of node.entries) {
      entry.selected = entry === best;
      if (isSystem(entry)) entry.installed = entry.nexthops.some((hop) => hop.active);
    }
    this.#forward(node, before, best);
    const told = (entry: RouteEntry | undefined): RouteEntry | undefined =>
      entry && entry.table === this.#parts.links.tableOf(entry.vrf) ? entry : undefined;
    this.#parts.selected(node.prefix, told(before), told(best));
    this.#parts.changed();
  }

  readonly #isLoopback = (entry: RouteEntry): boolean => {
    const [hop] = entry.nexthops;
    return (
      hop?.interface != null && this.#parts.links.interface(entry.vrf, hop.interface)?.isLoopback === true
    );
  };

  #forward(node: RouteNode, before: RouteEntry | undefined, best: RouteEntry | undefined): void {
    const { family } = node.prefix;
    if (best && !isSystem(best)) {
      const id = this.#hold(best, family);
      if (best !== before || id !== best.installedNexthopGroup) this.#count(best.vrf).installs += 1;
      const done = this.#kernel.install(fibRoute(best, this.#kernel.nexthopObjects ? id : 0));
      best.installed = done;
      if (done) this.groups.installed(best.nexthopGroup);
      best.failed = !done;
      best.installedNexthopGroup = id;
    } else if (best && best !== before) {
      this.#count(best.vrf).installs += 1;
      best.installedNexthopGroup = this.#hold(best, family);
      this.groups.installed(best.nexthopGroup);
    }
    if (!before || before === best) return;
    this.groups.release(before.heldNexthopGroup);
    before.heldNexthopGroup = 0;
    if (isSystem(before)) return;
    before.installed = false;
    if (!best) this.#count(before.vrf).removals += 1;
    if (!best || isSystem(best)) this.#kernel.withdraw(fibRoute(before, before.installedNexthopGroup));
  }

  /** The route holds what its next hops are now, and no more what they were. */
  #hold(entry: RouteEntry, family: Family): number {
    const before = entry.heldNexthopGroup;
    entry.heldNexthopGroup = this.groups.use(family, entry.nexthops);
    this.groups.release(before);
    return entry.heldNexthopGroup;
  }

  /** How many routes went into the kernel, those included that it had by itself, and out of it. */
  kernelCounts(vrf: string): { readonly installs: number; readonly removals: number } {
    return this.#counts.get(vrf) ?? { installs: 0, removals: 0 };
  }

  #count(vrf: string): { installs: number; removals: number } {
    const known = this.#counts.get(vrf) ?? { installs: 0, removals: 0 };
    this.#counts.set(vrf, known);
    return known;
  }

  /** Route maps between zebra and the sources of routes may say otherwise now. */
  reprocessAll(): void {
    for (const table of this.#tables.values()) for (const node of table.nodes()) this.process(node);
  }

  /** Routes over an interface stand or fall with it; the kernel does not tell of those that it flushed. */
  reprocess(one: ZebraLink): void {
    for (const table of this.#tables.values()) {
      for (const node of table.nodes()) {
        if (!node.entries.some(({ nexthops }) => nexthops.some((hop) => hop.vrf === one.vrf))) continue;
        const gone = node.entries.find(
          (entry) =>
            entry.protocol === 'kernel' &&
            !one.up &&
            entry.nexthops.every((hop) => hop.ifindex === one.index),
        );
        if (gone) {
          node.entries.splice(node.entries.indexOf(gone), 1);
          this.process(node, gone);
          table.prune(node);
        } else if (node.entries.some((entry) => entry.protocol !== 'connected')) this.process(node);
      }
    }
  }

  #resolveContext(): ResolveContext {
    const { config, links } = this.#parts;
    return {
      table: (vrf, family) => this.table(vrf, family),
      operative: (name, vrf) => {
        const one = links.interface(vrf, name);
        return one?.operative === true ? one : undefined;
      },
      get viaDefault(): boolean {
        return config.globals.has('nht ip nht resolve-via-default');
      },
    };
  }
}
