import { expect, it } from 'vitest';
import { present } from '../../../base/assert.ts';
import { fromHex } from '../../../base/bytes.ts';
import type { Context } from '../../../base/context.ts';
import { createRandom } from '../../../base/random.ts';
import { DEFAULT_BUNDLE } from '../../../ofproto/bridge/port.ts';
import { parseFlow } from '../../../ofproto/flow-parse.ts';
import { receivePacket } from '../../../ofproto/receive.ts';
import { changeFlows } from '../../../ofproto/request/flow-request.ts';
import { Vswitch } from '../../../ofproto/vswitch/vswitch.ts';
import { vswitchdTarget } from './vswitchd.ts';

const context: Context = {
  clock: { now: () => 0, wallMs: () => 0, after: () => () => undefined },
  random: createRandom(1),
  recorder: { active: false, record: () => 0 },
};

const FLOWS = ['in_port=1,tcp,nw_dst=10.0.0.0/24,actions=output:2', 'in_port=1,arp,actions=output:2'];
const TCP =
  '000000000002000000000001080045000028000000004006' +
  `66ce0a0000010a000002${'00050050000000000000000050020000'}00000000`;
const ARP = `000000000002${'000000000001'}08060001080006040001${'000000000001'}01020304${'000000000000'}01020305`;

/** A switch that has treated one TCP segment and one ARP request, in the kernel or in user space. */
function dump(command: string, datapathType: '' | 'netdev' = 'netdev'): string {
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
    failMode: 'secure',
    mac: null,
    datapathType,
    macAge: 300,
    macTableSize: 100,
    floodVlans: [],
    forwardReserved: false,
    mirrors: [],
  } as const;
  vswitch.reconfigure([
    { name: 'br0', ...settings, ports },
    { name: 'br1', ...settings, ports: [] },
  ]);
  const bridge = present(vswitch.bridges.get('br0'));
  for (const text of FLOWS) {
    const flow = parseFlow(text, 'add');
    if (!flow.ok) throw new Error(flow.error);
    changeFlows(bridge, flow.value, 6);
  }
  for (const hex of [TCP, ARP])
    receivePacket(vswitch.datapath, present(bridge.portByName('p1')), present(fromHex(hex)), null, null, {
      output: () => undefined,
      packetIn: () => undefined,
    });
  const [name = '', ...args] = command.split(' ');
  const reply = vswitchdTarget(vswitch.datapath).call(name, args);
  return reply.ok ? reply.value.replace(/ufid:[0-9a-f-]{36}/g, 'ufid:ID') : `error: ${reply.error}`;
}

const HEAD = 'flow-dump from the main thread:\n';
const STATS = 'packets:0, bytes:0, used:never';
const TCP_ROW = `recirc_id(0),in_port(1),packet_type(ns=0,id=0),eth_type(0x0800),ipv4(dst=10.0.0.2/255.255.255.0,proto=6,frag=no), ${STATS}, actions:2\n`;
const ARP_ROW = `recirc_id(0),in_port(1),packet_type(ns=0,id=0),eth_type(0x0806), ${STATS}, actions:2\n`;
const METADATA =
  'recirc_id(0),dp_hash(0/0),skb_priority(0/0),in_port(p1),skb_mark(0/0),ct_state(0/0),ct_zone(0/0),ct_mark(0/0),ct_label(0/0)';
const ZERO_MAC = '00:00:00:00:00:00';

// What the real daemon printed, but for the ids.
it.each([
  ['dpctl/dump-flows', `${HEAD}${TCP_ROW}${ARP_ROW}`],
  ['dpctl/dump-flows filter=tcp', `${HEAD}${TCP_ROW}`],
  ['dpctl/dump-flows filter=in_port=p1,arp', `${HEAD}${ARP_ROW}`],
  ['dpctl/dump-flows filter=in_port=2', ''],
  // A bit that the flow does not look at is no reason to leave it out.
  ['dpctl/dump-flows filter=ip,nw_dst=10.0.0.77', `${HEAD}${TCP_ROW}`],
  ['dpctl/dump-flows filter=ip,nw_dst=10.0.1.2', ''],
  ['dpctl/dump-flows pmd=-1 filter=tcp', TCP_ROW],
  ['dpctl/dump-flows pmd=0', ''],
  ['dpctl/dump-flows type=offloaded', ''],
  ['dpctl/dump-flows system@ovs-system type=ovs,tc filter=arp', `${HEAD}${ARP_ROW}`],
  ['dpctl/dump-flows filter=foo', 'error: ovs-vswitchd: Failed to parse filter (foo: unknown field foo)'],
  ['dpctl/dump-flows type=foo', 'error: ovs-vswitchd: Failed to parse type (foo) (Invalid argument)'],
  ['dpctl/dump-flows nodp', 'error: ovs-vswitchd: datapath not found (Invalid argument)'],
  ['dpctl/dump-flows -mx', 'error: Unrecognized option -x'],
  ['dpctl/dump-flows --foo', 'error: Unrecognized option --foo'],
  [
    'dpctl/dump-flows -m filter=tcp',
    `${HEAD}ufid:ID, ${METADATA},packet_type(ns=0,id=0),eth(src=00:00:00:00:00:01/${ZERO_MAC},dst=00:00:00:00:00:02/${ZERO_MAC}),eth_type(0x0800),` +
      `ipv4(src=10.0.0.1/0.0.0.0,dst=10.0.0.2/255.255.255.0,proto=6,tos=0/0,ttl=64/0,frag=no),tcp(src=5/0,dst=80/0),tcp_flags(0/0), ${STATS}, dp:ovs, actions:p2, dp-extra-info:miniflow_bits(2,4)\n`,
  ],
  [
    'dpif/dump-flows -m br0',
    `ufid:ID ${METADATA},packet_type(ns=0,id=0),eth(src=00:00:00:00:00:01/${ZERO_MAC},dst=00:00:00:00:00:02/${ZERO_MAC}),eth_type(0x0800),` +
      `ipv4(src=10.0.0.1/0.0.0.0,dst=10.0.0.2/255.255.255.0,proto=6,tos=0/0,ttl=64/0,frag=no),tcp(src=5/0,dst=80/0),tcp_flags(0/0), ${STATS}, actions:p2\n` +
      `ufid:ID ${METADATA},packet_type(ns=0,id=0),eth(src=00:00:00:00:00:01/${ZERO_MAC},dst=00:00:00:00:00:02/${ZERO_MAC}),eth_type(0x0806),` +
      `arp(sip=1.2.3.4/0.0.0.0,tip=1.2.3.5/0.0.0.0,op=1/0,sha=00:00:00:00:00:01/${ZERO_MAC},tha=${ZERO_MAC}/${ZERO_MAC}), ${STATS}, actions:p2\n`,
  ],
  ['dpif/dump-flows br1', ''],
  ['dpif/dump-flows nobr', 'error: no such bridge'],
])('%s', (command, expected) => expect(dump(command)).toBe(expected));

it("tells the kernel's flows without the bits that do not count", () => {
  expect(dump('dpctl/dump-flows --more --no-names filter=tcp', '')).toBe(
    `ufid:ID, ${METADATA.replace('p1', '1')},eth(src=${ZERO_MAC}/${ZERO_MAC},dst=${ZERO_MAC}/${ZERO_MAC}),eth_type(0x0800),` +
      `ipv4(src=0.0.0.0/0.0.0.0,dst=10.0.0.0/255.255.255.0,proto=6,tos=0/0,ttl=0/0,frag=no),tcp(src=0/0,dst=0/0),tcp_flags(0/0), ${STATS}, dp:ovs, actions:2\n`,
  );
});
