/** BFD sessions that are typed in the node bfd, beside those that bgpd asks for. The forms are those of FRR 8.4.4. */
import { beforeEach, expect, it } from 'vitest';
import { RouterLan } from './fixture/router-lan.ts';

let lan: RouterLan;
const vtysh = (host: string, ...lines: readonly string[]): string => lan.vtysh(host, lines, 3);
const bfd = (host: string, ...lines: readonly string[]): string =>
  vtysh(host, 'configure terminal', 'bfd', ...lines);
const statuses = (host: string): string[] =>
  [...vtysh(host, 'show bfd peers').matchAll(/Status: (.*)/g)].map(([, status]) => status ?? '');

beforeEach(() => {
  lan = new RouterLan(2, ['bgpd', 'bfdd']);
});

it('come up where both ends are typed, with the profile where the peer says nothing', () => {
  bfd('r1', 'profile slow', 'transmit-interval 700', 'detect-multiplier 5');
  bfd('r1', 'peer 10.9.0.2 interface eth0', 'profile slow', 'detect-multiplier 4');
  expect(statuses('r1')).toEqual(['down']);
  expect(bfd('r2', 'peer 10.9.0.1', 'passive-mode')).toBe('');
  expect(statuses('r1')).toEqual(['up']);
  const told = vtysh('r2', 'show bfd peer 10.9.0.1');
  expect(told).toContain('\t\tPassive mode\n\t\tStatus: up\n');
  expect(told).toContain('\t\tPeer Type: configured\n');
  expect(told).toContain('\t\tRemote timers:\n\t\t\tDetect-multiplier: 4\n\t\t\tReceive interval: 300ms\n');
  expect(told).toContain('\t\t\tTransmission interval: 700ms\n\t\t\tEcho receive interval: 50ms\n');
  expect(
    vtysh('r1', 'show bfd peers brief')
      .split('\n')[3]
      ?.replace(/^\d+ +/, ''),
  ).toBe(`${'0.0.0.0'.padEnd(40)} ${'10.9.0.2'.padEnd(40)}up             `);
  expect(vtysh('r1', 'show bfd peer 10.9.0.2 interface eth7')).toBe(
    "% Unable to find 'peer 10.9.0.2 interface eth7'\n",
  );
});

it('are shut down with a word to the other end, and go in silence when their line goes', () => {
  bfd('r1', 'peer 10.9.0.2');
  bfd('r2', 'peer 10.9.0.1');
  bfd('r1', 'peer 10.9.0.2', 'shutdown');
  expect(statuses('r1')).toEqual(['shutdown']);
  expect(vtysh('r2', 'show bfd peers')).toContain('\t\tDiagnostics: neighbor signaled session down\n');
  bfd('r1', 'peer 10.9.0.2', 'no shutdown');
  expect(statuses('r2')).toEqual(['up']);
  bfd('r1', 'no peer 10.9.0.2');
  expect(vtysh('r2', 'show bfd peers')).toContain('\t\tDiagnostics: control detection time expired\n');
});

it('are the ones that bgpd finds for its neighbour', () => {
  bfd('r1', 'peer 10.9.0.2', 'receive-interval 500');
  for (const [own, other] of [
    [1, 2],
    [2, 1],
  ] as const)
    vtysh(
      `r${own}`,
      'configure terminal',
      `router bgp 6500${own}`,
      `neighbor 10.9.0.${other} remote-as 6500${other}`,
      `neighbor 10.9.0.${other} bfd`,
    );
  vtysh('r1', 'show bfd peers');
  expect(statuses('r1')).toEqual(['up']);
  expect(vtysh('r1', 'show bfd peers')).toContain('Peer Type: configured');
  expect(vtysh('r2', 'show bfd peers')).toContain('Peer Type: dynamic');
  bfd('r1', 'no peer 10.9.0.2');
  expect(statuses('r1')).toEqual(['up']);
});

it('over several hops have a port of their own and a least TTL', () => {
  expect(bfd('r1', 'peer 10.9.0.2', 'minimum-ttl 200')).toBe(
    '% Minimum TTL is only available for multi hop sessions.\n',
  );
  bfd('r1', 'no peer 10.9.0.2', 'peer 10.9.0.2 multihop local-address 10.9.0.1');
  bfd('r2', 'peer 10.9.0.1');
  expect(statuses('r1')).toEqual(['down']);
  bfd('r2', 'peer 10.9.0.1 multihop local-address 10.9.0.2', 'minimum-ttl 250');
  expect(statuses('r1')).toEqual(['up']);
  expect(vtysh('r2', 'show bfd peers')).toContain('\t\tMinimum TTL: 250\n');
});

it('go with `no bfd`', () => {
  bfd('r1', 'peer 10.9.0.2');
  expect(statuses('r1')).toEqual(['down']);
  vtysh('r1', 'configure terminal', 'no bfd');
  expect(statuses('r1')).toEqual([]);
});

it('are found in the default VRF unless another is named, however the address is written', () => {
  bfd('r1', 'peer fd00::1', 'peer 10.9.0.77 vrf red');
  expect(vtysh('r1', 'show bfd peer FD00:0:0::1')).toContain('\tpeer fd00::1 vrf default\n');
  expect(vtysh('r1', 'show bfd peer 10.9.0.77')).toBe("% Unable to find 'peer 10.9.0.77'\n");
  expect(vtysh('r1', 'show bfd vrf red peer 10.9.0.77')).toContain('\tpeer 10.9.0.77 vrf red\n');
  // `all` is a name like any other, and the count is of all VRFs.
  expect(vtysh('r1', 'show bfd vrf all peers')).toBe('BFD Peers:\n');
  expect(vtysh('r1', 'show bfd vrf red peers brief').split('\n')).toMatchObject([
    'Session count: 2',
    expect.stringContaining('SessionId'),
    expect.stringContaining('='),
    expect.stringContaining('10.9.0.77'),
    '',
  ]);
});

it('that are passive fall silent when the other end is shut down', () => {
  const sent = (): string =>
    /Control packet output: (\d+)/.exec(vtysh('r2', 'show bfd peers counters'))?.[1] ?? '';
  bfd('r1', 'peer 10.9.0.2');
  bfd('r2', 'peer 10.9.0.1', 'passive-mode');
  expect(statuses('r2')).toEqual(['up']);
  bfd('r1', 'peer 10.9.0.2', 'shutdown');
  const before = sent();
  lan.run(10);
  expect([statuses('r2'), sent()]).toEqual([['down'], before]);
  bfd('r1', 'peer 10.9.0.2', 'no shutdown');
  expect([statuses('r1'), statuses('r2')]).toEqual([['up'], ['up']]);
});

it('of bgpd reach as far as the neighbour may be', () => {
  const told = (words: string): string =>
    (vtysh('r1', words).match(/BFD: Type: .*|Status: .*?,|Minimum TTL: .*|\tpeer .*|Status: up/g) ?? []).join(
      ' ',
    );
  const set = (own: number, ...lines: readonly string[]): string =>
    vtysh(`r${own}`, 'configure terminal', 'router bgp 65001', ...lines.map((line) => `neighbor ${line}`));
  const ends = [
    [1, 2],
    [2, 1],
  ] as const;
  for (const [own, other] of ends) {
    lan.text(`r${own}`, `ip addr add 192.0.2.${own}/32 dev lo`);
    lan.text(`r${own}`, `ip route add 192.0.2.${other} via 10.9.0.${other}`);
  }
  lan.run(5);
  set(1, '192.0.2.2 remote-as 65001', '192.0.2.2 bfd');
  expect(told('show bgp neighbors 192.0.2.2')).toBe('BFD: Type: multi hop Status: Unknown,');
  for (const [own, other] of ends)
    set(
      own,
      ...[`192.0.2.${other}`, `10.9.0.${other}`].flatMap((at) => [`${at} remote-as 65001`, `${at} bfd`]),
      `192.0.2.${other} update-source 192.0.2.${own}`,
    );
  lan.run(20);
  expect(told('show bfd peers')).toBe(
    '\tpeer 192.0.2.2 multihop local-address 192.0.2.1 vrf default Minimum TTL: 1 Status: up' +
      ' \tpeer 10.9.0.2 local-address 10.9.0.1 vrf default interface eth0 Status: up',
  );
});

it.each([
  ['ebgp-multihop 5', 'multihop', 251],
  ['ttl-security hops 2', 'multihop', 1],
])('of bgpd for a neighbour of another AS with %s', (option, form, minimumTtl) => {
  for (const own of [1, 2])
    vtysh(
      `r${own}`,
      'configure terminal',
      `router bgp 6500${own}`,
      `neighbor 10.9.0.${3 - own} remote-as 6500${3 - own}`,
      `neighbor 10.9.0.${3 - own} bfd`,
      `neighbor 10.9.0.${3 - own} ${option}`,
    );
  lan.run(20);
  const told = vtysh('r1', 'show bfd peers');
  expect(told).toContain(`peer 10.9.0.2 ${form} local-address 10.9.0.1 vrf default\n`);
  expect(told).toContain(`Minimum TTL: ${minimumTtl}\n\t\tStatus: up\n`);
});
