/** The flows of a bridge as pages of a list, as shapes, and checked. */
import { checkTables } from '../../../core/ofproto/check/check-tables.ts';
import type { Bridge } from '../../../core/ofproto/bridge/bridge.ts';
import type { FlowRule } from '../../../core/ofproto/bridge/flow-rule.ts';
import type { FlowTables } from '../../../core/ofproto/bridge/flow-tables.ts';
import { formatActions } from '../../../core/ofproto/actions/act-list.ts';
import { parseFlow } from '../../../core/ofproto/flow-parse.ts';
import { selectedFlows } from '../../../core/ofproto/request/flow-request.ts';
import { formatMatch } from '../../../core/flow/match-text.ts';
import type { World } from '../../../core/sim/index.ts';
import {
  flowKey,
  type BridgeEntry,
  type FlowRow,
  type FlowShape,
  type FlowsPage,
  type FlowsRequest,
  type TableFinding,
} from '../../questions/bridge-flows.ts';
import { Refused } from '../refused.ts';

/** What listings remember of one bridge, so that scrolling does not select and sort again. */
export interface Listing {
  readonly tables: FlowTables | null;
  readonly key: string;
  readonly rules: readonly FlowRule[];
}

interface Texts {
  readonly actionsOf: FlowRule['actions'];
  readonly match: string;
  readonly actions: string;
}

/** What the stage of a flow is called. */
export type StageName = (flow: Pick<FlowRule, 'table' | 'cookie'>) => string | undefined;

type Selection = { readonly rules: readonly FlowRule[]; readonly error: string };

export class BridgeTables {
  readonly #world: World;
  readonly #stageName: (bridge: string) => StageName;
  readonly #texts = new WeakMap<FlowRule, Texts>();
  #listing: Listing = { tables: null, key: '', rules: [] };

  /** `stageName` tells what the stages of a bridge's flows are called. */
  constructor(world: World, stageName: (bridge: string) => StageName) {
    this.#world = world;
    this.#stageName = stageName;
  }

  bridges(): BridgeEntry[] {
    return [...this.#world.hosts.values()].flatMap((host) =>
      [...(host.switch?.vswitch.bridges.values() ?? [])].map((bridge) => ({
        host: host.name,
        bridge: bridge.name,
        flows: bridge.tables.size,
        ports: bridge.ports.size,
      })),
    );
  }

  #bridge(host: string, name: string): Bridge {
    const bridge = this.#world.hosts.get(host)?.switch?.vswitch.bridges.get(name);
    if (!bridge) throw new Refused(`There is no bridge ${name}.`, host);
    return bridge;
  }

  check(host: string, name: string): readonly TableFinding[] {
    return checkTables(this.#bridge(host, name));
  }

  #textsOf(bridge: Bridge, rule: FlowRule): Texts {
    const known = this.#texts.get(rule);
    if (known?.actionsOf === rule.actions) return known;
    const texts = {
      actionsOf: rule.actions,
      match: formatMatch(rule.match, { tlv: bridge.tlv }),
      actions: formatActions(rule.actions, { tlv: bridge.tlv }),
    };
    this.#texts.set(rule, texts);
    return texts;
  }

  #select(
    bridge: Bridge,
    ask: Pick<FlowsRequest, 'host' | 'filter' | 'search' | 'shape' | 'only'>,
  ): Selection {
    const { tables } = bridge;
    const key = JSON.stringify([
      ask.host,
      bridge.name,
      tables.version,
      ask.filter,
      ask.search,
      ask.shape,
      ask.only,
    ]);
    if (this.#listing.tables === tables && this.#listing.key === key)
      return { rules: this.#listing.rules, error: '' };
    const parsed = parseFlow(ask.filter.trim(), null, { names: bridge.names, tlv: bridge.tlv });
    if (!parsed.ok) return { rules: [], error: parsed.error };
    const wanted = ask.search.trim().toLowerCase();
    const only = ask.only === null ? null : new Set(ask.only);
    const holds = (rule: FlowRule): boolean => {
      if (ask.shape !== null && shapeKey(rule) !== ask.shape) return false;
      if (wanted === '' && only === null) return true;
      const { table, priority } = rule;
      const { match, actions } = this.#textsOf(bridge, rule);
      if (only !== null && !only.has(flowKey({ table, priority, cookie: cookieText(rule), match })))
        return false;
      return (
        match.toLowerCase().includes(wanted) ||
        actions.toLowerCase().includes(wanted) ||
        cookieText(rule).includes(wanted)
      );
    };
    const rules = selectedFlows(bridge, parsed.value)
      .filter(holds)
      .toSorted((a, b) => a.table - b.table || b.priority - a.priority);
    this.#listing = { tables, key, rules };
    return { rules, error: '' };
  }

  flows(ask: FlowsRequest): FlowsPage {
    const bridge = this.#bridge(ask.host, ask.bridge);
    const { rules, error } = this.#select(bridge, ask);
    const stage = this.#stageName(ask.bridge);
    let mostPackets = 0;
    for (const { packets } of rules) if (packets > mostPackets) mostPackets = packets;
    return {
      total: rules.length,
      mostPackets,
      error,
      rows: rules.slice(ask.offset, ask.offset + ask.limit).map((rule): FlowRow => {
        const { match, actions } = this.#textsOf(bridge, rule);
        return {
          table: rule.table,
          stage: stage(rule) ?? '',
          priority: rule.priority,
          cookie: cookieText(rule),
          match,
          actions,
          packets: rule.packets,
          bytes: rule.bytes,
        };
      }),
    };
  }

  shapes(ask: Pick<FlowsRequest, 'host' | 'bridge' | 'filter' | 'search'>): {
    readonly shapes: readonly FlowShape[];
    readonly error: string;
  } {
    const bridge = this.#bridge(ask.host, ask.bridge);
    const { rules, error } = this.#select(bridge, { ...ask, shape: null, only: null });
    const stage = this.#stageName(ask.bridge);
    const shapes = new Map<string, { rule: FlowRule; count: number; packets: number }>();
    for (const rule of rules) {
      const key = shapeKey(rule);
      const known = shapes.get(key);
      if (known) {
        known.count += 1;
        known.packets += rule.packets;
      } else shapes.set(key, { rule, count: 1, packets: rule.packets });
    }
    return {
      error,
      shapes: [...shapes].map(([key, { rule, count, packets }]) => {
        const { match, actions } = this.#textsOf(bridge, rule);
        return {
          key,
          table: rule.table,
          stage: stage(rule) ?? '',
          match: count === 1 ? match : openValues(match),
          actions: count === 1 ? actions : openValues(actions),
          count,
          packets,
        };
      }),
    };
  }
}

const cookieText = ({ cookie }: FlowRule): string => `0x${cookie.toString(16)}`;

/** Table, bits looked at, and kinds of actions. */
function shapeKey({ table, match, actions }: FlowRule): string {
  let key = `${table}|`;
  for (let at = 0; at < match.terms.length; at += 3) key += `${match.terms[at]}/${match.terms[at + 2]},`;
  return `${key}|${actions.map((act) => act.kind).join(',')}`;
}

/** A flow's text with its values left open. */
const openValues = (text: string): string =>
  text
    .replaceAll(
      /(=|set_field:|load:)(?!\$)(?:0x[0-9a-f]+|[0-9a-f]{2}(?::[0-9a-f]{2}){5}|[0-9a-f:.]*[0-9][0-9a-f:.]*)(?:\/[0-9a-fx:.]+)?/gi,
      '$1…',
    )
    .replaceAll(/conjunction\(\d+,(\d+\/\d+)\)/g, 'conjunction(…,$1)');
