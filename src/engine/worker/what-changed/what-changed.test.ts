/** What deeds lead to on the gateways of "Learning OVN and BGP": withdrawn, refused, moved, lost, and whole again. */
import { expect, it } from 'vitest';
import type { Fault } from '../../../core/sim/index.ts';
import type { Consequences } from '../../questions/what-changed.ts';
import type { CallContext } from '../call.ts';
import { Session } from '../session.ts';

const quiet = (signal = new AbortController().signal): CallContext => ({
  signal,
  output: () => undefined,
  progress: () => undefined,
});

const TOR = 'ovn-gw-1/frr-ns/default';

const PING = 'ip netns exec frr-ns ping 172.16.10.2';

it('faults, links, policies and gateways: what was withdrawn, refused, moved and lost, and when it was whole again', async () => {
  const session = new Session(() => undefined);
  await session.open('learning-ovn-and-bgp', 1, quiet());
  const type = async (host: string, line: string): Promise<void> =>
    void (await session.exec(host, line, quiet()));
  const wait = (seconds: number): Promise<void> => type('ovnlab', `sleep ${seconds}`);
  /** The newest that followed from a line with these words in it. */
  const after = (words: string): Consequences | undefined =>
    session.whatChanged().find(({ cause }) => cause.kind === 'typed' && cause.line.includes(words));

  const cut: Fault = { kind: 'cut', host: 'ovn-gw-2', device: 'eth1' };
  await session.fault(cut, true);
  await type('ovn-gw-1', `${PING} -c 3 -W 1`);
  const [newest] = session.whatChanged();
  expect(newest?.cause).toEqual({ kind: 'fault', fault: cut, on: true });
  const [first] = newest?.lost ?? [];
  expect([first?.lost, first?.sent, first?.next]).toEqual([3, 3, null]);
  expect([first?.drop.where.host, first?.drop.where.device, first?.drop.reason.kind]).toEqual([
    'ovn-gw-2',
    'eth1',
    'fault',
  ]);
  await session.fault(cut, false);
  await wait(5);

  // One ping a second from here on, whatever else goes on.
  const stop = new AbortController();
  const pinging = session.exec('ovn-gw-1', PING, quiet(stop.signal));
  // Not while a packet is on its way.
  await wait(2.5);
  await type('ovn-gw-1', 'ip netns exec frr-ns ip link set ext1 down');
  await wait(3);
  const down = after('ext1 down');
  expect(down?.gone.map(({ prefix, speaker, text, back }) => [prefix, speaker, text, back])).toEqual([
    ['172.16.10.2/32', TOR, 'the session with ext1 ended: Interface down', null],
  ]);
  expect([down?.missing, down?.whole]).toEqual([1, null]);
  expect(down?.lost.map(({ source, kind, next, drop }) => [source, kind, next, drop.reason.kind])).toEqual([
    ['41.41.41.41', 'ICMP echo request', null, 'no-route'],
  ]);
  await type('ovn-gw-1', 'ip netns exec frr-ns ip link set ext1 up');
  await wait(20);
  const [up, again] = [after('ext1 up'), after('ext1 down')];
  const [loss] = again?.lost ?? [];
  expect([again?.missing, up?.came]).toEqual([0, 1]);
  expect(loss?.next).toBeGreaterThan(up?.at ?? Infinity);
  expect(again?.whole).toBe(Math.max(loss?.next ?? 0, again?.gone[0]?.back ?? 0));
  // Every ping that was sent while there was no way is counted once.
  expect((loss?.lost ?? 0) + (up?.lost[0]?.lost ?? 0)).toBe(
    Math.round(((loss?.next ?? 0) - (loss?.first ?? 0)) / 1e9),
  );

  await type(
    'ovn-gw-1',
    "vtysh -N frr-ns -c conf -c 'router bgp 4200000100' -c 'bgp ebgp-requires-policy' -c 'address-family ipv4 unicast' -c 'no neighbor ext1 prefix-list accept-all in'",
  );
  await wait(1);
  const refused = after('requires-policy');
  expect(refused?.refused.map(({ speaker, text }) => [speaker, text])).toEqual([
    [TOR, 'from ext1: inbound policy missing'],
  ]);
  expect(refused?.gone.map(({ text }) => text)).toEqual(['refused from ext1: inbound policy missing']);

  await type('ovn-central-az1', 'ovn-nbctl lrp-set-gateway-chassis lrp-guest-join-dgp ovn-gw-1 30');
  await wait(1);
  const moved = after('lrp-set-gateway-chassis');
  expect(moved?.gateways.map(({ port, from, to }) => [port, from, to])).toContainEqual([
    'cr-lrp-guest-join-dgp',
    'ovn-gw-2',
    'ovn-gw-1',
  ]);
  expect(moved?.moved.map(({ speaker, text }) => [speaker, text])).toContainEqual([
    'ovn-gw-1//ovnvrf10',
    'metric 100, before 1000',
  ]);
  expect([moved?.gone, moved?.missingBefore]).toEqual([[], 1]);
  // Lines that only look, and that wait, are no cause.
  expect(session.whatChanged()).toHaveLength(6);

  await type('ovn-central-az1', 'ovn-sbctl chassis-del ovn-gw-1');
  await wait(2);
  expect(after('chassis-del')?.gateways.map(({ from, to }) => [from, to])).toContainEqual(['ovn-gw-1', null]);
  stop.abort();
  await pinging;
}, 240_000);

it('routes of EVPN are told apart, in words, and each is back by itself; errors of ICMP are no losses of their own', async () => {
  const session = new Session(() => undefined);
  await session.open('evpn-fabric', 1, quiet());
  const type = async (host: string, line: string): Promise<void> =>
    void (await session.exec(host, line, quiet()));
  await type('worker1', 'ip netns exec vm1 ping -c 1 172.16.1.50');
  const cut: Fault = { kind: 'cut', host: 'leaf', device: 'eth0' };
  await session.fault(cut, true);
  await type('worker1', 'ip netns exec vm1 ping -c 60 -W 1 172.16.1.50');
  const [broken] = session.whatChanged();
  const atLeaf = (broken?.gone ?? []).filter(({ speaker }) => speaker === 'leaf//default');
  expect(new Set(atLeaf.map(({ words }) => words)).size).toBe(atLeaf.length);
  expect(new Set(atLeaf.map(({ text }) => text))).toEqual(
    new Set(['the session with 192.168.50.1 ended: Interface down']),
  );
  expect(broken?.lost.map(({ kind }) => kind)).toEqual(['ICMP echo request']);
  await session.fault(cut, false);
  await type('worker1', 'sleep 30');
  await type('worker1', 'ip netns exec vm1 ping -c 2 172.16.1.50');
  const again = session.whatChanged().find(({ cause }) => cause.kind === 'fault' && cause.on);
  expect([again?.missing, again?.gone.filter(({ back }) => back === null)]).toEqual([0, []]);
  expect(again?.whole).not.toBeNull();

  // What a `clear` leads to is its own doing.
  await type('leaf', "vtysh -c 'clear bgp *'");
  await type('leaf', 'sleep 20');
  const [cleared] = session.whatChanged();
  expect(cleared?.cause).toMatchObject({ kind: 'typed', line: "vtysh -c 'clear bgp *'" });
  expect(cleared?.gone.length).toBeGreaterThan(0);
  expect(cleared?.missing).toBe(0);
}, 240_000);
