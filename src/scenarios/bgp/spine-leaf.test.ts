/** In a fabric the guest is reachable from everywhere, over as many ways as there are spines. */
import { expect, it } from 'vitest';
import { replay } from '../../core/shell/transcript.ts';
import { World } from '../../core/sim/index.ts';
import { SPINE_LEAF, spineLeaf } from './spine-leaf.ts';

const GUEST = '192.168.10.10';

function opened(spec: Pick<typeof SPINE_LEAF, 'machines' | 'segments' | 'transcript'>): {
  readonly world: World;
  readonly type: (host: string, line: string) => string;
} {
  const world = new World(spec, 1);
  for (const { machine, line } of spec.transcript)
    expect(replay(world, machine, line), line).toMatchObject({ status: 0, err: '' });
  world.clock.run(world.clock.now() + 15e9);
  return {
    world,
    type: (host, line) => {
      const { out, err } = replay(world, host, line);
      return out + err;
    },
  };
}

it(
  'every ToR and every spine reaches the guest, and one way less is one way less',
  { timeout: 240_000 },
  () => {
    const { world, type } = opened(SPINE_LEAF);
    const tor = (line: string): string => type('ovn-gw-1', `ip netns exec frr-ns ${line}`);
    const ways = (): number =>
      /^192\.168\.10\.0\/24 [^\n]*\n((?:\t[^\n]*\n)*)/m.exec(tor('ip route'))?.[1]?.split('\n').length ?? 0;
    expect(ways()).toBe(3);
    expect(tor(`ping -c 1 ${GUEST}`)).toContain(' ttl=62 ');
    for (const name of ['spine-1', 'spine-2'])
      expect(type(name, `ping -c 1 ${GUEST}`)).toContain(' 1 received');
    expect(type('ovn-gw-2', `ip netns exec frr-ns ping -c 1 ${GUEST}`)).toContain(' ttl=62 ');

    expect(world.faults.switch({ kind: 'cut', host: 'spine-1', device: 'swp1' }, true).ok).toBe(true);
    world.clock.run(world.clock.now() + 2e9);
    // The spine withdraws at once; the leaf's end of that cable is still up, its other way is left.
    expect(type('spine-1', 'vtysh -c "show bgp ipv4 41.41.41.41/32"')).not.toContain('from swp1');
    expect(type('spine-2', `ping -c 1 ${GUEST}`)).toContain(' 1 received');
  },
);

it('a fabric of any number of spines', { timeout: 240_000 }, () => {
  const { type } = opened(spineLeaf(3));
  const routes = type('ovn-gw-1', 'ip netns exec frr-ns ip route show 192.168.20.0/24');
  expect(routes.match(/nexthop via inet6 /g)).toHaveLength(3);
});
