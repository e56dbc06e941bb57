import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatMatch } from '../flow/match-text.ts';
import { parseFlow } from './flow-parse.ts';
import { normalizeMatch } from './normalize-match.ts';

function normal(text: string): string {
  const parsed = parseFlow(`${text}${text === '' ? '' : ','}actions=drop`, 'add');
  if (!parsed.ok) throw new Error(parsed.error);
  return formatMatch(normalizeMatch(parsed.value.match));
}

it.each([
  ['tp_dst=80', ''],
  ['nw_src=10.0.0.1', ''],
  ['ip,tp_src=10', 'ip'],
  ['tcp,tp_src=10', 'tcp,tp_src=10'],
  ['icmp,icmp_type=8,icmp_code=0', 'icmp,icmp_type=8,icmp_code=0'],
  ['arp,arp_tpa=10.0.0.1,reg0=5', 'arp,reg0=0x5,arp_tpa=10.0.0.1'],
  ['icmp6,icmp_type=135,nd_target=::1', 'icmp6,icmp_type=135,nd_target=::1'],
  ['icmp6,icmp_type=1,nw_ttl=255', 'icmp6,nw_ttl=255,icmp_type=1'],
  ['in_port=1,ct_state=+trk,metadata=0x3', 'ct_state=+trk,metadata=0x3,in_port=1'],
])('leaves of %j what has a meaning', (text, left) => {
  expect(normal(text)).toBe(left);
});

it('changes a match once only', () => {
  const term = fc.constantFrom(
    'ip',
    'tcp',
    'udp6',
    'arp',
    'icmp6',
    'nw_src=10.0.0.0/8',
    'ipv6_dst=fe80::/64',
    'tp_dst=80',
    'arp_op=1',
    'nw_ttl=64',
    'reg1=7',
    'dl_vlan=5',
  );
  fc.assert(
    fc.property(fc.uniqueArray(term, { maxLength: 5 }), (terms) => {
      const parsed = parseFlow(`${[...terms, 'actions=drop'].join(',')}`, 'add');
      if (!parsed.ok) return;
      const once = normalizeMatch(parsed.value.match);
      expect(normalizeMatch(once)).toBe(once);
    }),
  );
});
