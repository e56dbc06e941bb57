import { expect, it } from 'vitest';
import { normaliseFrr } from './frr-normaliser.ts';

it('takes times and counters of a summary, and nothing else', () => {
  const row = (sent: string, time: string, state: string, neighbour = '10.0.0.2'): string =>
    normaliseFrr(
      'show bgp summary',
      `${neighbour}        4      64513        ${sent}        10        0    0    0 ${time}            ${state}        2 N/A\n`,
    );
  const wanted = row('12', '00:00:12', '1');
  expect(row('34', '00:01:40', '1')).toBe(wanted);
  expect(row('12', '00:00:12', '2')).not.toBe(wanted);
  expect(row('12', '00:00:12', 'Active')).not.toBe(wanted);
  expect(row('12', 'never', '1')).not.toBe(wanted);
  expect(row('12', '00:00:12', '1', '10.0.0.3')).not.toBe(wanted);
});

it('keeps why a session was lost, its state, and how often', () => {
  const lost = (reason: string): string =>
    normaliseFrr(
      'show bgp neighbors',
      `  Connections established 1; dropped 1\n  Last reset 00:00:05,  ${reason}\n`,
    );
  expect(lost('Peer closed the session')).not.toBe(lost('Interface down'));
  expect(lost('No AFI/SAFI activated for peer')).toBe(lost('Waiting for peer OPEN'));
  expect(lost('No AFI/SAFI activated for peer')).not.toBe(lost('Interface down'));
  const counts = (dropped: number): string =>
    normaliseFrr('show bgp neighbors', `  Connections established 2; dropped ${dropped}\n`);
  expect(counts(1)).not.toBe(counts(2));
  const state = (name: string): string =>
    normaliseFrr('show bgp neighbors', `  BGP state = ${name}, up for 00:00:18\n`);
  expect(state('Established')).not.toBe(state('Idle'));
});

it('takes ids of next hop objects and states of neighbours, and keeps routes and addresses', () => {
  const route = (id: number, rest: string): string =>
    normaliseFrr('ip route', `10.2.0.0/24 nhid ${id} via ${rest} proto bgp metric 20 \n`);
  expect(route(12, '10.0.0.2 dev eth0')).toBe(route(40, '10.0.0.2 dev eth0'));
  expect(route(12, '10.0.0.2 dev eth0')).not.toBe(route(12, '10.0.0.3 dev eth0'));
  expect(route(12, '10.0.0.2 dev eth0')).not.toBe(route(12, '10.0.0.2 dev eth1'));

  const entry = (address: string, mac: string, state: string): string =>
    normaliseFrr('ip neigh', `${address} dev eth0 lladdr ${mac} ${state} \n`);
  expect(entry('10.0.0.2', '02:00:00:00:00:01', 'STALE')).toBe(
    entry('10.0.0.2', '02:00:00:00:00:01', 'REACHABLE'),
  );
  expect(entry('10.0.0.2', '02:00:00:00:00:01', 'STALE')).not.toBe(
    entry('10.0.0.2', '02:00:00:00:00:01', 'FAILED'),
  );
  expect(entry('10.0.0.2', '02:00:00:00:00:01', 'STALE')).not.toBe(
    entry('10.0.0.2', '02:00:00:00:00:02', 'STALE'),
  );
  expect(entry('10.0.0.2', '02:00:00:00:00:01', 'STALE')).not.toBe(
    entry('10.0.0.3', '02:00:00:00:00:01', 'STALE'),
  );

  const objects = (...lines: readonly string[]): string =>
    normaliseFrr('ip nexthop', `${lines.join('\n')}\n`);
  const one = (id: number): string => `id ${id} via 10.0.0.1 dev eth0 scope link proto zebra `;
  const other = (id: number): string => `id ${id} via 10.0.0.2 dev eth1 scope link proto zebra `;
  expect(objects(one(4), other(9))).toBe(objects(other(3), one(7)));
  expect(objects(one(4), other(9))).not.toBe(objects(one(4)));
  expect(objects(one(4), other(9))).not.toBe(objects(one(4), one(9)));
});

it('keeps a path and all that is said of it', () => {
  const shown = (version: number, line: string): string =>
    normaliseFrr(
      'show bgp ipv4 unicast 10.2.0.0/24',
      `BGP routing table entry for 10.2.0.0/24, version ${version}\n${line}\n      Last update: Sun Nov 22 15:03:1${version} 2026\n`,
    );
  const line = '      Origin IGP, metric 0, localpref 100, valid, external, best (First path received)';
  expect(shown(3, line)).toBe(shown(7, line));
  for (const [from, to] of [
    ['metric 0', 'metric 1'],
    ['localpref 100', 'localpref 200'],
    ['external', 'internal'],
    ['First path received', 'AS Path'],
    [', best (First path received)', ''],
  ] as const)
    expect(shown(3, line.replace(from, to))).not.toBe(shown(3, line));
});

it('takes the numbers of messages that time alone makes, and keeps the others', () => {
  const row = (name: string, sent: number): string =>
    normaliseFrr('show bgp neighbors', `    ${`${name}:`.padEnd(22)} ${sent}          0\n`);
  for (const name of ['Opens', 'Updates', 'Keepalives', 'Total']) expect(row(name, 3)).toBe(row(name, 4));
  for (const name of ['Notifications', 'Route Refresh', 'Capability'])
    expect(row(name, 3)).not.toBe(row(name, 4));
  const json = (key: string, value: number): string =>
    normaliseFrr('show bgp neighbors json', `      "${key}":${value},\n`);
  expect(json('updatesSent', 3)).toBe(json('updatesSent', 4));
  for (const key of ['notificationsSent', 'routeRefreshRecv', 'connectionsDropped', 'sentPrefixCounter'])
    expect(json(key, 3)).not.toBe(json(key, 4));
});

it('takes the link-local address that a bridge has of a drawn MAC address, and keeps that of its own', () => {
  const block = (address: string): string =>
    normaliseFrr(
      'ip addr',
      `2: br0: <UP> mtu 1500\n    link/ether 02:00:0f:00:01:08 brd ff:ff:ff:ff:ff:ff\n    inet6 ${address}/64 scope link \n`,
    );
  expect(block('fe80::7081:6dff:fe20:f87c')).toBe(block('fe80::4075:a4ff:fe0f:7b01'));
  expect(block('fe80::7081:6dff:fe20:f87c')).not.toBe(block('fe80::fff:fe00:108'));
  // Typed by hand, or of a MAC address that a vendor gave: no kernel drew these.
  for (const other of ['fe80::5', 'fe80::7281:6dff:fe20:f87c', 'fe80::7081:6d00:20:f87c'])
    expect(block(other)).toContain(other);
});
