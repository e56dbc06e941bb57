/** Sessions between bgpds: what a NOTIFICATION costs, how refreshes are asked for, answered and ended. */
import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { createClock, type SimClock } from '../../sim/clock.ts';
import { BgpNetwork, type TestRouter } from '../fixture/bgp-network.ts';
import { prefixView, sessionView, type MessageView, type SessionView } from '../view/router-view.ts';

const SECOND = 1e9;

interface Pair {
  readonly clock: SimClock;
  readonly routers: readonly [TestRouter, TestRouter];
  /** The only neighbour of one of them. */
  session(side: 0 | 1): SessionView;
  wait(seconds: number): void;
}

const ASN = [64512, 64513] as const;

/** Two routers on one link; each gets lines of its own beside its neighbour. `remoteAs`: what the second expects. */
function pair(lines: readonly [readonly string[], readonly string[]], remoteAs: number = ASN[0]): Pair {
  const clock = createClock();
  const network = new BgpNetwork(clock, createRandom(1));
  const routers = [network.router('r1'), network.router('r2')] as const;
  const addresses = network.link(routers[0], routers[1]);
  for (const side of [0, 1] as const) {
    const far = addresses[1 - side] as string;
    const text = routers[side].type(
      `router bgp ${ASN[side]}`,
      `bgp router-id ${side + 1}.${side + 1}.${side + 1}.${side + 1}`,
      'no bgp ebgp-requires-policy',
      'no bgp network import-check',
      `neighbor ${far} remote-as ${side === 0 ? ASN[1] : remoteAs}`,
      'address-family ipv4 unicast',
      `network 10.20${side}.0.0/16`,
      ...lines[side].map((line) => line.replace('PEER', far)),
    );
    expect(text).toBe('');
  }
  const session = (side: 0 | 1): SessionView => {
    const [peer] = routers[side].bgpd.instances.get('default')?.sortedPeers() ?? [];
    if (peer === undefined) throw new Error('no neighbour');
    return sessionView(peer, clock.now());
  };
  return { clock, routers, session, wait: (seconds) => clock.run(clock.now() + seconds * SECOND) };
}

/** In a neighbour's family of the second router. */
function typeThere({ routers }: Pair, line: string): void {
  const [name = ''] = routers[1].bgpd.instances.get('default')?.peers.keys() ?? [];
  const text = routers[1].type('router bgp 64513', 'address-family ipv4 unicast', line.replace('PEER', name));
  expect(text).toBe('');
}

/** Refreshes by subtype: request 0, beginning 1, end 2. */
const refreshes = (messages: readonly MessageView[], direction: MessageView['direction']): number[] =>
  messages
    .filter((one) => one.type === 'ROUTE-REFRESH' && one.direction === direction)
    .map(({ octets }) => octets[21] ?? -1);

test('each NOTIFICATION sent doubles the wait in Idle', () => {
  const net = pair([['neighbor PEER activate'], ['neighbor PEER activate']], 65000);
  net.routers[0].type('router bgp 64512', 'neighbor 10.0.0.2 passive');
  net.wait(70);
  const sent = net
    .session(1)
    .messages.filter((one) => one.type === 'NOTIFICATION' && one.direction === 'sent')
    .map(({ at }) => Math.round(at / SECOND));
  expect(sent.map((at, index) => at - (sent[index - 1] ?? at))).toEqual([0, 2, 4, 8, 16, 32]);
});

test('a NOTIFICATION that came counts twice, and the wait doubles here as well', () => {
  const net = pair([[], []]);
  net.wait(10);
  expect(net.session(0).state).toBe('Established');
  const before = [net.session(0).sent.notification, net.session(1).received.notification] as const;
  net.routers[0].bgpd.clear({ vrf: null, target: { kind: 'all' }, family: null, soft: null });
  net.wait(1.5);
  const after = [net.session(0).sent.notification, net.session(1).received.notification] as const;
  expect([after[0] - before[0], after[1] - before[1]]).toEqual([1, 2]);
  expect([net.session(0).state, net.session(1).state]).toEqual(['Idle', 'Idle']);
  net.wait(1);
  expect(net.session(0).state).toBe('Established');
});

test('a state that moved tells the event behind it', () => {
  const net = pair([['neighbor PEER activate'], []]);
  net.wait(5);
  const moves = net.session(1).moves.map(({ from, to, event }) => `${from} ${event} ${to}`);
  expect(moves.at(-1)).toBe('OpenConfirm Receive_KEEPALIVE_message Established');
  const timers = net.session(1).timers.map(({ name }) => name);
  expect(timers).toEqual(['hold', 'keepalive']);
});

test('allowas-in asks for its flag and for its number, another number once', () => {
  const net = pair([[], []]);
  net.wait(10);
  typeThere(net, 'neighbor PEER allowas-in 2');
  expect(refreshes(net.session(1).messages, 'sent')).toEqual([0, 0]);
  net.wait(5);
  const before = refreshes(net.session(1).messages, 'sent').length;
  typeThere(net, 'neighbor PEER allowas-in 4');
  expect(refreshes(net.session(1).messages, 'sent').slice(before)).toEqual([0]);
});

test('a refresh begins at once, is sent a moment later, and one end serves several beginnings', () => {
  const net = pair([[], []]);
  net.wait(10);
  typeThere(net, 'neighbor PEER allowas-in 2');
  net.wait(0.05);
  expect(refreshes(net.session(0).messages, 'sent')).toEqual([1, 1]);
  const [begun] = net
    .session(0)
    .messages.filter(({ type, direction }) => type === 'ROUTE-REFRESH' && direction === 'sent');
  net.wait(0.2);
  const after = net
    .session(0)
    .messages.filter(({ at, direction }) => direction === 'sent' && at > (begun?.at ?? 0));
  expect(after.map(({ type, octets }) => (type === 'ROUTE-REFRESH' ? `end ${octets[21]}` : type))).toEqual([
    'UPDATE',
    'UPDATE',
    'end 2',
  ]);
});

test('with nothing to send a refresh ends only after the next message', () => {
  const net = pair([['no network 10.200.0.0/16', 'neighbor PEER prefix-list NONE out'], []]);
  net.routers[0].type('ip prefix-list NONE seq 5 deny any');
  net.wait(10);
  typeThere(net, 'neighbor PEER weight 5');
  net.wait(20);
  expect(refreshes(net.session(0).messages, 'sent')).toEqual([1, 1]);
  net.wait(60);
  expect(refreshes(net.session(0).messages, 'sent')).toEqual([1, 1, 2]);
});

test('soft-reconfiguration inbound judges kept copies and asks nothing', () => {
  const net = pair([[], ['neighbor PEER soft-reconfiguration inbound']]);
  net.wait(10);
  const [name = ''] = net.routers[1].bgpd.instances.get('default')?.peers.keys() ?? [];
  net.routers[1].type('ip prefix-list NONE seq 5 deny any');
  typeThere(net, 'neighbor PEER prefix-list NONE in');
  net.wait(1);
  expect(refreshes(net.session(1).messages, 'sent')).toEqual([]);
  const instance = net.routers[1].bgpd.instances.get('default');
  expect(name).not.toBe('');
  expect(instance && prefixView(instance, 'ipv4-unicast', '10.200.0.0/16')).toBeUndefined();
});

test('a prefix tells every path, the chosen one and what speaks for it', () => {
  const clock = createClock();
  const network = new BgpNetwork(clock, createRandom(1));
  const [dut, near, far, end] = ['dut', 'near', 'far', 'end'].map((name) => network.router(name)) as [
    TestRouter,
    TestRouter,
    TestRouter,
    TestRouter,
  ];
  const join = (a: TestRouter, aAs: number, b: TestRouter, bAs: number): void => {
    const [left, right] = network.link(a, b);
    const own = (asn: number, peer: string, remote: number): readonly string[] => [
      `router bgp ${asn}`,
      'no bgp ebgp-requires-policy',
      'no bgp network import-check',
      `neighbor ${peer} remote-as ${remote}`,
    ];
    a.type(...own(aAs, right, bAs));
    b.type(...own(bAs, left, aAs));
  };
  join(dut, 65000, near, 65001);
  join(dut, 65000, far, 65002);
  join(far, 65002, end, 65001);
  for (const [index, [router, asn]] of (
    [
      [dut, 65000],
      [near, 65001],
      [far, 65002],
      [end, 65001],
    ] as const
  ).entries())
    router.type(`router bgp ${asn}`, `bgp router-id 9.9.9.${index + 1}`);
  for (const router of [near, end])
    router.type('router bgp 65001', 'address-family ipv4 unicast', 'network 203.0.113.0/24');
  clock.run(30 * SECOND);
  const instance = dut.bgpd.instances.get('default');
  const view = instance && prefixView(instance, 'ipv4-unicast', '203.0.113.0/24');
  expect(view?.paths.map(({ asPath, chosen, reason }) => [asPath, chosen, reason])).toEqual([
    ['65002 65001', false, 'AS Path'],
    ['65001', true, 'AS Path'],
  ]);
});

test('taking away a route map that is not there still asks for the routes; setting one again does not', () => {
  const net = pair([[], []]);
  net.wait(10);
  net.routers[1].type('route-map ALL permit 10', 'exit', 'ip prefix-list P permit any');
  typeThere(net, 'no neighbor PEER route-map NONE in');
  expect(refreshes(net.session(1).messages, 'sent')).toEqual([0]);
  typeThere(net, 'neighbor PEER route-map ALL in');
  typeThere(net, 'neighbor PEER route-map ALL in');
  expect(refreshes(net.session(1).messages, 'sent')).toEqual([0, 0]);
  typeThere(net, 'neighbor PEER prefix-list P in');
  typeThere(net, 'neighbor PEER prefix-list P in');
  expect(refreshes(net.session(1).messages, 'sent')).toEqual([0, 0, 0, 0]);
});

test('timers of a neighbour count from the next attempt on', () => {
  const net = pair([[], []]);
  net.routers[1].type('router bgp 64513', 'neighbor 10.0.0.1 shutdown');
  const peer = (): { readonly holdTime: number; readonly configuredHoldTime: number } | undefined =>
    net.routers[1].bgpd.instances.get('default')?.sortedPeers()[0];
  net.wait(3);
  net.routers[1].type('router bgp 64513', 'neighbor 10.0.0.1 timers 3 9');
  expect([peer()?.holdTime, peer()?.configuredHoldTime]).toEqual([180, 9]);
  net.routers[1].type('router bgp 64513', 'no neighbor 10.0.0.1 shutdown');
  net.wait(10);
  expect(peer()?.holdTime).toBe(9);
});

test('a maximum that is exceeded already ends the session at once, for as long as is typed', () => {
  const net = pair([[], ['neighbor PEER activate']]);
  net.routers[0].type('router bgp 64512', 'address-family ipv4 unicast', 'network 10.99.0.0/16');
  net.wait(10);
  typeThere(net, 'neighbor PEER maximum-prefix 1 restart 1');
  expect(net.session(1).state).toBe('Idle');
  net.wait(50);
  expect(net.session(1).state).toBe('Idle');
  typeThere(net, 'no neighbor PEER maximum-prefix');
  net.wait(5);
  expect(net.session(1).state).toBe('Idle');
  net.wait(20);
  expect(net.session(1).state).toBe('Established');
});
