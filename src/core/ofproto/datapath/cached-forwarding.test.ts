/** Packets that a megaflow decides, against the same packets translated one by one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMac } from '../../base/address.ts';
import { present } from '../../base/assert.ts';
import type { Context } from '../../base/context.ts';
import { createRandom } from '../../base/random.ts';
import type { Result } from '../../base/result.ts';
import { FIELDS } from '../../flow/fields.table.ts';
import { createFlow, setField } from '../../flow/flow.ts';
import { formatMatch } from '../../flow/match-text.ts';
import { WORD } from '../../flow/words.table.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { DEFAULT_BUNDLE, setPortFlag, type PortFlags } from '../bridge/port.ts';
import { formatDpActions } from '../dp-action-text.ts';
import { formatMegaflow } from '../dp-flow-text.ts';
import { parseFlow, type FlowMod } from '../flow-parse.ts';
import { parseGroup } from '../group-text.ts';
import { parseMeter } from '../meter-text.ts';
import { receivePacket } from '../receive.ts';
import { changeFlows } from '../request/flow-request.ts';
import { changeGroups } from '../request/group-request.ts';
import { putMeter } from '../request/meter-request.ts';
import type { BridgeConfig, MirrorConfig, PortConfig } from '../vswitch/config.ts';
import { Vswitch } from '../vswitch/vswitch.ts';
import { DESTINATIONS, octetsOf, SOURCES, TAGS, type Sent } from './fixture/mixed-packets.ts';
import { FLOW_LIMIT } from './flow-cache.ts';
import { currentMegaflows } from './revalidate.ts';

const SECOND = 1e9;

function read<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(String(result.error));
  return result.value;
}

const port = (name: string, type = '', options: Readonly<Record<string, string>> = {}): PortConfig => ({
  ...members(name, [name]),
  interfaces: [{ ...interfaceOf(name), type, options: new Map(Object.entries(options)) }],
});

const interfaceOf = (name: string) => ({
  name,
  type: '',
  options: new Map<string, string>(),
  ofportRequest: null,
  device: { mac: 1n, mtu: 1500, up: true },
});

const members = (name: string, devices: readonly string[]): PortConfig => ({
  name,
  interfaces: devices.map(interfaceOf),
  vlan: DEFAULT_BUNDLE,
  bondMode: 'balance-slb',
});

const MIRROR: MirrorConfig = {
  name: 'm0',
  selectAll: true,
  selectSource: [],
  selectDestination: [],
  selectVlans: [],
  outputPort: 'p4',
  outputVlan: null,
  filter: null,
  snapLength: 0,
};

interface Kind {
  readonly datapathType: '' | 'netdev';
  readonly bondMode: 'active-backup' | 'balance-slb';
}

function bridgesOf({ datapathType, bondMode }: Kind, mirrored: boolean, tagged: boolean): BridgeConfig[] {
  const settings = {
    failMode: 'secure',
    mac: null,
    datapathType,
    macAge: 15,
    macTableSize: 10,
    floodVlans: [],
    forwardReserved: false,
  } as const satisfies Partial<BridgeConfig>;
  const p2 = port('p2');
  const vlan = tagged ? { ...DEFAULT_BUNDLE, vlanMode: 'access' as const, vlan: 7 } : DEFAULT_BUNDLE;
  const first = [
    port('p1'),
    { ...p2, vlan },
    port('p3'),
    port('p4'),
    port('to-br1', 'patch', { peer: 'to-br0' }),
    { ...members('b0', ['e1', 'e2']), bondMode },
    port('t1', 'geneve', { remote_ip: 'flow', key: 'flow' }),
  ];
  const second = [port('q1'), port('to-br0', 'patch', { peer: 'to-br1' })];
  return [
    { ...settings, name: 'br0', ports: first, mirrors: mirrored ? [MIRROR] : [] },
    { ...settings, name: 'br1', ports: second, mirrors: [] },
  ];
}

/** What a sequence of deeds makes of a switch. */
class Lab {
  time = 0;
  readonly sent: string[] = [];
  readonly steps: string[] = [];
  readonly vswitch: Vswitch;
  readonly #isForgetful: boolean;
  readonly #kind: Kind;

  /** `isForgetful`: no megaflow is there when a packet comes. */
  constructor(
    kind: Kind,
    { isForgetful, isRecorded }: { readonly isForgetful: boolean; readonly isRecorded: boolean },
  ) {
    this.#kind = kind;
    this.#isForgetful = isForgetful;
    const context: Context = {
      clock: { now: () => this.time, wallMs: () => 0, after: () => () => undefined },
      random: createRandom(1),
      recorder: {
        active: isRecorded,
        record: (step) => this.steps.push(JSON.stringify({ ...step, frame: step.frame?.join() })) - 1,
      },
    };
    this.vswitch = new Vswitch('host', context);
    this.configure(false, false);
  }

  configure(mirrored: boolean, tagged: boolean): void {
    this.vswitch.reconfigure(bridgesOf(this.#kind, mirrored, tagged));
  }

  /**
   * Does a deed. A bond gives hashes to its members in turn, as they are first asked for, and checking megaflows asks as
   * well (as in Open vSwitch): they are all asked for before.
   */
  act(deed: Deed): void {
    const bond = this.bridge.bundles.find(({ name }) => name === 'b0')?.bond;
    for (const source of SOURCES)
      for (const vlan of [0, ...TAGS]) {
        const flow = createFlow();
        setField(flow, FIELDS.eth_src, source);
        bond?.choose(flow, undefined, vlan);
      }
    deed(this);
  }

  get bridge(): Bridge {
    return present(this.vswitch.bridges.get('br0'));
  }

  receive(name: string, octets: Uint8Array): void {
    const { datapath } = this.vswitch;
    if (this.#isForgetful) datapath.cache.clear(this.time);
    const receiver = present(this.bridge.portByName(name));
    receivePacket(datapath, receiver, octets, null, null, {
      output: (dpPort, out, tunnel) => {
        const key = tunnel ? ` key ${tunnel.key} to ${tunnel.destination.ipv4}` : '';
        this.sent.push(`${datapath.ports.get(dpPort)?.name}${key}: ${out.join()}`);
      },
      packetIn: (_, { reason, table, cookie, octets: up, metadata }) => {
        const words = metadata.with(WORD.recircId, 0).join();
        this.sent.push(`controller ${reason} ${table} ${cookie}: ${up.join()} ${words}`);
      },
    });
  }

  flow(command: FlowMod['command'], text: string): void {
    const [name, rest] = text.startsWith('br1 ') ? ['br1', text.slice(4)] : ['br0', text];
    changeFlows(present(this.vswitch.bridges.get(name)), read(parseFlow(rest, command)), 6);
  }

  group(command: 'add' | 'modify', text: string): void {
    changeGroups(this.bridge, read(parseGroup(text, command)), 6);
  }

  /** Everything that is counted or learned. */
  state(): string[] {
    return [...this.vswitch.bridges.values()].flatMap((bridge) => [
      ...[...bridge.tables.all()].map(
        (rule) =>
          `${rule.table} ${formatMatch(rule.match, { priority: rule.priority })} ${rule.packets} ${rule.bytes} ` +
          `${rule.used} ${rule.idleTimeout} ${rule.hardTimeout}`,
      ),
      ...[...bridge.tables.stats].map(([table, stats]) => `table ${table} ${JSON.stringify(stats)}`),
      ...[...bridge.groups.values()].map(
        (group) => `group ${group.id} ${group.packets} ${group.bytes} ${JSON.stringify(group.bucketStats)}`,
      ),
      ...[...bridge.meters.values()].map((meter) => JSON.stringify([meter.dp.packets, meter.dp.bandStats])),
      ...[...bridge.ports.values()].map((one) => `${one.name} ${JSON.stringify(one.counters)}`),
      ...bridge.macs
        .list()
        .map(({ entry, age }) => `${formatMac(entry.mac)} ${entry.vlan} ${entry.bundle.name} ${age}`),
      JSON.stringify(bridge.macs.stats),
    ]);
  }
}

/** What the packets of a run are, and what its flows look at beside what all packets have. */
interface Focus {
  readonly kinds: readonly Sent['kind'][];
  readonly matches: readonly string[];
}

const FOCUSES: readonly Focus[] = [
  {
    kinds: ['tcp', 'udp'],
    matches: [
      'ip',
      'tcp',
      'udp,tp_dst=80',
      'tcp,tp_src=1000',
      'ip,nw_src=10.0.0.0/31',
      'ip,reg0=5',
      'ip,reg1=1',
    ],
  },
  {
    kinds: ['udp', 'first-fragment', 'later-fragment'],
    matches: ['ip', 'ip,ip_frag=first', 'ip,ip_frag=later', 'ip,ip_frag=no', 'udp,tp_dst=80', 'ip,reg1=1'],
  },
  {
    kinds: ['arp'],
    matches: [
      'arp',
      'arp,arp_op=2',
      'arp,arp_spa=10.0.0.1',
      'arp,arp_tpa=10.0.1.3',
      'arp,arp_sha=02:00:00:00:00:01',
    ],
  },
  {
    kinds: ['discovery'],
    matches: [
      'icmp6',
      'icmp6,icmp_type=135',
      'icmp6,icmp_type=136,icmp_code=0,nd_target=fd00::1',
      'icmp6,icmp_type=136,icmp_code=0,nd_reserved=0x60000000',
      'icmp6,icmp_type=135,icmp_code=0,nd_options_type=1',
      'icmp6,icmp_type=135,icmp_code=0,nd_sll=02:00:00:00:00:01',
      'ipv6,ipv6_dst=fd00::2',
    ],
  },
];
const COMMON = [
  '',
  'dl_vlan=7',
  'vlan_tci=0',
  'in_port=1',
  'in_port=6',
  'dl_src=02:00:00:00:00:01',
  'reg2=1',
];

/** Packets that differ little, so that many of them come to megaflows that others made. */
function somePackets({ kinds }: Focus): fc.Arbitrary<readonly Sent[]> {
  const parts = {
    source: fc.nat({ max: SOURCES.length - 1 }),
    destination: fc.nat({ max: DESTINATIONS.length - 1 }),
    tag: fc.constantFrom(0, ...TAGS),
    addresses: fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 2 })),
    kind: fc.constantFrom(...kinds),
    ports: fc.tuple(fc.constantFrom(1000, 1001), fc.constantFrom(80, 4000)),
    flags: fc.constantFrom<Sent['flags'][]>('syn', 'ack', 'fin'),
    size: fc.constantFrom(10, 10, 12, 700),
    operation: fc.nat({ max: 2 }),
    reserved: fc.constantFrom(0, 0x60000000),
  };
  const others = fc.array(fc.record(parts, { requiredKeys: [] }), { minLength: 2, maxLength: 6 });
  return fc
    .tuple(fc.record(parts), others)
    .map(([first, rest]) => [first, ...rest.map((other) => ({ ...first, ...other }))]);
}

const LEARN =
  'learn(table=4,idle_timeout=3,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[]),resubmit(,4)';
/** Without those for IP alone. */
const PLAIN = [
  'NORMAL',
  'NORMAL',
  'drop',
  'output:2',
  'output:3',
  'output:2,output:3',
  'group:1',
  'group:3',
  'meter:1,NORMAL',
  LEARN,
  'resubmit(,1),NORMAL',
  'load:5->NXM_NX_REG0[],resubmit(,1),load:6->NXM_NX_REG0[],resubmit(,2)',
  'check_pkt_larger(500)->NXM_NX_REG1[0],resubmit(,2)',
  'controller(max_len=40),NORMAL',
  'output:5',
  'output:6',
  'set_field:7->tun_id,set_field:198.51.100.9->tun_dst,output:8',
  'push_vlan:0x8100,set_field:4103->vlan_vid,NORMAL',
  'strip_vlan,NORMAL',
  'move:NXM_OF_ETH_SRC[0..15]->NXM_NX_REG2[0..15],resubmit(,2)',
] as const;
const aList = fc.constantFrom(
  ...PLAIN,
  'group:2,output:4',
  'dec_ttl,resubmit(,1),NORMAL',
  'fin_timeout(idle_timeout=2),resubmit(,1)',
  'ct(table=3,zone=5)',
  'ct(commit,zone=5,nat(src=192.0.2.1)),resubmit(,1)',
  'bundle(eth_src,0,hrw,ofport,members:2,3,4)',
  'multipath(symmetric_l4,0,modulo_n,4,0,NXM_NX_REG0[0..3]),resubmit(,1)',
  'write_actions(output:3),goto_table:2',
  'clone(set_field:9->reg0,resubmit(,1)),output:6',
);
const aState = fc.constantFrom('ip', 'ip,ct_state=+new', 'ip,ct_state=+est', 'ip,ct_state=+trk+rpl');
const aFlow = ({ matches }: Focus): fc.Arbitrary<string> =>
  fc
    .record({
      table: fc.constantFrom(0, 0, 0, 1, 2, 3),
      priority: fc.nat({ max: 3 }),
      match: fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...matches) },
        { weight: 1, arbitrary: fc.constantFrom(...COMMON) },
      ),
      state: aState,
      actions: aList,
      plain: fc.constantFrom(...PLAIN),
      idle: fc.constantFrom('', '', 'idle_timeout=4,', 'hard_timeout=9,'),
    })
    .map(({ table, priority, match, state, idle, plain, actions: forIp }) => {
      const seen = table === 3 ? state : match;
      const actions = /^(?:ip|tcp|udp)\b/.test(seen) ? forIp : plain;
      // Packets only go on to later tables, so that none goes round.
      const reaches = /resubmit\(,(\d)|table[:=](\d)/g;
      const isBackward = [...actions.matchAll(reaches)].some(([, a, b]) => Number(a ?? b) <= table);
      const safe = isBackward || (table > 0 && actions.includes('goto')) ? 'NORMAL' : actions;
      return `table=${table},priority=${priority},${idle}${seen}${seen === '' ? '' : ','}actions=${safe}`;
    });
const aGroup = fc.constantFrom(
  'group_id=1,type=all,bucket=output:2,bucket=dec_ttl,output:3',
  'group_id=1,type=select,bucket=weight:1,output:2,bucket=weight:3,output:3',
  'group_id=2,type=select,selection_method=dp_hash,bucket=weight:1,output:2,bucket=weight:1,output:3',
  'group_id=2,type=select,selection_method=hash,fields(ip_src),bucket=output:2,bucket=output:3',
  'group_id=3,type=ff,bucket=watch_port:2,output:2,bucket=watch_port:3,output:3',
);

type Deed = (lab: Lab) => void;

const aFlag = fc.constantFrom<keyof PortFlags>('down', 'noFlood', 'noForward', 'noReceive');
const aDeed = (focus: Focus, packets: readonly Sent[]): fc.Arbitrary<Deed> =>
  fc.oneof(
    {
      weight: 24,
      arbitrary: fc
        .tuple(
          fc.constantFrom('p1', 'p1', 'p1', 'p2', 'e1', 'e2'),
          fc.constantFrom(...packets),
          fc.integer({ min: 1, max: 3 }),
        )
        .map(([name, packet, times]): Deed => (lab) => {
          for (let at = 0; at < times; at += 1) lab.receive(name, octetsOf(packet));
        }),
    },
    {
      weight: 3,
      arbitrary: aFlow(focus).map(
        (text): Deed =>
          (lab) =>
            lab.flow('add', text),
      ),
    },
    {
      weight: 1,
      arbitrary: aFlow(focus).map(
        (text): Deed =>
          (lab) =>
            lab.flow('add', `br1 ${text}`),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...focus.matches).map(
        (match): Deed =>
          (lab) =>
            lab.flow('delete', match),
      ),
    },
    {
      weight: 1,
      arbitrary: aGroup.map(
        (text): Deed =>
          (lab) =>
            lab.group('modify', text),
      ),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(0.1, 1, 5, 20).map((seconds): Deed => (lab) => {
        lab.time += seconds * SECOND;
      }),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(fc.constantFrom('p1', 'p2', 'p3', 'e1', 'e2', 'to-br1'), aFlag, fc.boolean()).map(
        ([name, flag, on]): Deed =>
          (lab) =>
            setPortFlag(present(lab.bridge.portByName(name)), flag, on),
      ),
    },
    { weight: 1, arbitrary: fc.constant<Deed>((lab) => lab.bridge.macs.flush()) },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.boolean(), fc.boolean()).map(
        ([mirrored, tagged]): Deed =>
          (lab) =>
            lab.configure(mirrored, tagged),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('normal' as const, 'drop' as const).map(
        (mode): Deed =>
          (lab) =>
            void (lab.bridge.fragments = mode),
      ),
    },
    {
      weight: 2,
      arbitrary: fc.constant<Deed>((lab) => {
        const bond = lab.bridge.bundles.find(({ name }) => name === 'b0')?.bond;
        const other = [...(bond?.members.keys() ?? [])].find((one) => one !== bond?.active);
        if (other) bond?.setActive(other);
      }),
    },
  );

const START = [
  'priority=0,actions=NORMAL',
  'br1 priority=0,actions=NORMAL',
  'table=1,priority=0,actions=output:4',
  'table=3,priority=0,actions=NORMAL',
];

function prepare(lab: Lab): Lab {
  for (const group of [1, 2, 3]) lab.group('add', `group_id=${group},type=all,bucket=output:3`);
  putMeter(lab.bridge, read(parseMeter('meter=1,pktps,stats,band=type=drop,rate=2', true)), 'add');
  for (const flow of START) lab.flow('add', flow);
  return lab;
}

/** Numbers of frozen states differ with how long each was in use. */
const alike = (texts: readonly string[]): string[] =>
  texts.map((text) => text.replaceAll(/recirc\(0x[0-9a-f]+\)/g, 'recirc'));

const aKind = fc.record<Kind>({
  datapathType: fc.constantFrom('', 'netdev'),
  bondMode: fc.constantFrom('active-backup', 'balance-slb'),
});

const aRun = fc.constantFrom(...FOCUSES).chain((focus) =>
  somePackets(focus).chain((packets) =>
    fc.record({
      flows: fc.array(aFlow(focus), { maxLength: 8 }),
      deeds: fc.array(aDeed(focus, packets), { minLength: 10, maxLength: 60 }),
    }),
  ),
);

const KERNEL: Kind = { datapathType: '', bondMode: 'active-backup' };
const UDP: Sent = {
  source: 0,
  destination: 1,
  tag: 0,
  addresses: [0, 1],
  kind: 'udp',
  ports: [1000, 80],
  flags: 'syn',
  size: 10,
  operation: 1,
  reserved: 0,
};

describe('forwarding by megaflows', () => {
  it('sends, counts, learns and records what translating each packet does', () => {
    let hits = 0;
    fc.assert(
      fc.property(aKind, aRun, (kind, { flows, deeds }) => {
        const plain = prepare(new Lab(kind, { isForgetful: true, isRecorded: true }));
        const others = [true, false].map((isRecorded) =>
          prepare(new Lab(kind, { isForgetful: false, isRecorded })),
        );
        for (const lab of [plain, ...others]) {
          for (const flow of flows) lab.flow('add', flow);
          for (const deed of deeds) lab.act(deed);
        }
        for (const lab of others) {
          expect(alike(lab.sent)).toEqual(alike(plain.sent));
          expect(lab.state()).toEqual(plain.state());
          hits += lab.vswitch.datapath.cache.hits;
        }
        expect(alike(present(others[0]).steps)).toEqual(alike(plain.steps));
      }),
      { numRuns: 40 },
    );
    // Most packets are not translated: otherwise this says little.
    expect(hits).toBeGreaterThan(50);
  }, 120_000);

  it('asks the tables again only when something changed', () => {
    const lab = prepare(new Lab(KERNEL, { isForgetful: false, isRecorded: false }));
    const packet = octetsOf({ ...UDP, destination: 3 });
    const treatments = () => currentMegaflows(lab.vswitch.datapath).map(({ treatment }) => treatment);
    lab.receive('p1', packet);
    const [first] = treatments();
    lab.receive('p1', packet);
    expect(treatments()).toEqual([first]);
    expect(treatments()[0]).toBe(first);
    lab.flow('add', 'priority=9,actions=output:3');
    lab.receive('p1', packet);
    expect(treatments().map(({ actions }) => formatDpActions(actions))).toEqual(['3']);
  });

  it.each(['', 'netdev'] as const)(
    'tells neighbour discovery apart by all that flows look at (%s)',
    (type) => {
      const lab = new Lab({ ...KERNEL, datapathType: type }, { isForgetful: false, isRecorded: false });
      lab.flow('add', 'priority=1,icmp6,icmp_type=135,icmp_code=0,nd_options_type=1,actions=output:2');
      lab.flow('add', 'priority=1,icmp6,icmp_type=136,icmp_code=0,nd_reserved=0x60000000,actions=output:3');
      const solicitation: Sent = { ...UDP, kind: 'discovery' };
      const advertisement: Sent = { ...solicitation, ports: [1001, 80] };
      const wayOf = (sent: Sent): string => {
        lab.sent.length = 0;
        lab.receive('p1', octetsOf(sent));
        return lab.sent.map((text) => text.slice(0, 2)).join();
      };
      const ways = () => [
        wayOf({ ...solicitation, operation: 1 }),
        wayOf({ ...solicitation, operation: 2 }),
        wayOf({ ...advertisement, reserved: 0x60000000 }),
        wayOf({ ...advertisement, reserved: 0x20000000 }),
      ];
      expect(ways()).toEqual(['p2', '', 'p3', '']);
      const { hits } = lab.vswitch.datapath.cache;
      expect(ways()).toEqual(['p2', '', 'p3', '']);
      const rows = currentMegaflows(lab.vswitch.datapath).map((one) =>
        formatMegaflow(one, 0, { userspace: type === 'netdev' }),
      );
      // The kernel has no place for either: ovs-vswitchd takes each packet itself.
      const slow = rows.filter((row) => row.includes('actions:userspace(pid=0,slow_path(match))'));
      const extended = rows.filter((row) => /,nd_ext\(nd_reserved=0x\w+,nd_options_type=[12]/.test(row));
      expect([lab.vswitch.datapath.cache.hits - hits, rows.length, slow.length, extended.length]).toEqual(
        type === '' ? [4, 2, 2, 0] : [4, 4, 0, 4],
      );
    },
  );

  it.each([false, true])(
    'does not translate again where less is looked at than before (recorded: %s)',
    (isRecorded) => {
      const lab = prepare(new Lab(KERNEL, { isForgetful: false, isRecorded }));
      lab.flow('add', 'priority=9,udp,tp_dst=99,actions=output:3');
      const packet = octetsOf({ ...UDP, destination: 3 });
      lab.receive('p1', packet);
      lab.flow('delete', 'udp,tp_dst=99');
      lab.receive('p1', packet);
      const [megaflow] = lab.vswitch.datapath.cache.list(0);
      expect(megaflow?.treatment.repetition?.stands).toBe(true);
      expect(megaflow?.treatment.itinerary !== null).toBe(isRecorded);
    },
  );

  it('holds so many megaflows and no more, and forwards what comes beyond', () => {
    const lab = prepare(new Lab(KERNEL, { isForgetful: false, isRecorded: false }));
    // All that the hash is made of is looked at.
    lab.flow('add', 'tcp,actions=multipath(symmetric_l4,0,modulo_n,4,0,NXM_NX_REG0[0..3]),output:3');
    for (let at = 0; at < FLOW_LIMIT + 5; at += 1)
      lab.receive('p1', octetsOf({ ...UDP, kind: 'tcp', ports: [1 + (at % 200), 1 + Math.floor(at / 200)] }));
    expect(lab.sent).toHaveLength(FLOW_LIMIT + 5);
    expect(lab.vswitch.datapath.cache.list(0)).toHaveLength(FLOW_LIMIT);
    lab.time += 20 * SECOND;
    lab.receive('p1', octetsOf(UDP));
    expect(lab.vswitch.datapath.cache.list(lab.time)).toHaveLength(1);
  });
});
