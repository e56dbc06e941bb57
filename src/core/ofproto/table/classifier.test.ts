import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIELDS } from '../../flow/fields.table.ts';
import { createFlow, copyFlow, setField, type Flow } from '../../flow/flow.ts';
import { matchesFlow, type Match } from '../../flow/match.ts';
import { parseMatch } from '../../flow/match-parse.ts';
import type { ConjunctionAct } from '../actions/ofpact.ts';
import { Classifier, type TableRule } from './classifier.ts';

interface Rule extends TableRule {
  readonly text: string;
}

function match(text: string): Match {
  const parsed = parseMatch(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

const parts = {
  source: fc.constantFrom('', 'nw_src=10.0.0.1', 'nw_src=10.0.0.0/24', 'nw_src=10.0.0.0/8'),
  destination: fc.constantFrom('', 'nw_dst=10.0.0.2', 'nw_dst=10.0.0.2/31', 'nw_dst=10.0.1.0/24'),
  port: fc.constantFrom('', 'tp_dst=80', 'tp_dst=22', 'tp_dst=0x50/0xfff0'),
  register: fc.constantFrom('', 'reg0=1', 'reg0=0/0x2'),
  priority: fc.integer({ min: 1, max: 5 }),
};
const rule = fc.record(parts).map(({ source, destination, port, register, priority }): Rule => {
  const text = ['tcp', source, destination, port, register].filter((part) => part !== '').join(',');
  return { text, match: match(text), priority, conjunctions: [] };
});
const packet = fc
  .record({
    source: fc.constantFrom(0x0a000001, 0x0a000005, 0x0a010101, 0x0b000001),
    destination: fc.constantFrom(0x0a000002, 0x0a000003, 0x0a000105, 0x0a000009),
    port: fc.constantFrom(80, 81, 22, 443),
    register: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ source, destination, port, register }): Flow => {
    const flow = createFlow();
    setField(flow, FIELDS.eth_type, 0x0800);
    setField(flow, FIELDS.nw_proto, 6);
    setField(flow, FIELDS.ip_src, source);
    setField(flow, FIELDS.ip_dst, destination);
    setField(flow, FIELDS.tcp_dst, port);
    setField(flow, FIELDS.reg0, register);
    return flow;
  });

function build(rules: readonly Rule[]): Classifier<Rule> {
  const classifier = new Classifier<Rule>();
  for (const one of rules) classifier.insert(one);
  return classifier;
}

/** The best priority that a scan of all rules finds; -1 on a miss. */
const scan = (rules: readonly Rule[], flow: Flow): number =>
  rules.reduce((best, one) => (matchesFlow(one.match, flow) ? Math.max(best, one.priority) : best), -1);

describe('Classifier', () => {
  it('finds what a scan of all rules finds', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 30 }), packet, (rules, flow) => {
        expect(build(rules).lookup(flow)?.priority ?? -1).toBe(scan(rules, flow));
      }),
    );
  });

  it('gives a mask under which every packet fares alike', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 30 }), packet, packet, (rules, flow, other) => {
        const classifier = build(rules);
        const mask = createFlow();
        const found = classifier.lookup(flow, mask);
        const twin = copyFlow(other);
        mask.forEach((bits, at) => {
          twin[at] = ((other[at] as number) & ~bits) | ((flow[at] as number) & bits);
        });
        expect(classifier.lookup(twin)?.text).toBe(found?.text);
      }),
    );
  });

  it('forgets removed rules', () => {
    fc.assert(
      fc.property(fc.array(rule, { minLength: 1, maxLength: 20 }), packet, (rules, flow) => {
        const classifier = build(rules);
        const kept = [...classifier.rules()];
        const [gone, ...rest] = kept;
        if (gone) classifier.remove(gone);
        expect(classifier.lookup(flow)?.priority ?? -1).toBe(scan(rest, flow));
        expect(classifier.size).toBe(rest.length);
      }),
    );
  });

  const clause = (text: string, ...conjunctions: ConjunctionAct[]): Rule => ({
    text,
    match: match(text),
    priority: 10,
    conjunctions,
  });
  const part = (id: number, index: number): ConjunctionAct => ({
    kind: 'conjunction',
    id,
    clause: index,
    clauses: 2,
  });
  const conjunctive = [
    clause('tcp,nw_src=10.0.0.1', part(1, 0)),
    clause('tcp,tp_dst=80', part(1, 1)),
    clause('tcp,conj_id=1'),
  ];

  it.each([
    ['both clauses', 0x0a000001, 80, 'tcp,conj_id=1'],
    ['the first only', 0x0a000001, 22, undefined],
    ['the second only', 0x0a000005, 80, undefined],
  ] as const)('answers a packet with %s of a conjunction', (_, source, port, expected) => {
    const flow = createFlow();
    setField(flow, FIELDS.eth_type, 0x0800);
    setField(flow, FIELDS.nw_proto, 6);
    setField(flow, FIELDS.ip_src, source);
    setField(flow, FIELDS.tcp_dst, port);
    expect(build(conjunctive).lookup(flow, createFlow())?.text).toBe(expected);
  });
});
