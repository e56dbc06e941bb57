/**
 * bgpd at size: how long a spine-and-leaf fabric takes until every router knows every prefix, what a full table of 100,000
 * prefixes costs over one session, and how many messages a second that is, beside decoding the same octets and nothing else.
 * A small fabric runs with FRR's own bgpd too, where that is installed and root may make namespaces.
 * `[SPINES LEAVES [PREFIXES]]`
 */
import { createRandom } from '../src/core/base/random.ts';
import { BgpNetwork, type TestRouter } from '../src/core/frr/fixture/bgp-network.ts';
import {
  encodeMessage,
  MAXIMUM_SIZE,
  MESSAGE_TYPE,
  takeMessage,
} from '../src/core/frr/bgp/message/header.ts';
import { runOf } from '../src/core/frr/bgp/message/message-run.ts';
import { decodeUpdate } from '../src/core/frr/bgp/message/update-decode.ts';
import { createClock, type SimClock } from '../src/core/sim/clock.ts';
import { frrFabric } from './routing/frr-fabric.ts';

const SECOND = 1e9;

/**
 * What bgpd 8.4.4 (without zebra, `-Z`) takes for a prefix of 22,284 such UPDATEs with 100,000: processor time and resident
 * memory, once, on two cores of a server.
 */
const REAL = { milliseconds: 580 / 100_000, octets: 916 } as const;

const heap = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
};

/** Seconds of processor time so far, the collector's threads with it: other work on the machine does not count. */
const spent = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

const say = (what: string, value: string): void => console.log(`${what.padEnd(58)} ${value}`);

const start = (router: TestRouter, asn: number, id: number, ...lines: readonly string[]): void => {
  const text = router.type(
    `router bgp ${asn}`,
    `bgp router-id 9.${id >> 16}.${(id >> 8) & 255}.${id & 255}`,
    'no bgp ebgp-requires-policy',
    'no bgp network import-check',
    'bgp bestpath as-path multipath-relax',
    ...lines,
  );
  if (text !== '') throw new Error(text);
};

function messagesOf(routers: readonly TestRouter[]): number {
  let sum = 0;
  for (const { bgpd } of routers)
    for (const instance of bgpd.instances.values())
      for (const { received } of instance.peers.values())
        sum +=
          received.open +
          received.update +
          received.keepalive +
          received.notification +
          received.routeRefresh;
  return sum;
}

/** Simulated time goes on in steps until every router has that many prefixes; undefined: never. */
function converge(clock: SimClock, routers: readonly TestRouter[], prefixes: number): number | undefined {
  for (let time = 0.25; time < 120; time += 0.25) {
    clock.run(time * SECOND);
    const knows = ({ bgpd }: TestRouter): boolean =>
      bgpd.instances.get('default')?.rib('ipv4-unicast').destinations.size === prefixes;
    if (routers.every(knows)) return time;
  }
  return undefined;
}

/** Reports how a fabric converges: the seconds of processor time that it took. */
function fabric(spineCount: number, leafCount: number): number {
  const before = heap();
  const clock = createClock();
  const network = new BgpNetwork(clock, createRandom(1));
  const spines = Array.from({ length: spineCount }, (_, index) => network.router(`spine${index}`));
  const leaves = Array.from({ length: leafCount }, (_, index) => network.router(`leaf${index}`));
  for (const [index, spine] of spines.entries()) start(spine, 65000, index + 1);
  for (const [index, leaf] of leaves.entries())
    start(
      leaf,
      65001 + index,
      0x10000 + index,
      'address-family ipv4 unicast',
      'maximum-paths 64',
      `network 172.${16 + (index >> 8)}.${index & 255}.0/24`,
    );
  const neighbours = new Map<TestRouter, string[]>([...spines, ...leaves].map((router) => [router, []]));
  for (const spine of spines)
    for (const [index, leaf] of leaves.entries()) {
      const [up, down] = network.link(spine, leaf);
      neighbours.get(spine)?.push(`neighbor ${down} remote-as ${65001 + index}`);
      neighbours.get(leaf)?.push(`neighbor ${up} remote-as 65000`);
    }
  for (const spine of spines) spine.type('router bgp 65000', ...(neighbours.get(spine) ?? []));
  for (const [index, leaf] of leaves.entries())
    leaf.type(`router bgp ${65001 + index}`, ...(neighbours.get(leaf) ?? []));
  const from = spent();
  const simulated = converge(clock, [...spines, ...leaves], leafCount);
  const took = spent() - from;
  const messages = messagesOf(network.routers);
  const name = `${spineCount} spines, ${leafCount} leaves, a prefix a leaf`;
  say(
    `${name}: converged after`,
    `${simulated?.toFixed(2) ?? 'never,'} s simulated, in ${took.toFixed(1)} s`,
  );
  say(
    '  sessions, messages, messages a second',
    `${spineCount * leafCount}, ${messages}, ${Math.round(messages / took)}`,
  );
  say('  memory', `${Math.round(heap() - before)} MB`);
  return took;
}

/** The same graph with FRR's own daemons, after ours. */
async function besideFrr(spineCount: number, leafCount: number): Promise<void> {
  const ours = fabric(spineCount, leafCount);
  const theirs = await frrFabric(spineCount, leafCount);
  const name = "  FRR's own bgpd, a process a router, kernel included";
  if ('missing' in theirs) say(name, `not measured: ${theirs.missing}`);
  else say(name, `${theirs.seconds.toFixed(2)} s, ours takes ${(ours / theirs.seconds).toFixed(1)}x`);
}

/** UPDATEs as a neighbour with a full table sends them: a few prefixes with the same attributes each. */
function fullTable(prefixes: number): Uint8Array[] {
  const random = createRandom(3);
  const messages: Uint8Array[] = [];
  for (let next = 0; next < prefixes;) {
    const count = Math.min(prefixes - next, 1 + random.below(8));
    const path = [65100, ...Array.from({ length: 1 + random.below(5) }, () => 1 + random.below(60_000))];
    const asPath = [2, path.length, ...path.flatMap((asn) => [0, 0, asn >> 8, asn & 255])];
    const attributes = [0x40, 1, 1, 0, 0x40, 2, asPath.length, ...asPath, 0x40, 3, 4, 10, 0, 0, 2];
    const nlri: number[] = [];
    for (let index = 0; index < count; index += 1, next += 1)
      nlri.push(24, 20 + (next >> 16), (next >> 8) & 255, next & 255);
    const body = [0, 0, attributes.length >> 8, attributes.length & 255, ...attributes, ...nlri];
    messages.push(encodeMessage(MESSAGE_TYPE.update, Uint8Array.from(body)));
  }
  return messages;
}

function decodeOnly(messages: readonly Uint8Array[]): number {
  const options = {
    as4: true,
    sort: 'external' as const,
    addPath: [],
    gracefulRestart: true,
    families: ['ipv4-unicast' as const],
  };
  const from = spent();
  for (const octets of messages) {
    const taken = takeMessage(octets, MAXIMUM_SIZE);
    if (!taken.ok || taken.value === null || !decodeUpdate(taken.value.body, options).ok)
      throw new Error('an UPDATE of the bench does not decode');
  }
  return (spent() - from) * 1000;
}

function receive(prefixes: number): void {
  const messages = fullTable(prefixes);
  const before = heap();
  const clock = createClock();
  const network = new BgpNetwork(clock, createRandom(1));
  const [dut, feeder] = [network.router('dut'), network.router('feeder')];
  start(dut, 65000, 1);
  start(feeder, 65100, 2);
  const [own, far] = network.link(dut, feeder);
  dut.type('router bgp 65000', `neighbor ${far} remote-as 65100`);
  feeder.type('router bgp 65100', `neighbor ${own} remote-as 65000`);
  clock.run(10 * SECOND);
  const [peer] = feeder.bgpd.instances.get('default')?.peers.values() ?? [];
  if (peer?.state !== 'Established') throw new Error('no session');
  const from = spent();
  feeder.bgpd.output.send(peer, runOf(messages), 'update');
  clock.run(60 * SECOND);
  const took = (spent() - from) * 1000;
  if (dut.routes.size !== prefixes) throw new Error(`${dut.routes.size} of ${prefixes} routes installed`);
  const alone = decodeOnly(messages);
  say(`${prefixes} prefixes received, chosen, given to zebra`, `${(took / 1000).toFixed(2)} s`);
  say('  messages a second', String(Math.round((messages.length * 1000) / took)));
  say(
    '  decoding the same octets and nothing else',
    `${(alone / 1000).toFixed(2)} s, ${(took / alone).toFixed(1)}x`,
  );
  const octets = ((heap() - before) * 1e6) / prefixes;
  say('  memory, octets a prefix', `${Math.round((octets * prefixes) / 1e6)} MB, ${Math.round(octets)}`);
  const [time, memory] = [took / prefixes / REAL.milliseconds, octets / REAL.octets];
  say("  of what FRR's own bgpd takes: time, memory", `${time.toFixed(1)}x, ${memory.toFixed(1)}x`);
}

const [spines = 16, leaves = 128, prefixes = 100_000] = process.argv.slice(2).map(Number);
receive(prefixes);
await besideFrr(4, 16);
fabric(spines, leaves);
