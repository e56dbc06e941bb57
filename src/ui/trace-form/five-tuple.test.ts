import { expect, it } from 'vitest';
import type { TraceablePort } from '../../engine/questions/logical-trace.ts';
import { microflowOf, type FiveTuple } from './five-tuple.ts';

const port = (name: string, datapath: string, mac: string, ip: string): TraceablePort => ({
  name,
  datapath,
  macs: [mac],
  ips: [ip],
});
const vm1 = port('vm1', 'net', '02:00:00:00:00:01', '10.0.0.1');
const ports = [
  vm1,
  port('vm2', 'net', '02:00:00:00:00:02', '10.0.0.2'),
  port('far', 'other', '02:00:00:00:00:03', '10.1.0.3'),
  port('lr-net', 'router', '02:00:00:00:00:ff', '10.0.0.254'),
];
const tuple: FiveTuple = {
  protocol: 'tcp',
  source: '10.0.0.1',
  destination: '10.0.0.2',
  sourcePort: '',
  destinationPort: '80',
};
const head = 'inport == "vm1" && eth.src == 02:00:00:00:00:01';

it.each([
  [
    tuple,
    `${head} && eth.dst == 02:00:00:00:00:02 && ip4.src == 10.0.0.1 && ip4.dst == 10.0.0.2 && ip.ttl == 64 && tcp && tcp.dst == 80`,
  ],
  [
    { ...tuple, protocol: 'icmp', destination: '10.1.0.3' },
    `${head} && eth.dst == 02:00:00:00:00:ff && ip4.src == 10.0.0.1 && ip4.dst == 10.1.0.3 && ip.ttl == 64 && icmp4.type == 8`,
  ],
  [
    { ...tuple, protocol: 'arp' },
    `${head} && eth.dst == ff:ff:ff:ff:ff:ff && arp.op == 1 && arp.sha == 02:00:00:00:00:01 && arp.spa == 10.0.0.1 && arp.tpa == 10.0.0.2`,
  ],
  [
    { ...tuple, protocol: 'udp', source: 'fe80::1', destination: 'fe80::9', destinationPort: '' },
    `${head} && ip6.src == fe80::1 && ip6.dst == fe80::9 && ip.ttl == 64 && udp`,
  ],
] as const)('describes a packet: %#', (asked, expected) =>
  expect(microflowOf(ports.slice(0, asked.source === 'fe80::1' ? 3 : 4), vm1, asked)).toBe(expected),
);
