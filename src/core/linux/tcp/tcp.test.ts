import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatIpv4, parseIpv4, parseIpv6 } from '../../base/address.ts';
import type { Context } from '../../base/context.ts';
import { createRandom } from '../../base/random.ts';
import { encodeUtf8 } from '../../base/utf8.ts';
import { createClock, type SimClock } from '../../sim/clock.ts';
import { decode } from '../../wire/index.ts';
import { Kernel, setUp, type Link, type TcpConnection, type TcpEnd, type TcpHandlers } from '../index.ts';
import type { TcpAccept, TcpConnectOptions, TcpListenOptions } from './open.ts';
import type { TcpState } from './tcb.ts';
import { flagText } from './transmit.ts';

const SECOND = 1e9;
const LEFT = 0xc0000201;
const RIGHT = 0xc0000202;

/** What a cable does with a frame: the delays (nanoseconds) of its copies. */
type Cable = (sequence: number) => readonly number[];

interface Seen {
  readonly from: string;
  readonly time: number;
  readonly octets: Uint8Array;
}

interface Net {
  readonly clock: SimClock;
  readonly left: Kernel;
  readonly right: Kernel;
  readonly links: readonly [Link, Link];
  readonly seen: Seen[];
}

/** Two hosts with one cable between them. */
function twoHosts(cable: Cable = () => [10_000]): Net {
  const clock = createClock();
  const random = createRandom(7);
  const seen: Seen[] = [];
  const recorder = { active: false, record: () => 0 };
  const hosts = ['left', 'right'].map((name): Kernel => {
    const context: Context = { clock, random: random.fork(name), recorder };
    return new Kernel(name, context);
  }) as [Kernel, Kernel];
  let sequence = 0;
  const links = hosts.map((kernel, index) => {
    const loopback = kernel.findLink('', 'lo');
    if (loopback !== undefined) setUp(kernel.namespace(), loopback);
    const link = kernel.addPhysical('', {
      name: 'eth0',
      mac: BigInt(0x020000000001 + index),
      driver: {
        transmit: (_link, octets) => {
          seen.push({ from: kernel.host, time: clock.now(), octets });
          const isTcp = octets[12] === 8 && octets[13] === 0 && octets[23] === 6;
          for (const delay of isTcp ? cable((sequence += 1)) : [10_000])
            clock.after(delay, () => hosts[1 - index]?.receive(links[1 - index] as Link, octets, null));
          return true;
        },
      },
    });
    setUp(kernel.namespace(), link);
    kernel.addAddress4(link, { local: index === 0 ? LEFT : RIGHT, length: 24, broadcast: 0xc00002ff });
    return link;
  }) as [Link, Link];
  clock.run(5 * SECOND);
  seen.length = 0;
  return { clock, left: hosts[0], right: hosts[1], links, seen };
}

/** The TCP segments on the wire, as tcpdump would say them with absolute windows left out. */
function segments(net: Net): string[] {
  return net.seen.flatMap(({ from, octets }) => {
    const tcp = decode(octets).layers.find((layer) => layer.kind === 'tcp');
    if (tcp?.kind !== 'tcp') return [];
    return [`${from} ${flagText(tcp.flags)} ${tcp.size - tcp.headerSize}`];
  });
}

interface Heard {
  octets: number[];
  readonly events: string[];
}

const listener = (heard: Heard, more: { onEnd?: () => void } = {}): TcpHandlers => ({
  onConnected: () => void heard.events.push('connected'),
  onData: (octets: Uint8Array) => void heard.octets.push(...octets),
  onClosed: (reason: TcpEnd) => void heard.events.push(reason),
  ...more,
});

const newHeard = (): Heard => ({ octets: [], events: [] });

function connect(net: Net, port = 179): { client: TcpConnection; atClient: Heard } {
  const atClient = newHeard();
  const options: TcpConnectOptions = { family: 4, remote: BigInt(RIGHT), remotePort: port };
  const result = net.left.tcpConnect('', options, listener(atClient));
  if (!result.ok) throw new Error(result.error.errno);
  return { client: result.value, atClient };
}

function serve(net: Net, more: { onEnd?: () => void } = {}): { servers: TcpConnection[]; atServer: Heard } {
  const atServer = newHeard();
  const servers: TcpConnection[] = [];
  const options: TcpListenOptions = { family: 4, port: 179 };
  const accept: TcpAccept = (connection) => {
    servers.push(connection);
    return listener(atServer, more);
  };
  const listening = net.right.tcpListen('', options, accept);
  expect(listening.ok).toBe(true);
  return { servers, atServer };
}

const octetsOf = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 255);

describe('a connection', () => {
  it('keeps its neighbour reachable while octets are acknowledged, without asking again', () => {
    const net = twoHosts();
    serve(net);
    const { client } = connect(net);
    for (let second = 10; second <= 120; second += 5) {
      net.clock.run(second * SECOND);
      client.send(Uint8Array.of(second));
    }
    net.clock.run(121 * SECOND);
    const neighbour = net.left.namespace().neighbours.find(4, net.links[0].index, BigInt(RIGHT));
    expect(neighbour?.state).toBe('REACHABLE');
    const isRequest = (octets: Uint8Array): boolean =>
      octets[12] === 8 && octets[13] === 6 && octets[21] === 1;
    const asked = net.seen.filter(({ from, octets }) => from === 'left' && isRequest(octets));
    expect(asked).toHaveLength(1);
  });

  it('is opened, carries octets both ways and is closed in the usual segments', () => {
    const net = twoHosts();
    const { servers, atServer } = serve(net);
    const { client, atClient } = connect(net);
    net.clock.run(6 * SECOND);
    expect(client.state).toBe('ESTAB');
    expect(servers[0]?.state).toBe('ESTAB');
    client.send(new TextEncoder().encode('hello'));
    net.clock.run(7 * SECOND);
    servers[0]?.send(new TextEncoder().encode('good day'));
    net.clock.run(8 * SECOND);
    client.close();
    net.clock.run(9 * SECOND);
    expect(String.fromCharCode(...atServer.octets)).toBe('hello');
    expect(String.fromCharCode(...atClient.octets)).toBe('good day');
    expect(segments(net)).toEqual([
      'left [S] 0',
      'right [S.] 0',
      'left [.] 0',
      'left [P.] 5',
      'right [.] 0',
      'right [P.] 8',
      'left [.] 0',
      'left [F.] 0',
      'right [F.] 0',
      'left [.] 0',
    ]);
    expect(client.state).toBe('TIME-WAIT');
    expect(servers[0]?.state).toBe('CLOSED');
    expect(atServer.events).toEqual(['connected', 'finished']);
    net.clock.run(80 * SECOND);
    const closed: TcpState = 'CLOSED';
    expect(client.state).toBe(closed);
  });

  it('says in its SYN what Linux says, in its order', () => {
    const net = twoHosts();
    serve(net);
    connect(net);
    net.clock.run(6 * SECOND);
    const options = net.seen.flatMap(({ octets }) => {
      const tcp = decode(octets).layers.find((layer) => layer.kind === 'tcp');
      return tcp?.kind === 'tcp' ? [[tcp.window, ...tcp.options.map((option) => option.type)]] : [];
    });
    expect(options).toEqual([
      [64240, 2, 4, 8, 1, 3],
      [65160, 2, 4, 8, 1, 3],
      [63, 1, 1, 8],
    ]);
  });

  it('is refused where nobody listens', () => {
    const net = twoHosts();
    const { client, atClient } = connect(net);
    net.clock.run(6 * SECOND);
    expect(segments(net)).toEqual(['left [S] 0', 'right [R.] 0']);
    expect(atClient.events).toEqual(['ECONNREFUSED']);
    expect(client.state).toBe('CLOSED');
  });

  it('fails with what the network says: nobody answers ARP, no route', () => {
    const net = twoHosts();
    const heard = newHeard();
    const absent = parseIpv4('192.0.2.9') ?? 0;
    net.left.tcpConnect('', { family: 4, remote: BigInt(absent), remotePort: 80 }, listener(heard));
    net.clock.run(20 * SECOND);
    expect(heard.events).toEqual(['EHOSTUNREACH']);
    const far = net.left.tcpConnect(
      '',
      { family: 4, remote: BigInt(parseIpv4('198.51.100.1') ?? 0), remotePort: 80 },
      listener(heard),
    );
    expect(far).toMatchObject({ ok: false, error: { errno: 'ENETUNREACH' } });
  });

  it('gives up a SYN that nobody answers after the retries that sysctl allows', () => {
    const net = twoHosts(() => []);
    const { atClient } = connect(net);
    net.clock.run(5 * SECOND + 500 * SECOND);
    const times = net.seen
      .filter(({ octets }) => octets[23] === 6)
      .map(({ time }) => Math.round(time / SECOND) - 5);
    // Four timeouts of one second, then doubling: 11 SYNs.
    expect(times).toEqual([0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67]);
    expect(atClient.events).toEqual(['ETIMEDOUT']);
  });

  it('is reset by an abort', () => {
    const net = twoHosts();
    const { atServer } = serve(net);
    const { client } = connect(net);
    net.clock.run(6 * SECOND);
    client.abort();
    net.clock.run(7 * SECOND);
    expect(segments(net).at(-1)).toBe('left [R.] 0');
    expect(atServer.events).toEqual(['connected', 'ECONNRESET']);
  });

  it('resets a peer whose octets nobody will read', () => {
    const net = twoHosts();
    const { servers, atServer } = serve(net, { onEnd: () => undefined });
    const { client } = connect(net);
    net.clock.run(6 * SECOND);
    client.close();
    servers[0]?.send(octetsOf(10));
    net.clock.run(7 * SECOND);
    expect(atServer.events.at(-1)).toBe('ECONNRESET');
  });

  it('sends again after the least timeout and once after three duplicate acknowledgements', () => {
    let lost = 0;
    const net = twoHosts((sequence) => (sequence === 4 ? ((lost += 1), []) : [10_000]));
    const { atServer } = serve(net);
    const { client } = connect(net);
    net.clock.run(6 * SECOND);
    const begin = net.seen.length;
    client.send(octetsOf(10));
    net.clock.run(7 * SECOND);
    expect(lost).toBe(1);
    expect(atServer.octets.length).toBe(10);
    const times = net.seen.slice(begin).map(({ time }) => time);
    expect(((times[1] as number) - (times[0] as number)) / 1e6).toBeCloseTo(201, 0);
  });

  it('bounds the hops of what it sends and takes', () => {
    const net = twoHosts();
    const { servers } = serve(net);
    const { client, atClient } = connect(net);
    net.clock.run(6 * SECOND);
    client.set({ minTtl: 255 });
    servers[0]?.set({ ttl: 1 });
    servers[0]?.send(octetsOf(3));
    net.clock.run(6.1 * SECOND);
    expect(atClient.octets).toEqual([]);
    expect(net.seen.at(-1)?.octets[22]).toBe(1);
    servers[0]?.set({ ttl: 255 });
    net.clock.run(8 * SECOND);
    expect(atClient.octets.length).toBe(3);
  });

  it('signs with a key, and takes nothing that is not signed with it', () => {
    const reached = (listens: string | null, connects: string | null): boolean => {
      const net = twoHosts();
      const heard = newHeard();
      const keyOf = (): Uint8Array | null => (listens === null ? null : encodeUtf8(listens));
      net.right.tcpListen('', { family: 4, port: 179, keyOf }, () => listener(heard));
      const asked = net.left.tcpConnect(
        '',
        {
          family: 4,
          remote: BigInt(RIGHT),
          remotePort: 179,
          key: connects === null ? null : encodeUtf8(connects),
        },
        listener(newHeard()),
      );
      if (!asked.ok) throw new Error('no connection');
      asked.value.send(octetsOf(5000));
      net.clock.run(10 * SECOND);
      return heard.octets.length === 5000;
    };
    expect(reached('secret', 'secret')).toBe(true);
    expect(reached('secret', 'other')).toBe(false);
    expect(reached('secret', null)).toBe(false);
    expect(reached(null, 'secret')).toBe(false);
    expect(reached(null, null)).toBe(true);
  });

  it('crosses link-local addresses with their scope', () => {
    const net = twoHosts();
    const heard = newHeard();
    const [link, other] = net.links;
    const remote = other.ipv6.addresses[0]?.address ?? 0n;
    net.right.tcpListen('', { family: 6, port: 179 }, () => listener(heard));
    const without = net.left.tcpConnect('', { family: 6, remote, remotePort: 179 }, listener(newHeard()));
    expect(without).toMatchObject({ ok: false, error: { errno: 'EINVAL' } });
    const result = net.left.tcpConnect(
      '',
      { family: 6, remote, remotePort: 179, ifindex: link.index },
      listener(newHeard()),
    );
    net.clock.run(6 * SECOND);
    expect(result.ok && result.value.state).toBe('ESTAB');
    expect(result.ok && result.value.ifindex).toBe(link.index);
    expect(heard.events).toEqual(['connected']);
  });

  it('stays within its VRF', () => {
    const net = twoHosts();
    const { right, left } = net;
    const vrf = right.addLink('', { kind: 'vrf', name: 'red', table: 10 });
    if (!vrf.ok) throw new Error(vrf.error.errno);
    setUp(right.namespace(), vrf.value);
    right.setMaster(net.links[1], vrf.value);
    const outside = newHeard();
    right.tcpListen('', { family: 4, port: 179 }, () => listener(outside));
    const first = connect(net);
    net.clock.run(6 * SECOND);
    expect(first.atClient.events).toEqual(['ECONNREFUSED']);
    const inside = newHeard();
    right.tcpListen('', { family: 4, port: 179, ifindex: vrf.value.index }, () => listener(inside));
    const second = connect(net);
    net.clock.run(7 * SECOND);
    expect([second.client.state, inside.events, outside.events]).toEqual(['ESTAB', ['connected'], []]);
    expect(left.host).toBe('left');
  });

  it('takes a port once', () => {
    const net = twoHosts();
    serve(net);
    const again = net.right.tcpListen('', { family: 4, port: 179 }, () => null);
    expect(again).toMatchObject({ ok: false, error: { errno: 'EADDRINUSE' } });
    expect(formatIpv4(RIGHT)).toBe('192.0.2.2');
    expect(parseIpv6('::1')).toBe(1n);
  });
});

describe('a bad cable', () => {
  it('loses, doubles, delays and reorders segments, and the exact octets arrive', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 31 }),
        fc.integer({ min: 1, max: 60_000 }),
        fc.integer({ min: 0, max: 30 }),
        (seed, size, loss) => {
          const random = createRandom(seed);
          const net = twoHosts(() => {
            const copies = random.below(100) < loss ? 0 : random.below(100) < 5 ? 2 : 1;
            return Array.from({ length: copies }, () => 10_000 + random.below(40_000_000));
          });
          const { servers, atServer } = serve(net);
          const { client, atClient } = connect(net);
          const sent = octetsOf(size);
          const answer = octetsOf(Math.ceil(size / 3)).reverse();
          client.send(sent.subarray(0, size >> 1));
          client.send(sent.subarray(size >> 1));
          for (let i = 0; i < 4000 && atServer.octets.length < size; i += 1)
            net.clock.run(net.clock.now() + SECOND);
          servers[0]?.send(answer);
          servers[0]?.close();
          for (let i = 0; i < 4000 && !atClient.events.includes('finished'); i += 1)
            net.clock.run(net.clock.now() + SECOND);
          expect(atServer.octets).toEqual([...sent]);
          expect(atClient.octets).toEqual([...answer]);
          expect(atClient.events).toEqual(['connected', 'finished']);
        },
      ),
      { numRuns: 60 },
    );
  });
});
