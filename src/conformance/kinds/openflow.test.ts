import { expect, it } from 'vitest';
import { asCompared, renameIds, withoutIds } from './flow-ids.ts';

const TABLE = [
  'table=10, nd_target=::1 actions=conjunction(2,1/2)',
  'table=10, nd_tll=00:00:00:00:00:00 actions=conjunction(2,2/2),conjunction(7,1/2)',
  'table=10, conj_id=2,icmp6 actions=resubmit(,11)',
  'table=10, conj_id=7,arp actions=group:3',
  'table=11, ip actions=group:3',
  'table=11, ipv6 actions=controller(userdata=00,meter_id=4)',
  'table=12, ip actions=meter:4,resubmit(,13)',
];

const renumbered = (first: number, second: number, group: number, meter: number): string[] =>
  TABLE.map((line) =>
    line
      .replaceAll(
        /(conj_id=|conjunction\()(\d)/g,
        (_, head: string, id: string) => head + (id === '2' ? first : second),
      )
      .replace('group:3', `group:${group}`)
      .replace('meter_id=4', `meter_id=${meter}`)
      .replace('meter:4', `meter:${meter}`),
  );

const differing = (actual: readonly string[]): number => {
  const expected = TABLE.map(asCompared);
  return renameIds(expected, actual).filter((line) => !expected.includes(line)).length;
};

it('takes other numbers and another order of conjunctions for the same', () => {
  expect(differing(TABLE)).toBe(0);
  expect(differing(renumbered(7, 2, 9, 1))).toBe(0);
  expect(
    differing(
      renumbered(40, 41, 9, 1).map((line) =>
        line.replace(/(conjunction[^ ]*\)),(conjunction.*)$/, (_, a: string, b: string) => `${b},${a}`),
      ),
    ),
  ).toBe(0);
});

it('tells ids that do not lead to one another', () => {
  // The action flow of the first conjunction stands under an id that no clause has.
  expect(differing(TABLE.map((line) => line.replace('conj_id=2,', 'conj_id=4,')))).toBeGreaterThan(0);
  // Both conjunctions share an id.
  expect(
    differing(TABLE.map((line) => line.replaceAll(/(conj_id=|conjunction\()7/g, '$12'))),
  ).toBeGreaterThan(0);
  // Two flows that used one group use two.
  expect(differing(TABLE.map((line) => line.replace('ip actions=group:3', 'ip actions=group:8')))).toBe(1);
  // What limits packets and what limits messages about them was one meter.
  expect(differing(TABLE.map((line) => line.replace('meter:4', 'meter:5')))).toBe(1);
});

it('masks nothing but ids', () => {
  expect(withoutIds(' cookie=0x12, conj_id=5,reg14=0x5 actions=conjunction(5,2/2),conjunction(5,1/2)')).toBe(
    'cookie=0x12, conj_id=ID,reg14=0x5 actions=conjunction(ID,1/2),conjunction(ID,2/2)',
  );
});
