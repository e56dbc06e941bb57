import { expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import type { Uuid } from '../../base/uuid.ts';
import { createDatabase, sbSchema, type SbDatabase } from '../../ovsdb/index.ts';
import { localDatapaths } from './local-datapaths.ts';

/** A distributed router whose port leads to a gateway router on the chassis `gateway`. */
function site(gateway: string) {
  const sb: SbDatabase = createDatabase(sbSchema, createRandom(1));
  const uuids = new Map<string, Uuid>();
  sb.transact((txn) => {
    const encap = txn.insert('Encap', { type: 'geneve', ip: '10.0.0.1', chassis_name: 'one' });
    uuids.set('one', txn.insert('Chassis', { name: 'one', encaps: [encap] }));
    const distributed = txn.insert('Datapath_Binding', { tunnel_key: 1 });
    const central = txn.insert('Datapath_Binding', { tunnel_key: 2 });
    uuids.set('distributed', distributed);
    txn.insert('Port_Binding', {
      logical_port: 'here',
      datapath: distributed,
      tunnel_key: 1,
      type: 'patch',
      options: new Map([['peer', 'there']]),
    });
    txn.insert('Port_Binding', {
      logical_port: 'there',
      datapath: central,
      tunnel_key: 1,
      type: 'l3gateway',
      options: new Map([
        ['peer', 'here'],
        ['l3gateway-chassis', gateway],
      ]),
    });
  });
  return (seesAll: boolean): number[] => {
    const [chassis, root] = [uuids.get('one'), uuids.get('distributed')];
    if (!chassis || !root) throw new Error('not built');
    const found = localDatapaths(sb, [root], chassis, [], () => true, seesAll);
    return [...found.values()].map(({ datapath }) => datapath.tunnel_key).toSorted((a, b) => a - b);
  };
}

it("another chassis's gateway router is local only to who reads all rows", () => {
  expect(site('one')(false)).toEqual([1, 2]);
  expect(site('two')(false)).toEqual([1]);
  expect(site('two')(true)).toEqual([1, 2]);
});
