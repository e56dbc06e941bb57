import { expect, it, vi } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { Kernel } from '../../linux/index.ts';
import { createClock } from '../clock.ts';
import { KernelRoutes } from './kernel-routes.ts';
import { RouterAdvertising } from './router-advertising.ts';
import { VrfScopes } from './vrf-scope.ts';

function host(links: number): { readonly routes: KernelRoutes; readonly scopes: VrfScopes } {
  const recorder = { active: false, record: () => 0 };
  const kernel = new Kernel('r1', { clock: createClock(), random: createRandom(1), recorder });
  for (let number = 1; number <= links; number += 1)
    kernel.addPhysical('', {
      name: `eth${number}`,
      mac: BigInt(0x020000000000 + number),
      driver: { transmit: () => true },
    });
  const scopes = new VrfScopes(kernel, '', null);
  return { scopes, routes: new KernelRoutes(kernel, scopes, new RouterAdvertising(kernel, () => false)) };
}

it('lists all interfaces with as many looks at the VRFs for many links as for a few', () => {
  const looks = [3, 300].map((links) => {
    const { routes, scopes } = host(links);
    const all = vi.spyOn(scopes, 'all');
    expect(routes.interfaces().map(({ name, vrf }) => `${name} ${vrf}`)).toEqual([
      'lo default',
      ...Array.from({ length: links }, (_, at) => `eth${at + 1} default`),
    ]);
    return all.mock.calls.length;
  });
  expect(looks[1]).toBe(looks[0]);
});
