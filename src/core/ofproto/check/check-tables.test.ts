/** Tables without a fault, faults planted in them, and what the check names: those, and nothing else. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { readDumpedBridge } from '../../readers/dumped-bridge.ts';
import { Vswitch } from '../vswitch/vswitch.ts';
import { checkTables } from './check-tables.ts';

const CONTEXT = {
  clock: { now: () => 0, wallMs: () => 0, after: () => () => undefined },
  random: createRandom(1),
  recorder: { active: false, record: () => 0 },
};

/** Kinds and texts of what is found in a dump. */
function check(flows: readonly string[]): string[] {
  const vswitch = new Vswitch('host', CONTEXT);
  vswitch.reconfigure([
    {
      name: 'br0',
      failMode: 'secure',
      mac: null,
      datapathType: '',
      macAge: 300,
      macTableSize: 100,
      floodVlans: [],
      forwardReserved: false,
      ports: [],
      mirrors: [],
    },
  ]);
  const bridge = vswitch.bridges.get('br0');
  if (!bridge) throw new Error('no bridge');
  const dump = readDumpedBridge({ flows: flows.join('\n'), ports: '', groups: '', meters: '' });
  bridge.replaceFlows(dump.flows.map(({ spec }) => spec));
  return checkTables(bridge, { ports: false, groups: true, meters: true }).map(
    ({ kind, text }) => `${kind}: ${text}`,
  );
}

const FAULTS = [
  'whole',
  'no action',
  'moved action',
  'foreign action',
  'no clause',
  'shadowed',
  'no table',
  'no group',
] as const;
type Fault = (typeof FAULTS)[number];

/** A conjunction of its own register, number `n`, with one fault; and what has to be said of it. */
function conjunction(n: number, sizes: readonly number[], fault: Fault): { rows: string[]; said: RegExp[] } {
  const table = 10 + (n % 3);
  const [id, other] = [n + 1, n + 1001];
  const head = `table=${table}, priority=${100 + (n % 2)},`;
  const own = `tcp,reg0=0x${(n + 1).toString(16)}`;
  const fields = ['nw_src=10.0.0.', 'nw_dst=10.1.0.', 'tp_dst=80'];
  const skipped = fault === 'no clause' ? n % sizes.length : -1;
  const rows = sizes.flatMap((size, clause) =>
    clause === skipped
      ? []
      : Array.from(
          { length: size },
          (_, i) =>
            `${head}${own},${fields[clause]}${i} actions=conjunction(${id},${clause + 1}/${sizes.length})`,
        ),
  );
  const action = (conj: number, match: string, to = 'resubmit(,20)') =>
    `${head}conj_id=${conj},${match} actions=${to}`;
  const at = `Table ${table}: `;
  switch (fault) {
    case 'whole':
      return { rows: [...rows, action(id, own)], said: [] };
    case 'no action':
      return {
        rows,
        said: [new RegExp(`^conjunction-action: ${at}the clauses of conjunction ${id} lead nowhere`)],
      };
    case 'moved action':
      return {
        rows: [...rows, action(other, own)],
        said: [
          new RegExp(
            `^conjunction-action: ${at}the clauses are under conjunction ${id}, the action flow is under conj_id=${other}:`,
          ),
        ],
      };
    case 'foreign action':
      return {
        rows: [...rows, action(id, 'tcp,reg0=0xffff')],
        said: [
          new RegExp(
            `^conjunction-action: ${at}the action flow under conj_id=${id} matches no packet that meets clause 1/`,
          ),
        ],
      };
    case 'no clause':
      return {
        rows: [...rows, action(id, own)],
        said: [
          new RegExp(`^conjunction-clause: ${at}conjunction ${id} at .* no flow for clause ${skipped + 1}/`),
        ],
      };
    case 'shadowed':
      return {
        rows: [
          ...rows,
          action(id, own),
          `table=${table}, priority=300,udp,reg1=0x${id} actions=drop`,
          `table=${table}, priority=200,udp,reg1=0x${id},tp_dst=53 actions=drop`,
        ],
        said: [new RegExp(`^shadowed: ${at}udp,reg1=0x${id},tp_dst=53 at priority 200 never matches`)],
      };
    case 'no table':
      return {
        rows: [...rows, action(id, own, `resubmit(,${30 + n})`)],
        said: [new RegExp(`^empty-table: Table ${30 + n} is empty, and 1 flow leads`)],
      };
    case 'no group':
      return {
        rows: [...rows, action(id, own, `group:${id}`)],
        said: [new RegExp(`^missing-group: Group ${id} does not exist, and 1 flow uses`)],
      };
  }
}

const size = fc.integer({ min: 1, max: 4 });
const planted = fc.array(
  fc.record({
    sizes: fc.oneof(fc.tuple(size, size), fc.tuple(size, size, size)),
    fault: fc.constantFrom(...FAULTS),
  }),
  { minLength: 1, maxLength: 12 },
);

it('names every planted fault and nothing else', () => {
  fc.assert(
    fc.property(planted, fc.infiniteStream(fc.nat()), (parts, order) => {
      const made = parts.map(({ sizes, fault }, n) => conjunction(n, sizes, fault));
      const rows = ['table=20, priority=0 actions=drop', ...made.flatMap(({ rows: own }) => own)]
        .map((row) => [row, order.next().value] as const)
        .toSorted(([, a], [, b]) => a - b)
        .map(([row]) => row);
      const found = check(rows);
      const said = made.flatMap((one) => one.said);
      expect(found, `\n${rows.join('\n')}`).toHaveLength(said.length);
      for (const one of said) expect(found).toContainEqual(expect.stringMatching(one));
    }),
    { numRuns: 60, seed: 7 },
  );
});
