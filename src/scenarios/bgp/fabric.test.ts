/** Fabrics of several sizes: every guest reaches every other over all spines, and loses only what a cut takes. */
import { expect, it } from 'vitest';
import { replay } from '../../core/shell/transcript.ts';
import { World } from '../../core/sim/index.ts';
import { whyNoScenario } from '../catalogue.ts';
import { fabricOf } from './fabric.ts';

it.each([
  [1, 2],
  [3, 5],
])('%i spines and %i leaves', { timeout: 120_000 }, (spines, leaves) => {
  const spec = fabricOf(`fabric-${spines}x${leaves}`);
  if (!spec) throw new Error('no such fabric');
  const world = new World(spec, 1);
  for (const { machine, line } of spec.transcript)
    expect(replay(world, machine, line)).toMatchObject({ status: 0, err: '' });
  world.clock.run(world.clock.now() + 15e9);
  const type = (host: string, line: string): string => {
    const { out, err } = replay(world, host, line);
    return out + err;
  };
  for (let leaf = 1; leaf < leaves; leaf += 1) {
    const network = `10.1.${leaf}`;
    expect(type('leaf-1', `ip route show ${network}.0/24`).match(/via inet6 /g)).toHaveLength(spines);
    expect(type('leaf-1', `ip netns exec guest ping -c 1 ${network}.10`)).toContain(' ttl=61 ');
  }
  for (const host of ['leaf-1', 'spine-1'])
    expect(world.faults.switch({ kind: 'cut', host, device: 'swp1' }, true).ok).toBe(true);
  world.clock.run(world.clock.now() + 5e9);
  expect(type('leaf-1', 'ip netns exec guest ping -c 1 -W 1 10.1.1.10')).toContain(
    spines > 1 ? ' 1 received' : ' 0 received',
  );
});

it.each(['fabric-0x4', 'fabric-4x1', 'fabric-33x2', 'fabric-32x65', 'fabric-4', 'fabric-x'])(
  '%s is none',
  (id) => {
    expect(fabricOf(id)).toBeUndefined();
    expect(whyNoScenario(id)).toMatch(
      /^fabric-\d+x\d+$/.test(id) ? /at most 2048 cables: \d+ by \d+ has \d+\.$/ : /^There is no scenario /,
    );
  },
);
