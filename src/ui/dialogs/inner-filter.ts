/** What is asked of packets inside tunnels, in pcap-filter's words: `geneve` and `vlan` move what follows to the packet inside. */

export const INNER_PROTOCOLS = [
  { value: '', text: 'Does not matter' },
  { value: 'icmp', text: 'ICMP' },
  { value: 'icmp6', text: 'ICMPv6' },
  { value: 'arp', text: 'ARP' },
  { value: 'tcp', text: 'TCP' },
  { value: 'udp', text: 'UDP' },
] as const;

export type InnerProtocol = (typeof INNER_PROTOCOLS)[number]['value'];

/** A filter for what Geneve carries, on a device whose frames have the VLAN tag `vlan`, '' for none. */
export function innerFilter(protocol: InnerProtocol, vlan: string): string {
  if (protocol === '') return '';
  const tag = vlan.trim();
  return `${tag === '' ? '' : `vlan ${tag} and `}geneve and ${protocol}`;
}

/** Whether a filter is one that `innerFilter` makes, and of what. */
export function readInnerFilter(filter: string): {
  readonly protocol: InnerProtocol;
  readonly vlan: string;
} {
  const [, vlan = '', word = ''] = /^(?:vlan (\d+) and )?geneve and (\w+)$/.exec(filter.trim()) ?? [];
  const protocol = INNER_PROTOCOLS.find(({ value }) => value !== '' && value === word)?.value ?? '';
  return { protocol, vlan };
}
