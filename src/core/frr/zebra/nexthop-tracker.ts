/** Next hops and prefixes that bgpd wants to know about: answered at once, and again whenever the answer changes. */
import type { NextHopAnswer, ZebraListener, ZebraNextHop } from '../bgp/zebra-port.ts';
import { sameValue } from '../same-value.ts';
import { formatPrefix, type Prefix } from '../prefix.ts';
import type { ResolveContext } from './resolve.ts';
import { forwardingNexthops, selectedEntry, type RouteEntry, type RouteNexthop } from './route.ts';

interface Tracked {
  readonly vrf: string;
  readonly prefix: Prefix;
  readonly kind: 'next-hop' | 'import-check';
  /** The last answer; undefined before the first. */
  answer: NextHopAnswer | undefined;
}

function asPortHop(hop: RouteNexthop): ZebraNextHop {
  if (hop.kind === 'blackhole') return { kind: 'blackhole', vrf: hop.vrf };
  if (hop.gateway === null)
    return { kind: 'interface', interface: hop.interface ?? '', vrf: hop.vrf, weight: hop.weight };
  return {
    kind: 'gateway',
    gateway: hop.gateway,
    interface: hop.interface,
    vrf: hop.vrf,
    weight: hop.weight,
  };
}

export class NexthopTracker {
  readonly #tracked = new Map<string, Tracked>();
  readonly #context: ResolveContext;
  readonly #tell: (say: (listener: ZebraListener) => void) => void;

  constructor(context: ResolveContext, tell: (say: (listener: ZebraListener) => void) => void) {
    this.#context = context;
    this.#tell = tell;
  }

  track(vrf: string, prefix: Prefix, kind: Tracked['kind'], wanted: boolean): void {
    const key = `${vrf} ${formatPrefix(prefix)} ${kind}`;
    if (!wanted) this.#tracked.delete(key);
    else {
      const entry: Tracked = { vrf, prefix, kind, answer: undefined };
      this.#tracked.set(key, entry);
      this.#answer(entry);
    }
  }

  /** Says what has changed. */
  update(): void {
    for (const entry of this.#tracked.values()) this.#answer(entry);
  }

  #answer(tracked: Tracked): void {
    const answer = this.lookup(tracked);
    if (sameValue(answer, tracked.answer)) return;
    tracked.answer = answer;
    this.#tell((listener) => listener.nextHopChanged(answer, tracked.kind));
  }

  /** What the routing table says of it now. */
  lookup({ vrf, prefix, kind }: Pick<Tracked, 'vrf' | 'prefix' | 'kind'>): NextHopAnswer {
    const none: NextHopAnswer = { vrf, prefix, metric: 0, protocol: null, connected: false, nextHops: [] };
    const table = this.#context.table(vrf, prefix.family);
    const nodes = kind === 'import-check' ? [table.find(prefix)] : table.covering(prefix.address);
    for (const node of nodes) {
      if (!node) continue;
      if (kind === 'next-hop' && node.prefix.length === 0 && !this.#context.viaDefault) return none;
      const entry: RouteEntry | undefined = selectedEntry(node);
      if (!entry?.installed) continue;
      return {
        vrf,
        prefix,
        metric: entry.metric,
        protocol: entry.protocol,
        connected: entry.protocol === 'connected',
        nextHops: forwardingNexthops(entry.nexthops).map(asPortHop),
      };
    }
    return none;
  }
}
