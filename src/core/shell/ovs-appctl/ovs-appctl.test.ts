import { expect, it } from 'vitest';
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

function run(command: string): string {
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
  const settings = {
    failMode: 'standalone',
    mac: null,
    datapathType: '',
    macAge: 300,
    macTableSize: 100,
    floodVlans: [],
  } as const;
  vswitch.reconfigure([{ name: 'br0', ...settings, forwardReserved: false, ports, mirrors: [] }]);
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
