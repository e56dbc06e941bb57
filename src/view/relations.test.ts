import { describe, expect, it } from 'vitest';
import type { Subject } from '../engine/protocol.ts';
import { multinode } from './fixtures/chassis.ts';
import { relationsOf } from './relations.ts';
import { subjectId, subjectOf } from './subject-id.ts';

const told = (subject: Subject): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    relationsOf(subject, multinode).map(({ title, things }) => [title, things.map(subjectId)]),
  );

describe('intent and reality', () => {
  it('tells what a switch is made of', () => {
    const network = told({ kind: 'logical-switch', uuid: 'uuid-network1' });
    expect(network['Bound on']).toEqual(['host:worker1', 'host:worker2']);
    expect(network['Realised by']).toEqual(
      expect.arrayContaining(['port:worker1/br-int/vm1', 'link:worker1/vm1/vm1', 'namespace:worker2/vm2']),
    );
    expect(network['Carried by']?.length).toBe(2);
  });

  it('leads back from every thing that it names', () => {
    const network = subjectId({ kind: 'logical-switch', uuid: 'uuid-network1' });
    const real = told({ kind: 'logical-switch', uuid: 'uuid-network1' });
    for (const id of [...(real['Realised by'] ?? []), ...(real['Bound on'] ?? [])]) {
      const subject = subjectOf(id);
      expect(subject && told(subject)['In'], id).toEqual([network]);
    }
    for (const id of real['Carried by'] ?? []) {
      const subject = subjectOf(id);
      expect(subject && told(subject)['Carries'], id).toEqual([network]);
    }
    for (const id of real['Its ports'] ?? []) {
      const subject = subjectOf(id);
      expect(subject && told(subject)['Part of'], id).toEqual([network]);
    }
  });

  it('says nothing of what is not there', () => {
    expect(told({ kind: 'logical-port', uuid: 'gone' })).toEqual({});
    expect(told({ kind: 'link', host: 'worker1', namespace: '', device: 'eth1' })).toEqual({});
  });
});
