/** Numbers of DHCP (RFC 2131, RFC 2132): message types, the options that clients and servers deal with by themselves, ports. */

export const DHCP_MESSAGE = {
  discover: 1,
  offer: 2,
  request: 3,
  decline: 4,
  ack: 5,
  nak: 6,
  release: 7,
  inform: 8,
} as const;

export const DHCP_OPTION = {
  pad: 0,
  netmask: 1,
  router: 3,
  dnsServer: 6,
  hostName: 12,
  domainName: 15,
  mtu: 26,
  broadcast: 28,
  requestedAddress: 50,
  leaseTime: 51,
  overload: 52,
  messageType: 53,
  serverId: 54,
  requestedOptions: 55,
  message: 56,
  largestMessage: 57,
  renewal: 58,
  rebinding: 59,
  vendorClass: 60,
  clientId: 61,
  serverName: 66,
  bootFile: 67,
  userClass: 77,
  rapidCommit: 80,
  fqdn: 81,
  agent: 82,
  etherboot: 175,
  end: 255,
} as const;

export const DHCP_SERVER_PORT = 67;
export const DHCP_CLIENT_PORT = 68;
