import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Flow, copyFlow, createFlow, getField, setField } from '../../flow/flow.ts';
import { FIELDS } from '../../flow/fields.table.ts';
import { formatMatch } from '../../flow/match-text.ts';
import { matchesFlow } from '../../flow/match.ts';
import { annotate } from './annotate.ts';
import type { ConstantNames } from './constants.ts';
import { evaluate } from './evaluate.ts';
import { formatExpr } from './format-expr.ts';
import { tokensOf } from './lexer.ts';
import { logicalSymbols } from './logical-symbols.table.ts';
import { type ExprMatches, type PortNumber, toMatches } from './matches.ts';
import { parseMicroflow } from './microflow.ts';
import { normalize } from './normalize.ts';
import { parseExpr } from './parse.ts';
import { evaluateConditions, simplify } from './simplify.ts';
import { formatToken } from './token.ts';

const SYMBOLS = logicalSymbols();
const PORTS: Readonly<Record<string, number>> = { a: 1, b: 2 };
const port: PortNumber = (name) => PORTS[name];
const NAMES: ConstantNames = {
  addressSet: (name) =>
    name === 'two'
      ? [1n, 2n].map((last) => ({ value: 0x0a000000n | last, mask: undefined, format: 'ipv4' }))
      : undefined,
  portGroup: (name) => (name === 'pg' ? ['a', 'b'] : undefined),
};

it.each([
  [
    '1..5 ++ --',
    '1 .. 5 error("Invalid character `+\' in input.") error("Invalid character `+\' in input.") --',
  ],
  ['a/*c*/b "x', 'a b error("Input ends inside quoted string.")'],
  ['0x1/0xff 10.0.0.0/255.255.255.0 ::/64', '0x1/0xff 10.0.0.0/24 ::/64'],
  ['$set @group 00:00:00:00:00:01', '$set @group 00:00:00:00:00:01'],
])('reads the tokens of %s', (text, expected) => {
  expect([...tokensOf(text)].map(formatToken).join(' ')).toBe(expected);
});

function formatted(text: string): string {
  const parsed = parseExpr(text, SYMBOLS, NAMES);
  return parsed.ok ? formatExpr(parsed.value) : parsed.error;
}

it.each([
  ['ip4.src == {10.0.0.1, 10.0.0.2}', 'ip4.src == 0xa000001 || ip4.src == 0xa000002'],
  ['ip4.src == $two', 'ip4.src == 0xa000001 || ip4.src == 0xa000002'],
  ['inport == @pg', 'inport == "a" || inport == "b"'],
  ['1 < tcp.dst <= 9', 'tcp.dst > 0x1 && tcp.dst <= 0x9'],
  ['ip4.src == 10.0.0.1/255.0.0.0', 'ip4.src[24..31] == 0xa'],
  ['{1,2} == tcp.dst', 'tcp.dst == 0x1 || tcp.dst == 0x2'],
  ['ct.est == 1', 'ct.est'],
  [
    '!(tcp && ip4)',
    "Nominal predicate tcp may only be tested positively, e.g. `tcp' or `tcp == 1' but not `!tcp' or `tcp == 0'.",
  ],
  ['tcp.dst', "Explicit `!= 0' is required for inequality test of multibit field against 0."],
  ['tcp && udp || ip4', '&& and || must be parenthesized when used together.'],
  ['nonsense == 1', "Syntax error at `nonsense' expecting field name."],
  ['eth.type < 1', 'Only == and != operators may be used with nominal field eth.type.'],
  ['ip.proto == 6 == 7', "Syntax error at `==' expecting end of input."],
])('parses %s', (text, expected) => {
  expect(formatted(text)).toBe(expected);
});

function compiled(text: string): ExprMatches {
  const parsed = parseExpr(text, SYMBOLS, NAMES);
  if (!parsed.ok) throw new Error(parsed.error);
  const annotated = annotate(parsed.value, SYMBOLS);
  if (!annotated.ok) throw new Error(annotated.error);
  return toMatches(normalize(evaluateConditions(simplify(annotated.value), () => true)), port);
}

const texts = (text: string): string[] =>
  compiled(text)
    .matches.map(({ match, conjunctions }) => {
      const ends = conjunctions.map(({ id, clause, clauses }) => ` conjunction(${id},${clause}/${clauses})`);
      return formatMatch(match) + ends.join('');
    })
    .toSorted();

it.each([
  ['ip4 && tcp.dst == 80', ['tcp,tp_dst=80']],
  ['inport == "a"', ['reg14=0x1']],
  ['inport == "missing"', []],
  ['tcp.dst == {1, 2}', ['tcp,tp_dst=1', 'tcp,tp_dst=2', 'tcp6,tp_dst=1', 'tcp6,tp_dst=2']],
  ['ip4.src == 10.0.0.0/8 && ip4.src != 10.0.0.0/9', ['ip,nw_src=10.128.0.0/9']],
] as const)('compiles %s', (text, expected) => {
  expect(texts(text)).toEqual(expected);
});

it('compiles two large sets into a conjunctive match', () => {
  expect(texts('ip4.src == {10.0.0.1, 10.0.0.2} && ip4.dst == {10.0.1.1, 10.0.1.2}')).toEqual([
    'conj_id=1,ip',
    'ip,nw_dst=10.0.1.1 conjunction(1,0/2)',
    'ip,nw_dst=10.0.1.2 conjunction(1,0/2)',
    'ip,nw_src=10.0.0.1 conjunction(1,1/2)',
    'ip,nw_src=10.0.0.2 conjunction(1,1/2)',
  ]);
});

/** What a switch does with the flows: a conjunction holds when all its clauses do. */
function switchTakes({ matches }: ExprMatches, flow: Flow): boolean {
  const clauses = new Map<number, Set<number>>();
  const hits = matches.filter(({ match }) => matchesFlow(match, flow));
  for (const { conjunctions } of hits)
    for (const { id, clause } of conjunctions) clauses.set(id, (clauses.get(id) ?? new Set()).add(clause));
  if (hits.some(({ conjunctions }) => conjunctions.length === 0)) return true;
  for (const { conjunctions } of matches)
    for (const { id, clauses: count } of conjunctions)
      if (clauses.get(id)?.size === count) {
        const withId = copyFlow(flow);
        setField(withId, FIELDS.conj_id, id);
        if (matches.some((each) => each.conjunctions.length === 0 && matchesFlow(each.match, withId)))
          return true;
      }
  return false;
}

const comparison = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('reg0[0..3]', 'reg1[0..3]', 'reg2[0..3]'),
      fc.constantFrom('==', '!=', '<', '<=', '>', '>='),
      fc.nat(15),
    )
    .map(([field, relop, value]) => `${field} ${relop} ${value}`),
  fc
    .tuple(
      fc.constantFrom('reg0[0..3]', 'reg1[0..3]', 'reg2[0..3]'),
      fc.uniqueArray(fc.nat(15), { minLength: 1, maxLength: 4 }),
    )
    .map(([field, values]) => `${field} == {${values.join(', ')}}`),
  fc.constantFrom('reg0[2]', '!reg1[1]', 'flags.loopback', '!flags.loopback'),
);
const expression = fc.letrec<{ expr: string }>((tie) => ({
  expr: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    comparison,
    fc
      .tuple(fc.constantFrom('&&', '||'), fc.array(tie('expr'), { minLength: 2, maxLength: 3 }), fc.boolean())
      .map(([op, terms, negated]) => `${negated ? '!' : ''}(${terms.join(` ${op} `)})`),
  ),
})).expr;

it('compiles to flows that take the packets for which the expression is true', () => {
  fc.assert(
    fc.property(
      expression,
      fc.array(fc.tuple(fc.nat(15), fc.nat(15), fc.nat(15), fc.boolean()), { minLength: 8 }),
      (text, packets) => {
        const parsed = parseExpr(text, SYMBOLS);
        if (!parsed.ok) throw new Error(`${text}: ${parsed.error}`);
        const annotated = annotate(parsed.value, SYMBOLS);
        if (!annotated.ok) throw new Error(annotated.error);
        const flows = compiled(text);
        for (const [a, b, c, loopback] of packets) {
          const flow = createFlow();
          setField(flow, FIELDS.reg0, a);
          setField(flow, FIELDS.reg1, b);
          setField(flow, FIELDS.reg2, c);
          setField(flow, FIELDS.reg10, loopback ? 1 : 0);
          const truth = evaluate(annotated.value, flow, port);
          expect({ text, a, b, c, taken: switchTakes(flows, flow) }).toEqual({ text, a, b, c, taken: truth });
        }
      },
    ),
    { numRuns: 300 },
  );
});

it('writes what it reads', () => {
  fc.assert(
    fc.property(expression, (text) => {
      const once = formatted(text);
      expect(formatted(once)).toBe(once);
    }),
  );
});

it('makes a packet of a microflow', () => {
  const flow = parseMicroflow('inport == "b" && ip4.dst == 10.0.0.1 && udp.dst == 53', SYMBOLS, port);
  if (!flow.ok) throw new Error(flow.error);
  expect(getField(flow.value, FIELDS.reg14)).toBe(2n);
  expect(getField(flow.value, FIELDS.eth_type)).toBe(0x800n);
  expect(getField(flow.value, FIELDS.udp_dst)).toBe(53n);
});

it.each([
  ['tcp && udp', 'Constraints are contradictory.'],
  [
    'ip4.dst == {1.1.1.1, 2.2.2.2}',
    'Constraints are ambiguous: (ip4.dst == 0x1010101 || ip4.dst == 0x2020202) && eth.type == 0x800.',
  ],
])('refuses the microflow %s', (text, error) => {
  expect(parseMicroflow(text, SYMBOLS, port)).toEqual({ ok: false, error });
});
