import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { createClock } from '../../sim/clock.ts';
import { BgpNetwork } from '../fixture/bgp-network.ts';

const OPEN = ['no bgp ebgp-requires-policy', 'no bgp network import-check'];

test('neighbours that are told the same share a group and in the end a subgroup; another policy is another group', () => {
  const clock = createClock();
  const network = new BgpNetwork(clock, createRandom(1));
  const hub = network.router('hub');
  const ends = ['a', 'b', 'c'].map((name, index) => {
    const router = network.router(name);
    const [far, own] = network.link(hub, router);
    expect(
      router.type(
        `router bgp ${65001 + index}`,
        `bgp router-id 2.2.2.${index + 1}`,
        ...OPEN,
        `neighbor ${far} remote-as 65000`,
        `network 10.${index}.0.0/16`,
      ),
    ).toBe('');
    return { far: own, asn: 65001 + index };
  });
  const lines = (index: number): string[] => {
    const { far, asn } = ends[index] ?? { far: '', asn: 0 };
    return ['router bgp 65000', `neighbor ${far} remote-as ${asn}`];
  };
  hub.type('route-map OUT permit 10', 'exit', 'router bgp 65000', 'bgp router-id 1.1.1.1', ...OPEN);
  hub.type(...lines(0));
  clock.run(30e9);
  const places = (): (string | undefined)[] =>
    ends.map(({ far }) => {
      const family = hub.bgpd.instances.get('default')?.peers.get(far)?.family('ipv4-unicast');
      return family && `u${family.updateGroup}:s${family.subgroup}`;
    });
  expect(places()).toEqual(['u1:s1', undefined, undefined]);
  // The second comes when the first has been told something: a subgroup of its own, until it was told as much.
  hub.type(...lines(1));
  clock.run(clock.now() + 30e9);
  expect(places()).toEqual(['u1:s1', 'u1:s1', undefined]);
  hub.type(...lines(2), 'address-family ipv4 unicast', `neighbor ${ends[2]?.far} route-map OUT out`);
  clock.run(clock.now() + 30e9);
  expect(places()).toEqual(['u1:s1', 'u1:s1', 'u2:s3']);
  hub.type('router bgp 65000', 'address-family ipv4 unicast', `neighbor ${ends[1]?.far} route-map OUT out`);
  clock.run(clock.now() + 30e9);
  expect(places()).toEqual(['u1:s1', 'u2:s3', 'u2:s3']);
  hub.type('router bgp 65000', `no neighbor ${ends[0]?.far}`);
  hub.type(...lines(0));
  clock.run(clock.now() + 30e9);
  expect(places()).toEqual(['u3:s5', 'u2:s3', 'u2:s3']);
});
