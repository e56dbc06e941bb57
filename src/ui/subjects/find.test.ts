import { describe, expect, it } from 'vitest';
import { multinode } from '../../view/fixtures/chassis.ts';
import { racks } from '../../view/fixtures/routers.ts';
import { capturePlace, pingAddress, pingPlace } from './actions.ts';
import { describeSubject } from './describe.ts';
import { findSubjects } from './find.ts';

describe('finding', () => {
  it.each([
    ['192.168.0.11', ['link vm1', 'logical-port vm1']],
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
