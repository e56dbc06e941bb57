/** The configured lists and route maps, as bgpd asks them (route maps: `lib/routemap` of FRR, whose matrix this follows). */
import { present } from '../../base/assert.ts';
import type { AsPath } from '../bgp/attributes.ts';
import type { Policy, RouteMapInput, RouteMapVerdict } from '../bgp/policy.ts';
import type { FrrConfig } from '../config/frr-config.ts';
import type { PrefixList, RouteMap, RouteMapEntry } from '../config/policy-config.ts';
import { network, type Prefix } from '../prefix.ts';
import type { Evaluation, MatchOutcome, PrefixListHits } from './evaluation.ts';
import { judgeAccess, judgeAsPath, judgePrefix } from './lists.ts';
import { MATCH_RULES } from './match-rules.table.ts';
import { SET_RULES } from './set-rules.table.ts';

const MATCHES = new Map(MATCH_RULES.map((rule) => [rule.rule, rule]));
const SETS = new Map(SET_RULES.map((rule) => [rule.rule, rule]));

/** Route maps that call one another deeper than this deny. */
const CALL_LIMIT = 10;

function matchEntry(entry: RouteMapEntry, run: Evaluation): MatchOutcome {
  // A rule of another daemon is none to bgpd: an entry with no other matches everything.
  for (const { rule, argument } of entry.matches)
    if (present(MATCHES.get(rule), `match ${rule}`).test(argument, run) === 'no-match') return 'no-match';
  return 'match';
}

const covers = (outer: Prefix, inner: Prefix): boolean =>
  outer.family === inner.family &&
  outer.length <= inner.length &&
  network({ ...inner, length: outer.length }).address === network(outer).address;

/** How often a route map and its entries were asked, for `show route-map`. */
export interface RouteMapCounters {
  invoked: number;
  readonly entries: Map<number, number>;
}

export class ConfiguredPolicy implements Policy {
  readonly #config: FrrConfig;
  readonly counters = new Map<string, RouteMapCounters>();
  readonly hits: PrefixListHits = new WeakMap();

  constructor(config: FrrConfig) {
    this.#config = config;
  }

  routeMap(name: string, input: RouteMapInput): RouteMapVerdict | 'missing' {
    const map = this.#config.routeMaps.get(name);
    if (!map) return 'missing';
    const run: Evaluation = { config: this.#config, input, hits: this.hits, now: input.attributes };
    const permit = this.#run(map, run, 0, this.counters);
    return { permit, attributes: run.now };
  }

  /** Counts of a map's use go back to nothing. */
  clearCounters(map: RouteMap): void {
    this.counters.delete(map.name);
  }

  /** Counts of decisions go back to nothing: all of a list's, or of the entries that lie around `within`. */
  clearHits(list: PrefixList, within: Prefix | null): void {
    for (const entry of list.entries)
      if (within === null || (entry.prefix !== null && covers(entry.prefix, within))) this.hits.delete(entry);
  }

  /** The same without counting: for what is only shown. */
  judgeQuietly(name: string, input: RouteMapInput): RouteMapVerdict | 'missing' {
    const map = this.#config.routeMaps.get(name);
    if (!map) return 'missing';
    const run: Evaluation = { config: this.#config, input, hits: null, now: input.attributes };
    const permit = this.#run(map, run, 0, null);
    return { permit, attributes: run.now };
  }

  prefixList(name: string, prefix: Prefix): 'permit' | 'deny' | 'missing' {
    const list = this.#config.prefixLists.get(`${prefix.family} ${name}`);
    return list ? judgePrefix(list, prefix, this.hits) : 'missing';
  }

  accessList(name: string, prefix: Prefix): 'permit' | 'deny' | 'missing' {
    const list = this.#config.accessLists.get(`${prefix.family} ${name}`);
    return list ? judgeAccess(list, prefix) : 'missing';
  }

  asPathList(name: string, path: AsPath): 'permit' | 'deny' | 'missing' {
    const list = this.#config.asPathLists.get(name);
    return list ? judgeAsPath(list, path) : 'missing';
  }

  #run(map: RouteMap, run: Evaluation, depth: number, all: Map<string, RouteMapCounters> | null): boolean {
    if (depth > CALL_LIMIT || map.entries.length === 0) return false;
    const counters = all?.get(map.name) ?? { invoked: 0, entries: new Map<number, number>() };
    counters.invoked += 1;
    all?.set(map.name, counters);
    let permit = true;
    let started = false;
    let from = 0;
    for (const entry of map.entries) {
      if (entry.seq < from) continue;
      const outcome = matchEntry(entry, run);
      // Until an entry matched, only the matching one counts as asked: the real lookup goes straight to it.
      if (started || outcome === 'match')
        counters.entries.set(entry.seq, (counters.entries.get(entry.seq) ?? 0) + 1);
      if (outcome === 'no-match') {
        permit = false;
        continue;
      }
      started = true;
      if (entry.verdict === 'deny') return false;
      permit = true;
      for (const { rule, argument } of entry.sets)
        run.now = present(SETS.get(rule), `set ${rule}`).apply(argument, run);
      if (entry.call !== null) {
        const called = this.#config.routeMaps.get(entry.call);
        if (called && !this.#run(called, run, depth + 1, all)) return false;
      }
      if (entry.onMatch === null) return true;
      from = entry.onMatch.kind === 'goto' ? entry.onMatch.seq : entry.seq + 1;
    }
    return permit;
  }
}
