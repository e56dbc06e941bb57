import { expect, it } from 'vitest';
import { World } from '../../../core/sim/index.ts';
import { replay } from '../../../core/shell/transcript.ts';
import { flowKey } from '../../questions/bridge-flows.ts';
import { BridgeTables } from './bridge-tables.ts';

it('lists the flows with the keys that are asked for, each with the name of its own stage', () => {
  const world = new World(
    { machines: [{ name: 'h', kind: 'machine', services: ['openvswitch'], nics: [] }], segments: [] },
    1,
  );
  for (const line of [
    'ovs-vsctl add-br br0',
    'ovs-ofctl del-flows br0',
    'ovs-ofctl add-flow br0 cookie=0x1,table=8,priority=50,metadata=1,actions=resubmit(,9)',
    'ovs-ofctl add-flow br0 cookie=0x2,table=8,priority=50,metadata=2,actions=resubmit(,9)',
    'ovs-ofctl add-flow br0 cookie=0x3,table=9,actions=drop',
  ])
    expect(replay(world, 'h', line)).toMatchObject({ status: 0, err: '' });
  const tables = new BridgeTables(
    world,
    () =>
      ({ table, cookie }) =>
        cookie === 2n ? 'lr_in_admission' : `stage of ${table}`,
  );
  const ask = { host: 'h', bridge: 'br0', filter: '', search: '', shape: null, offset: 0, limit: 10 };
  const { rows } = tables.flows({ ...ask, only: null });
  expect(new Map(rows.map(({ cookie, stage }) => [cookie, stage]))).toEqual(
    new Map([
      ['0x1', 'stage of 8'],
      ['0x2', 'lr_in_admission'],
      ['0x3', 'stage of 9'],
    ]),
  );
  const wanted = rows.filter(({ cookie }) => cookie !== '0x1');
  const some = tables.flows({ ...ask, only: wanted.map((row) => flowKey(row)) });
  expect(some.total).toBe(2);
  expect(some.rows).toEqual(wanted);
  expect(tables.flows({ ...ask, search: 'metadata=0x2', only: ['8 50 0x1 metadata=0x1'] }).total).toBe(0);
});
