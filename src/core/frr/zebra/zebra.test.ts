/** zebra over a kernel of the test's own: selection, resolution, tracking, redistribution, what goes into the kernel. */
import { expect, test } from 'vitest';
import type { Clock } from '../../base/context.ts';
import { createRandom } from '../../base/random.ts';
import type { NextHopAnswer, ZebraListener, ZebraRoute } from '../bgp/zebra-port.ts';
import { emptyConfig, type FrrConfig } from '../config/frr-config.ts';
import { Language } from '../config/language.ts';
import { VtySession } from '../config/session.ts';
import { formatAddress, formatPrefix, network, parseAddress, parsePrefix, type Prefix } from '../prefix.ts';
import { routesView } from '../view/router-view.ts';
import type { FibRoute, KernelInterface, KernelPort, KernelRoute, NexthopObject } from './kernel-port.ts';
import { Zebra } from './zebra.ts';

const prefix = (text: string): Prefix => parsePrefix(text) as Prefix;

class TestClock implements Clock {
  #now = 0;
  #waiting: { at: number; act: () => void }[] = [];
  now(): number {
    return this.#now;
  }
  wallMs(): number {
    return this.#now / 1e6;
  }
  after(delay: number, act: () => void): () => void {
    const entry = { at: this.#now + delay, act };
    this.#waiting.push(entry);
    return () => {
      this.#waiting = this.#waiting.filter((one) => one !== entry);
    };
  }
  /** Lets a second pass. */
  pass(): void {
    const end = this.#now + 1e9;
    for (;;) {
      const [next] = this.#waiting.filter((one) => one.at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#waiting = this.#waiting.filter((one) => one !== next);
      this.#now = next.at;
      next.act();
    }
    this.#now = end;
  }
}

interface Bench {
  readonly zebra: Zebra;
  readonly clock: TestClock;
  readonly config: FrrConfig;
  readonly fib: Map<string, FibRoute>;
  readonly objects: Map<number, NexthopObject>;
  readonly told: string[];
  /** How often all interfaces were asked for. */
  lists(): number;
  interface(
    name: string,
    index: number,
    addresses: readonly string[],
    up?: boolean,
    more?: Partial<KernelInterface>,
  ): void;
  type(...lines: string[]): void;
}

const language = new Language([]);

function bench(nexthopObjects = true): Bench {
  const clock = new TestClock();
  const config = emptyConfig('r1');
  const fib = new Map<string, FibRoute>();
  const objects = new Map<number, NexthopObject>();
  const told: string[] = [];
  let lists = 0;
  const ignored = (): undefined => undefined;
  const kernel: KernelPort = {
    release: '',
    evpn: {
      macs: () => [],
      neighbours: () => [],
      installMac: ignored,
      removeMac: ignored,
      addFlood: ignored,
      removeFlood: ignored,
      installNeighbour: ignored,
      removeNeighbour: ignored,
    },
    interfaces: () => {
      lists += 1;
      return [];
    },
    vrfs: () => [{ name: 'default', id: 0, table: 254, namespace: null }],
    routes: () => [],
    usesVrfNamespaces: !nexthopObjects,
    nexthopObjects,
    install: (route) => {
      fib.set(formatPrefix(route.prefix), route);
      return true;
    },
    withdraw: (route) => fib.delete(formatPrefix(route.prefix)),
    createNexthop: (object) => void objects.set(object.id, object),
    deleteNexthop: (id) => void objects.delete(id),
    device: () => undefined,
    forwards: () => true,
    ignoresLinkDown: () => false,
    setUp: () => undefined,
    addAddress: () => undefined,
    deleteAddress: () => undefined,
    advertiseRouter: () => undefined,
  };
  const zebra = new Zebra(config, kernel, {
    clock,
    random: createRandom(1),
    recorder: { active: false, record: () => 0 },
  });
  const hops = (answer: NextHopAnswer): string =>
    answer.nextHops
      .map((hop) =>
        hop.kind === 'gateway' ? formatAddress(hop.gateway) : hop.kind === 'interface' ? hop.interface : '-',
      )
      .join('+') || 'unreachable';
  const listener: ZebraListener = {
    evpn: {
      vniChanged: ignored,
      vniGone: ignored,
      l3VniChanged: ignored,
      l3VniGone: ignored,
      localMac: ignored,
      localMacGone: ignored,
    },
    interfaceChanged: ({ kind, interface: one }) => told.push(`${kind} ${one.name}`),
    vrfChanged: () => undefined,
    routerIdChanged: (_vrf, id) => told.push(`router-id ${id >>> 24}`),
    neighbourChanged: () => undefined,
    redistributed: (_vrf, route, present) =>
      told.push(`${present ? '+' : '-'}${route.protocol} ${formatPrefix(route.prefix)}`),
    nextHopChanged: (answer) => told.push(`hop ${formatPrefix(answer.prefix)} ${hops(answer)}`),
    routeInstalled: (_vrf, one, outcome) => told.push(`${outcome} ${formatPrefix(one)}`),
  };
  zebra.start(listener);
  const session = new VtySession(
    language,
    {
      config,
      environment: {
        isLocalAddress: () => false,
        vrfExists: (name) => name === 'default',
        vrfNamespaces: () => new Map(),
        layer3Vni: () => null,
        forwards: () => true,
      },
      changed: (change) => zebra.configurationChanged(change),
    },
    () => ({}),
  );
  session.configure();
  return {
    zebra,
    clock,
    config,
    fib,
    objects,
    told,
    lists: () => lists,
    interface: (name, index, addresses, up = true, more = {}) => {
      const one: KernelInterface = {
        index,
        name,
        vrf: 'default',
        up,
        running: up,
        isLoopback: name === 'lo',
        mac: 0n,
        mtu: 1500,
        addresses: addresses.map(prefix),
        bridge: 0,
        isBridge: false,
        vxlan: null,
        ...more,
      };
      zebra.kernelChanged({ kind: 'interface', interface: one });
      clock.pass();
    },
    type: (...lines) => {
      for (const line of lines) expect([line, session.execute(line).status]).toEqual([line, 'ok']);
      clock.pass();
    },
  };
}

const bgpRoute = (to: string, gateway: string, more: Partial<ZebraRoute> = {}): ZebraRoute => ({
  prefix: prefix(to),
  metric: 0,
  tag: 0,
  distance: 20,
  internal: false,
  nextHops: [
    {
      kind: 'gateway',
      gateway: parseAddress(gateway) ?? { family: 4, address: 0n },
      interface: null,
      vrf: 'default',
      weight: 1,
    },
  ],
  allowRecursion: false,
  ...more,
});

const kernelRoute = (to: string, metric: number): KernelRoute => ({
  vrf: 'default',
  table: 254,
  prefix: prefix(to),
  protocol: 84,
  metric,
  type: 'blackhole',
  nexthops: [],
});

test('a route of bgpd goes into the kernel over the connected network that holds its next hop', () => {
  const { zebra, clock, fib, objects, told, interface: set } = bench();
  set('eth0', 2, ['10.0.0.1/24']);
  zebra.announce('default', bgpRoute('203.0.113.0/24', '10.0.0.2'));
  clock.pass();
  const route = fib.get('203.0.113.0/24');
  expect(route?.nexthops).toEqual([
    { gateway: parseAddress('10.0.0.2'), ifindex: 2, weight: 1, onlink: false },
  ]);
  expect([route?.protocol, route?.metric, objects.get(route?.nexthopId ?? 0)?.kind]).toEqual([
    186,
    20,
    'single',
  ]);
  expect(told).toContain('installed 203.0.113.0/24');
  zebra.withdraw('default', prefix('203.0.113.0/24'));
  expect(fib.size).toBe(0);
});

test('a route that lost shares its next hops, and with them the mark of those that are in the kernel', () => {
  const { zebra, clock, interface: set } = bench();
  set('eth0', 2, ['10.0.0.1/24']);
  set('eth1', 3, ['10.9.0.1/24']);
  zebra.announce('default', bgpRoute('10.9.0.0/24', '10.0.0.2'));
  clock.pass();
  const lost = zebra
    .table('default', 4)
    .find(prefix('10.9.0.0/24'))
    ?.entries.find((entry) => entry.protocol === 'bgp');
  expect([lost?.installed, zebra.isGroupInstalled(lost?.nexthopGroup ?? 0)]).toEqual([false, false]);
  zebra.announce('default', bgpRoute('203.0.113.0/24', '10.0.0.2'));
  clock.pass();
  expect([lost?.installed, zebra.isGroupInstalled(lost?.nexthopGroup ?? 0)]).toEqual([false, true]);
});

test('an IPv4 route over an IPv6 next hop: by its object, or without objects by 169.254.0.1', () => {
  for (const objects of [true, false]) {
    const { zebra, clock, fib, interface: set } = bench(objects);
    set('eth0', 2, ['fe80::1/64']);
    const gateway = parseAddress('fe80::2') ?? { family: 6, address: 0n };
    const hop = { kind: 'gateway', gateway, interface: 'eth0', vrf: 'default', weight: 1 } as const;
    zebra.announce('default', bgpRoute('203.0.113.0/24', '0.0.0.0', { nextHops: [hop] }));
    clock.pass();
    const [installed] = fib.get('203.0.113.0/24')?.nexthops ?? [];
    expect([installed?.gateway && formatAddress(installed.gateway), installed?.onlink]).toEqual(
      objects ? ['fe80::2', false] : ['169.254.0.1', true],
    );
  }
});

test('with a link back zebra puts in its next hop anew, not the group that the kernel took it from', () => {
  const { zebra, clock, fib, objects, interface: set } = bench();
  set('eth0', 2, ['10.0.0.1/24']);
  set('eth1', 3, ['10.1.0.1/24']);
  const both = ['10.1.0.2', '10.0.0.2'].flatMap((gateway) => bgpRoute('10.7.0.0/16', gateway).nextHops);
  const announce = (nextHops: ZebraRoute['nextHops']): number => {
    zebra.announce('default', bgpRoute('10.7.0.0/16', '', { nextHops }));
    clock.pass();
    return fib.get('10.7.0.0/16')?.nexthopId ?? 0;
  };
  const group = announce(both);
  expect(fib.get('10.7.0.0/16')?.nexthops.map((hop) => hop.gateway && formatAddress(hop.gateway))).toEqual([
    '10.0.0.2',
    '10.1.0.2',
  ]);
  const created = objects.get(group);
  const [first = 0] = created?.kind === 'group' ? created.members.map(({ id }) => id) : [];
  set('eth0', 2, ['10.0.0.1/24'], false);
  objects.delete(first);
  set('eth0', 2, ['10.0.0.1/24']);
  expect(announce(both.toReversed())).toBe(group);
  expect(objects.get(group)).toBe(created);
  expect(objects.get(first)?.kind).toBe('single');
});

test('next hops that no route has any more leave the kernel after three minutes', () => {
  const { zebra, clock, fib, objects, interface: set } = bench();
  set('eth0', 2, ['10.0.0.1/24']);
  zebra.kernelChanged({
    kind: 'route',
    route: {
      ...kernelRoute('10.6.0.0/16', 0),
      type: 'unicast',
      nexthops: [{ gateway: parseAddress('10.0.0.2') ?? null, ifindex: 2, weight: 1, onlink: false }],
    },
    present: true,
  });
  const use = (gateway: string): number => {
    zebra.announce('default', bgpRoute('10.7.0.0/16', gateway));
    clock.pass();
    return fib.get('10.7.0.0/16')?.nexthopId ?? 0;
  };
  const before = objects.size;
  const first = use('10.0.0.2');
  // The kernel's own route has no weight: its next hop is another.
  expect(objects.size).toBe(before + 1);
  set('eth1', 3, ['10.1.0.1/24']);
  const second = use('10.0.0.3');
  for (let seconds = 0; seconds < 170; seconds += 1) clock.pass();
  expect(objects.has(first)).toBe(true);
  for (let seconds = 0; seconds < 20; seconds += 1) clock.pass();
  expect([objects.has(first), objects.has(second)]).toEqual([false, true]);
});

test('a group whose next hops left the kernel while no route held it is made of those that came after them', () => {
  const { zebra, clock, fib, objects, type, interface: set } = bench();
  const to = '10.7.0.0/16';
  set('eth0', 2, ['10.0.0.1/24']);
  type(`ip route ${to} blackhole`, 'ip route 10.8.0.0/16 10.0.0.2');
  const nextHops = ['10.0.0.2', '10.0.0.3'].flatMap((gateway) => bgpRoute(to, gateway).nextHops);
  zebra.announce('default', bgpRoute(to, '', { nextHops }));
  type('no ip route 10.8.0.0/16 10.0.0.2');
  for (let seconds = 0; seconds < 190; seconds += 1) clock.pass();
  type(`no ip route ${to} blackhole`);
  set('eth0', 2, ['10.0.0.1/24'], false);
  objects.clear();
  set('eth0', 2, ['10.0.0.1/24']);
  const group = objects.get(fib.get(to)?.nexthopId ?? 0);
  expect(group?.kind === 'group' && group.members.map(({ id }) => objects.get(id)?.kind)).toEqual([
    'single',
    'single',
  ]);
});

test('an unreachable next hop is not used; a better protocol wins; the kernel gets the loser back', () => {
  const { zebra, clock, fib, type, interface: set } = bench();
  set('eth0', 2, ['10.0.0.1/24']);
  zebra.announce('default', bgpRoute('10.9.0.0/16', '172.16.0.1'));
  expect(fib.has('10.9.0.0/16')).toBe(false);
  zebra.announce('default', bgpRoute('10.9.0.0/16', '10.0.0.2'));
  expect(fib.get('10.9.0.0/16')?.protocol).toBe(186);
  type('ip route 10.9.0.0/16 10.0.0.3');
  expect(fib.get('10.9.0.0/16')?.protocol).toBe(196);
  type('no ip route 10.9.0.0/16 10.0.0.3');
  expect(fib.get('10.9.0.0/16')?.protocol).toBe(186);
  set('eth0', 2, ['10.0.0.1/24'], false);
  clock.pass();
  expect(fib.size).toBe(0);
});

test('of connected routes to one network that over the loopback device is taken, else the oldest', () => {
  const { zebra, interface: set } = bench();
  const chosen = (): string | null | undefined =>
    zebra
      .table('default', 4)
      .find(prefix('10.60.0.0/24'))
      ?.entries.find((entry) => entry.selected)?.nexthops[0]?.interface;
  set('d3', 4, ['10.60.0.1/24']);
  set('d2', 6, ['10.60.0.2/24']);
  expect(chosen()).toBe('d3');
  set('lo', 1, ['10.60.0.9/24']);
  expect(chosen()).toBe('lo');
  set('a9', 8, ['10.60.0.19/24']);
  expect(chosen()).toBe('lo');
});

test('recursion is for those who may, and follows the other route', () => {
  const { zebra, fib, type, interface: set } = bench();
  set('eth0', 2, ['10.0.0.1/24']);
  type('ip route 192.0.2.1/32 10.0.0.9');
  zebra.announce('default', bgpRoute('10.7.0.0/16', '192.0.2.1'));
  expect(fib.has('10.7.0.0/16')).toBe(false);
  zebra.announce(
    'default',
    bgpRoute('10.7.0.0/16', '192.0.2.1', { allowRecursion: true, internal: true, distance: 200 }),
  );
  expect(fib.get('10.7.0.0/16')?.nexthops).toEqual([
    { gateway: parseAddress('10.0.0.9'), ifindex: 2, weight: 1, onlink: false },
  ]);
});

test('next hops of static routes stand in the order of their kind, gateway and interface; a new tag is a new route', () => {
  const { zebra, type, interface: set } = bench();
  set('eth0', 2, ['10.0.0.1/24']);
  for (const [name, index] of [
    ['d3', 4],
    ['d2', 6],
    ['a9', 8],
  ] as const)
    set(name, index, []);
  const static_ = () =>
    zebra
      .table('default', 4)
      .find(prefix('10.52.0.0/16'))
      ?.entries.find((entry) => entry.protocol === 'static');
  const ways = [
    'd2',
    'a9',
    'd3',
    '10.0.0.9',
    '10.0.0.9 d2 onlink',
    '10.0.0.9 d3 onlink',
    '10.0.0.8 a9 onlink',
  ];
  type(...ways.map((way) => `ip route 10.52.0.0/16 ${way}`));
  const shown = static_()?.nexthops.map((hop) => [
    hop.gateway === null ? '' : formatAddress(hop.gateway),
    hop.interface,
  ]);
  expect(shown?.map((parts) => parts.join(' ').trim())).toEqual([
    'd3',
    'd2',
    'a9',
    '10.0.0.9 eth0',
    '10.0.0.8 a9',
    '10.0.0.9 d3',
    '10.0.0.9 d2',
  ]);
  const before = static_()?.since;
  type(...ways.map((way) => `ip route 10.52.0.0/16 ${way} tag 9`.replace(' onlink tag 9', ' tag 9 onlink')));
  expect(static_()?.tag).toBe(9);
  expect(static_()?.since).toBeGreaterThan(before ?? 0);
});

test('a static route that a route map of zebra denies stays as it is until a line or the map changes', () => {
  const { zebra, clock, fib, type, interface: set } = bench();
  set('eth0', 2, ['10.0.0.1/24']);
  const to = '10.52.0.0/16';
  const held = () =>
    zebra
      .table('default', 4)
      .find(prefix(to))
      ?.entries.find((entry) => entry.protocol === 'static');
  const gateways = () => held()?.nexthops.map((hop) => hop.gateway && formatAddress(hop.gateway));
  type('route-map NO deny 10', 'exit', 'ip protocol static route-map NO', `ip route ${to} 10.0.0.2`);
  const denied = held();
  expect([denied?.nexthops.length, fib.has(to)]).toEqual([1, false]);
  clock.pass();
  expect(held()).toBe(denied);
  type(`no ip route ${to} 10.0.0.2`, `ip route ${to} 10.0.0.3`);
  expect([gateways(), fib.has(to)]).toEqual([['10.0.0.3'], false]);
  type('no ip protocol static route-map NO');
  expect(fib.get(to)?.nexthops.map((hop) => hop.ifindex)).toEqual([2]);
});

test('a new interface is taken as the kernel told of it: the others are not asked for', () => {
  const { lists, interface: set } = bench();
  for (const [at, name] of ['eth0', 'eth1', 'eth2'].entries()) set(name, at + 2, []);
  expect(lists()).toBe(1);
});

test('a VXLAN device without a carrier is a VNI as soon as its carrier does not count', () => {
  const { zebra, type, interface: set } = bench();
  zebra.evpn.advertiseAllVni(true);
  set('br0', 2, [], true, { isBridge: true });
  set('vx0', 3, [], true, { running: false, bridge: 2, vxlan: { vni: 100, local: 1, group: 0 } });
  expect([...zebra.evpn.vnis.keys()]).toEqual([]);
  type('interface vx0', 'no link-detect');
  expect([...zebra.evpn.vnis.keys()]).toEqual([100]);
  type('link-detect');
  expect([...zebra.evpn.vnis.keys()]).toEqual([]);
});

test('tracked next hops are answered at once and when the answer changes; the default route does not count', () => {
  const { zebra, clock, told, type, interface: set } = bench();
  zebra.trackNextHop('default', prefix('10.0.0.2/32'), 'next-hop', true);
  clock.pass();
  set('eth0', 2, ['10.0.0.1/24']);
  set('eth0', 2, ['10.0.0.1/24'], false);
  expect(told.filter((line) => line.startsWith('hop'))).toEqual([
    'hop 10.0.0.2/32 unreachable',
    'hop 10.0.0.2/32 eth0',
    'hop 10.0.0.2/32 unreachable',
  ]);
  set('eth1', 3, ['10.1.0.1/24']);
  type('ip route 0.0.0.0/0 10.1.0.2');
  expect(told.filter((line) => line.startsWith('hop'))).toHaveLength(3);
  type('ip nht resolve-via-default');
  expect(told.filter((line) => line.startsWith('hop')).at(-1)).toBe('hop 10.0.0.2/32 10.1.0.2');
});

test('redistribution tells of selected routes only, and of their end', () => {
  const { zebra, clock, told, interface: set } = bench();
  set('eth0', 2, ['10.0.0.1/24', 'fe80::1/64']);
  zebra.kernelChanged({ kind: 'route', route: kernelRoute('172.16.10.2/32', 1000), present: true });
  zebra.redistribute('default', 4, 'kernel', null, true);
  zebra.redistribute('default', 4, 'connected', null, true);
  zebra.redistribute('default', 6, 'connected', null, true);
  clock.pass();
  zebra.kernelChanged({ kind: 'route', route: kernelRoute('0.0.0.0/0', 1000), present: true });
  clock.pass();
  zebra.kernelChanged({ kind: 'route', route: kernelRoute('172.16.10.2/32', 1000), present: false });
  clock.pass();
  expect(told.filter((line) => /^[+-]/.test(line))).toEqual([
    '+kernel 172.16.10.2/32',
    '+connected 10.0.0.0/24',
    '+kernel 0.0.0.0/0',
    '-kernel 172.16.10.2/32',
  ]);
});

test('the table finds what a scan finds', () => {
  const { zebra, interface: set } = bench();
  const random = createRandom(5);
  const addresses = Array.from({ length: 60 }, (_, at) => {
    const octet = (): number => random.below(4);
    return `10.${octet()}.${octet()}.${at + 1}/${8 + random.below(24)}`;
  });
  set('eth0', 2, addresses);
  const table = zebra.table('default', 4);
  const nodes = table.nodes();
  for (const text of ['10.0.0.1', '10.1.2.3', '10.3.3.3', '11.0.0.1']) {
    const asked = parseAddress(text)?.address ?? 0n;
    const scan = nodes
      .filter((node) => node.prefix.address === network({ ...node.prefix, address: asked }).address)
      .sort((a, b) => b.prefix.length - a.prefix.length);
    expect([...table.covering(asked)].map((node) => formatPrefix(node.prefix))).toEqual(
      scan.map((node) => formatPrefix(node.prefix)),
    );
  }
});

test('routes as plain data: what was offered, what was chosen, what packets take', () => {
  const { zebra, clock, type, interface: add } = bench();
  add('eth0', 2, ['10.0.0.1/24']);
  type('ip route 198.51.100.0/24 blackhole', 'ip route 203.0.113.0/24 10.0.0.7 250');
  zebra.announce('default', bgpRoute('203.0.113.0/24', '10.0.0.9'));
  clock.pass();
  const rows = routesView(zebra, 'default', 4).map((route) => [
    route.prefix,
    route.protocol,
    route.selected && route.installed,
    route.nextHops.map((hop) => hop.reject ?? `${hop.gateway ?? 'on'} ${hop.interface}`).join('+'),
  ]);
  expect(rows).toEqual([
    ['10.0.0.0/24', 'connected', true, 'on eth0'],
    ['198.51.100.0/24', 'static', true, 'blackhole'],
    ['203.0.113.0/24', 'bgp', true, '10.0.0.9 eth0'],
    ['203.0.113.0/24', 'static', false, '10.0.0.7 eth0'],
  ]);
});

test('routes go with a bgpd that dies; with graceful restart those that are not announced anew go later', () => {
  const one = bench();
  one.interface('eth0', 2, ['10.0.0.1/24']);
  one.clock.pass();
  const announce = (text: string): void => one.zebra.announce('default', bgpRoute(text, '10.0.0.2'));
  const bgpRoutes = (): string[] =>
    ['10.1.0.0/16', '10.2.0.0/16'].filter((text) => one.fib.get(text)?.protocol === 186);
  announce('10.1.0.0/16');
  announce('10.2.0.0/16');
  one.clock.pass();
  one.zebra.clientGone(new Map([['default', 2]]));
  one.clock.pass();
  expect(bgpRoutes()).toEqual(['10.1.0.0/16', '10.2.0.0/16']);
  announce('10.1.0.0/16');
  one.clock.pass();
  one.clock.pass();
  expect(bgpRoutes()).toEqual(['10.1.0.0/16']);
  one.zebra.clientGone(new Map());
  expect(bgpRoutes()).toEqual([]);
});
