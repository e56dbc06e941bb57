import { expect, it } from 'vitest';
import type { LogicalPortSnapshot, LogicalSnapshot } from '../../engine/snapshot.ts';
import { exampleMicroflow } from './example-microflow.ts';

const port = (name: string, type: string, ...addresses: string[]): LogicalPortSnapshot => ({
  uuid: name,
  name,
  alias: '',
  type,
  addresses,
  tunnelKey: null,
  up: true,
  enabled: true,
  chassis: null,
  routerPort: null,
  tag: null,
  networkName: null,
});

const logical = (...ports: LogicalPortSnapshot[]): LogicalSnapshot => ({
  switches: [
    { uuid: 's', name: 's', alias: '', tunnelKey: 1, ports, aclCount: 0, loadBalancers: [], evpnVni: null },
  ],
  routers: [],
});

it.each([
  [
    [port('vm1', '', '40:44:00:00:00:01 192.168.0.11'), port('vm2', '', '40:44:00:00:00:02 192.168.0.12')],
    'inport == "vm1" && eth.src == 40:44:00:00:00:01 && eth.dst == 40:44:00:00:00:02 && ip4.src == 192.168.0.11 && ip4.dst == 192.168.0.12 && ip.ttl == 64 && icmp4.type == 8',
  ],
  [[port('up', 'router', 'router'), port('vm1', '', 'unknown')], 'inport == "vm1"'],
  [[port('net', 'localnet', 'unknown')], 'inport == "net"'],
  [
    [port('vm1', '', '40:44:00:00:00:01'), port('vm2', '', 'dynamic')],
    'inport == "vm1" && eth.src == 40:44:00:00:00:01',
  ],
  [[], ''],
])('begins with what the ports say: %#', (ports, expected) =>
  expect(exampleMicroflow(logical(...ports), 's')).toBe(expected),
);
