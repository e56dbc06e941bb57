/** Address families as bgpd's texts and JSON call them. */
import type { BgpFamily } from '../config/bgp-config.ts';

export const FAMILY_TEXT: Readonly<Record<BgpFamily, string>> = {
  'ipv4-unicast': 'IPv4 Unicast',
  'ipv4-vpn': 'IPv4 VPN',
  'ipv6-unicast': 'IPv6 Unicast',
  'ipv6-vpn': 'IPv6 VPN',
  'l2vpn-evpn': 'L2VPN EVPN',
};

export const FAMILY_JSON: Readonly<Record<BgpFamily, string>> = {
  'ipv4-unicast': 'ipv4Unicast',
  'ipv4-vpn': 'ipv4Vpn',
  'ipv6-unicast': 'ipv6Unicast',
  'ipv6-vpn': 'ipv6Vpn',
  'l2vpn-evpn': 'l2VpnEvpn',
};
