/** A check of all tables of a bridge, our own or one that was read from a dump: what in them can never do what it says. */
import { matchWordMask, matchWordValue } from '../../flow/match.ts';
import { formatMatch, type MatchTextOptions } from '../../flow/match-text.ts';
import { OFPP, type OfPort } from '../../flow/ofport.table.ts';
import { WORD } from '../../flow/words.table.ts';
import { formatActions } from '../actions/act-list.ts';
import type { Bridge } from '../bridge/bridge.ts';
import type { FlowRule } from '../bridge/flow-rule.ts';
import { checkConjunctions } from './conjunctions.ts';
import type { Finding, FoundFlow } from './finding.ts';
import { visitReferences } from './references.ts';
import { shadowedFlows } from './shadowed.ts';

/** Flows shown with a finding. */
const SHOWN = 20;

/** What is known besides the flows: a dump alone does not tell which ports, groups and meters there are. */
export interface Known {
  readonly ports: boolean;
  readonly groups: boolean;
  readonly meters: boolean;
}

const ALL_KNOWN: Known = { ports: true, groups: true, meters: true };

/** Flows by a number that they refer to. */
class ByNumber {
  readonly flows = new Map<number, FlowRule[]>();

  add(number: number, rule: FlowRule): void {
    const list = this.flows.get(number);
    if (!list) this.flows.set(number, [rule]);
    else if (list.at(-1) !== rule) list.push(rule);
  }

  *missing(has: (number: number) => boolean): Generator<readonly [number, readonly FlowRule[]]> {
    for (const [number, rules] of [...this.flows].toSorted(([a], [b]) => a - b))
      if (!has(number)) yield [number, rules];
  }
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** Faults first, in order of tables. */
export function checkTables(bridge: Bridge, known: Known = ALL_KNOWN): Finding[] {
  const options: MatchTextOptions = { tlv: bridge.tlv };
  const show = (rule: FlowRule): FoundFlow => ({
    table: rule.table,
    priority: rule.priority,
    cookie: `0x${rule.cookie.toString(16)}`,
    match: formatMatch(rule.match, options),
    actions: formatActions(rule.actions, { tlv: bridge.tlv }),
  });
  const make = ({
    rules,
    ...rest
  }: Omit<Finding, 'flows' | 'count'> & { readonly rules: readonly FlowRule[] }): Finding => ({
    ...rest,
    flows: rules.slice(0, SHOWN).map(show),
    count: rules.length,
  });

  const byTable = new Map<number, FlowRule[]>();
  for (const rule of bridge.tables.all()) {
    const rules = byTable.get(rule.table);
    if (rules) rules.push(rule);
    else byTable.set(rule.table, [rule]);
  }
  const findings: Finding[] = [];
  const tables = new ByNumber();
  const ports = new ByNumber();
  const groups = new ByNumber();
  const meters = new ByNumber();
  for (const [table, rules] of byTable) {
    findings.push(...checkConjunctions(table, rules, make));
    const hiddenBy = new Map<FlowRule, FlowRule[]>();
    for (const [hidden, by] of shadowedFlows(rules)) hiddenBy.set(by, [...(hiddenBy.get(by) ?? []), hidden]);
    for (const [by, hidden] of hiddenBy) {
      const [first] = hidden;
      const what =
        hidden.length === 1 && first
          ? `${show(first).match || 'any packet'} at priority ${first.priority} never matches`
          : `${hidden.length} flows never match`;
      findings.push(
        make({
          kind: 'shadowed',
          weight: 'remark',
          text: `Table ${table}: ${what}: ${show(by).match || 'any packet'} at priority ${by.priority} takes ${hidden.length === 1 ? 'its' : 'their'} packets.`,
          rules: [by, ...hidden],
        }),
      );
    }
    for (const rule of rules) {
      visitReferences(rule.actions, {
        table: (number) => tables.add(number, rule),
        port: (number) => ports.add(number, rule),
        group: (id) => groups.add(id, rule),
        meter: (id) => meters.add(id, rule),
      });
      const from = matchWordValue(rule.match, WORD.inPort) as OfPort;
      if (
        matchWordMask(rule.match, WORD.inPort) !== 0 &&
        from < OFPP.max &&
        known.ports &&
        !bridge.ports.has(from)
      )
        findings.push(
          make({
            kind: 'missing-port',
            weight: 'remark',
            text: `Table ${table}: a flow waits for packets from port ${from}, which does not exist.`,
            rules: [rule],
          }),
        );
    }
  }
  for (const [table, rules] of tables.missing((number) => byTable.has(number)))
    findings.push(
      make({
        kind: 'empty-table',
        weight: 'remark',
        text: `Table ${table} is empty, and ${count(rules.length, 'flow')} ${rules.length === 1 ? 'leads' : 'lead'} to it.`,
        rules,
      }),
    );
  const missing = (
    kind: Finding['kind'],
    noun: string,
    refer: ByNumber,
    has: (id: number) => boolean,
  ): void => {
    for (const [number, rules] of refer.missing(has))
      findings.push(
        make({
          kind,
          weight: 'fault',
          text: `${noun} ${number} does not exist, and ${count(rules.length, 'flow')} ${rules.length === 1 ? 'uses' : 'use'} it.`,
          rules,
        }),
      );
  };
  if (known.ports) missing('missing-port', 'Port', ports, (port) => bridge.ports.has(port as OfPort));
  if (known.groups) missing('missing-group', 'Group', groups, (id) => bridge.groups.has(id));
  if (known.meters) missing('missing-meter', 'Meter', meters, (id) => bridge.meters.has(id));
  return findings.toSorted((a, b) => Number(b.weight === 'fault') - Number(a.weight === 'fault'));
}
