/** What bgpd logs of a session and its routes. The lines are those of FRR 8.4.4 between two such routers. */
import { beforeAll, expect, it } from 'vitest';
import { RouterLan } from './fixture/router-lan.ts';

let lan: RouterLan;
const vtysh = (host: string, ...lines: readonly string[]): string => lan.vtysh(host, lines, 5);
const LOG = '/var/log/frr/bgpd.log';
/** The lines of a router's log since `from`, without their times. */
const log = (from = 0): string[] =>
  (lan.world.hosts.get('r1')?.files.readText(LOG) ?? '')
    .split('\n')
    .slice(from, -1)
    .map((line) => line.replace(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d BGP: /, ''));

beforeAll(() => {
  lan = new RouterLan(2);
  const lines = (own: number, other: number): string[] => [
    `router bgp 6500${own}`,
    'no bgp ebgp-requires-policy',
    'no bgp network import-check',
    'bgp log-neighbor-changes',
    `neighbor 10.9.0.${other} remote-as 6500${other}`,
    'address-family ipv4 unicast',
    `network 10.${own}.0.0/16`,
  ];
  const debugs = ['neighbor-events', 'updates', 'keepalives', 'zebra'].map((topic) => `debug bgp ${topic}`);
  vtysh('r2', 'configure terminal', ...lines(2, 1));
  expect(vtysh('r1', 'configure terminal', `log file ${LOG}`, ...debugs, ...lines(1, 2))).toBe('');
});

it('a session that comes up, with both OPENs', () => {
  const lines = log();
  const from = lines.findIndex((line) => line.includes('TCP_connection_open ('));
  expect(lines.slice(from - 3, from + 11).map((line) => line.replace(/fd \d+/, 'fd N'))).toEqual([
    '[Z195V-FNKRK] 10.9.0.2 [Event] Connect start to 10.9.0.2 fd N',
    '[T91AW-FGMHW] bgp_fsm_change_status : vrf default(0), Status: Connect established_peers 0',
    expect.stringMatching(/^\[ZQHFG-DQGX1\] 10\.9\.0\.2 went from (?:Idle|Active) to Connect$/),
    '[ZWCSR-M7FG9] 10.9.0.2 [FSM] TCP_connection_open (Connect->OpenSent), fd N',
    '[RWZTG-AA74G] 10.9.0.2 open active, local address 10.9.0.1',
    '[XKJ09-9VTZ7] 10.9.0.2 Sending hostname cap with hn = r1, dn = (null)',
    '[JFFAN-DEGED] 10.9.0.2 sending OPEN, version 4, my as 65001, holdtime 180, id 10.9.0.1',
    '[T91AW-FGMHW] bgp_fsm_change_status : vrf default(0), Status: OpenSent established_peers 0',
    '[ZQHFG-DQGX1] 10.9.0.2 went from Connect to OpenSent',
    '[WNM1E-D314G] 10.9.0.2 rcv OPEN, version 4, remote-as (in open) 65002, holdtime 180, id 10.9.0.2',
    '[QG29C-5TSVS] 10.9.0.2 rcv OPEN w/ OPTION parameter len: 65',
    '[NVZPF-5ST3B] 10.9.0.2 rcvd OPEN w/ optional parameter type 2 (Capability) len 6',
    '[SCW43-WN4M1] 10.9.0.2 OPEN has MultiProtocol Extensions capability (1), length 4',
    '[VXVH9-3MXR0] 10.9.0.2 OPEN has MultiProtocol Extensions capability for afi/safi: IPv4/unicast',
  ]);
  expect(lines).toContain(
    '[SBSKM-G6QBW] 10.9.0.2 OPEN has AddPath capability for afi/safi: IPv4/unicast, receive',
  );
  expect(lines).toContain('[N9HHH-F8H1M] %ADJCHANGE: neighbor 10.9.0.2(r2) in vrf default Up');
  expect(lines).toContain('[HRDT0-0DPQ7] 10.9.0.2 sending KEEPALIVE');
});

it('routes that come, go to zebra, go out and are refused', () => {
  const lines = log();
  for (const line of [
    '[T5AAP-5GA85] 10.9.0.2(r2) rcvd UPDATE w/ attr: nexthop 10.9.0.2, origin i, metric 0, path 65002',
    '[PCFFM-WMARW] 10.9.0.2(r2) rcvd UPDATE wlen 0 attrlen 28 alen 3',
    '[YCKEM-GB33T] 10.9.0.2(r2) rcvd 10.2.0.0/16 IPv4 unicast',
    '[M59KS-A3ZXZ] bgp_update_receive: rcvd End-of-RIB for IPv4 Unicast from 10.9.0.2 in vrf default',
    '[V15FP-4CPVK] Tx route add VRF 0 10.2.0.0/16 metric 0 tag 0 count 1 nhg 0',
    '[JQXM8-V0CKB]   nhop [1]: 10.9.0.2 if 0 VRF 0 wt 0   ',
    '[TN0HX-6G1RR] u1:s1 send UPDATE w/ attr: nexthop 0.0.0.0, metric 0, path ',
    '[HVRWP-5R9NQ] u1:s1 send UPDATE 10.1.0.0/16 IPv4 unicast',
    '[WEV7K-2GAQ5] u1:s1 send UPDATE len 54 (max message len: 65535) numpfx 1',
    '[MBFVT-8GSC6] u1:s1 10.9.0.2 send UPDATE w/ nexthop 10.9.0.1',
    '[ZP3RE-J4Q8C] send End-of-RIB for IPv4 Unicast to 10.9.0.2',
    '[RZMGQ-A03CG] 10.9.0.2(r2) rcvd UPDATE about 10.1.0.0/16 IPv4 unicast -- DENIED due to: as-path contains our own AS;',
  ])
    expect(lines).toContain(line);
  const before = lines.length;
  const family = ['configure terminal', 'router bgp 65002', 'address-family ipv4 unicast'];
  expect(vtysh('r2', ...family, 'no network 10.2.0.0/16')).toBe('');
  expect(log(before)).toEqual(
    expect.arrayContaining([
      '[PAPP6-VDAWM] 10.9.0.2(r2) rcvd UPDATE about 10.2.0.0/16 IPv4 unicast -- withdrawn',
      '[G7K80-KF0HM] Tx route delete VRF 0 10.2.0.0/16',
      '[WHJ94-YXNE1] u1:s1 send UPDATE 10.2.0.0/16 IPv4 unicast -- unreachable',
    ]),
  );
});

it('what is switched off is not logged, and show debugging tells what is on', () => {
  expect(vtysh('r1', 'no debug bgp keepalives', 'no debug bgp updates in')).toBe(
    'BGP keepalives debugging is off\nBGP updates debugging is off (inbound)\n',
  );
  expect(vtysh('r1', 'show debugging')).toBe(
    'Zebra debugging status:\n\nBGP debugging status:\n  BGP neighbor-events debugging is on\n  BGP updates debugging is on (outbound)\n  BGP zebra debugging is on\n\nStaticd debugging status\n\nBFD debugging status:\n\n',
  );
  const before = log().length;
  vtysh('r1', 'clear bgp 10.9.0.2');
  const lines = log(before);
  expect(lines[0]).toBe(
    '[HZN6M-XRM1G] %NOTIFICATION(Hard Reset): sent to neighbor 10.9.0.2 6/4 (Cease/Administrative Reset) 0 bytes ',
  );
  expect(lines.some((line) => line.includes('[FSM]'))).toBe(true);
  expect(lines.filter((line) => /KEEPALIVE rcvd|sending KEEPALIVE|rcvd UPDATE/.test(line))).toEqual([]);
  expect(vtysh('r1', 'configure terminal', 'debug zebra rib')).toBe('% Not modelled: debug zebra rib\n');
});
