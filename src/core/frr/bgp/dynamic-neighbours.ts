/** Neighbours that are not configured one by one: whoever connects from a `bgp listen range` is a member of its peer group. */
import type { PeerConfig } from '../config/bgp-config.ts';
import { covers, formatAddress, parsePrefix, widthOf, type Address } from '../prefix.ts';
import { Neighbour } from './neighbour.ts';
import { readOptions } from './peer-options.ts';
import type { Speaker } from './speaker.ts';

/** `bgp listen limit`. */
export const LISTEN_LIMIT = 100;

/** How many there are now. */
export const dynamicCount = (peers: Iterable<{ readonly range: string | null }>): number =>
  [...peers].filter(({ range }) => range !== null).length;

/** The neighbour that a connection from this address makes; undefined: none, it is refused. */
export function dynamicNeighbour(speaker: Speaker, address: Address): Neighbour | undefined {
  const { listenRanges, groups, options } = speaker.config;
  const host = { ...address, length: widthOf(address.family) };
  for (const [range, name] of listenRanges) {
    const prefix = parsePrefix(range);
    const group = groups.get(name);
    if (prefix === undefined || group === undefined || !covers(prefix, host)) continue;
    const isActive = Object.values(group.families).some((family) => family.activate === true);
    const isFull = dynamicCount(speaker.peers.values()) >= (options.listenLimit ?? LISTEN_LIMIT);
    if (isFull || group.options.shutdown !== undefined || !isActive) return undefined;
    return member(speaker, address, name, range);
  }
  return undefined;
}

/** Those whose range is not configured any more. */
export const strays = (speaker: Speaker): Neighbour[] =>
  [...speaker.peers.values()].filter(
    ({ range, config }) => range !== null && speaker.config.listenRanges.get(range) !== config?.group,
  );

function member(speaker: Speaker, address: Address, group: string, range: string): Neighbour {
  const config: PeerConfig = {
    name: formatAddress(address),
    kind: 'address',
    v6only: false,
    remoteAs: null,
    group,
    options: {},
    families: {},
  };
  const { asn, host, now } = speaker;
  const neighbour = new Neighbour(config.name, config, asn, null, now, host.messages, range);
  neighbour.address = address;
  readOptions(speaker, neighbour);
  return neighbour;
}
