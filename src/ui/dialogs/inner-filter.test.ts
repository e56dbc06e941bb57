import { expect, it } from 'vitest';
import { innerFilter, INNER_PROTOCOLS, readInnerFilter } from './inner-filter.ts';

it.each([
  ['icmp', '', 'geneve and icmp'],
  ['tcp', ' 50 ', 'vlan 50 and geneve and tcp'],
  ['', '50', ''],
] as const)('%s in VLAN %j: %s', (protocol, vlan, filter) =>
  expect(innerFilter(protocol, vlan)).toBe(filter),
);

it('is read back from the filter, and from no other', () => {
  for (const { value } of INNER_PROTOCOLS.slice(1))
    expect(readInnerFilter(innerFilter(value, '7'))).toEqual({ protocol: value, vlan: '7' });
  for (const other of ['', 'geneve', 'geneve and icmp or arp', 'icmp', 'geneve and sctp'])
    expect(readInnerFilter(other).protocol).toBe('');
});
