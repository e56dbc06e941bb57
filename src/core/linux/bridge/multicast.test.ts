import { expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { createClock } from '../../sim/clock.ts';
import { encodeIgmp } from '../../wire/index.ts';
import { setUp } from '../device.ts';
import { ETHERTYPE, frameOf } from '../ether.ts';
import { multicastMac } from '../family.ts';
import { Kernel, type Link } from '../index.ts';
import { buildIpv4 } from '../ip4/packet.ts';
import type { Bridge } from './state.ts';

const SECOND = 1e9;
const GROUP = 0xe9010101;
const ALL_HOSTS = 0xe0000001;

/** A bridge with three hosts on it, whose own addresses do not matter. */
function segment() {
  const clock = createClock();
  const context = { clock, random: createRandom(1), recorder: { active: false, record: () => 0 } };
  const kernel = new Kernel('host', context);
  const net = kernel.namespace();
  net.sysctl.set('net.ipv6.conf.all.disable_ipv6', '1');
  net.sysctl.set('net.ipv6.conf.default.disable_ipv6', '1');
  net.sysctl.set('net.ipv4.igmp_link_local_mcast_reports', '0');
  const made = (result: ReturnType<Kernel['addLink']>): Link => {
    if (!result.ok) throw new Error(result.error.errno);
    return result.value;
  };
  const master = made(kernel.addLink('', { kind: 'bridge', name: 'br0' }));
  setUp(net, master);
  const hosts = [0, 1, 2].map((index) => {
    const link = made(kernel.addLink('', { kind: 'veth', name: `h${index}`, peer: { name: `p${index}` } }));
    kernel.setMaster(link.peer as Link, master);
    setUp(net, link);
    setUp(net, link.peer as Link);
    return link;
  });
  clock.run(2 * SECOND);
  /** Sends an IP datagram to a group; the hosts that get it. */
  const send = (from: number, destination: number, protocol: number, payload: Uint8Array): number[] => {
    const got: number[] = [];
    const taps = hosts.map((link, index) =>
      kernel.tap('', link, ({ direction, octets }) => {
        if (direction === 'in' && octets[23] === protocol) got.push(index);
      }),
    );
    const source = 0x0a000001 + from;
    const datagram = buildIpv4(
      { source, destination, protocol, id: 0, dontFragment: false, ttl: 1 },
      payload,
    );
    const mac = multicastMac(4, BigInt(destination));
    kernel.transmit(
      hosts[from] as Link,
      frameOf(mac, hosts[from]?.mac ?? 0n, ETHERTYPE.ipv4, datagram),
      null,
    );
    clock.run(clock.now() + SECOND / 100);
    for (const close of taps) close();
    return got.toSorted((a, b) => a - b);
  };
  const igmp = (from: number, type: number, group: number, to: number): number[] =>
    send(from, to, 2, encodeIgmp({ type, maximumResponse: 100, group }));
  const data = (from: number): number[] => send(from, GROUP, 17, new Uint8Array(20));
  const members = (): (number | null)[] =>
    (master.bridge as Bridge).groups.map(({ port }) =>
      port === null ? null : hosts.findIndex((host) => host.peer?.index === port),
    );
  return { clock, igmp, data, members };
}

it('floods a group while no querier is heard, though it knows the members', () => {
  const { igmp, data, members } = segment();
  igmp(1, 0x16, GROUP, GROUP);
  expect(members()).toEqual([1]);
  expect(data(0)).toEqual([1, 2]);
});

it('keeps a group to its members and to the router once a querier is heard', () => {
  const { igmp, data, members, clock } = segment();
  igmp(2, 0x11, 0, ALL_HOSTS);
  expect(data(0)).toEqual([2]);
  igmp(1, 0x16, GROUP, GROUP);
  expect(data(0)).toEqual([1, 2]);
  // A leave is the querier's to follow up; without an answer the membership ends of itself.
  igmp(1, 0x17, GROUP, 0xe0000002);
  expect(members()).toEqual([1]);
  clock.run(clock.now() + 254 * SECOND);
  igmp(2, 0x11, 0, ALL_HOSTS);
  clock.run(clock.now() + 10 * SECOND);
  expect(members()).toEqual([]);
  expect(data(0)).toEqual([2]);
});

it('never learns groups of the local network, and floods them', () => {
  const { igmp, members } = segment();
  igmp(2, 0x11, 0, ALL_HOSTS);
  igmp(1, 0x16, 0xe00000fb, 0xe00000fb);
  expect(members()).toEqual([]);
});
