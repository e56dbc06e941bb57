import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { createClock, type SimClock } from '../../sim/clock.ts';
import { setUp } from '../device.ts';
import { ethertypeOf, frameOf } from '../ether.ts';
import { Kernel, type Link } from '../index.ts';
import { fdbEntries } from './fdb.ts';
import { addVlan, deleteVlan, setBridge } from './settings.ts';
import { scopeOf, type BridgeScope } from './spanning-tree.ts';
import type { Bridge } from './state.ts';

const SECOND = 1e9;
const TYPE = 0x88b5;

/** Bridges as links of one namespace, cables as veth pairs between them, hosts as further pairs. */
class Wiring {
  readonly clock: SimClock = createClock();
  readonly kernel: Kernel;
  readonly bridges: Link[] = [];
  readonly hosts: { readonly link: Link; readonly bridge: number; readonly port: Link }[] = [];
  readonly cables: { readonly ends: readonly [number, number]; readonly ports: readonly [Link, Link] }[] = [];

  constructor() {
    this.kernel = new Kernel('host', {
      clock: this.clock,
      random: createRandom(3),
      recorder: { active: false, record: () => 0 },
    });
    this.kernel.namespace().sysctl.set('net.ipv6.conf.all.disable_ipv6', '1');
    this.kernel.namespace().sysctl.set('net.ipv6.conf.default.disable_ipv6', '1');
  }

  get net(): ReturnType<Kernel['namespace']> {
    return this.kernel.namespace();
  }

  #made(result: ReturnType<Kernel['addLink']>): Link {
    if (!result.ok) throw new Error(result.error.errno);
    return result.value;
  }

  scope(index: number): BridgeScope {
    const scope = scopeOf(this.net, this.bridges[index] as Link);
    if (scope === undefined) throw new Error('not a bridge');
    return scope;
  }

  addBridge(mac: number): void {
    const name = `br${this.bridges.length}`;
    const link = this.#made(this.kernel.addLink('', { kind: 'bridge', name, mac: BigInt(mac) }));
    this.bridges.push(link);
    setBridge(this.scope(this.bridges.length - 1), { kind: 'multicast-snooping', on: false });
    setUp(this.net, link);
  }

  #pair(name: string): readonly [Link, Link] {
    const peer = `${name}p`;
    const link = this.#made(this.kernel.addLink('', { kind: 'veth', name, peer: { name: peer } }));
    return [link, link.peer as Link];
  }

  #enslave(link: Link, bridge: number): void {
    this.kernel.setMaster(link, this.bridges[bridge] as Link);
    setUp(this.net, link);
  }

  addCable(a: number, b: number): void {
    const ports = this.#pair(`c${this.cables.length}`);
    this.#enslave(ports[0], a);
    this.#enslave(ports[1], b);
    this.cables.push({ ends: [a, b], ports });
  }

  addHost(bridge: number): void {
    const [link, port] = this.#pair(`h${this.hosts.length}`);
    this.#enslave(port, bridge);
    setUp(this.net, link);
    this.hosts.push({ link, bridge, port });
  }

  /** The hosts that get a frame which host `from` sends to everybody (or to `to`). */
  send(from: number, to?: number): number[] {
    const sender = this.hosts[from]?.link as Link;
    const destination = to === undefined ? 0xffffffffffffn : (this.hosts[to]?.link.mac ?? 0n);
    const got: number[] = [];
    const taps = this.hosts.map(({ link }, index) =>
      this.kernel.tap('', link, (frame) => {
        if (frame.direction === 'in' && ethertypeOf(frame.octets) === TYPE) got.push(index);
      }),
    );
    this.kernel.transmit(sender, frameOf(destination, sender.mac, TYPE, new Uint8Array(46)), null);
    this.clock.run(this.clock.now() + 0.01 * SECOND);
    for (const close of taps) close();
    return got.toSorted((a, b) => a - b);
  }
}

const forwards = (port: Link): boolean => port.port?.state === 'forwarding';

describe('the forwarding database', () => {
  const wiring = (): Wiring => {
    const wired = new Wiring();
    wired.addBridge(0x020000000100);
    for (let i = 0; i < 3; i += 1) wired.addHost(0);
    return wired;
  };
  const learned = (wired: Wiring): (readonly [number, bigint])[] =>
    fdbEntries(wired.bridges[0]?.bridge as Bridge)
      .filter((entry) => !entry.isLocal)
      .map((entry) => [wired.hosts.findIndex(({ port }) => port.index === entry.port), entry.mac] as const);

  it('floods what it does not know, then forwards to the port where it was learned', () => {
    const wired = wiring();
    expect(wired.send(0, 1)).toEqual([1, 2]);
    expect(wired.send(1, 0)).toEqual([0]);
    expect(wired.send(0, 1)).toEqual([1]);
    const macs = wired.hosts.map(({ link }) => link.mac);
    expect(learned(wired).toSorted(([a], [b]) => a - b)).toEqual([
      [0, macs[0]],
      [1, macs[1]],
    ]);
  });

  it('forgets an address after the ageing time, and moves it at once', () => {
    const wired = wiring();
    wired.send(0);
    setBridge(wired.scope(0), { kind: 'ageing-time', value: 1000 });
    wired.clock.run(wired.clock.now() + 30 * SECOND);
    expect(learned(wired)).toEqual([]);
    wired.send(0);
    const sender = wired.hosts[0]?.link as Link;
    const other = wired.hosts[2]?.link as Link;
    wired.kernel.transmit(other, frameOf(0xffffffffffffn, sender.mac, TYPE, new Uint8Array(46)), null);
    wired.clock.run(wired.clock.now() + SECOND);
    expect(learned(wired)).toEqual([[2, sender.mac]]);
  });

  it('keeps isolated ports apart and turns frames round on a hairpin', () => {
    const wired = wiring();
    const [first, second] = wired.hosts.map(({ port }) => port.port);
    if (first == null || second == null) throw new Error('no port');
    first.isolated = true;
    second.isolated = true;
    expect(wired.send(0)).toEqual([2]);
    first.isolated = false;
    first.hairpin = true;
    expect(wired.send(0)).toEqual([0, 1, 2]);
  });

  it('keeps unknown unicast from a port that does not want it, not broadcast', () => {
    const wired = wiring();
    const first = wired.hosts[0]?.port.port;
    if (first == null) throw new Error('no port');
    first.flood = false;
    expect(wired.send(2, 1)).toEqual([1]);
    expect(wired.send(2)).toEqual([0, 1]);
  });
});

describe('the spanning tree', () => {
  it('leaves a tree on any graph of bridges: what is cabled together is connected, and nothing goes round', () => {
    const graph = fc.integer({ min: 2, max: 6 }).chain((size) =>
      fc.record({
        size: fc.constant(size),
        macs: fc.uniqueArray(fc.integer({ min: 1, max: 255 }), { minLength: size, maxLength: size }),
        cables: fc.array(
          fc.tuple(fc.integer({ min: 0, max: size - 1 }), fc.integer({ min: 0, max: size - 1 })),
          { maxLength: 9 },
        ),
      }),
    );
    fc.assert(
      fc.property(graph, ({ size, macs, cables }) => {
        const wired = new Wiring();
        for (const mac of macs) wired.addBridge(0x020000000000 + mac);
        for (let index = 0; index < size; index += 1) {
          setBridge(wired.scope(index), { kind: 'stp', on: true });
          setBridge(wired.scope(index), { kind: 'forward-delay', value: 200 });
        }
        for (const [a, b] of cables) wired.addCable(a, b);
        wired.clock.run(60 * SECOND);

        const groupOf = (edges: readonly (readonly [number, number])[]): number[] => {
          const group = Array.from({ length: size }, (_, index) => index);
          for (const [a, b] of edges) {
            const [from, to] = [group[a] as number, group[b] as number];
            for (const [index, each] of group.entries()) if (each === from) group[index] = to;
          }
          return group;
        };
        const active = wired.cables.filter(({ ports }) => ports.every(forwards)).map(({ ends }) => ends);
        const cabled = groupOf(cables);
        const reached = groupOf(active);
        const sameParts = (a: number[], b: number[]): boolean =>
          a.every((_, i) => a.every((__, j) => (a[i] === a[j]) === (b[i] === b[j])));
        expect(sameParts(cabled, reached)).toBe(true);
        // A forest has as many edges as nodes less trees.
        expect(active.length).toBe(size - new Set(reached).size);
        // Each part agrees on its root: the least bridge identifier in it.
        for (const [index, { bridge }] of wired.bridges.entries()) {
          const part = macs.filter((_, other) => cabled[other] === cabled[index]);
          expect(Number((bridge as Bridge).designatedRoot & 0xffn)).toBe(Math.min(...part));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('heals: when the active cable is cut, the blocked one takes over', () => {
    const wired = new Wiring();
    for (const mac of [1, 2]) wired.addBridge(0x020000000000 + mac);
    for (const index of [0, 1]) setBridge(wired.scope(index), { kind: 'stp', on: true });
    wired.addHost(0);
    wired.addHost(1);
    wired.addCable(0, 1);
    wired.addCable(0, 1);
    wired.clock.run(60 * SECOND);
    const [first, second] = wired.cables.map(({ ports }) => ports.every(forwards));
    expect([first, second]).toEqual([true, false]);
    expect(wired.send(0)).toEqual([1]);
    wired.kernel.deleteLink(wired.cables[0]?.ports[0] as Link);
    wired.clock.run(120 * SECOND);
    expect(wired.cables[1]?.ports.every(forwards)).toBe(true);
    expect(wired.send(0)).toEqual([1]);
  });
});

describe('VLAN filtering', () => {
  it('never delivers a frame across VLANs that do not meet, and always within one that does', () => {
    const vlan = fc.integer({ min: 1, max: 4 });
    const plan = fc.record({
      bridges: fc.integer({ min: 1, max: 4 }),
      trunks: fc.array(fc.uniqueArray(vlan), { minLength: 3, maxLength: 3 }),
      hosts: fc.array(fc.tuple(fc.nat({ max: 3 }), vlan), { minLength: 2, maxLength: 6 }),
      unicast: fc.boolean(),
    });
    fc.assert(
      fc.property(plan, ({ bridges, trunks, hosts, unicast }) => {
        const wired = new Wiring();
        for (let index = 0; index < bridges; index += 1) {
          wired.addBridge(0x020000000001 + index);
          setBridge(wired.scope(index), { kind: 'vlan-filtering', on: true });
        }
        for (let index = 0; index + 1 < bridges; index += 1) {
          wired.addCable(index, index + 1);
          const ports = wired.cables[index]?.ports ?? [];
          for (const [side, link] of ports.entries()) {
            const scope = wired.scope(index + side);
            deleteVlan(scope, link.port, 1);
            for (const id of trunks[index] ?? []) addVlan(scope, link.port, id, false, false);
          }
        }
        for (const [index, [where, id]] of hosts.entries()) {
          wired.addHost(where % bridges);
          const { port, bridge } = wired.hosts[index] as (typeof wired.hosts)[number];
          const scope = wired.scope(bridge);
          deleteVlan(scope, port.port, 1);
          addVlan(scope, port.port, id, true, true);
        }
        wired.clock.run(wired.clock.now() + SECOND);
        const meets = (from: number, to: number): boolean => {
          const [a, b] = [from, to].map((host) => wired.hosts[host]?.bridge ?? 0).toSorted((x, y) => x - y);
          const id = hosts[from]?.[1];
          if (from === to || id === undefined || hosts[to]?.[1] !== id) return false;
          return trunks.slice(a, b).every((trunk) => trunk.includes(id));
        };
        for (const from of hosts.keys()) {
          expect(wired.send(from)).toEqual([...hosts.keys()].filter((to) => meets(from, to)));
          // By now all are learned in their VLANs: an address is reached there and nowhere else.
          const target = (from + 1) % hosts.length;
          if (unicast) expect(wired.send(from, target).filter((to) => !meets(from, to))).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });
});
