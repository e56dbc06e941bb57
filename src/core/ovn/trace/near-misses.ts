/** Why not, in logical terms: the flows of a stage that a packet nearly met, with the comparisons that failed. */
import type { NearMiss } from '../../base/step.ts';
import type { Flow } from '../../flow/flow.ts';
import type { Pipeline } from '../actions/action.ts';
import { describeFailing, failingTerms } from '../expr/failing.ts';
import type { Expr } from '../expr/expr.ts';
import { conjuncts } from '../expr/conjuncts.ts';
import type { FailedTerm } from '../../base/step.ts';
import type { LflowEntry, LflowIndex } from './lflow-index.ts';
import type { TraceDatapath } from './network.ts';

const SHOWN = 8;

/** How far off a comparison is: another protocol counts more than another address. */
const weight = (expr: Expr): number =>
  expr.kind === 'cmp' && (expr.symbol.name === 'eth.type' || expr.symbol.name === 'ip.proto') ? 3 : 1;

/** Whether a flow ends the packet's way: nothing in its actions leads on. */
const stops = ({ actions }: LflowEntry): boolean =>
  !/\b(?:next|output|ct_\w+|icmp\w*|tcp_reset|reject|arp|nd_\w+|clone|select|put_\w+|dhcp\w*|dns_lookup)\b/.test(
    actions,
  );

/** The place where a packet is looked up. */
export interface Stage {
  readonly datapath: TraceDatapath;
  readonly pipeline: Pipeline;
  readonly table: number;
}

/** What the logical flows of a stage say of a packet. */
export interface LogicalLookUp {
  /** The first by priority that the packet meets; null for a miss. */
  readonly met: LflowEntry | null;
  /** Those above it that would have let the packet go on, nearest first. */
  readonly misses: readonly NearMiss[];
}

/** Looks a packet up in a stage as the tracer does, and keeps what it nearly met. */
export function lookUpInStage(
  lflows: LflowIndex,
  { datapath, pipeline, table }: Stage,
  flow: Flow,
  portNumber: (name: string) => number | undefined,
): LogicalLookUp {
  const portName = (key: number): string | undefined =>
    datapath.portsByKey.get(key)?.name ?? datapath.groups.find((group) => group.tunnelKey === key)?.name;
  const ranked: { readonly entry: LflowEntry; readonly failed: readonly Expr[]; readonly far: number }[] = [];
  /** Failing terms as the row has them; what its match does not say (an action's condition) as it is understood. */
  const inOwnWords = (entry: LflowEntry, failed: readonly Expr[]): FailedTerm[] => {
    const own = conjuncts(entry.match).flatMap((text) => {
      const part = lflows.expression(text, datapath);
      const [first] = part === null ? [] : (failingTerms(part, flow, portNumber) ?? [part]);
      return first === undefined ? [] : [{ ...describeFailing(first, flow, portName), wanted: text }];
    });
    return own.length > 0 ? own : failed.map((term) => describeFailing(term, flow, portName));
  };
  let met: LflowEntry | null = null;
  for (const entry of lflows.entries(datapath, pipeline, table)) {
    // What is below the flow that decided had no say.
    if (met !== null && entry.priority < met.priority) break;
    const parsed = lflows.parse(entry, datapath);
    if (parsed === null) continue;
    const failed = failingTerms(parsed.match, flow, portNumber);
    if (failed === null) continue;
    if (failed.length === 0) {
      met ??= entry;
      continue;
    }
    if (stops(entry)) continue;
    ranked.push({ entry, failed, far: failed.reduce((sum, term) => sum + weight(term), 0) });
  }
  const misses = ranked
    .toSorted((a, b) => a.far - b.far || b.entry.priority - a.entry.priority)
    .slice(0, SHOWN)
    .map(({ entry, failed }): NearMiss => ({
      kind: 'logical-flow',
      uuid: entry.uuid,
      stage: entry.stage ?? `table ${entry.table}`,
      priority: entry.priority,
      match: entry.match,
      actions: entry.actions,
      failed: inOwnWords(entry, failed),
    }));
  return { met, misses };
}
