import { expect, it } from 'vitest';
import { normaliseLinux } from './linux-normaliser.ts';

it('takes times and interface indexes, and nothing else of a line', () => {
  const reply = (sequence: number, ttl: number, time: string): string =>
    normaliseLinux('ping', `64 bytes from 10.0.0.2: icmp_seq=${sequence} ttl=${ttl} time=${time} ms\n`);
  expect(reply(1, 64, '0.241')).toBe(reply(1, 64, '12.3'));
  expect(reply(1, 64, '0.241')).not.toBe(reply(2, 64, '0.241'));
  expect(reply(1, 64, '0.241')).not.toBe(reply(1, 63, '0.241'));

  const link = (index: number, rest: string): string => normaliseLinux('ip link', `${index}: ${rest}\n`);
  expect(link(2, 'eth0@if3: <UP> mtu 1500')).toBe(link(9, 'eth0@if8: <UP> mtu 1500'));
  expect(link(2, 'eth0@if3: <UP> mtu 1500')).not.toBe(link(2, 'eth0@if3: <UP> mtu 1400'));
  expect(link(2, 'eth0: <UP> mtu 1500')).not.toBe(link(2, 'eth0: <BROADCAST> mtu 1500'));
});

it('keeps the count and the order of what has an order', () => {
  const routes = 'default via 10.0.0.1\n10.0.0.0/24 dev eth0\n';
  expect(normaliseLinux('ip route', routes)).not.toBe(
    normaliseLinux('ip route', routes.split('\n').toReversed().join('\n')),
  );
  const entry = '10.0.0.1 lladdr 02:00:00:00:00:01 REACHABLE\n';
  const other = '10.0.0.2 FAILED\n';
  expect(normaliseLinux('ip neigh', entry + other)).toBe(normaliseLinux('ip neigh', other + entry));
  expect(normaliseLinux('ip neigh', entry + other)).not.toBe(normaliseLinux('ip neigh', entry + entry));
  expect(normaliseLinux('ip neigh', entry)).not.toBe(
    normaliseLinux('ip neigh', entry.replace('REACHABLE', 'STALE')),
  );
});

it('catches a loss of packets and a wrong state of a bridge port', () => {
  const summary = (received: number): string =>
    normaliseLinux('ping', `2 packets transmitted, ${received} received, time 1001ms\n`);
  expect(summary(2)).not.toBe(summary(1));
  const port = (state: string): string =>
    normaliseLinux('bridge link', `3: p1: state ${state} priority 32 cost 2\n`);
  expect(port('forwarding')).not.toBe(port('blocking'));
});

it('takes the age of a learned address, and keeps whose it is and where', () => {
  const row = (port: number, mac: string, local: string, age: string): string =>
    normaliseLinux('brctl showmacs br0', `  ${port}\t${mac}\t${local}\t\t   ${age}\n`);
  const wanted = row(1, '02:00:00:00:00:01', 'no', '3.10');
  expect(row(1, '02:00:00:00:00:01', 'no', '9.75')).toBe(wanted);
  expect(row(2, '02:00:00:00:00:01', 'no', '3.10')).not.toBe(wanted);
  expect(row(1, '02:00:00:00:00:02', 'no', '3.10')).not.toBe(wanted);
  const own = row(1, '02:00:00:00:00:01', 'yes', '0.00');
  expect(own).not.toBe(wanted);
  expect(row(1, '02:00:00:00:00:01', 'yes', '0.01')).not.toBe(own);
});

it('takes running timers of a spanning tree, and keeps its settings', () => {
  const shown = (age: string, timer: string): string =>
    normaliseLinux('brctl showstp br0', ` max age\t\t  ${age}\n hello timer\t\t   ${timer}\n`);
  expect(shown('19.99', '0.31')).toBe(shown('19.99', '1.70'));
  expect(shown('19.99', '0.31')).not.toBe(shown('20.00', '0.31'));
});

it('takes addresses drawn by chance, and keeps which of them are the same', () => {
  const links = (...macs: readonly string[]): string =>
    normaliseLinux(
      'ip link',
      macs.map((mac) => `    link/ether ${mac} brd ff:ff:ff:ff:ff:ff\n`).join(''),
      (mac) => mac.startsWith('02:'),
    );
  expect(links('5e:00:00:00:00:01', '5e:00:00:00:00:02')).toBe(
    links('aa:00:00:00:00:07', 'ca:00:00:00:00:09'),
  );
  expect(links('5e:00:00:00:00:01', '5e:00:00:00:00:02')).not.toBe(
    links('aa:00:00:00:00:07', 'aa:00:00:00:00:07'),
  );
  expect(links('02:00:00:00:00:01')).not.toBe(links('02:00:00:00:00:02'));
  expect(links('02:00:00:00:00:01')).not.toBe(links('5e:00:00:00:00:01'));
});

it('takes ages of flows of a switch, and keeps counters and what they do', () => {
  const flow = (duration: string, packets: number, actions: string): string =>
    normaliseLinux(
      'ovs-ofctl dump-flows br0',
      ` cookie=0x0, duration=${duration}s, table=0, n_packets=${packets}, n_bytes=98, actions=${actions}\n`,
    );
  expect(flow('1.5', 1, 'NORMAL')).toBe(flow('22.001', 1, 'NORMAL'));
  expect(flow('1.5', 1, 'NORMAL')).not.toBe(flow('1.5', 2, 'NORMAL'));
  expect(flow('1.5', 1, 'NORMAL')).not.toBe(flow('1.5', 1, 'drop'));
  const learned = (port: string, vlan: number, age: number): string =>
    normaliseLinux('ovs-appctl fdb/show br0', ` ${port}     ${vlan}  02:00:00:00:00:01    ${age}\n`);
  expect(learned('    1', 50, 3)).toBe(learned('    1', 50, 8));
  expect(learned('    1', 50, 3)).not.toBe(learned('    2', 50, 3));
  expect(learned('    1', 50, 3)).not.toBe(learned('    1', 20, 3));
});

it('takes the order of a tree in the order of uuids, and keeps what belongs to what', () => {
  const uuid = '6b2cf5f8-41b9-4b4b-9c5d-0d7e9a1c3e10';
  const show = (...lines: readonly string[]): string =>
    normaliseLinux('ovs-vsctl show', `${[uuid, ...lines].join('\n')}\n`);
  const one = ['    Bridge a', '        Port p1', '        Port p2'];
  const other = ['    Bridge b', '        Port p3'];
  expect(show(...one, ...other)).toBe(show(...other, '    Bridge a', '        Port p2', '        Port p1'));
  expect(show(...one, ...other)).not.toBe(
    show('    Bridge a', '        Port p1', '    Bridge b', '        Port p2', '        Port p3'),
  );
});
