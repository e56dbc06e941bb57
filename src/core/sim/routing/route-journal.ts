/** What came into the tables of the world's bgpds, moved in them and went, with the moment and the reason of each; the newest are kept. */
import type { Clock } from '../../base/context.ts';
import type { BgpInstance } from '../../frr/bgp/instance.ts';
import type { Destination, Path } from '../../frr/bgp/path.ts';
import type { Peer } from '../../frr/bgp/peer.ts';
import type { RouteObserver } from '../../frr/bgp/route-observer.ts';
import type { BgpFamily } from '../../frr/config/bgp-config.ts';
import { routeKey, type Prefix } from '../../frr/prefix.ts';
import { notificationText, RESET_TEXT } from '../../frr/bgp/reset-text.ts';

export interface RouteChange {
  /** Simulated nanoseconds. */
  readonly at: number;
  /** Machine, pathspace and VRF, as `a//default`. */
  readonly speaker: string;
  readonly family: BgpFamily;
  readonly prefix: Prefix;
  /** `refused`: a neighbour announced it and it was not taken. */
  readonly kind: 'came' | 'moved' | 'went' | 'refused';
  /** Why it went or was refused; how it is reached now. */
  readonly text: string;
}

/** Changes that are kept at least; a quarter more are there before old ones go. */
const KEPT = 20_000;

/** Routes that come back to where they were made are refused all the time: that is how BGP works. */
const USUAL: ReadonlySet<string> = new Set([
  'as-path contains our own AS;',
  'originator is us;',
  'reflected from the same cluster;',
]);

const OBSERVED: ReadonlySet<BgpFamily> = new Set(['ipv4-unicast', 'ipv6-unicast', 'l2vpn-evpn']);

/** How a prefix is reached, as far as a change of it is worth telling. */
interface Way {
  readonly from: string;
  readonly med: number | null;
  readonly paths: number;
}

export class RouteJournal {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #changes: RouteChange[] = [];
  readonly #listeners: (() => void)[] = [];

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** Oldest first. */
  get changes(): readonly RouteChange[] {
    return this.#changes;
  }

  /** What was noted so far is of no interest any more. */
  clear(): void {
    this.#changes.length = 0;
  }

  /** Calls `listener` whenever a router's configuration or its set of daemons was changed, or a `clear` started something anew. */
  onConfigured(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** A router was configured or cleared, or one of its daemons started or ended. */
  configured(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Takes down what the bgpd of `daemons` (machine and pathspace) decides. */
  observer(daemons: string): RouteObserver {
    const ways = new Map<string, Way>();
    const refusals = new Map<string, string>();
    const keyOf = ({ vrf }: BgpInstance, family: BgpFamily, prefix: Prefix): string =>
      `${vrf} ${family} ${routeKey(prefix)}`;
    const note = (
      instance: BgpInstance,
      family: BgpFamily,
      prefix: Prefix,
      kind: RouteChange['kind'],
      text: string,
    ): void =>
      this.#add({
        at: this.#clock.now(),
        speaker: `${daemons}/${instance.vrf}`,
        family,
        prefix,
        kind,
        text,
      });
    return {
      decided: (instance, family, destination, old, best) => {
        if (!OBSERVED.has(family)) return;
        const { prefix } = destination;
        const key = keyOf(instance, family, prefix);
        if (best === undefined) {
          ways.delete(key);
          if (old === undefined) return;
          const refusal = refusals.get(`${key} ${old.peer.name}`);
          note(instance, family, prefix, 'went', whyGone(instance, old, refusal));
          return;
        }
        refusals.delete(`${key} ${best.peer.name}`);
        const way = wayOf(instance, destination, best);
        const before = ways.get(key);
        ways.set(key, way);
        if (old === undefined || before === undefined)
          note(instance, family, prefix, 'came', `from ${way.from}`);
        else {
          const text = movedText(before, way);
          if (text !== '') note(instance, family, prefix, 'moved', text);
        }
      },
      refused: (instance, family, prefix, peer, why) => {
        if (!OBSERVED.has(family) || USUAL.has(why)) return;
        const key = `${keyOf(instance, family, prefix)} ${peer.name}`;
        if (refusals.get(key) === why) return;
        refusals.set(key, why);
        note(instance, family, prefix, 'refused', `from ${peer.name}: ${why.replace(/;$/, '')}`);
      },
      ended: (instance) => {
        for (const family of OBSERVED)
          for (const { prefix, paths } of instance.rib(family).destinations.values()) {
            ways.delete(keyOf(instance, family, prefix));
            if (paths.some(({ selected }) => selected))
              note(instance, family, prefix, 'went', 'its bgpd or instance ended');
          }
      },
      clearing: () => this.configured(),
    };
  }

  #add(change: RouteChange): void {
    this.#changes.push(change);
    if (this.#changes.length > 1.25 * KEPT) this.#changes.splice(0, this.#changes.length - KEPT);
  }
}

function wayOf(instance: BgpInstance, { paths }: Destination, best: Path): Way {
  return {
    from: sourceOf(instance, best),
    med: best.attributes.med,
    paths: 1 + paths.filter((path) => path !== best && path.multipath && !path.removed).length,
  };
}

function sourceOf(instance: BgpInstance, { peer, source }: Path): string {
  if (source.kind === 'imported') return `VRF ${source.vrf}`;
  if (peer !== instance.self) return peer.name;
  switch (source.kind) {
    case 'redistributed':
      return `its own ${source.protocol} routes`;
    case 'aggregate':
      return 'its own aggregate';
    default:
      return 'its own configuration';
  }
}

const count = (paths: number): string => `${paths} ${paths === 1 ? 'path' : 'paths'}`;

function movedText(before: Way, now: Way): string {
  const parts: string[] = [];
  if (before.from !== now.from) parts.push(`from ${now.from}, before from ${before.from}`);
  if (before.paths !== now.paths) parts.push(`over ${count(now.paths)}, before ${before.paths}`);
  if (before.med !== now.med) parts.push(`metric ${now.med ?? 'none'}, before ${before.med ?? 'none'}`);
  return parts.join('; ');
}

function whyGone(instance: BgpInstance, path: Path, refusal: string | undefined): string {
  const { peer, source } = path;
  if (source.kind === 'imported') return `VRF ${source.vrf} has it no more`;
  if (peer === instance.self)
    return source.kind === 'redistributed'
      ? `no ${source.protocol} route for it any more`
      : source.kind === 'aggregate'
        ? 'no part of the aggregate is left'
        : 'no longer configured, or not in the routing table';
  const { lastDown } = peer;
  // It may stand again by now.
  if (lastDown !== null && lastDown.at >= path.receivedAt)
    return `the session with ${peer.name} ended: ${endOf(lastDown)}`;
  if (peer.state !== 'Established') return `the session with ${peer.name} ended: ${endOf(peer.lastReset)}`;
  if (refusal !== undefined) return `refused from ${peer.name}: ${refusal.replace(/;$/, '')}`;
  if (!path.removed && !path.valid) return `the next hop given by ${peer.name} is not reachable`;
  return `withdrawn by ${peer.name}`;
}

/** Why a session ended, in bgpd's words. */
function endOf({ reason, notification }: Peer['lastReset']): string {
  const isToldOf = reason === 'notification-received' || reason === 'notification-sent';
  if (!isToldOf || notification === null) return RESET_TEXT[reason];
  return `${notificationText(notification)} (${reason === 'notification-sent' ? 'sent' : 'received'})`;
}
