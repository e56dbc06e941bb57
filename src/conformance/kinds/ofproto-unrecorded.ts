/**
 * What a recording of flow tables leaves out and a trace still shows: learned addresses, which tunnels are up, and in
 * which order bundles that were made together are flooded. Every possibility is tried until one fits the recording.
 */
import { formatMac } from '../../core/base/address.ts';
import type { Bridge } from '../../core/ofproto/bridge/bridge.ts';
import type { Vswitch } from '../../core/ofproto/vswitch/vswitch.ts';

const LEARNED =
  /^ *-> (learned port is input port, dropping|forwarding to learned port|no learned MAC for destination, flooding)$/gm;
const MOST_TRIES = 1500;

/** Answers the `index`th look-up in a forwarding database with the `choices[index]`th bundle of its bridge. */
function answerLookups(vswitch: Vswitch, expected: string, choices: readonly (number | null)[]): void {
  let at = 0;
  for (const bridge of vswitch.bridges.values()) {
    // Whether an address was news is part of what was known before.
    bridge.macs.learn = (mac, vlan, bundle) =>
      expected.includes(`learned that ${formatMac(mac)} is on port ${bundle.name} in VLAN ${vlan}\n`);
    bridge.macs.lookup = (mac, vlan) => {
      const choice = choices[at] ?? null;
      at += 1;
      const bundle = choice === null ? undefined : bridge.bundles[choice % bridge.bundles.length];
      return bundle && { mac, vlan, bundle, seen: 0, lockedUntil: 0 };
    };
  }
}

function* learnedChoices(vswitch: Vswitch, expected: string): Generator<readonly (number | null)[]> {
  const remarks = [...expected.matchAll(LEARNED)].map(([, remark]) => remark as string);
  const open = remarks.flatMap((remark, index) => (remark.startsWith('no learned') ? [] : [index]));
  const most = Math.max(1, ...[...vswitch.bridges.values()].map((bridge) => bridge.bundles.length));
  for (let turn = 0; turn < most ** open.length; turn += 1) {
    const choices: (number | null)[] = remarks.map(() => null);
    open.forEach((index, digit) => {
      choices[index] = Math.floor(turn / most ** digit) % most;
    });
    yield choices;
  }
}

/** Sets of ports that are down, of those that a `bundle` action chooses from. */
function* downPorts(expected: string): Generator<ReadonlySet<number>> {
  const members = new Set(
    [...expected.matchAll(/\bbundle\([^)]*members:([\d,]+)\)/g)].flatMap(([, list]) =>
      (list as string).split(',').map(Number),
    ),
  );
  const ports = [...members];
  for (let set = 0; set < 2 ** Math.min(ports.length, 6); set += 1)
    yield new Set(ports.filter((_, index) => ((set >>> index) & 1) === 1));
}

function* permutations<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length <= 1) {
    yield items;
    return;
  }
  for (const [index, first] of items.entries())
    for (const rest of permutations([...items.slice(0, index), ...items.slice(index + 1)]))
      yield [first, ...rest];
}

/** Orders of the bundles of bridges that flood; the recorded order first. */
function* bundleOrders(bridges: readonly Bridge[]): Generator<null> {
  const [bridge, ...others] = bridges;
  if (!bridge) {
    yield null;
    return;
  }
  const { bundles } = bridge;
  for (const order of bundles.length <= 5 ? permutations(bundles) : [bundles]) {
    bridge.bundles = [...order];
    yield* bundleOrders(others);
  }
  bridge.bundles = bundles;
}

/** Runs `attempt` under one possibility after another until it says that the outcome fits. */
export function tryUnrecorded(vswitch: Vswitch, expected: string, attempt: () => boolean): void {
  const floods = expected.includes('flooding');
  const bridges = [...vswitch.bridges.values()];
  const flooding = floods ? bridges.filter((bridge) => expected.includes(`bridge("${bridge.name}")`)) : [];
  let tries = 0;
  for (const down of downPorts(expected)) {
    for (const bridge of bridges)
      for (const port of bridge.ports.values()) port.mayEnable = !(port.tunnel && down.has(port.ofPort));
    for (const choices of learnedChoices(vswitch, expected))
      for (const _ of bundleOrders(flooding)) {
        answerLookups(vswitch, expected, choices);
        tries += 1;
        if (attempt() || tries >= MOST_TRIES) return;
      }
  }
}
