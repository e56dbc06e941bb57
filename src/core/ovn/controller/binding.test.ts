import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import {
  createDatabase,
  sbSchema,
  vswitchSchema,
  type OvsDatabase,
  type SbDatabase,
  type SbRow,
} from '../../ovsdb/index.ts';
import { findBindings } from './binding.ts';
import { ClaimTimes, writeClaims } from './claims.ts';
import { readSettings } from './settings.ts';

/** A chassis with two encapsulations, another chassis, a switch, and one interface for each name. */
function site(type: 'geneve' | 'vxlan', interfaces: readonly string[]) {
  const sb: SbDatabase = createDatabase(sbSchema, createRandom(1));
  const ovs: OvsDatabase = createDatabase(vswitchSchema, createRandom(2));
  sb.transact((txn) => {
    const encap = (chassis_name: string, ip: string, options: ReadonlyMap<string, string>) =>
      txn.insert('Encap', { type, ip, chassis_name, options });
    const isDefault = new Map([['is_default', 'true']]);
    const encaps = [encap('one', '10.0.0.1', new Map()), encap('one', '10.0.0.2', isDefault)];
    txn.insert('Chassis', { name: 'one', hostname: 'one.example', encaps });
    txn.insert('Chassis', {
      name: 'two',
      hostname: 'two.example',
      encaps: [encap('two', '10.0.0.3', new Map())],
    });
    txn.insert('Datapath_Binding', { tunnel_key: 1 });
  });
  ovs.transact((txn) => {
    const ports = interfaces.map((name, index) => {
      const iface = txn.insert('Interface', {
        name,
        ofport: index + 1,
        external_ids: new Map([['iface-id', name]]),
      });
      return txn.insert('Port', { name, interfaces: [iface] });
    });
    const bridge = txn.insert('Bridge', { name: 'br-int', ports });
    txn.insert('Open_vSwitch', { bridges: [bridge] });
  });
  const port = (values: Partial<SbRow<'Port_Binding'>> & { readonly logical_port: string }): void => {
    sb.transact((txn) => {
      const [datapath] = txn.rows('Datapath_Binding');
      if (datapath)
        txn.insert('Port_Binding', {
          datapath: datapath._uuid,
          tunnel_key: txn.count('Port_Binding') + 1,
          ...values,
        });
    });
  };
  const claim = (): void => {
    const [chassis] = sb.find('Chassis', 'name', 'one');
    const [bridge] = ovs.find('Bridge', 'name', 'br-int');
    if (!chassis || !bridge) throw new Error('no chassis');
    const bindings = findBindings(sb, ovs, bridge, chassis, new Set());
    writeClaims(sb, chassis, bindings, new ClaimTimes(), 0);
  };
  const at = (name: string) => {
    const row = sb.find('Port_Binding', 'logical_port', name)[0];
    const chassis = row?.chassis ? sb.get('Chassis', row.chassis)?.name : undefined;
    const encap = row?.encap ? sb.get('Encap', row.encap)?.ip : undefined;
    const also = row?.additional_chassis.map((uuid) => sb.get('Chassis', uuid)?.name);
    const alsoBy = row?.additional_encap.map((uuid) => sb.get('Encap', uuid)?.ip);
    return { chassis, encap, also, alsoBy };
  };
  return { sb, ovs, port, claim, at };
}

const requested = (value: string): ReadonlyMap<string, string> => new Map([['requested-chassis', value]]);
const nowhere = { chassis: undefined, encap: undefined, also: [], alsoBy: [] };

describe('a chassis claims', () => {
  it('a port by its interface, and tells which of several encapsulations leads to it', () => {
    const { ovs, port, claim, at } = site('geneve', ['a', 'b']);
    port({ logical_port: 'a' });
    port({ logical_port: 'b' });
    ovs.transact((txn) => {
      const [b] = txn.find('Interface', 'name', 'b');
      const ids = new Map([
        ['iface-id', 'b'],
        ['encap-ip', '10.0.0.1'],
      ]);
      if (b) txn.update('Interface', b._uuid, { external_ids: ids });
    });
    claim();
    port({ logical_port: 'on b', type: 'virtual', virtual_parent: 'b' });
    claim();
    expect(at('a')).toEqual({ ...nowhere, chassis: 'one', encap: '10.0.0.2' });
    expect(at('b')).toEqual({ ...nowhere, chassis: 'one', encap: '10.0.0.1' });
    expect(at('on b')).toEqual(at('b'));
  });

  it('and says that it is up where northd waits for that', () => {
    const { sb, port, claim } = site('geneve', ['a', 'b']);
    port({ logical_port: 'a', up: false });
    port({ logical_port: 'b' });
    claim();
    const up = (name: string) => sb.find('Port_Binding', 'logical_port', name)[0]?.up;
    expect([up('a'), up('b')]).toEqual([true, null]);
  });

  it('and does not tell it of VXLAN', () => {
    const { port, claim, at } = site('vxlan', ['a']);
    port({ logical_port: 'a' });
    claim();
    expect(at('a')).toEqual({ ...nowhere, chassis: 'one' });
  });

  it('a port that is requested here second as an additional chassis', () => {
    const { port, claim, at } = site('geneve', ['a']);
    port({ logical_port: 'a', options: requested('two,one.example') });
    claim();
    expect(at('a')).toEqual({ ...nowhere, also: ['one'], alsoBy: ['10.0.0.2'] });
  });

  it('children only together with their parent', () => {
    const { port, claim, at } = site('geneve', ['a', 'b']);
    port({ logical_port: 'a' });
    port({ logical_port: 'b', options: requested('two') });
    port({ logical_port: 'child-a', parent_port: 'a', tag: 1 });
    port({ logical_port: 'child-b', parent_port: 'b', tag: 1 });
    claim();
    expect(at('child-a').chassis).toBe('one');
    expect(at('child-b')).toEqual(nowhere);
  });

  it('a virtual port whose parent is here, be it as an additional chassis', () => {
    const { port, claim, at } = site('geneve', ['a', 'b']);
    port({ logical_port: 'a', options: requested('two,one') });
    port({ logical_port: 'b', options: requested('two') });
    port({ logical_port: 'va', type: 'virtual', virtual_parent: 'a' });
    port({ logical_port: 'vb', type: 'virtual', virtual_parent: 'b' });
    claim();
    claim();
    expect(at('va').chassis).toBe('one');
    expect(at('vb')).toEqual(nowhere);
  });

  it('no port whose interface is of another plugging', () => {
    const { port, claim, at } = site('geneve', ['a']);
    port({ logical_port: 'a', options: new Map([['iface-id-ver', '2']]) });
    claim();
    expect(at('a')).toEqual(nowhere);
  });
});

it('the default encapsulation address has the first id, the others follow by text', () => {
  const { ovs } = site('geneve', []);
  ovs.transact((txn) => {
    const [root] = txn.rows('Open_vSwitch');
    const ids = new Map([
      ['ovn-encap-ip', '10.0.0.9,10.0.0.3,10.0.0.5'],
      ['ovn-encap-ip-default', '10.0.0.5'],
    ]);
    if (root) txn.update('Open_vSwitch', root._uuid, { external_ids: ids });
  });
  expect(readSettings(ovs).encapIps).toEqual(['10.0.0.5', '10.0.0.3', '10.0.0.9']);
});
