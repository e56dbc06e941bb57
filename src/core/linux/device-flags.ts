/** The flags of a device as `SIOCGIFFLAGS` and its file `flags` have them: those that were set, without what the carrier adds. */
import type { Link } from './link.ts';

const FLAG = {
  up: 0x1,
  broadcast: 0x2,
  loopback: 0x8,
  pointToPoint: 0x10,
  noArp: 0x80,
  promiscuous: 0x100,
  allMulticast: 0x200,
  master: 0x400,
  slave: 0x800,
  multicast: 0x1000,
} as const;

export const hasBroadcast = (link: Link): boolean =>
  link.ethernet && link.kind !== 'lo' && link.kind !== 'vrf';

export const isPointToPoint = (link: Link): boolean =>
  link.kind === 'tun' || (link.kind === 'gre' && link.tunnel?.remote != null);

export const hasMulticast = (link: Link): boolean =>
  link.multicastFlag && link.kind !== 'lo' && link.kind !== 'vrf' && link.kind !== 'dummy';

export const isMaster = (link: Link): boolean => link.kind === 'bond' || link.kind === 'vrf';

/** `IFF_*`. */
export function deviceFlags(link: Link): number {
  const set: readonly (readonly [keyof typeof FLAG, boolean])[] = [
    ['up', link.up],
    ['broadcast', hasBroadcast(link)],
    ['loopback', link.kind === 'lo'],
    ['pointToPoint', isPointToPoint(link)],
    ['noArp', link.noArp],
    ['promiscuous', link.promiscFlag || link.promiscuity > 0],
    ['allMulticast', link.allmultiFlag || link.allmulti > 0],
    ['master', isMaster(link)],
    ['slave', link.master?.bond != null],
    ['multicast', hasMulticast(link)],
  ];
  return set.reduce((flags, [name, on]) => (on ? flags | FLAG[name] : flags), 0);
}
