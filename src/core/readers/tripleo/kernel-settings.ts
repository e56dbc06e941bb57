/**
 * The kernel settings that TripleO gives every node (its Kernel service), as far as they matter to networks: nodes
 * forward, and devices made from then on take no addresses or routes from routers' advertisements.
 */
const SETTINGS: Readonly<Record<string, number>> = {
  'net.ipv4.ip_forward': 1,
  'net.ipv4.conf.all.arp_accept': 1,
  'net.ipv4.conf.all.send_redirects': 0,
  'net.ipv4.conf.default.send_redirects': 0,
  'net.ipv4.conf.default.accept_redirects': 0,
  'net.ipv6.conf.all.accept_ra': 0,
  'net.ipv6.conf.default.accept_ra': 0,
  'net.ipv6.conf.all.autoconf': 0,
  'net.ipv6.conf.default.autoconf': 0,
  'net.ipv6.conf.all.accept_redirects': 0,
  'net.ipv6.conf.default.accept_redirects': 0,
};

/** The command that makes the settings on a node. */
export const kernelSettings = (): string =>
  `sysctl -qw ${Object.entries(SETTINGS)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')}`;
