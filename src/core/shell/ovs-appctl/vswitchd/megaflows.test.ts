import { beforeEach, expect, it } from 'vitest';
import { present } from '../../../base/assert.ts';
import { fromHex } from '../../../base/bytes.ts';
import type { Context } from '../../../base/context.ts';
import { createRandom } from '../../../base/random.ts';
import { addTlvMappings, EMPTY_TLV_MAP } from '../../../flow/tlv-map.ts';
import { DEFAULT_BUNDLE, type Port } from '../../../ofproto/bridge/port.ts';
import type { Bridge } from '../../../ofproto/bridge/bridge.ts';
import { parseFlow } from '../../../ofproto/flow-parse.ts';
import { receivePacket, type TunnelMetadata } from '../../../ofproto/receive.ts';
import { changeFlows } from '../../../ofproto/request/flow-request.ts';
import { Vswitch } from '../../../ofproto/vswitch/vswitch.ts';
import { vswitchdTarget } from './vswitchd.ts';

const SECOND = 1e9;
let now: number;
let vswitch: Vswitch;
let bridge: Bridge;

/** A bridge with the ports `p1` to `p3` and a Geneve tunnel, in the kernel or in user space. */
function start(datapathType: '' | 'netdev' = 'netdev'): void {
  now = 0;
  const context: Context = {
    clock: { now: () => now, wallMs: () => 0, after: () => () => undefined },
    random: createRandom(1),
    recorder: { active: false, record: () => 0 },
  };
  vswitch = new Vswitch('host', context);
  const geneve = new Map([
    ['remote_ip', 'flow'],
    ['key', 'flow'],
  ]);
  const ports = ['br0', 'p1', 'p2', 'p3', 'g0'].map((name) => ({
    name,
    interfaces: [
      {
        name,
        type: name === 'br0' ? 'internal' : name === 'g0' ? 'geneve' : '',
        options: name === 'g0' ? geneve : new Map<string, string>(),
        ofportRequest: null,
        device: { mac: 1n, mtu: 1500, up: true },
      },
    ],
    vlan: DEFAULT_BUNDLE,
    bondMode: 'active-backup' as const,
  }));
  vswitch.reconfigure([
    {
      name: 'br0',
      failMode: 'secure',
      mac: null,
      datapathType,
      macAge: 300,
      macTableSize: 100,
      floodVlans: [],
      forwardReserved: false,
      mirrors: [],
      ports,
    },
  ]);
  bridge = present(vswitch.bridges.get('br0'));
}

beforeEach(() => start());

function flow(text: string, command: 'add' | 'delete' = 'add'): void {
  const parsed = parseFlow(text, command);
  if (!parsed.ok) throw new Error(parsed.error);
  changeFlows(bridge, parsed.value, 6);
}

const portOf = (name: string): Port => present(bridge.portByName(name));
const sink = { output: () => undefined, packetIn: () => undefined };
const put = (name: string, octets: Uint8Array, tunnel: TunnelMetadata | null = null): void =>
  receivePacket(vswitch.datapath, portOf(name), octets, tunnel, null, sink);

/** A frame of no protocol from `source` to `destination`, each the last octet of an address. */
function frame(source: number, destination: number): Uint8Array {
  const octets = new Uint8Array(60);
  octets[5] = destination;
  octets[11] = source;
  octets.set([0x12, 0x34], 12);
  return octets;
}

function call(command: string): string {
  const [name = '', ...args] = command.split(' ');
  const reply = vswitchdTarget(vswitch.datapath).call(name, args);
  return reply.ok ? reply.value.replace(/flow-dump from the main thread:\n/, '') : `error: ${reply.error}`;
}
const rows = (): string[] =>
  call('dpctl/dump-flows --names')
    .split('\n')
    .filter(Boolean)
    .map((row) => row.replace(/^recirc_id\(0\),|packet_type\(ns=0,id=0\),/g, ''));

const KEY = 'in_port(p1),eth(src=00:00:00:00:00:01,dst=00:00:00:00:00:02),eth_type(0x1234)';

it('follows an address that moves, and keeps what was counted', () => {
  flow('actions=NORMAL');
  put('p2', frame(2, 1));
  for (let i = 0; i < 3; i += 1) put('p1', frame(1, 2));
  const row = (): string | undefined => rows().find((text) => text.startsWith(KEY));
  expect(row()).toContain('packets:2, bytes:120, used:0.000s, actions:p2');
  put('p3', frame(2, 9));
  expect(row()).toContain('packets:2, bytes:120, used:0.000s, actions:p3');
  bridge.macs.flush(present(portOf('p3').bundle ?? undefined));
  expect(row()).toMatch(/packets:2, .*actions:[^ ]*,/);
});

it('changes actions in place, and gives up a megaflow that now has to look at more', () => {
  flow('in_port=1,actions=output:2');
  put('p1', frame(1, 2));
  const all = 'in_port(p1),eth_type(0x1234), packets:0, bytes:0, used:never';
  expect(rows()).toEqual([`${all}, actions:p2`]);
  flow('in_port=1,actions=output:3');
  expect(rows()).toEqual([`${all}, actions:p3`]);
  flow('priority=40000,in_port=1,dl_dst=00:00:00:00:00:07,actions=drop');
  expect(rows()).toEqual([]);
  put('p1', frame(1, 2));
  expect(rows()).toEqual([
    'in_port(p1),eth(dst=00:00:00:00:00:02),eth_type(0x1234), packets:0, bytes:0, used:never, actions:p3',
  ]);
});

it('counts a packet where one that looks at less covers it', () => {
  flow('in_port=1,actions=output:2');
  put('p1', frame(1, 2));
  put('p1', frame(1, 9));
  expect(rows()).toEqual(['in_port(p1),eth_type(0x1234), packets:1, bytes:60, used:0.000s, actions:p2']);
});

it('forgets what nobody used for ten seconds, and counts what there was', () => {
  flow('actions=NORMAL');
  put('p1', frame(1, 2));
  put('p2', frame(2, 9));
  now = 9 * SECOND;
  put('p1', frame(1, 2));
  expect(call('upcall/show')).toContain('  flows         : (current 2) (avg 1) (max 2) (limit 10000)\n');
  now = 11 * SECOND;
  expect(rows()).toHaveLength(1);
  call('revalidator/purge');
  expect(rows()).toEqual([]);
});

it('says what ovs-vswitchd takes itself', () => {
  flow('actions=debug_slow,output:2');
  put('p1', frame(1, 2));
  expect(rows()[0]).toMatch(/actions:userspace\(pid=0,slow_path\(action\)\)$/);
});

const TUNNEL: TunnelMetadata = {
  key: 5n,
  source: { ipv4: 0x0101025c, ipv6: 0n },
  destination: { ipv4: 0x01010258, ipv6: 0n },
  tos: 0,
  ttl: 64,
  dontFragment: true,
  checksum: false,
  oam: false,
  options: [
    { optionClass: 0x102, type: 0x80, value: Uint8Array.of(0, 1, 0, 2) },
    { optionClass: 0x103, type: 1, value: new Uint8Array(8) },
  ],
  groupPolicy: 0,
};
const ICMP = present(
  fromHex(
    '00000000000200000000000108004500002000010000400166d90a0000010a000002080033370001000161626364' +
      '0000000000000000000000000000',
  ),
);
const OUTER = 'tunnel(tun_id=0x5,src=1.1.2.92,dst=1.1.2.88,';
const INNER = 'eth_type(0x0800),ipv4(frag=no), packets:0, bytes:0, used:never, actions:p1';

// The real daemon's rows of packets that came through its own tunnels.
it('tells the outer header as far as it is looked at', () => {
  const mapped = addTlvMappings(EMPTY_TLV_MAP, [{ optionClass: 0x102, type: 0x80, length: 4, index: 0 }]);
  if (!mapped.ok) throw new Error(mapped.error);
  const options =
    'geneve({class=0x102,type=0x80,len=4,0x10002/0x7fffffff}{class=0x103,type=0x1,len=8}),flags(+key)';
  for (const datapath of ['netdev', ''] as const) {
    start(datapath);
    bridge.tlv = mapped.value;
    const parsed = parseFlow('tun_metadata0=0x10002/0x7fffffff,ip,actions=output:1', 'add', {
      tlv: mapped.value,
    });
    if (!parsed.ok) throw new Error(parsed.error);
    changeFlows(bridge, parsed.value, 6);
    put('g0', ICMP, TUNNEL);
    const eth = datapath === '' ? 'eth(),' : '';
    expect(rows()).toEqual([`${OUTER}${options}),in_port(genev_sys_6081),${eth}${INNER}`]);
  }
});

it('has an empty list of options in user space, and none in the kernel', () => {
  for (const [datapath, geneve, eth] of [
    ['netdev', 'geneve(),', ''],
    ['', '', 'eth(),'],
  ] as const) {
    start(datapath);
    flow('ip,actions=output:1');
    put('g0', ICMP, { ...TUNNEL, options: [] });
    expect(rows()).toEqual([`${OUTER}${geneve}flags(+key)),in_port(genev_sys_6081),${eth}${INNER}`]);
  }
});
