import { describe, expect, it } from 'vitest';
import type { Context } from '../../base/context.ts';
import { createRandom } from '../../base/random.ts';
import { DEFAULT_BUNDLE } from '../../ofproto/bridge/port.ts';
import { Vswitch } from '../../ofproto/vswitch/vswitch.ts';
import { ovsAppctl } from './ovs-appctl.ts';
import { vswitchdTarget } from './vswitchd/vswitchd.ts';

const context: Context = {
  clock: { now: () => 0, wallMs: () => 0, after: () => () => undefined },
  random: createRandom(1),
  recorder: { active: false, record: () => 0 },
};

interface TunnelPort {
  readonly type: string;
  readonly options: Readonly<Record<string, string>>;
}

function run(command: string, tunnels: Readonly<Record<string, TunnelPort>> = {}): string {
  const vswitch = new Vswitch('host', context);
  const ports = ['br0', 'p1', 'p2'].map((name) => ({
    name,
    interfaces: [
      {
        name,
        type: name === 'br0' ? 'internal' : '',
        options: new Map(),
        ofportRequest: null,
        device: { mac: 1n, mtu: 1500, up: true },
      },
    ],
    vlan: DEFAULT_BUNDLE,
    bondMode: 'active-backup' as const,
  }));
  const tunnelPorts = Object.entries(tunnels).map(([name, { type, options }]) => ({
    name,
    interfaces: [
      { name, type, options: new Map(Object.entries(options)), ofportRequest: null, device: null },
    ],
    vlan: DEFAULT_BUNDLE,
    bondMode: 'active-backup' as const,
  }));
  const settings = {
    failMode: 'standalone',
    mac: null,
    datapathType: '',
    macAge: 300,
    macTableSize: 100,
    floodVlans: [],
  } as const;
  vswitch.reconfigure([
    { name: 'br0', ...settings, forwardReserved: false, ports: [...ports, ...tunnelPorts], mirrors: [] },
  ]);
  const target = vswitchdTarget(vswitch.datapath);
  let text = '';
  const exit = ovsAppctl({
    argv: ['ovs-appctl', ...command.split(' ')],
    stdin: '',
    output: { out: (part) => void (text += part), err: (part) => void (text += part) },
    context,
    host: { target: (name) => (name === 'ovs-vswitchd' ? target : undefined) },
    namespace: '',
  });
  return `${text}${'status' in exit ? exit.status : ''}`;
}

const FAILED = 'ovs-appctl: ovs-vswitchd: server returned an error\n2';

it.each([
  ['fdb/show br0', ' port  VLAN  MAC                Age\n0'],
  ['fdb/show br9', `no such bridge\n${FAILED}`],
  ['fdb/flush', 'table successfully flushed\n0'],
  ['dpctl/dump-conntrack', '0'],
  ['dpctl/flush-conntrack zone=5', '0'],
  ['dpctl/flush-conntrack mark=1', '0'],
  ['tnl/neigh/flush', `tnl/neigh/flush is not modelled here\n${FAILED}`],
  [
    'dpif/show',
    'system@ovs-system: hit:0 missed:0\n  br0:\n    br0 65534/100: (internal)\n    p1 1/1: (system)\n    p2 2/2: (system)\n0',
  ],
  [
    'nosuch',
    `"nosuch" is not a valid command (use "list-commands" to see a list of valid commands)\n${FAILED}`,
  ],
  ['fdb/show', `"fdb/show" command requires at least 1 arguments\n${FAILED}`],
  [
    'ofproto/trace br0 in_port=1,foo=2',
    `Bad openflow flow syntax: in_port=1,foo=2: unknown field foo\n${FAILED}`,
  ],
  ['ofproto/trace br9 in_port=1', `br9: unknown bridge\n${FAILED}`],
  [
    '-t nosuch version',
    '1970-01-01T00:00:00Z|00001|daemon_unix|WARN|/var/run/openvswitch/nosuch.pid: open: No such file or directory\n' +
      'ovs-appctl: cannot read pidfile "/var/run/openvswitch/nosuch.pid" (No such file or directory)\n1',
  ],
])('%s', (command, expected) => expect(run(command)).toBe(expected));

it('traces a packet', () => {
  expect(run('ofproto/trace br0 in_port=1,dl_src=02:00:00:00:00:01,dl_dst=02:00:00:00:00:02'))
    .toBe(`Flow: in_port=1,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=02:00:00:00:00:02,dl_type=0x0000

bridge("br0")
-------------
 0. priority 0
    NORMAL
     -> no learned MAC for destination, flooding

Final flow: unchanged
Megaflow: recirc_id=0,eth,in_port=1,dl_src=02:00:00:00:00:01,dl_dst=02:00:00:00:00:02,dl_type=0x0000
Datapath actions: 100,2
0`);
});

describe('tunnel ports', () => {
  const tunnels = {
    t1: {
      type: 'gre',
      options: { remote_ip: 'flow', tos: 'inherit', ttl: 'inherit', df_default: 'false', bogus: '1' },
    },
    t2: {
      type: 'gre',
      options: { remote_ip: '10.1.1.9', in_key: 'flow', csum: 'true', dst_mac: '02:00:00:00:00:01' },
    },
    t3: {
      type: 'vxlan',
      options: { remote_ip: '10.1.1.9', key: '7', tos: '0x10', local_ip: '10.1.1.1', dst_port: '5555' },
    },
    t4: {
      type: 'geneve',
      options: { remote_ip: 'fd00::6', packet_type: 'ptap', egress_pkt_mark: '7', tos: '300' },
    },
    t5: { type: 'stt', options: { remote_ip: '10.1.1.9' } },
  };

  it('show the settings that count, by their values', () => {
    expect(run('dpif/show', tunnels)).toContain(
      '    t1 3/3: (gre: df_default=false, remote_ip=flow, tos=inherit, ttl=inherit)\n' +
        '    t2 4/3: (gre: csum=true, in_key=flow, remote_ip=10.1.1.9)\n' +
        '    t3 5/5555: (vxlan: dst_port=5555, key=7, local_ip=10.1.1.1, remote_ip=10.1.1.9, tos=0x10)\n' +
        '    t4 6/6081: (geneve: egress_pkt_mark=7, packet_type=ptap, remote_ip=fd00::6)\n0',
    );
  });

  it('are listed in the order in which packets are looked up', () => {
    expect(run('ofproto/list-tunnels', tunnels)).toBe(
      'port 5555: t3 (vxlan: 10.1.1.1->10.1.1.9, key=0x7, legacy_l2, dp port=5555, ttl=64, tos=0x10)\n' +
        'port 6081: t4 (geneve: ::->fd00::6, key=0, ptap, dp port=6081, ttl=64)\n' +
        'port 3: t1 (gre: ::->flow, key=0, legacy_l2, dp port=3, ttl=inherit, tos=inherit, df=false)\n' +
        'port 3: t2 (gre: ::->10.1.1.9, key=flow, legacy_l2, dp port=3, out_key=none, ttl=64, csum=true)\n0',
    );
  });
});
