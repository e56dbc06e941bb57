/** Fields along a ping through a tunnel: what only the switch has, and what stands in the octets. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Step } from '../../core/base/step.ts';
import { fieldReadings } from './field-readings.ts';
import { decodeStep } from './packet-view.ts';
import { matchSteps } from './match-steps.ts';
import { findRun, runStep, runSummaries } from './runs.ts';
import { Session } from './session.ts';

const quiet = () => ({
  signal: new AbortController().signal,
  output: () => undefined,
  progress: () => undefined,
});

async function after(scenario: string, host: string, line: string): Promise<Session> {
  const session = new Session(() => undefined);
  await session.open(scenario, 1, quiet());
  await session.exec(host, line, quiet());
  return session;
}

/** `worker1 br-int 40: 0x2`: where a field became what. */
function readings(session: Session, field: string): readonly string[] {
  const run = findRun(session.world, runSummaries(session.world).at(-1)?.id ?? -1);
  const place = ({ where, what }: Step): string =>
    `${where.host} ${where.table ?? where.bridge ?? where.device ?? what.kind}`;
  return fieldReadings(session.world, run, field).map(
    ({ step, values, changed }) =>
      `${place(runStep(session.world, run, step))}: ${values.join(', ') || 'none'}${changed ? ' (changed)' : ''}`,
  );
}

describe('over a tunnel', () => {
  let session: Session;
  beforeAll(async () => {
    session = await after('multinode-ovn', 'worker1', 'ip netns exec vm1 ping 192.168.0.12 -c1');
  });

  it('registers and metadata are the switch’s alone', () => {
    const held = readings(session, 'reg15');
    expect(held).toContain('worker1 40: 0x2 (changed)');
    expect(held.filter((one) => one.startsWith('worker1 genev_sys_6081'))).toEqual([
      'worker1 genev_sys_6081: none',
    ]);
    expect(readings(session, 'tun_id')).toContain('worker1 44: 0x1 (changed)');
  });

  it('headers are read from the octets, by both names', () => {
    const vni = readings(session, 'geneve.vni');
    expect(vni.slice(0, 2)).toEqual(['worker1 routed: 1 (changed)', 'worker2 genev_sys_6081: none']);
    expect(readings(session, 'nw_ttl')).toContain('worker1 vm1: 64');
    expect(readings(session, 'ip.ttl')).toContain('worker1 routed: 64, 64');
    expect(readings(session, 'dl_dst')).toEqual(readings(session, 'eth_dst'));
    expect(readings(session, 'eth_dst')).toContain('worker1 eth1: 52:54:00:a1:50:65 (changed)');
  });

  it('a field changes where its innermost value does or a header with it is added, not with the headers around it', () => {
    const changed = (field: string) => readings(session, field).filter((one) => one.endsWith('(changed)'));
    // Switched, not routed: the echo keeps its TTL, also where its tunnel's header comes and goes and where ARP sets it free.
    expect(changed('ip.ttl')).toEqual([]);
    expect(changed('geneve.vni')).toEqual(['worker1 routed: 1 (changed)', 'worker2 routed: 1 (changed)']);
  });

  it('what is no field is refused, also before anything was sent', () => {
    const { world } = session;
    for (const name of ['nosuchfield', 'ip4.src', 'geneve.vnii'])
      expect(() => fieldReadings(world, null, name)).toThrow(`no field is called ${name}`);
    expect(fieldReadings(world, null, 'reg15')).toEqual([]);
    expect(() => matchSteps(world, null, 'geneve.vnii == 1')).toThrow('geneve.vnii is not a field');
    expect(matchSteps(world, null, 'geneve.vni == 1')).toEqual([]);
  });

  it('names the stages, logical ones and OVN’s own', () => {
    const names = session.stages().names();
    expect(names).toEqual(names.toSorted());
    for (const one of ['ls_in_l2_lkup', 'ls_out_acl_eval', 'logical to physical'])
      expect(names).toContain(one);
  });
});

it('a kernel’s packet that has no Ethernet header yet is read as IP; a router’s kernel lowers the hop limit', async () => {
  const session = await after('where-is-my-packet-now', 'client', 'ping 2001:db8::f816:3eff:fe1e:5a0f -c1');
  const held = readings(session, 'ipv6.hlim');
  expect(held.some((one) => one.startsWith('client') && one.endsWith(': 64'))).toBe(true);
  expect(held.some((one) => one.startsWith('cmp-3-1') && one.endsWith(': 63 (changed)'))).toBe(true);
  const asked = runSummaries(session.world).at(-1);
  const run = findRun(session.world, asked?.id ?? -1);
  const bare = run.steps
    .map((_, position) => runStep(session.world, run, position))
    .filter(({ what }) => what.kind === 'originated' && what.text.startsWith('neighbour'));
  expect(bare.length).toBeGreaterThan(0);
  for (const step of bare)
    expect(decodeStep(step, step.frame ?? new Uint8Array()).layers.map(({ kind }) => kind)).toEqual([
      'ipv6',
      'icmpv6',
    ]);
});
