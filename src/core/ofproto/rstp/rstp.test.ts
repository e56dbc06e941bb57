import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { present } from '../../base/assert.ts';
import { Rstp, type RstpSettings } from './rstp.ts';
import type { RstpPort, RstpPortSettings } from './rstp-port.ts';

const settings = (address: bigint, priority = 32_768, version = 2): RstpSettings => ({
  address,
  priority,
  version,
  maxAge: 20,
  forwardDelay: 15,
  holdCount: 6,
});

const portSettings = (pathCost: number, adminEdge = false): RstpPortSettings => ({
  number: 0,
  priority: 128,
  pathCost,
  adminEdge,
  autoEdge: true,
  pointToPoint: 1,
  adminUp: true,
  checkMigration: false,
});

interface End {
  readonly tree: Rstp;
  readonly port: RstpPort;
}

/** Bridges with cables between them; BPDUs arrive in the order in which they were sent. */
class Network {
  readonly bridges: Rstp[] = [];
  readonly cables: { readonly ends: readonly [End, End]; cut: boolean }[] = [];
  readonly #onTheWay: { readonly to: End; readonly bpdu: Uint8Array }[] = [];

  constructor(bridges: readonly RstpSettings[], cables: readonly (readonly [number, number, number])[]) {
    for (const [index, one] of bridges.entries())
      this.bridges.push(
        new Rstp(`br${index}`, one, (port, bpdu) => {
          for (const { ends, cut } of this.cables)
            for (const [from, to] of [ends, ends.toReversed() as [End, End]])
              if (!cut && from.port === port) this.#onTheWay.push({ to, bpdu });
        }),
      );
    for (const [a, b, cost] of cables)
      this.cables.push({ ends: [this.#end(a, cost), this.#end(b, cost)], cut: false });
  }

  #end(bridge: number, cost: number): End {
    const tree = present(this.bridges[bridge]);
    const port = tree.addPort();
    tree.setPort(port, `p${tree.ports.length}`, portSettings(cost));
    tree.setOperational(port, true);
    return { tree, port };
  }

  deliver(): void {
    for (let next = this.#onTheWay.shift(); next; next = this.#onTheWay.shift())
      next.to.tree.receive(next.to.port, next.bpdu);
  }

  run(seconds: number): void {
    for (let at = 0; at < seconds; at += 1) {
      for (const tree of this.bridges) tree.tick(1000);
      this.deliver();
    }
  }

  cut(index: number): void {
    const cable = this.cables[index % Math.max(1, this.cables.length)];
    if (!cable) return;
    cable.cut = true;
    for (const { tree, port } of cable.ends) tree.setOperational(port, false);
    this.deliver();
  }
}

/** Number of sets of bridges that reach one another over `edges`. */
function parts(bridges: readonly Rstp[], edges: readonly (readonly [Rstp, Rstp])[]): number {
  const part = new Map(bridges.map((tree) => [tree, tree]));
  const top = (tree: Rstp): Rstp => {
    const up = present(part.get(tree));
    return up === tree ? tree : top(up);
  };
  for (const [a, b] of edges) part.set(top(a), top(b));
  return new Set(bridges.map(top)).size;
}

/** What forwards is a forest that joins all that cables join. */
function expectTrees(net: Network): void {
  const pairs = (all: typeof net.cables) => all.map(({ ends }) => [ends[0].tree, ends[1].tree] as const);
  const whole = net.cables.filter(({ cut }) => !cut);
  const open = whole.filter(({ ends }) => ends.every(({ port }) => port.state === 'forwarding'));
  const joined = parts(net.bridges, pairs(whole));
  expect(parts(net.bridges, pairs(open))).toBe(joined);
  expect(open.length).toBe(net.bridges.length - joined);
}

const graph = fc.integer({ min: 2, max: 7 }).chain((size) =>
  fc.record({
    bridges: fc.array(fc.tuple(fc.constantFrom(4096, 32_768), fc.constantFrom(2, 2, 2, 0)), {
      minLength: size,
      maxLength: size,
    }),
    cables: fc.array(
      fc
        .tuple(fc.nat({ max: size - 1 }), fc.nat({ max: size - 1 }), fc.integer({ min: 1, max: 200 }))
        .filter(([a, b]) => a !== b),
      { maxLength: 12 },
    ),
    lost: fc.nat({ max: 11 }),
  }),
);

describe('on any graph, with bridges of the old protocol among them', () => {
  it('makes a tree, and another one when a cable is cut', () => {
    fc.assert(
      fc.property(graph, ({ bridges, cables, lost }) => {
        const net = new Network(
          bridges.map(([priority, version], at) => settings(BigInt(at + 1), priority, version)),
          cables,
        );
        net.run(60);
        expectTrees(net);
        net.cut(lost);
        net.run(100);
        expectTrees(net);
      }),
      { numRuns: 60 },
    );
  });
});

const stateOf = (net: Network, cable: number, end: 0 | 1): string =>
  present(net.cables[cable]).ends[end].port.state;

it('forwards between two bridges as soon as they hear one another, by proposal and agreement', () => {
  const net = new Network([settings(1n), settings(2n)], [[0, 1, 2000]]);
  net.run(4);
  expect([stateOf(net, 0, 0), stateOf(net, 0, 1)]).toEqual(['forwarding', 'forwarding']);
});

it('takes the forward delay where the other end speaks the old protocol', () => {
  const net = new Network([settings(1n), settings(2n, 32_768, 0)], [[0, 1, 2000]]);
  net.run(20);
  expect(stateOf(net, 0, 0)).not.toBe('forwarding');
  net.run(20);
  expect(stateOf(net, 0, 0)).toBe('forwarding');
  expect(present(net.cables[0]).ends[0].port.sendRstp).toBe(false);
});

it('opens the alternate port at once when the way to the root breaks', () => {
  const net = new Network(
    [settings(1n), settings(2n)],
    [
      [0, 1, 2000],
      [0, 1, 2000],
    ],
  );
  net.run(10);
  expect([stateOf(net, 0, 1), stateOf(net, 1, 1)]).toEqual(['forwarding', 'discarding']);
  net.cut(0);
  expect(stateOf(net, 1, 1)).toBe('forwarding');
});

it('takes BPDUs that are damaged for errors', () => {
  const net = new Network([settings(1n), settings(2n)], [[0, 1, 2000]]);
  net.run(2);
  const [{ tree, port }] = present(net.cables[0]).ends;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (octets) => {
      const before = port.errors + port.received;
      tree.receive(port, octets);
      expect(port.errors + port.received).toBe(before + 1);
    }),
  );
});
