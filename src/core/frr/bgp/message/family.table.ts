/** AFI and SAFI of the address families that bgpd has here (IANA). */
import type { BgpFamily } from '../../config/bgp-config.ts';

export interface FamilyNumbers {
  readonly afi: number;
  readonly safi: number;
}

export const FAMILY_NUMBERS: Readonly<Record<BgpFamily, FamilyNumbers>> = {
  'ipv4-unicast': { afi: 1, safi: 1 },
  'ipv6-unicast': { afi: 2, safi: 1 },
  'ipv4-vpn': { afi: 1, safi: 128 },
  'ipv6-vpn': { afi: 2, safi: 128 },
  'l2vpn-evpn': { afi: 25, safi: 70 },
};

const BY_NUMBERS: Readonly<Record<string, BgpFamily>> = {
  '1 1': 'ipv4-unicast',
  '2 1': 'ipv6-unicast',
  '1 128': 'ipv4-vpn',
  '2 128': 'ipv6-vpn',
  '25 70': 'l2vpn-evpn',
};

export const familyOf = (afi: number, safi: number): BgpFamily | undefined => BY_NUMBERS[`${afi} ${safi}`];
