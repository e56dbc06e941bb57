/** Packets that a megaflow decides, against the same packets translated one by one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMac, parseIpv4 } from '../../base/address.ts';
import { present } from '../../base/assert.ts';
import type { Context } from '../../base/context.ts';
import { createRandom } from '../../base/random.ts';
import type { Result } from '../../base/result.ts';
import { formatMatch } from '../../flow/match-text.ts';
import { WORD } from '../../flow/words.table.ts';
import { encodeEthernet, encodeIpv4, encodeTcp, encodeUdp } from '../../wire/index.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { DEFAULT_BUNDLE, setPortFlag, type PortFlags } from '../bridge/port.ts';
import { formatDpActions } from '../dp-action-text.ts';
import { parseFlow, type FlowMod } from '../flow-parse.ts';
import { parseGroup } from '../group-text.ts';
import { parseMeter } from '../meter-text.ts';
import { receivePacket } from '../receive.ts';
import { changeFlows } from '../request/flow-request.ts';
import { changeGroups } from '../request/group-request.ts';
import { putMeter } from '../request/meter-request.ts';
import type { BridgeConfig, MirrorConfig, PortConfig } from '../vswitch/config.ts';
import { Vswitch } from '../vswitch/vswitch.ts';
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

function bridgesOf(mirrored: boolean, tagged: boolean): BridgeConfig[] {
  const settings = {
    failMode: 'secure',
    mac: null,
    datapathType: '',
    macAge: 15,
    macTableSize: 10,
    floodVlans: [],
    forwardReserved: false,
  } as const;
  const p2 = port('p2');
  const vlan = tagged ? { ...DEFAULT_BUNDLE, vlanMode: 'access' as const, vlan: 7 } : DEFAULT_BUNDLE;
  const first = [
    port('p1'),
    { ...p2, vlan },
    port('p3'),
    port('p4'),
    port('to-br1', 'patch', { peer: 'to-br0' }),
    members('b0', ['e1', 'e2']),
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

  /** `isForgetful`: no megaflow is there when a packet comes. */
  constructor({ isForgetful, isRecorded }: { readonly isForgetful: boolean; readonly isRecorded: boolean }) {
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
    this.vswitch.reconfigure(bridgesOf(false, false));
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
      ...[...bridge.ports.values()]
        .filter((one) => !one.bundle?.bond)
        .map((one) => `${one.name} ${JSON.stringify(one.counters)}`),
      ...bridge.macs
        .list()
        .map(({ entry, age }) => `${formatMac(entry.mac)} ${entry.vlan} ${entry.bundle.name} ${age}`),
      JSON.stringify(bridge.macs.stats),
    ]);
  }
}

const MACS = [0x020000000001n, 0x020000000002n, 0x020000000003n, 0xffffffffffffn, 0x0180c2000000n] as const;
const ADDRESSES = ['10.0.0.1', '10.0.0.2', '10.0.1.3'] as const;

interface Sent {
  readonly port: string;
  readonly source: number;
  readonly destination: number;
  readonly addresses: readonly [number, number];
  readonly tcp: boolean;
  readonly ports: readonly [number, number];
  readonly flags: 'syn' | 'ack' | 'fin';
  readonly size: number;
}

function octetsOf({ source, destination, addresses, tcp, ports, flags, size }: Sent): Uint8Array {
  const ip = (at: number): number => present(parseIpv4(present(ADDRESSES[at])));
  const pseudo = { family: 4 as const, source: ip(addresses[0]), destination: ip(addresses[1]) };
  const [sourcePort, destinationPort] = ports;
  const data = new Uint8Array(size);
  const bits = { syn: 0x02, ack: 0x10, fin: 0x11 }[flags];
  const segment = tcp
    ? encodeTcp(
        { sourcePort, destinationPort, sequence: 1, acknowledgement: 1, flags: bits, window: 1 },
        data,
        pseudo,
      )
    : encodeUdp({ sourcePort, destinationPort }, data, pseudo);
  const packet = encodeIpv4(
    { ...pseudo, protocol: tcp ? 6 : 17, ttl: size % 3 === 0 ? 1 : 64, identification: 1 },
    segment,
  );
  const ends = { source: MACS[source] ?? 1n, destination: MACS[destination] ?? 2n };
  return encodeEthernet({ ...ends, type: 0x800 }, packet);
}

const aPacket: fc.Arbitrary<Sent> = fc.record({
  port: fc.constantFrom('p1', 'p2', 'p3', 'e1', 'e2'),
  source: fc.nat({ max: 2 }),
  destination: fc.nat({ max: 4 }),
  addresses: fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 2 })),
  tcp: fc.boolean(),
  ports: fc.tuple(fc.constantFrom(1000, 1001), fc.constantFrom(80, 4000)),
  flags: fc.constantFrom('syn', 'ack', 'fin'),
  size: fc.constantFrom(10, 10, 12, 700),
});

const LEARN =
  'learn(table=4,idle_timeout=3,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[]),resubmit(,4)';
const aList = fc.constantFrom(
  'NORMAL',
  'drop',
  'output:2,output:3',
  'group:1',
  'group:2,output:4',
  'group:3',
  'meter:1,NORMAL',
  LEARN,
  'dec_ttl,resubmit(,1),NORMAL',
  'fin_timeout(idle_timeout=2),resubmit(,1)',
  'load:5->NXM_NX_REG0[],resubmit(,1),load:6->NXM_NX_REG0[],resubmit(,2)',
  'check_pkt_larger(500)->NXM_NX_REG1[0],resubmit(,2)',
  'ct(table=3,zone=5)',
  'ct(commit,zone=5,nat(src=192.0.2.1)),resubmit(,1)',
  'controller(max_len=40),NORMAL',
  'output:5',
  'set_field:7->tun_id,set_field:198.51.100.9->tun_dst,output:8',
  'push_vlan:0x8100,set_field:4103->vlan_vid,NORMAL',
  'bundle(eth_src,0,hrw,ofport,members:2,3,4)',
  'multipath(symmetric_l4,0,modulo_n,4,0,NXM_NX_REG0[0..3]),resubmit(,1)',
  'write_actions(output:3),goto_table:2',
  'clone(set_field:9->reg0,resubmit(,1)),output:6',
);
// Many of the actions are for IP alone.
const aMatch = fc.constantFrom(
  'ip',
  'tcp',
  'udp,tp_dst=80',
  'tcp,tp_src=1000',
  'in_port=1,ip',
  'in_port=2,ip',
  'ip,nw_src=10.0.0.0/31',
  'ip,dl_src=02:00:00:00:00:01',
  'ip,reg0=5',
  'ip,reg1=1',
);
const aState = fc.constantFrom('ip', 'ip,ct_state=+new', 'ip,ct_state=+est', 'ip,ct_state=+trk+rpl');
const aFlow = fc
  .record({
    table: fc.constantFrom(0, 0, 1, 2, 3),
    priority: fc.nat({ max: 3 }),
    match: aMatch,
    state: aState,
    actions: aList,
    idle: fc.constantFrom('', '', 'idle_timeout=4,', 'hard_timeout=9,'),
  })
  .map(({ table, priority, match, state, actions, idle }) => {
    const seen = table === 3 ? state : match;
    // Packets only go on to later tables, so that none goes round.
    const reaches = /resubmit\(,(\d)|table[:=](\d)/g;
    const isBackward = [...actions.matchAll(reaches)].some(([, a, b]) => Number(a ?? b) <= table);
    const safe = isBackward || (table > 0 && actions.includes('goto')) ? 'NORMAL' : actions;
    return `table=${table},priority=${priority},${idle}${seen},actions=${safe}`;
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
const aDeed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.tuple(aPacket, fc.integer({ min: 1, max: 3 })).map(([packet, times]): Deed => (lab) => {
      for (let at = 0; at < times; at += 1) lab.receive(packet.port, octetsOf(packet));
    }),
  },
  {
    weight: 3,
    arbitrary: aFlow.map(
      (text): Deed =>
        (lab) =>
          lab.flow('add', text),
    ),
  },
  {
    weight: 1,
    arbitrary: aFlow.map(
      (text): Deed =>
        (lab) =>
          lab.flow('add', `br1 ${text}`),
    ),
  },
  {
    weight: 1,
    arbitrary: aMatch.map(
      (match): Deed =>
        (lab) =>
          lab.flow('delete', `table=2,${match}`),
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
          void lab.vswitch.reconfigure(bridgesOf(mirrored, tagged)),
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
    weight: 1,
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

/**
 * Numbers of frozen states differ with how long each was in use. The members of a bond take hashes in turn, and checking
 * megaflows takes turns as well, as in Open vSwitch.
 */
const alike = (texts: readonly string[]): string[] =>
  texts.map((text) => text.replaceAll(/recirc\(0x[0-9a-f]+\)/g, 'recirc').replaceAll(/\be[12]\b/g, 'member'));

describe('forwarding by megaflows', () => {
  it('sends, counts, learns and records what translating each packet does', () => {
    let hits = 0;
    fc.assert(
      fc.property(
        fc.array(aFlow, { maxLength: 6 }),
        fc.array(aDeed, { minLength: 10, maxLength: 60 }),
        (flows, deeds) => {
          const plain = prepare(new Lab({ isForgetful: true, isRecorded: true }));
          const others = [true, false].map((isRecorded) =>
            prepare(new Lab({ isForgetful: false, isRecorded })),
          );
          for (const lab of [plain, ...others]) {
            for (const flow of flows) lab.flow('add', flow);
            for (const deed of deeds) deed(lab);
          }
          for (const lab of others) {
            expect(alike(lab.sent)).toEqual(alike(plain.sent));
            expect(lab.state()).toEqual(plain.state());
            hits += lab.vswitch.datapath.cache.hits;
          }
          expect(alike(present(others[0]).steps)).toEqual(alike(plain.steps));
        },
      ),
      { numRuns: 15 },
    );
    // Most packets are not translated: otherwise this says little.
    expect(hits).toBeGreaterThan(50);
  }, 120_000);

  it('asks the tables again only when something changed', () => {
    const lab = prepare(new Lab({ isForgetful: false, isRecorded: false }));
    const packet = octetsOf({
      port: 'p1',
      source: 0,
      destination: 3,
      addresses: [0, 1],
      tcp: false,
      ports: [1000, 80],
      flags: 'syn',
      size: 10,
    });
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
});
