/** One network, one colour: a Linux bridge that carries a logical switch untagged is drawn in the switch's colour. */
import type { WorldSnapshot } from '../engine/snapshot.ts';
import { l2Domains } from './l2-domains.ts';
import type { Network } from './model.ts';
import { assignNetworks, bridgeKey } from './networks.ts';

/** As `assignNetworks`; bridges that are new take the colour of the network that they are a part of. */
export function colourNetworks(snapshot: WorldSnapshot, previous: readonly Network[]): readonly Network[] {
  const networks = assignNetworks(snapshot, previous);
  const known = new Set(previous.map(({ key }) => key));
  const isFresh = ({ key }: Network): boolean => !known.has(key) && key.startsWith('bridge:');
  if (!networks.some(isFresh)) return networks;
  const colours = new Map<string, Network>();
  for (const { network, cells } of l2Domains(snapshot, networks)) {
    const own = network === null ? undefined : networks[network];
    // A tag passes through a bridge in a colour of its own.
    if (!own || !own.key.startsWith('ls:')) continue;
    for (const [host, members] of cells)
      for (const { kind, name, role } of members)
        if (kind === 'bridge' && role !== 'trunk') colours.set(bridgeKey(host, name), own);
  }
  return networks.map((one) => {
    const own = isFresh(one) ? colours.get(one.key) : undefined;
    return own ? { ...one, colour: own.colour, pattern: own.pattern } : one;
  });
}
