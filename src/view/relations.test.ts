import { describe, expect, it } from 'vitest';
import type { Subject } from '../engine/protocol.ts';
import { multinode } from './fixtures/chassis.ts';
import { gateways } from './fixtures/gateways.ts';
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

  it('leads from a router to its gateway port and the machine that holds it, and back', () => {
    const snapshot = {
      ...gateways,
      hosts: ['ovn-gw-1', 'ovn-gw-2'].flatMap((name) =>
        multinode.hosts.slice(0, 1).map((host) => ({ ...host, name })),
      ),
    };
    const of = (subject: Subject) =>
      Object.fromEntries(
        relationsOf(subject, snapshot).map(({ title, things }) => [title, things.map(subjectId)]),
      );
    const guest = snapshot.logical?.routers[0];
    const gateway = guest?.ports.find(({ heldBy }) => heldBy !== null);
    const port = of({ kind: 'logical-port', uuid: gateway?.uuid ?? '' });
    const router: Subject = { kind: 'logical-router', uuid: guest?.uuid ?? '' };
    expect(port['Part of']).toEqual([subjectId(router)]);
    expect(port['Gateway held by']).toEqual(['host:ovn-gw-2']);
    expect(port['Gateway may move to']).toEqual(['host:ovn-gw-1']);
    expect(of(router)['Its ports']).toContain(subjectId({ kind: 'logical-port', uuid: gateway?.uuid ?? '' }));
    expect(of({ kind: 'host', host: 'ovn-gw-2' })['Gateway of']).toContain(subjectId(router));
    for (const id of of(router)['Joined to'] ?? []) {
      const subject = subjectOf(id);
      expect(subject && of(subject)['Joined to'], id).toContain(subjectId(router));
    }
  });

  it('says nothing of what is not there', () => {
    expect(told({ kind: 'logical-port', uuid: 'gone' })).toEqual({});
    expect(told({ kind: 'link', host: 'worker1', namespace: '', device: 'eth1' })).toEqual({});
  });
});
