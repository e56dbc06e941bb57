/** Where a logical flow and its OpenFlow say different things, that is told; where they agree nothing is. */
import { expect, it } from 'vitest';
import type { WhyNotAnswer } from '../../questions/why-not.ts';
import type { CallContext } from '../call.ts';
import { findRun, runSteps, runSummaries } from '../runs.ts';
import { Session } from '../session.ts';
import { whyNot } from './why-not.ts';

const quiet: CallContext = {
  signal: new AbortController().signal,
  output: () => undefined,
  progress: () => undefined,
};

async function after(scenario: string, ...lines: readonly (readonly [string, string])[]): Promise<Session> {
  const session = new Session(() => undefined);
  await session.open(scenario, 1, quiet);
  for (const [host, line] of lines) await session.exec(host, line, quiet);
  return session;
}

/** The answers at every third look-up of every run, or at the drops alone. */
function answers({ world, questions }: Session, only: 'all' | 'drops'): readonly WhyNotAnswer[] {
  return runSummaries(world).flatMap(({ id, steps }) =>
    runSteps(world, findRun(world, id), 0, steps).flatMap(({ what }, step) => {
      if (only === 'drops' ? what.kind !== 'dropped' : what.kind !== 'table' || step % 3 > 0) return [];
      const ask = { run: id, step };
      return (
        whyNot(
          world,
          (table) => questions.stage(table),
          () => questions.southbound(),
          ask,
        ) ?? []
      );
    }),
  );
}

/** An answer and those of the earlier tables. */
const chain = (answer: WhyNotAnswer): readonly WhyNotAnswer[] => [
  answer,
  ...(answer.earlier ? chain(answer.earlier) : []),
];

const contradicted = (list: readonly WhyNotAnswer[]): readonly string[] =>
  list
    .flatMap(chain)
    .flatMap(({ place, contradicted: flow }) =>
      flow ? [`${place.replace(/^\S+ /, '')}: ${flow.stage} ${flow.priority}, ${flow.actions}`] : [],
    );

it('the lost neighbour advertisement meets a logical flow whose OpenFlow does not take it', async () => {
  const session = await after('where-is-my-packet', ['client', 'ping 2001:db8::f816:3eff:fe1e:5a0f -c2']);
  const drops = contradicted(answers(session, 'drops'));
  expect(drops).toContain('br-int, table 10 ls_in_port_sec_nd: ls_in_port_sec_nd 90, next;');
});

it.each([
  ['where-is-my-packet-now', ['client', 'ping 2001:db8::f816:3eff:fe1e:5a0f -c2']],
  ['multinode-ovn', ['worker1', 'ip netns exec vm1 ping 192.168.0.12 -c1']],
  ['tripleo-layout', ['cirros1', 'ping -c1 8.8.8.8']],
  ['learning-ovn-and-bgp', ['ovn-gw-1', 'ip netns exec frr-ns ping -W 1 -c 1 172.16.10.2']],
] as const)('in %s the two never disagree', async (scenario, line) => {
  const session = await after(scenario, line);
  const all = answers(session, 'all');
  expect(all.filter(({ logical }) => logical.length > 0).length).toBeGreaterThan(0);
  expect(contradicted(all)).toEqual([]);
});

it('nor after what a set holds has changed, or while ovn-controller stands still', async () => {
  const session = await after(
    'multinode-ovn',
    ['central', 'ovn-nbctl create Address_Set name=web addresses=192.168.0.99'],
    ['central', 'ovn-nbctl acl-add network1 to-lport 2000 "ip4.src == \\$web && icmp4" allow'],
    ['central', 'ovn-nbctl acl-add network1 to-lport 1001 icmp4 drop'],
    ['worker1', 'ip netns exec vm1 ping -c 1 -W 1 192.168.0.12'],
  );
  expect(answers(session, 'drops').length).toBeGreaterThan(0);
  await session.fault({ kind: 'stopped', host: 'worker2', program: 'ovn-controller' }, true);
  await session.exec('central', 'ovn-nbctl add Address_Set web addresses 192.168.0.11', quiet);
  expect(contradicted(answers(session, 'drops'))).toEqual([]);
  await session.fault({ kind: 'stopped', host: 'worker2', program: 'ovn-controller' }, false);
  await session.exec('worker2', 'sleep 2', quiet);
  expect(contradicted(answers(session, 'drops'))).toEqual([]);
});

it('nor where an ACL drops the packet, then or once the ACL is gone', async () => {
  const session = await after(
    'multinode-ovn',
    ['central', 'ovn-nbctl acl-add network1 to-lport 1001 icmp4 drop'],
    ['worker1', 'ip netns exec vm1 ping -c 1 -W 1 192.168.0.12'],
  );
  expect(answers(session, 'drops').length).toBeGreaterThan(0);
  expect(contradicted(answers(session, 'all'))).toEqual([]);
  await session.exec('central', 'ovn-nbctl acl-del network1', quiet);
  await session.exec('central', 'ovn-nbctl acl-add network1 to-lport 2000 icmp4 allow', quiet);
  expect(contradicted(answers(session, 'all'))).toEqual([]);
});
