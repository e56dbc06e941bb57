/** Confederations (RFC 5065): what members tell one another, what the world outside hears, and who begins anew after a change. */
import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { createClock } from '../../sim/clock.ts';
import { BgpNetwork } from '../fixture/bgp-network.ts';
import { formatAsPath } from '../policy/lists.ts';

const OPEN = ['no bgp ebgp-requires-policy', 'no bgp network import-check'];
const MEMBERS = ['bgp confederation identifier 100'];

/** `outside` - `edge` - `inner`: the last two are members 65001 and 65002 of AS 100. */
function confederation() {
  const clock = createClock();
  const network = new BgpNetwork(clock, createRandom(1));
  const [outside, edge, inner] = [network.router('outside'), network.router('edge'), network.router('inner')];
  const left = network.link(outside, edge);
  const right = network.link(edge, inner);
  const told = [
    outside.type(
      'router bgp 300',
      'bgp router-id 3.3.3.3',
      ...OPEN,
      `neighbor ${left[1]} remote-as 100`,
      'network 10.3.0.0/16',
    ),
    edge.type(
      'router bgp 65001',
      'bgp router-id 1.1.1.1',
      ...OPEN,
      ...MEMBERS,
      'bgp confederation peers 65002',
      `neighbor ${left[0]} remote-as 300`,
      `neighbor ${right[1]} remote-as 65002`,
      'network 10.1.0.0/16',
    ),
    inner.type(
      'router bgp 65002',
      'bgp router-id 2.2.2.2',
      ...OPEN,
      ...MEMBERS,
      'bgp confederation peers 65001',
      `neighbor ${right[0]} remote-as 65001`,
      'network 10.2.0.0/16',
    ),
  ];
  expect(told).toEqual(['', '', '']);
  clock.run(20e9);
  const path = (router: typeof outside, prefix: string): string => {
    const destination = router.bgpd.instances.get('default')?.rib('ipv4-unicast').destinations.get(prefix);
    const best = destination?.paths[0];
    if (best === undefined) return 'none';
    return `${formatAsPath(best.attributes.asPath)}, preference ${best.attributes.localPreference}`;
  };
  return { clock, outside, edge, inner, path };
}

test('members go by their own numbers inside, and by one outside', () => {
  const { inner, outside, path } = confederation();
  expect(path(inner, '10.3.0.0/16')).toBe('(65001) 300, preference 100');
  expect(path(inner, '10.1.0.0/16')).toBe('(65001), preference 100');
  expect(path(outside, '10.2.0.0/16')).toBe('100, preference null');
});

test('a neighbour that is no member any more begins anew', () => {
  const { clock, edge, inner, path } = confederation();
  edge.type('router bgp 65001', 'no bgp confederation peers 65002');
  clock.run(clock.now() + 1e9);
  const [, peer] = edge.bgpd.instances.get('default')?.sortedPeers() ?? [];
  expect([peer?.droppedCount, peer?.lastReset.notification?.subcode]).toEqual([1, 6]);
  expect(path(inner, '10.3.0.0/16')).toBe('none');
});
