import { describe, expect, it } from 'vitest';
import { withoutTies } from './frr-ties.ts';

interface TablePath {
  readonly status: string;
  readonly hop: string;
  readonly preference?: string;
  readonly weight?: number;
  readonly path: string;
}

const table = (...paths: readonly TablePath[]): string =>
  [
    '   Network          Next Hop            Metric LocPrf Weight Path',
    ...paths.map(
      ({ status, hop, preference = '', weight = 0, path }, index) =>
        `${status}${(index === 0 ? '10.2.0.0/24' : '').padEnd(17)}${hop.padEnd(20)}${preference.padStart(17)}${String(weight).padStart(7)} ${path} i`,
    ),
    '',
  ].join('\n');

const inTable = (...paths: readonly TablePath[]): string =>
  withoutTies('show bgp ipv4 unicast', table(...paths));

const ONE: TablePath = { status: '*> ', hop: 'swp51', path: '65000 65102' };
const TWO: TablePath = { status: '*= ', hop: 'swp52', path: '65001 65102' };
const best = (path: TablePath): TablePath => ({ ...path, status: '*> ' });
const multipath = (path: TablePath): TablePath => ({ ...path, status: '*= ' });

describe('a table', () => {
  const wanted = inTable(ONE, TWO);

  it('may list equal paths in another order, and mark the other one best', () => {
    expect(inTable(multipath(TWO), best(ONE))).toBe(wanted);
    expect(inTable(multipath(ONE), best(TWO))).toBe(wanted);
  });

  it('may not lose a path, a mark, a prefix, an attribute', () => {
    expect(inTable(ONE)).not.toBe(wanted);
    expect(inTable(ONE, ONE)).not.toBe(wanted);
    expect(inTable(ONE, { ...TWO, status: '*  ' })).not.toBe(wanted);
    expect(inTable(ONE, { ...TWO, status: '*> ' })).not.toBe(wanted);
    expect(inTable(ONE, { ...TWO, path: '65001 65103' })).not.toBe(wanted);
    expect(inTable(ONE, { ...TWO, hop: 'swp53' })).not.toBe(wanted);
    expect(withoutTies('show bgp', table(ONE, TWO).replace('10.2.0.0', '10.3.0.0'))).not.toBe(wanted);
  });

  it('may not choose the path that the decision puts behind', () => {
    for (const worse of [
      { ...TWO, path: '65001 65101 65102' },
      { ...TWO, preference: '90' },
    ])
      expect(inTable({ ...ONE, status: '*  ' }, best(worse))).not.toBe(
        inTable(ONE, { ...worse, status: '*  ' }),
      );
    const heavy = { ...ONE, weight: 200 };
    const light = { ...TWO, weight: 100 };
    expect(inTable({ ...heavy, status: '*  ' }, best(light))).not.toBe(
      inTable(heavy, { ...light, status: '*  ' }),
    );
  });

  it('may not choose otherwise between internal paths', () => {
    const internal = (status: string, hop: string): TablePath => ({
      status,
      hop,
      preference: '100',
      path: '65102',
    });
    expect(inTable(internal('* i', '10.0.0.1'), internal('*>i', '10.0.0.2'))).not.toBe(
      inTable(internal('*>i', '10.0.0.1'), internal('* i', '10.0.0.2')),
    );
  });
});

const detail = (...paths: readonly { from: string; mark: string; preference?: number }[]): string =>
  withoutTies(
    'show bgp ipv4 unicast 10.2.0.0/24',
    [
      'BGP routing table entry for 10.2.0.0/24, version N',
      `Paths: (2 available, best #${1 + paths.findIndex(({ mark }) => mark.includes('best'))}, table default)`,
      ...paths.flatMap(({ from, mark, preference = 100 }) => [
        '  65000 65102',
        `    ${from} from ${from} (${from})`,
        `      Origin IGP, localpref ${preference}, valid, external${mark}`,
        '      Last update: TIME',
      ]),
      '',
    ].join('\n'),
  );

describe('the paths to a prefix', () => {
  const wanted = detail(
    { from: '10.0.0.1', mark: ', multipath, best (Older Path)' },
    { from: '10.0.0.2', mark: ', multipath' },
  );

  it('may stand in another order with the other one best, for another reason of the same kind', () => {
    expect(
      detail(
        { from: '10.0.0.1', mark: ', multipath' },
        { from: '10.0.0.2', mark: ', multipath, best (Router ID)' },
      ),
    ).toBe(wanted);
  });

  it('may not lose a mark, change an attribute or name a reason of another kind', () => {
    const [first, second] = [
      { from: '10.0.0.1', mark: ', multipath, best (Older Path)' },
      { from: '10.0.0.2', mark: ', multipath' },
    ];
    expect(detail(first, { ...second, mark: '' })).not.toBe(wanted);
    expect(detail(first)).not.toBe(wanted);
    expect(detail(first, { ...second, preference: 90 })).not.toBe(wanted);
    expect(detail(first, { ...second, from: '10.0.0.3' })).not.toBe(wanted);
    expect(detail({ ...first, mark: ', multipath, best (AS Path)' }, second)).not.toBe(wanted);
  });

  it('may not choose the path that the decision puts behind', () => {
    expect(
      detail(
        { from: '10.0.0.1', mark: '' },
        { from: '10.0.0.2', mark: ', best (Older Path)', preference: 90 },
      ),
    ).not.toBe(
      detail(
        { from: '10.0.0.1', mark: ', best (Older Path)' },
        { from: '10.0.0.2', mark: '', preference: 90 },
      ),
    );
  });
});

describe('JSON', () => {
  const path = (from: string, marks: object, other: object = {}): object => ({
    valid: true,
    pathFrom: 'external',
    weight: 0,
    path: '65000 65102',
    peerId: from,
    nexthops: [{ ip: from }],
    ...marks,
    ...other,
  });
  const routes = (...paths: readonly object[]): string =>
    withoutTies('show bgp ipv4 unicast json', JSON.stringify({ routes: { '10.2.0.0/24': paths } }));
  const chosen = { bestpath: true, selectionReason: 'Router ID' };
  const beside = { multipath: true };
  const wanted = routes(path('fe80::1', chosen), path('fe80::2', beside));

  it('may hold equal paths in another order with the other one best', () => {
    expect(routes(path('fe80::2', beside), path('fe80::1', chosen))).toBe(wanted);
    expect(routes(path('fe80::2', chosen), path('fe80::1', beside))).toBe(wanted);
  });

  it('may not differ otherwise', () => {
    expect(routes(path('fe80::1', chosen))).not.toBe(wanted);
    expect(routes(path('fe80::1', chosen), path('fe80::2', {}))).not.toBe(wanted);
    expect(routes(path('fe80::1', chosen), path('fe80::2', beside, { weight: 1 }))).not.toBe(wanted);
    expect(routes(path('fe80::1', chosen, { valid: false }), path('fe80::2', beside))).not.toBe(wanted);
    const heavy = { weight: 5 };
    expect(routes(path('fe80::1', chosen, heavy), path('fe80::2', {}))).not.toBe(
      routes(path('fe80::1', {}, heavy), path('fe80::2', chosen)),
    );
  });
});

it("lets next hops of one route come in any order, but keeps each route's own", () => {
  const kernel = (first: string, second: string): string =>
    withoutTies(
      'ip route',
      `10.1.0.0/24 nhid N proto bgp metric 20 \n\tnexthop ${first} \n\tnexthop ${second} \n10.2.0.0/24 dev eth0 \n`,
    );
  expect(kernel('via 10.0.0.2', 'via 10.0.0.1')).toBe(kernel('via 10.0.0.1', 'via 10.0.0.2'));
  expect(kernel('via 10.0.0.2', 'via 10.0.0.2')).not.toBe(kernel('via 10.0.0.1', 'via 10.0.0.2'));
});
