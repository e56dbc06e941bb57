/** What `monitor` tells of flows; texts as Open vSwitch 3.7.0 gives them. */
import { expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { Vswitch } from '../../ofproto/vswitch/vswitch.ts';
import { ovsOfctl } from './ovs-ofctl.ts';

/** A bridge, and a monitor of it beside the commands that are typed. */
function watching(...args: string[]) {
  const context = {
    clock: { now: () => 5e9, wallMs: () => 0, after: () => () => undefined },
    random: createRandom(1),
    recorder: { active: false, record: () => 0 },
  };
  const vswitch = new Vswitch('host', context);
  const settings = { mac: null, datapathType: '', macAge: 300, macTableSize: 10, floodVlans: [] };
  vswitch.reconfigure([
    { name: 'br0', failMode: 'secure', ...settings, forwardReserved: false, ports: [], mirrors: [] },
  ]);
  const start = (line: readonly string[], stdin: string, write: (text: string) => void) =>
    ovsOfctl({
      argv: ['ovs-ofctl', ...line],
      stdin,
      output: { out: write, err: write },
      context,
      host: {
        bridge: (name) => vswitch.bridges.get(name),
        readFile: () => undefined,
        macOf: (port) => port.mac,
        packetOut: () => undefined,
      },
      namespace: '',
    });
  const type = (line: string, stdin = ''): void => {
    start(line.split(' '), stdin, () => undefined);
  };
  type('add-flow br0 table=1,cookie=5,idle_timeout=60,priority=7,ip,actions=1,2');
  let told = '';
  const running = start(['monitor', 'br0', ...args], '', (text) => void (told += text));
  const take = (): string => {
    const text = told;
    told = '';
    return text;
  };
  return { type, take, running };
}

it('tells the flows that there are and what each request changes', () => {
  const { type, take, running } = watching('watch:');
  expect(take()).toBe(
    'NXST_FLOW_MONITOR reply (xid=0x6):\n event=ADDED table=1 idle_timeout=60 cookie=0x5 ip actions=output:1,output:2\n',
  );
  const changes: readonly (readonly [string, string])[] = [
    [
      'add-flow br0 table=2,cookie=0x77,tcp,actions=output:2',
      'ADDED table=2 cookie=0x77 tcp actions=output:2',
    ],
    ['mod-flows br0 table=2,tcp,actions=drop', 'MODIFIED table=2 cookie=0 tcp'],
    ['-OOpenFlow13 mod-flows br0 table=2,tcp,actions=1', 'MODIFIED table=2 cookie=0 tcp actions=output:1'],
    ['add-flow br0 table=3,actions=1', 'ADDED table=3 cookie=0 actions=output:1'],
    ['del-flows br0 table=2', 'DELETED reason=delete table=2 cookie=0 tcp actions=output:1'],
  ];
  for (const [line, event] of changes) {
    type(line);
    expect(take()).toBe(`NXST_FLOW_MONITOR reply (xid=0x0):\n event=${event}\n`);
  }
  type('add-flow br0 table=2,actions=group:9');
  expect(take()).toBe('');
  type('bundle br0 -', 'flow delete table=3\nflow table=4,actions=2\n');
  expect(take()).toMatch(/^NXST_FLOW_MONITOR.*\n event=DELETED .* table=3 .*\n event=ADDED table=4 .*\n$/);
  type('bundle br0 -', 'flow delete table=4\nflow table=4,actions=group:9\n');
  expect(take()).toBe('');
  if ('cancel' in running) running.cancel();
  expect(take()).toMatch(/\|fatal_signal\|WARN\|terminating with signal 2 \(Interrupt\)\n$/);
  type('del-flows br0');
  expect(take()).toBe('');
});

it('tells only what is asked for', () => {
  const { type, take } = watching('-OOpenFlow13', 'watch:!initial,!add,!actions,out_port=2');
  expect(take()).toBe('ONFST_FLOW_MONITOR reply (OF1.3) (xid=0x6):\n');
  type('add-flow br0 table=2,actions=2');
  type('mod-flows br0 table=1,ip,actions=1');
  expect(take()).toBe(
    'ONFST_FLOW_MONITOR reply (OF1.3) (xid=0x0):\n event=MODIFIED table=1 idle_timeout=60 cookie=0 ip\n',
  );
  type('del-flows br0 table=1');
  expect(take()).toBe('');
});

it.each([
  ['foo', 'foo: unsupported "monitor" argument'],
  ['watch:foo', 'foo: field foo missing value'],
  ['watch:foo=1', 'foo=1: unknown keyword foo'],
  ['watch:table=x', 'unknown table "x"'],
  ['65534', 'monitor 65534 is not modelled here'],
])('refuses %s', (word, text) => {
  expect(watching(word).take()).toBe(`ovs-ofctl: ${text}\n`);
});
