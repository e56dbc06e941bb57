/** Why a packet stopped: near misses of the table that decided, in OpenFlow and in logical terms, from the tables as they were. */
import type { Step } from '../../../core/base/step.ts';
import { keyOf } from '../../../core/flow/kept-key.ts';
import { FIELDS } from '../../../core/flow/fields.table.ts';
import { getField, type Flow } from '../../../core/flow/flow.ts';
import { REGISTERS, WORD } from '../../../core/flow/words.table.ts';
import type { Bridge } from '../../../core/ofproto/bridge/bridge.ts';
import type { LookUpRecord } from '../../../core/ofproto/why/look-ups.ts';
import { nearMisses } from '../../../core/ofproto/why/near-misses.ts';
import type { LflowEntry, LogicalLookUp, SouthboundTrace } from '../../../core/ovn/trace/index.ts';
import { readSettings } from '../../../core/ovn/controller/index.ts';
import type { Host, World } from '../../../core/sim/index.ts';
import type { ContradictedFlow, WhyNotAnswer } from '../../questions/why-not.ts';
import { findRun } from '../runs.ts';
import { logicalTable } from './stage-of.ts';

interface Found {
  readonly host: Host;
  readonly record: LookUpRecord;
  /** The step that recorded it. */
  readonly step: number;
}

/** The look-up that led to a step: its own, or that of the nearest cause. */
function lookUpOf(world: World, id: number | null): Found | undefined {
  for (let at = id; at !== null;) {
    const step: Step = world.recorder.step(at);
    const host = world.hosts.get(step.where.host);
    const record = host?.switch?.vswitch.datapath.lookUps.get(at);
    if (host && record) return { host, record, step: at };
    at = step.parent;
  }
  return undefined;
}

/** The earlier look-up whose flow wrote the registers that the deciding flow looks at. */
function writerOf(world: World, found: Found): Found | undefined {
  const { rule } = found.record;
  if (!rule) return undefined;
  const now = keyOf(found.record.key);
  const { terms } = rule.match;
  const differs = (then: Flow): boolean => {
    for (let at = 0; at < terms.length; at += 3) {
      const word = terms[at] as number;
      if (word < WORD.reg0 || word >= WORD.reg0 + REGISTERS) continue;
      if ((((then[word] as number) ^ (now[word] as number)) & (terms[at + 2] as number)) !== 0) return true;
    }
    return false;
  };
  let { parent } = world.recorder.step(found.step);
  for (;;) {
    const before = lookUpOf(world, parent);
    if (!before || before.record.bridge !== found.record.bridge) return undefined;
    if (differs(keyOf(before.record.key))) return before;
    ({ parent } = world.recorder.step(before.step));
  }
}

/** The same table in the words of the logical network, when the bridge is ovn-controller's. */
function logicalLookUp(
  host: Host,
  record: LookUpRecord,
  southbound: SouthboundTrace | undefined,
): LogicalLookUp | undefined {
  const stage = logicalTable(record.table);
  const ovs = host.switch?.ovs;
  if (!stage || !southbound || !host.controller || !ovs) return undefined;
  if (readSettings(ovs).integrationBridge !== record.bridge) return undefined;
  const key = keyOf(record.key);
  const datapath = Number(getField(key, FIELDS.metadata));
  return southbound.lookUp(datapath, stage.pipeline, stage.table, key);
}

/**
 * A logical flow that the packet meets must have taken it by one of its OpenFlow flows: these carry the first 32 bits of its
 * uuid as their cookie. One without any is not this chassis's business, or newer than the packet. The logical flows, with
 * the sets and groups that they name, are known as they are now: so the tables of now must leave the packet to others too,
 * and ovn-controller must be at work.
 */
function contradictedIn(
  { controller }: Host,
  bridge: Bridge,
  record: LookUpRecord,
  met: LflowEntry | null,
): ContradictedFlow | null {
  const { rule, tables, table, version } = record;
  if (met === null || met.priority <= (rule?.priority ?? -1)) return null;
  if (/\bis_chassis_resident\b/.test(met.match)) return null;
  if (!controller?.running || controller.paused || controller.process.paused || controller.busy) return null;
  const now = bridge.tables.classifier(table)?.lookup(keyOf(record.key));
  if (now && now.priority >= met.priority) return null;
  const cookie = BigInt(`0x${met.uuid.slice(0, 8)}`);
  let flows = 0;
  for (const one of tables.rulesAt(table, version)) if (one.cookie === cookie) flows += 1;
  if (flows === 0) return null;
  const { uuid, stage, priority, match, actions } = met;
  return { uuid, stage: stage ?? `table ${met.table}`, priority, match, actions, flows };
}

/** How many tables one after the other are told of. */
const MOST = 3;

export function whyNot(
  world: World,
  stageName: (table: number) => string | undefined,
  southbound: () => SouthboundTrace | undefined,
  ask: { readonly run: number; readonly step: number },
): WhyNotAnswer | null {
  const tell = (found: Found | undefined, left: number): WhyNotAnswer | null => {
    if (!found || left === 0) return null;
    const { host, record } = found;
    const bridge = host.switch?.vswitch.bridges.get(record.bridge);
    if (!bridge) return null;
    const stage = logicalTable(record.table) === undefined ? undefined : stageName(record.table);
    const logical = logicalLookUp(host, record, southbound());
    return {
      place: `${host.name} ${record.bridge}, table ${record.table}${stage === undefined ? '' : ` ${stage}`}`,
      ...nearMisses(bridge, record),
      logical: logical?.misses ?? [],
      contradicted: contradictedIn(host, bridge, record, logical?.met ?? null),
      earlier: tell(writerOf(world, found), left - 1),
    };
  };
  return tell(lookUpOf(world, findRun(world, ask.run).steps[ask.step] ?? null), MOST);
}
