import { expect, it } from 'vitest';
import { hasDestination, kindsOffered, START_OPTIONS } from './packet-kinds.ts';

const ALL = kindsOffered(['ping', 'arping', 'traceroute', 'curl', 'udhcpc'], true);

it('programs are typed as a person would type them', () => {
  const typed = (destination: string, options = START_OPTIONS): readonly string[] =>
    ALL.flatMap((entry) => (entry.way === 'command' ? [entry.command('eth1', destination, options)] : []));
  expect(typed('192.0.2.1')).toEqual([
    'ping 192.0.2.1 -c 1',
    'arping -I eth1 -c 1 192.0.2.1',
    'traceroute -n 192.0.2.1',
    'curl -sS http://192.0.2.1/',
    'udhcpc -i eth1 -n -q',
  ]);
  expect(
    typed('2001:db8::1', { ...START_OPTIONS, count: '3', size: '1400', ttl: '5', port: '8080' }),
  ).toEqual([
    'ping 2001:db8::1 -c 3 -s 1400 -t 5',
    'arping -I eth1 -c 3 2001:db8::1',
    'traceroute -n 2001:db8::1',
    'curl -sS http://[2001:db8::1]:8080/',
    'udhcpc -i eth1 -n -q',
  ]);
});

it('what no machine has, or no database explains, is not offered', () => {
  expect(kindsOffered(['ping'], false).map(({ kind }) => kind)).toEqual([
    'ping',
    'udp-frame',
    'tcp-frame',
    'icmp-frame',
    'arp-frame',
    'dhcp-frame',
    'octets',
  ]);
  expect(ALL.filter((entry) => !hasDestination(entry)).map(({ kind }) => kind)).toEqual([
    'dhcp',
    'dhcp-frame',
    'octets',
  ]);
});
