/** Damaged flows, groups, meters, traces and packets: an answer or a placed error, never an exception or a hang. */
import { expect, it } from 'vitest';
import { createRandom } from '../base/random.ts';
import type { Context } from '../base/context.ts';
import { readTraceRequest } from './trace/trace-request.ts';
import { tracePacket } from './trace/trace.ts';
import { parseActions } from './actions/act-list.ts';
import { DEFAULT_BUNDLE } from './bridge/port.ts';
import type { FlowSpec } from './flow-entry.ts';
import { parseFlow, type FlowMod } from './flow-parse.ts';
import { formatFlow } from './flow-text.ts';
import { parseGroup } from './group-text.ts';
import { parseMeter } from './meter-text.ts';
import { receivePacket } from './receive.ts';
import { changeFlows } from './request/flow-request.ts';
import { Vswitch } from './vswitch/vswitch.ts';

const FLOWS = [
  'tcp,tp_dst=80,actions=output:1',
  'table=3,priority=5,ip,nw_src=10.0.0.0/8,nw_dst=1.2.3.4,actions=resubmit(,3)',
  'cookie=0x5,idle_timeout=3,hard_timeout=4,send_flow_rem,udp,tp_src=53,actions=drop',
  'in_port=1,dl_src=00:11:22:33:44:55,dl_dst=01:00:00:00:00:00/01:00:00:00:00:00,actions=NORMAL',
  'ipv6,ipv6_src=fe80::/10,nw_ttl=255,actions=dec_ttl,output:2',
  'icmp6,icmp_type=135,nd_target=2001:db8::1,actions=controller(userdata=00.01,pause)',
  'arp,arp_op=1,arp_tpa=10.0.0.1,actions=move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],load:0x2->NXM_OF_ARP_OP[],IN_PORT',
  'ct_state=+trk+est,ct_zone=5,ip,actions=ct(commit,zone=NXM_NX_REG13[0..15],nat(src=10.0.0.1-10.0.0.9:5-7),exec(set_field:1->ct_mark))',
  'reg0=0x5/0xff,metadata=0x7,actions=set_field:0x3->reg1,goto_table:4',
  'dl_vlan=5,dl_vlan_pcp=3,actions=strip_vlan,mod_vlan_vid:7,push_vlan:0x8100,output:3',
  'conj_id=3,ip,actions=resubmit(,11)',
  'ip,nw_src=10.0.0.1,actions=conjunction(3,1/2),conjunction(5,2/3)',
  'priority=7,actions=learn(table=1,hard_timeout=60,NXM_OF_VLAN_TCI[0..11],NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[])',
  'actions=clone(push:NXM_NX_REG0[],set_field:5->reg0,output:1,pop:NXM_NX_REG0[]),group:5',
  'mpls,mpls_label=5,mpls_tc=1,actions=pop_mpls:0x0800,output:1',
  'actions=multipath(symmetric_l4,1024,hrw,8,0,NXM_NX_REG0[0..15]),bundle(eth_src,0,hrw,ofport,members:4,8)',
];
const GROUPS = [
  'group_id=1,type=select,selection_method=hash,fields(ip_src),bucket=bucket_id:1,weight:5,actions=output:1,bucket=output:2',
  'group_id=2,type=ff,bucket=watch_port:1,actions=output:1',
];
const METERS = ['meter=1,kbps,burst,stats,bands=type=drop,rate=100,burst_size=8'];
const TRACES = [
  'in_port=1,tcp,dl_src=02:00:00:00:00:01,dl_dst=02:00:00:00:00:02,nw_src=10.0.0.1,nw_dst=10.0.0.2,tp_dst=80,nw_ttl=64',
  'in_port=2,icmp6,ipv6_src=fe80::1,nw_ttl=255,icmpv6_type=136,nd_target=2001:db8::1',
];
const LETTERS = '0123456789abcdefx,=:/()[]->.+-_ tpnwdl\\"%#é';

const random = createRandom(20_12);
const pick = <T>(items: readonly T[]): T => items[random.below(items.length)] as T;

/** One to three changes: a letter gone, new or another, the end cut off, a part gone or doubled. */
function damaged(text: string): string {
  let result = text;
  for (let changes = pick([1, 1, 1, 2, 3]); changes > 0; changes -= 1) {
    const [a = 0, b = 0] = [random.below(result.length + 1), random.below(result.length + 1)].toSorted(
      (one, other) => one - other,
    );
    const letter = LETTERS.charAt(random.below(LETTERS.length));
    const small = [
      () => result.slice(0, a) + result.slice(a + 1),
      () => result.slice(0, a) + letter + result.slice(a),
      () => result.slice(0, a) + letter + result.slice(a + 1),
    ];
    result = pick([
      ...small,
      ...small,
      ...small,
      () => result.slice(0, a),
      () => result.slice(0, a) + result.slice(b),
      () => result.slice(0, b) + result.slice(a),
    ])();
  }
  return result;
}

const context: Context = {
  clock: { now: () => 0, wallMs: () => 0, after: () => () => undefined },
  random: createRandom(1),
  recorder: { active: false, record: () => 0 },
};

function bridge() {
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
  const [made] = [
    {
      name: 'br0',
      failMode: 'secure' as const,
      mac: null,
      datapathType: '',
      macAge: 300,
      macTableSize: 100,
      floodVlans: [],
      forwardReserved: false,
      ports,
      mirrors: [],
    },
  ];
  if (made) vswitch.reconfigure([made]);
  const found = vswitch.bridges.get('br0');
  if (!found) throw new Error('no bridge');
  return { vswitch, bridge: found };
}

const specOf = (mod: FlowMod): FlowSpec => ({
  table: mod.table ?? 0,
  priority: mod.priority,
  cookie: mod.newCookie ?? 0n,
  match: mod.match,
  actions: mod.actions,
});

it('answers 10,000 damaged flows, and what it accepts reads back the same', () => {
  const { bridge: target } = bridge();
  let accepted = 0;
  for (let at = 0; at < 10_000; at += 1) {
    const text = damaged(pick(FLOWS));
    const parsed = parseFlow(text, 'add', { names: target.names, tlv: target.tlv });
    if (!parsed.ok) {
      expect(parsed.error, text).not.toBe('');
      continue;
    }
    accepted += 1;
    const shown = formatFlow(specOf(parsed.value));
    const again = parseFlow(shown.replace(' actions=', ',actions=').replace(/, (?=\S)/g, ','), 'add');
    if (again.ok) expect(formatFlow(specOf(again.value)), text).toBe(shown);
    changeFlows(target, parsed.value, 6);
  }
  expect(accepted).toBeGreaterThan(500);
});

it('answers damaged groups, meters and actions', () => {
  for (let at = 0; at < 3000; at += 1) {
    for (const result of [
      parseGroup(damaged(pick(GROUPS)), 'add'),
      parseMeter(damaged(pick(METERS)), true),
      parseActions(damaged(pick(FLOWS).replace(/^.*?actions=/, ''))),
    ])
      if (!result.ok) expect(result.error).not.toBe('');
  }
});

it('answers damaged traces and packets on a bridge with damaged flows', () => {
  const { vswitch, bridge: target } = bridge();
  for (let at = 0; at < 400; at += 1) {
    const parsed = parseFlow(damaged(pick(FLOWS)), 'add', { names: target.names });
    if (parsed.ok) changeFlows(target, parsed.value, 6);
  }
  for (let at = 0; at < 10_000; at += 1) {
    const octets = Array.from({ length: 14 + random.below(90) }, () => random.below(256));
    // Most frames are of a kind that is looked into.
    octets.splice(
      12,
      2,
      ...pick([
        [0x08, 0x00],
        [0x86, 0xdd],
        [0x08, 0x06],
        [0x81, 0x00],
        [0x88, 0x47],
      ]),
    );
    const hex = octets.map((octet) => octet.toString(16).padStart(2, '0')).join('');
    const words = pick([[damaged(pick(TRACES))], ['in_port=1', hex], ['in_port=1', damaged(hex)]]);
    const request = readTraceRequest(vswitch.datapath, ['br0', ...words]);
    if (request.ok) expect(tracePacket(request.value).text).toContain('Datapath actions: ');
    else expect(request.error).not.toBe('');
    const port = target.portByName(pick(['p1', 'p2']));
    if (port)
      receivePacket(vswitch.datapath, port, Uint8Array.from(octets), null, null, {
        output: () => undefined,
        packetIn: () => undefined,
      });
  }
}, 120_000);
