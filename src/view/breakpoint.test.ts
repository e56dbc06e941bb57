import { describe, expect, it } from 'vitest';
import type { Result } from '../core/base/result.ts';
import type { Step, What } from '../core/base/step.ts';
import {
  breakpointKey,
  fieldsNamed,
  parseStepExpression,
  runToBreakpoint,
  stopsOf,
  type Breakpoint,
} from './breakpoint.ts';
import { fieldTrack, type FieldTrack, type FieldTracks } from './field-track.ts';
import { echoRun } from './fixtures/run.ts';
import { runTree } from './run-tree.ts';

const run = echoRun();
const tree = runTree(run);
/** As the engine would tell of the fields that the run's tables write. */
const written = (name: string): FieldTrack => {
  const readings = run.flatMap(({ what }, step) => {
    const change = 'changes' in what ? what.changes.find(({ field }) => field === name) : undefined;
    return change ? [{ step, values: [change.after], changed: true }] : [];
  });
  return fieldTrack(run, [{ step: 0, values: ['0x0'], changed: false }, ...readings]);
};
const fields: FieldTracks = new Map<string, Result<FieldTrack, string>>([
  ['reg15', { ok: true, value: written('reg15') }],
  ['tun_id', { ok: true, value: written('tun_id') }],
  ['ip.ttl', { ok: true, value: fieldTrack(run, [{ step: 0, values: ['64', '63'], changed: false }]) }],
  ['hst', { ok: false, error: 'no field is called hst' }],
]);
const NONE = { matches: new Map(), fields };
const find = (test: (step: Step) => boolean): number => run.findIndex(test);
const at = (host: string, kind: What['kind'], device?: string): number =>
  find(
    ({ where, what }) =>
      where.host === host && what.kind === kind && (device === undefined || where.device === device),
  );
const TABLE_40 = find(({ where }) => where.table === 40);
const ENTERED = at('worker2', 'received', 'ovn-worker-0');

describe('breakpoints', () => {
  it.each<[Breakpoint, number]>([
    [{ kind: 'device', id: 'bridge:worker2/br-int' }, ENTERED],
    [{ kind: 'device', id: 'port:worker1/br-int/ovn-worker-0' }, find(({ what }) => what.kind === 'output')],
    [{ kind: 'stage', stage: 'ls_in_l2_lkup' }, TABLE_40],
    [{ kind: 'stage', stage: '44' }, find(({ where }) => where.table === 44)],
    [{ kind: 'stage', stage: 'table=44' }, find(({ where }) => where.table === 44)],
    [{ kind: 'stage', stage: '40 ls_in_l2_lkup' }, TABLE_40],
    [{ kind: 'field', field: 'reg15' }, TABLE_40],
    [{ kind: 'expression', text: 'host == worker2 and bridge == br-int' }, ENTERED],
    [{ kind: 'expression', text: 'reg15 == 2' }, TABLE_40],
    [{ kind: 'expression', text: 'changed tun_id' }, find(({ where }) => where.table === 44)],
    [{ kind: 'expression', text: 'nothing like it' }, run.length - 1],
    [{ kind: 'packet', filter: 'geneve' }, 7],
    [{ kind: 'drop' }, run.length - 1],
  ])('stops at %j', (breakpoint, index) => {
    expect(
      runToBreakpoint(tree, 0, [breakpoint], { matches: new Map([['geneve', new Set([7, 8])]]), fields }),
    ).toBe(index);
  });

  it('does not stop again where it stands', () => {
    const stage: Breakpoint = { kind: 'stage', stage: 'ls_in_l2_lkup' };
    const index = runToBreakpoint(tree, 0, [stage]);
    expect(runToBreakpoint(tree, index, [stage])).toBeGreaterThan(index);
  });

  it('comes to the cursor, unless something stops it before', () => {
    expect(runToBreakpoint(tree, 0, [], NONE, 5)).toBe(5);
    expect(runToBreakpoint(tree, 0, [{ kind: 'stage', stage: 'ls_in_l2_lkup' }], NONE, ENTERED)).toBe(
      TABLE_40,
    );
    expect(runToBreakpoint(tree, 9, [], NONE, 5)).toBe(9);
  });

  it('finds every stop, and stops at no packet that is not known yet', () => {
    const stops = stopsOf(tree, { kind: 'stage', stage: '0' }, NONE);
    expect(stops.map((index) => run[index]?.where.table)).toEqual(stops.map(() => 0));
    expect(stops.length).toBeGreaterThan(1);
    expect(stopsOf(tree, { kind: 'packet', filter: 'icmp' }, NONE)).toEqual([]);
  });

  it('have keys of their own', () => {
    const keys = [
      { kind: 'device', id: 'a' },
      { kind: 'stage', stage: 'a' },
      { kind: 'field', field: 'a' },
      { kind: 'expression', text: 'a' },
      { kind: 'packet', filter: 'a' },
      { kind: 'drop' },
    ].map((one) => breakpointKey(one as Breakpoint));
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('expressions over steps', () => {
  it.each([
    ['host == worker1 and table >= 40 and table < 41', [TABLE_40]],
    ['kind == encapsulated', run.flatMap(({ what }, index) => (what.kind === 'encapsulated' ? [index] : []))],
    ['not host ~ worker', []],
    ['ip.ttl == 63 and step == 1', [0]],
    ['ip.ttl != 63 and step == 1', []],
    ['step == 3 or step == 0x5', [2, 4]],
    ['text ~ "push geneve"', run.flatMap(({ what }, index) => (what.kind === 'encapsulated' ? [index] : []))],
  ])('%s', (text, expected) => {
    const parsed = parseStepExpression(text, tree, fields);
    expect(parsed.ok && run.flatMap((_, index) => (parsed.value(index) ? [index] : []))).toEqual(expected);
  });

  it.each([
    ['reg15 ==', 'a value is missing', 8],
    ['(drop', 'a ) is missing', 5],
    ['host == h and hst == 2', 'no field is called hst', 14],
    ['changed hst', 'no field is called hst', 8],
    ['changed', 'a field is missing', 7],
    ['drop drop', 'drop is not expected here', 5],
  ])('%s: %s', (text, message, place) => {
    expect(parseStepExpression(text, tree, fields)).toEqual({ ok: false, error: { message, at: place } });
  });

  it('names the fields that it asks for', () => {
    expect(fieldsNamed('host == a and (ip.ttl == 63 or not changed reg15) and drop', tree)).toEqual([
      'ip.ttl',
      'reg15',
    ]);
  });
});
