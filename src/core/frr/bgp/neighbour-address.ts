/** What this end puts into next hops towards a neighbour: the addresses of the interface on which the session runs. */
import { isLinkLocal, type Address, type Prefix } from '../prefix.ts';
import type { ConnectionEnds } from './peer.ts';
import type { Neighbour } from './neighbour.ts';
import type { Speaker } from './speaker.ts';
import type { ZebraInterface } from './zebra-port.ts';

const holds = (prefix: Prefix, { family, address }: Address): boolean => {
  if (prefix.family !== family) return false;
  const shift = BigInt((family === 4 ? 32 : 128) - prefix.length);
  return prefix.address >> shift === address >> shift;
};

/** The address is on a network of one of the instance's interfaces. */
const isConnected = (speaker: Speaker, address: Address): boolean =>
  speaker.interfaces().some((link) => link.up && link.addresses.some((own) => holds(own, address)));

function interfaceOf(speaker: Speaker, neighbour: Neighbour, local: Address): ZebraInterface | undefined {
  const { updateSource } = neighbour.options;
  const named = neighbour.interface ?? (updateSource?.kind === 'interface' ? updateSource.text : undefined);
  if (named !== undefined) return speaker.interfaceNamed(named);
  return speaker
    .interfaces()
    .find((link) =>
      link.addresses.some((own) => own.family === local.family && own.address === local.address),
    );
}

const firstOf = (
  link: ZebraInterface,
  family: 4 | 6,
  accept: (address: Prefix) => boolean,
): bigint | undefined => link.addresses.find((own) => own.family === family && accept(own))?.address;

/** Works out next hops from the ends of a new connection. */
export function setNextHops(speaker: Speaker, neighbour: Neighbour, ends: ConnectionEnds): void {
  const { local, remote } = ends;
  neighbour.nextHop4 = 0;
  neighbour.nextHop6Global = 0n;
  neighbour.nextHop6Local = 0n;
  const link = interfaceOf(speaker, neighbour, local);
  neighbour.link = link?.name ?? null;
  const global6 = link && firstOf(link, 6, (own) => !isLinkLocal(own) && own.address !== 1n);
  const local6 = link && firstOf(link, 6, isLinkLocal);
  if (local.family === 4) {
    neighbour.nextHop4 = Number(local.address);
    neighbour.nextHop6Global = global6 ?? local6 ?? 0n;
    neighbour.nextHop6Local = local6 ?? 0n;
    neighbour.sharedNetwork = isConnected(speaker, remote);
    return;
  }
  const own4 = link && firstOf(link, 4, (own) => own.address >> 24n !== 127n);
  neighbour.nextHop4 = own4 === undefined ? neighbour.localRouterId : Number(own4);
  if (isLinkLocal(local)) {
    neighbour.nextHop6Global = global6 ?? local.address;
    neighbour.nextHop6Local = local.address;
    neighbour.sharedNetwork = true;
    return;
  }
  neighbour.nextHop6Global = local.address;
  neighbour.sharedNetwork = isConnected(speaker, remote);
  if (neighbour.sharedNetwork) neighbour.nextHop6Local = local6 ?? 0n;
}
