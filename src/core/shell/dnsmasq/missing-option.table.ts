/** Options of dnsmasq 2.90 whose effect is missing, by their long names. */
export const MISSING_OPTIONS: readonly string[] = `
  add-cpe-id add-mac add-subnet alias all-servers auth-peer auth-sec-servers auth-server auth-soa auth-ttl
  auth-zone bogus-nxdomain bootp-dynamic bridge-interface cache-rr cache-size caa-record clear-on-reload
  conf-dir conf-script connmark-allowlist connmark-allowlist-enable conntrack dhcp-alternate-port dhcp-circuitid
  dhcp-client-update dhcp-duid dhcp-fqdn dhcp-hostsdir dhcp-luascript dhcp-name-match dhcp-option-pxe
  dhcp-optsdir dhcp-proxy dhcp-pxe-vendor dhcp-remoteid dhcp-reply-delay dhcp-script dhcp-scriptuser
  dhcp-subscrid dhcp-ttl dns-forward-max dns-loop-detect dns-rr dnssec dnssec-check-unsigned dnssec-debug
  dnssec-limits dnssec-no-timecheck dnssec-timestamp do-0x20-encode dump-dest dumpfile dumpmask dynamic-host
  edns-packet-max enable-dbus enable-ra enable-tftp enable-ubus fast-dns-retry filter-A filter-AAAA filter-rr
  filterwin2k help hostsdir ignore-address interface-name ipset leasefile-ro leasequery local-ttl
  localise-queries localmx log-async log-debug log-malloc log-queries max-cache-ttl max-port-limit max-port
  max-tcp-connections max-ttl min-cache-ttl min-port mx-host mx-target naptr-record neg-ttl nftset
  no-0x20-encode no-dhcpv4-interface no-dhcpv6-interface no-ident no-negcache no-round-robin port-limit
  proxy-dnssec ptr-record pxe-prompt pxe-service query-port quiet-dhcp6 quiet-ra quiet-tftp ra-param read-ethers
  rebind-domain-ok rebind-localhost-ok rev-server script-arp script-on-renewal selfmx server-conf servers-file
  shared-network srv-host stop-dns-rebind strip-mac strip-subnet synth-domain tag-if test tftp-lowercase
  tftp-max tftp-mtu tftp-no-blocksize tftp-no-fail tftp-port-range tftp-root tftp-secure tftp-single-port
  tftp-unique-root trust-anchor txt-record umbrella use-stale-cache version
`
  .trim()
  .split(/\s+/);
