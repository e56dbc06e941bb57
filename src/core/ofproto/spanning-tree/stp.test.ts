import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { present } from '../../base/assert.ts';
import type { StpPort } from './stp-port.ts';
import { Stp } from './stp.ts';
import type { StpSettings } from './stp-settings.ts';

const settings = (systemId: bigint, priority = 32_768): StpSettings => ({
  systemId,
  priority,
  helloTime: 2000,
  maxAge: 20_000,
  forwardDelay: 15_000,
});

interface End {
  readonly stp: Stp;
  readonly port: StpPort;
}

/** Bridges with cables between them; BPDUs arrive in the order in which they were sent. */
class Network {
  readonly bridges: Stp[] = [];
  readonly cables: { readonly ends: readonly [End, End]; cut: boolean }[] = [];
  readonly #onTheWay: { readonly to: End; readonly bpdu: Uint8Array }[] = [];
  readonly #used = new Map<Stp, number>();

  constructor(priorities: readonly number[], cables: readonly (readonly [number, number, number])[]) {
    priorities.forEach((priority, index) => {
      const stp = new Stp(`br${index}`, settings(BigInt(index + 1), priority), (port, bpdu) => {
        for (const { ends, cut } of this.cables)
          for (const [from, to] of [ends, ends.toReversed() as [End, End]])
            if (!cut && from.port === port) this.#onTheWay.push({ to, bpdu });
      });
      this.bridges.push(stp);
    });
    for (const [a, b, cost] of cables)
      this.cables.push({ ends: [this.#end(a, cost), this.#end(b, cost)], cut: false });
  }

  #end(bridge: number, cost: number): End {
    const stp = present(this.bridges[bridge]);
    const index = this.#used.get(stp) ?? 0;
    this.#used.set(stp, index + 1);
    const port = stp.port(index);
    stp.enable(port);
    stp.setPathCost(port, cost);
    return { stp, port };
  }

  run(seconds: number): void {
    for (let at = 0; at < seconds; at += 1) {
      for (const stp of this.bridges) stp.tick(1000);
      for (let next = this.#onTheWay.shift(); next; next = this.#onTheWay.shift())
        next.to.stp.receive(next.to.port, next.bpdu);
    }
  }

  /** Cables over which packets go both ways. */
  open(): (readonly [Stp, Stp])[] {
    return this.cables
      .filter(({ ends, cut }) => !cut && ends.every(({ port }) => port.state === 'forwarding'))
      .map(({ ends }) => [ends[0].stp, ends[1].stp] as const);
  }
}

/** Sets of bridges that reach one another over `edges`. */
function parts(bridges: readonly Stp[], edges: readonly (readonly [Stp, Stp])[]): number {
  const part = new Map(bridges.map((stp) => [stp, stp]));
  const top = (stp: Stp): Stp => {
    const up = present(part.get(stp));
    return up === stp ? stp : top(up);
  };
  for (const [a, b] of edges) part.set(top(a), top(b));
  return new Set(bridges.map(top)).size;
}

const graph = fc.integer({ min: 2, max: 7 }).chain((size) =>
  fc.record({
    priorities: fc.array(fc.constantFrom(4096, 32_768), { minLength: size, maxLength: size }),
    cables: fc.array(
      fc
        .tuple(fc.nat({ max: size - 1 }), fc.nat({ max: size - 1 }), fc.integer({ min: 1, max: 200 }))
        .filter(([a, b]) => a !== b),
      { maxLength: 12 },
    ),
    lost: fc.nat({ max: 11 }),
  }),
);

/** What forwards is a forest that joins all that cables join, under the least bridge of each part. */
function expectTrees(net: Network): void {
  const open = net.open();
  const cables = net.cables.filter(({ cut }) => !cut);
  const joined = parts(
    net.bridges,
    cables.map(({ ends }) => [ends[0].stp, ends[1].stp] as const),
  );
  expect(parts(net.bridges, open)).toBe(joined);
  expect(open).toHaveLength(net.bridges.length - joined);
  expect(new Set(net.bridges.map(({ root }) => root)).size).toBe(joined);
  for (const { ends } of cables)
    expect(ends.filter(({ stp, port }) => stp.roleOf(port) === 'designated')).toHaveLength(1);
}

describe('a spanning tree', () => {
  it('opens exactly a tree of any network, and another one when a cable breaks', () => {
    fc.assert(
      fc.property(graph, ({ priorities, cables, lost }) => {
        const net = new Network(priorities, cables);
        net.run(60);
        expectTrees(net);
        const broken = net.cables[lost];
        if (!broken) return;
        broken.cut = true;
        for (const { stp, port } of broken.ends) stp.disable(port);
        net.run(120);
        expectTrees(net);
      }),
      { numRuns: 60 },
    );
  });

  it('tells every bridge of a change, so that learned addresses are forgotten', () => {
    const net = new Network(
      [4096, 32_768, 32_768],
      [
        [0, 1, 2],
        [1, 2, 2],
      ],
    );
    net.run(60);
    for (const stp of net.bridges) stp.needsFlush = false;
    present(net.bridges[2]).detectTopologyChange();
    net.run(5);
    expect(net.bridges.map(({ needsFlush }) => needsFlush)).toEqual([true, true, true]);
  });

  it('keeps times within their bounds', () => {
    const stp = new Stp('br0', { ...settings(1n), helloTime: 4, maxAge: 60_000, forwardDelay: 1000 }, () => {
      throw new Error('nothing to send without ports');
    });
    expect(stp.own).toEqual({ helloTime: 256, maxAge: 40 * 256, forwardDelay: 21 * 256 });
  });
});
