import { expect, it } from 'vitest';
import { tripleo } from './fixtures/tripleo.ts';
import { l2Domains } from './l2-domains.ts';
import { colourNetworks } from './network-colours.ts';

it('gives a bridge and all untagged networks on it one colour, in every lens', () => {
  const networks = colourNetworks(tripleo, []);
  const bridges = networks.filter(({ key }) => key.startsWith('bridge:'));
  expect(bridges.length).toBeGreaterThan(0);
  let met = 0;
  for (const { network, code, cells } of l2Domains(tripleo, networks)) {
    const own = network === null ? undefined : networks[network];
    for (const [host, members] of cells)
      for (const { kind, name } of members) {
        const bridge = bridges.find(({ key }) => kind === 'bridge' && key === `bridge:${host}/${name}`);
        // Tagged networks pass through the bridge in their own colours.
        if (!bridge || /^\d/.test(code)) continue;
        met += 1;
        expect([own?.colour, own?.pattern]).toEqual([bridge.colour, bridge.pattern]);
      }
  }
  expect(met).toBeGreaterThan(0);
  // No two networks that are not one look alike.
  expect(new Set(networks.map(({ colour, pattern }) => `${colour}/${pattern}`)).size).toBe(networks.length);
});

it('keeps the colours that are known', () => {
  const before = colourNetworks(tripleo, []).map((one) => ({ ...one, colour: 7 }));
  expect(colourNetworks(tripleo, before).every(({ colour }) => colour === 7)).toBe(true);
});
