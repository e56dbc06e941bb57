import { describe, expect, it } from 'vitest';
import { multinode } from '../../view/fixtures/chassis.ts';
import { racks } from '../../view/fixtures/routers.ts';
import { capturePlace, pingAddress, pingPlace } from './actions.ts';
import { describeSubject } from './describe.ts';
import { findSubjects } from './find.ts';

describe('finding', () => {
  it.each([
    ['40:44:00:00:00:02', ['logical-port vm2', 'link vm2']],
    ['vni 1', ['logical-switch network1']],
    ['uuid-network1', ['logical-switch network1']],
    ['worker1 worker2', ['tunnel worker1 to worker2', 'tunnel worker2 to worker1']],
    ['northd', ['program ovn-northd']],
    ['nothing like it', []],
  ])('%j', (text, expected) => {
    const found = findSubjects(multinode, text, 20).map(({ subject, name }) => `${subject.kind} ${name}`);
    expect(found.toSorted()).toEqual(expected.toSorted());
  });

  it.each(['4200000101', 'as 4200000101', 'asn 4200000101'])(
    'speakers and their sessions by AS number: %s',
    (text) => {
      const found = findSubjects(racks, text, 20);
      expect(found[0]).toMatchObject({ name: 'AS 4200000101', note: 'BGP on gw-2, frr-ns' });
    },
  );

  it.each([
    // A part of a MAC, however it is written.
    ['40:44:00', ['link vm1', 'link vm2', 'logical-port vm1', 'logical-port vm2']],
    ['40-44-00-00-00-02', ['link vm2', 'logical-port vm2']],
    ['4044.0000.0002', ['link vm2', 'logical-port vm2']],
    ['404400000002', ['link vm2', 'logical-port vm2']],
    // What has the address, then the network in which it is; else the network alone.
    ['192.168.0.11', ['link vm1', 'logical-port vm1', 'logical-switch network1']],
    ['192.168.0.77', ['logical-switch network1']],
    ['192.168.50.7', ['segment underlay']],
    ['vni 1', ['logical-switch network1']],
    ['vni=1', ['logical-switch network1']],
    ['vni 10', []],
    ['vlan 20', []],
  ])('%j finds %j in this order', (text, expected) => {
    const found = findSubjects(multinode, text, 20).map(({ subject, name }) => `${subject.kind} ${name}`);
    expect(found).toEqual(expected);
  });

  it('a VLAN by its number, and no address or other VLAN that has the same digits', () => {
    const [machine] = multinode.hosts;
    const [root] = machine?.namespaces ?? [];
    const [device] = root?.links ?? [];
    if (!machine || !root || !device) throw new Error('the fixture has no device');
    const links = [
      { ...device, name: 'eth1.20', vlan: 20 },
      { ...device, name: 'eth1.200', vlan: 200 },
      { ...device, name: 'eth1.30', vlan: 30, addresses: ['10.20.0.1/24'] },
    ];
    const snapshot = { ...multinode, hosts: [{ ...machine, namespaces: [{ ...root, links }] }] };
    for (const text of ['vlan 20', 'VLAN 20', 'vlan20', 'vlan: 20'])
      expect(findSubjects(snapshot, text, 20).map(({ name }) => name)).toEqual(['eth1.20']);
  });

  it('an AS by its number with the sessions to it, and no other that begins with the same digits', () => {
    const found = findSubjects(racks, 'as 4200000101', 20);
    expect(found.length).toBeGreaterThan(1);
    expect(new Set(found.map(({ subject }) => subject.kind))).toEqual(new Set(['speaker', 'bgp-session']));
    expect(findSubjects(racks, 'as 420000010', 20)).toEqual([]);
  });

  it('gives no more than asked, names that begin with the word first', () => {
    expect(findSubjects(multinode, '', 5)).toHaveLength(5);
    expect(findSubjects(multinode, 'vm1', 3).every(({ name }) => name === 'vm1')).toBe(true);
  });
});

describe('what can be done with a thing', () => {
  const port = (name: string) => ({ kind: 'port', host: 'worker1', bridge: 'br-int', port: name }) as const;

  it.each([
    [port('vm1'), { host: 'worker1', namespace: 'vm1', device: 'vm1' }],
    [port('ovn-worker-0'), { host: 'worker1', namespace: '', device: 'genev_sys_6081' }],
    [{ kind: 'logical-switch', uuid: 'uuid-network1' } as const, null],
  ])('captures where its packets pass: %j', (subject, expected) =>
    expect(capturePlace(subject, multinode)).toEqual(expected),
  );

  it('pings from and to where there is an address', () => {
    expect(pingPlace(port('vm1'), multinode)).toEqual({ host: 'worker1', namespace: 'vm1' });
    expect(pingPlace(port('ovn-worker-0'), multinode)).toBeNull();
    expect(pingAddress(port('vm1'), multinode)).toBe('192.168.0.11');
    expect(pingAddress({ kind: 'host', host: 'worker2' }, multinode)).toBe('192.168.50.101');
    expect(pingAddress({ kind: 'namespace', host: 'worker2', namespace: 'vm2' }, multinode)).toBe(
      '192.168.0.12',
    );
  });

  it('keeps the name of a thing that is gone', () => {
    expect(
      describeSubject({ kind: 'link', host: 'worker9', namespace: '', device: 'eth7' }, multinode).name,
    ).toBe('eth7');
    expect(describeSubject({ kind: 'logical-port', uuid: '0123456789ab' }, multinode).name).toBe('01234567');
  });
});
