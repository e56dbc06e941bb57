/** Routes of one protocol handed to bgpd: those that are selected, as long as they are. */
import type { RouteProtocol } from '../route-protocol.ts';
import type { RedistributedRoute, ZebraListener } from '../bgp/zebra-port.ts';
import { isLinkLocal, type Family, type Prefix } from '../prefix.ts';
import { selectedEntry, type RouteEntry, type RouteTable } from './route.ts';

const keyOf = (vrf: string, family: Family, protocol: RouteProtocol): string =>
  `${vrf} ${family} ${protocol}`;

/** Prefixes that never leave a host. */
const isPrivateToHost = (prefix: Prefix): boolean =>
  prefix.family === 4
    ? prefix.length > 0 && prefix.address >> 24n === 127n
    : isLinkLocal(prefix) || (prefix.length === 128 && prefix.address === 1n);

const asRedistributed = (entry: RouteEntry): RedistributedRoute => {
  const [hop] = entry.nexthops;
  return {
    prefix: entry.prefix,
    protocol: entry.protocol,
    instance: entry.instance === 0 ? null : entry.instance,
    metric: entry.metric,
    tag: entry.tag,
    distance: entry.distance,
    nextHop: hop?.gateway ?? null,
    interface: hop?.interface ?? null,
  };
};

export class Redistribution {
  readonly #wanted = new Set<string>();
  readonly #table: (vrf: string, family: Family) => RouteTable;
  readonly #tell: (say: (listener: ZebraListener) => void) => void;

  constructor(
    table: (vrf: string, family: Family) => RouteTable,
    tell: (say: (listener: ZebraListener) => void) => void,
  ) {
    this.#table = table;
    this.#tell = tell;
  }

  want(vrf: string, family: Family, protocol: RouteProtocol, wanted: boolean): void {
    const key = keyOf(vrf, family, protocol);
    if (!wanted) {
      this.#wanted.delete(key);
      return;
    }
    if (this.#wanted.has(key)) return;
    this.#wanted.add(key);
    for (const node of this.#table(vrf, family).nodes()) {
      const entry = selectedEntry(node);
      if (entry?.protocol === protocol) this.#say(entry, true);
    }
  }

  /** The selection of a prefix went from one route to another. */
  selected(prefix: Prefix, before: RouteEntry | undefined, now: RouteEntry | undefined): void {
    const wants = (entry: RouteEntry | undefined): entry is RouteEntry =>
      entry !== undefined && this.#wanted.has(keyOf(entry.vrf, prefix.family, entry.protocol));
    if (wants(now)) {
      if (now !== before) this.#say(now, true);
    }
    if (wants(before) && before !== now && !(wants(now) && now.protocol === before.protocol))
      this.#say(before, false);
  }

  #say(entry: RouteEntry, present: boolean): void {
    if (isPrivateToHost(entry.prefix)) return;
    const route = asRedistributed(entry);
    this.#tell((listener) => listener.redistributed(entry.vrf, route, present));
  }
}
