import { describe, expect, it } from 'vitest';
import { parseIpv4 } from '../base/address.ts';
import { present } from '../base/assert.ts';
import type { Context } from '../base/context.ts';
import { createRandom } from '../base/random.ts';
import type { Step } from '../base/step.ts';
import { FIELDS } from '../flow/fields.table.ts';
import { copyFlow, setField } from '../flow/flow.ts';
import { OFPP } from '../flow/ofport.table.ts';
import { addTlvMappings, EMPTY_TLV_MAP } from '../flow/tlv-map.ts';
import { decode, encodeEthernet, encodeIpv4, encodeUdp } from '../wire/index.ts';
import { parseActions } from './actions/act-list.ts';
import type { Bridge } from './bridge/bridge.ts';
import { cutAgain } from './conntrack/fragments.ts';
import { DEFAULT_BUNDLE, type BundleConfig } from './bridge/port.ts';
import { formatMegaflow } from './dp-flow-text.ts';
import { parseFlow } from './flow-parse.ts';
import { packetOut, receivePacket, resume, type PacketIn, type TunnelSend } from './receive.ts';
import { changeFlows } from './request/flow-request.ts';
import type { PortConfig } from './vswitch/config.ts';
import { Vswitch } from './vswitch/vswitch.ts';

const ip = (text: string): number => present(parseIpv4(text));

function frame(source: string, destination: string, ttl = 64): Uint8Array {
  const pseudo = { family: 4 as const, source: ip(source), destination: ip(destination) };
  const segment = encodeUdp({ sourcePort: 1000, destinationPort: 4000 }, new Uint8Array(8), pseudo);
  const packet = encodeIpv4({ ...pseudo, protocol: 17, ttl, identification: 1 }, segment);
  return encodeEthernet({ destination: 0x020000000002n, source: 0x020000000001n, type: 0x800 }, packet);
}

const port = (
  name: string,
  vlan: Partial<BundleConfig> = {},
  type = '',
  options: Readonly<Record<string, string>> = {},
): PortConfig => ({
  name,
  interfaces: [
    {
      name,
      type,
      options: new Map(Object.entries(options)),
      ofportRequest: null,
      device: { mac: 1n, mtu: 1500, up: true },
    },
  ],
  vlan: { ...DEFAULT_BUNDLE, ...vlan },
  bondMode: 'active-backup',
});

/** A switch with one bridge, and everything that leaves it. */
class Bench {
  readonly sent: string[] = [];
  readonly tunnels: TunnelSend[] = [];
  readonly packetIns: PacketIn[] = [];
  readonly steps: Omit<Step, 'id' | 'time'>[] = [];
  readonly vswitch: Vswitch;
  readonly bridge: Bridge;

  constructor(ports: readonly PortConfig[], flows: readonly string[]) {
    const context: Context = {
      clock: { now: () => 0, wallMs: () => 0, after: () => () => undefined },
      random: createRandom(1),
      recorder: { active: true, record: (step) => this.steps.push(step) - 1 },
    };
    this.vswitch = new Vswitch('host', context);
    const settings = {
      failMode: 'secure',
      mac: null,
      datapathType: '',
      macAge: 300,
      macTableSize: 1000,
      floodVlans: [],
    } as const;
    this.vswitch.reconfigure([{ name: 'br0', ...settings, forwardReserved: false, ports, mirrors: [] }]);
    this.bridge = present(this.vswitch.bridges.get('br0'));
    const map = addTlvMappings(EMPTY_TLV_MAP, [{ optionClass: 0x102, type: 0x80, length: 4, index: 0 }]);
    if (map.ok) this.bridge.tlv = map.value;
    for (const flow of flows) {
      const parsed = parseFlow(flow, 'add', { tlv: this.bridge.tlv });
      if (!parsed.ok) throw new Error(parsed.error);
      expect(changeFlows(this.bridge, parsed.value, 6)).toBeNull();
    }
  }

  readonly sink = {
    output: (dpPort: number, octets: Uint8Array, tunnel: TunnelSend | null): void => {
      if (tunnel) this.tunnels.push(tunnel);
      this.sent.push(`${this.vswitch.datapath.ports.get(dpPort)?.name ?? dpPort}: ${summary(octets)}`);
    },
    packetIn: (_: Bridge, packetIn: PacketIn): void => void this.packetIns.push(packetIn),
  };

  receive(name: string, octets: Uint8Array): readonly string[] {
    this.sent.length = 0;
    receivePacket(
      this.vswitch.datapath,
      present(this.bridge.portByName(name)),
      octets,
      null,
      null,
      this.sink,
    );
    return [...this.sent];
  }
}

/** What a frame holds, with any checksum that is wrong. */
function summary(octets: Uint8Array): string {
  const decoded = decode(octets);
  const dotted = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
  const layers = decoded.layers.map((layer) => {
    if (layer.kind === 'ipv4') return `${dotted(layer.source)}>${dotted(layer.destination)} ttl ${layer.ttl}`;
    return layer.kind === 'vlan' ? 'vlan' : '';
  });
  return [...layers, ...decoded.problems.map((problem) => problem.message)]
    .filter((text) => text !== '')
    .join(' ');
}

describe('receivePacket', () => {
  it('rewrites octets and keeps checksums right', () => {
    const bench = new Bench(
      [port('p1'), port('p2')],
      ['in_port=1,udp actions=set_field:10.9.9.9->ip_dst,dec_ttl,set_field:99->udp_dst,output:2'],
    );
    expect(bench.receive('p1', frame('10.0.0.1', '10.0.0.2'))).toEqual(['p2: 10.0.0.1>10.9.9.9 ttl 63']);
  });

  it('learns, floods and keeps VLANs apart', () => {
    const access = { vlanMode: 'access', vlan: 5 } as const;
    const bench = new Bench(
      [port('p1', access), port('p2', access), port('p3'), port('p4', { vlanMode: 'access', vlan: 6 })],
      ['actions=NORMAL'],
    );
    const text = '10.0.0.1>10.0.0.2 ttl 64';
    expect(bench.receive('p1', frame('10.0.0.1', '10.0.0.2'))).toEqual([`p2: ${text}`, `p3: vlan ${text}`]);
    expect(bench.bridge.macs.size).toBe(1);
  });

  it('translates a connection and its answers', () => {
    const bench = new Bench(
      [port('p1'), port('p2')],
      [
        'udp actions=ct(zone=1,nat,table=1)',
        'table=1,in_port=1,udp,ct_state=+new actions=ct(commit,zone=1,nat(src=192.0.2.1)),output:2',
        'table=1,in_port=2,udp,ct_state=+est actions=output:1',
      ],
    );
    expect(bench.receive('p1', frame('10.0.0.1', '10.0.0.2'))).toEqual(['p2: 192.0.2.1>10.0.0.2 ttl 64']);
    expect(bench.vswitch.datapath.conntrack.connections()).toHaveLength(1);
    // Each step is on the bridge whose flow asked for it: its octets begin with the Ethernet header.
    expect(bench.steps.map(({ what, where }) => [what.kind, where.bridge])).toEqual([
      ['table', 'br0'],
      ['conntrack', 'br0'],
      ['recirculated', 'br0'],
      ['table', 'br0'],
      ['conntrack', 'br0'],
      ['output', undefined],
    ]);
  });

  it('says that a helper beside translation is not modelled', () => {
    const bench = new Bench(
      [port('p1'), port('p2')],
      ['udp actions=ct(commit,zone=1,alg=tftp,nat(src=192.0.2.1)),output:2'],
    );
    bench.receive('p1', frame('10.0.0.1', '10.0.0.2'));
    const texts = bench.steps.flatMap(({ what }) => (what.kind === 'conntrack' ? [what.text] : []));
    expect(texts).toEqual([
      expect.stringMatching(/; alg=tftp of a translated connection is not modelled here$/),
    ]);
  });

  it('tracks the datagram that fragments make, and sends it on in fragments', () => {
    const bench = new Bench(
      [port('p1'), port('p2')],
      [
        'ip actions=ct(zone=1,table=1)',
        'table=1,udp,tp_dst=4000,ct_state=+new-inv,ip_frag=no actions=ct(commit,zone=1),output:2',
      ],
    );
    const pseudo = { family: 4 as const, source: ip('10.0.0.1'), destination: ip('10.0.0.2') };
    const segment = encodeUdp({ sourcePort: 1000, destinationPort: 4000 }, new Uint8Array(2000), pseudo);
    const packet = encodeIpv4({ ...pseudo, protocol: 17, ttl: 64, identification: 1 }, segment);
    const address = { destination: 0x020000000002n, source: 0x020000000001n, type: 0x800 };
    const parts = cutAgain(encodeEthernet(address, packet), 1500, 0);
    const [first, second] = parts.toReversed().map((part) => bench.receive('p1', part).length);
    expect([parts.length, first, second]).toEqual([2, 0, 2]);
    const sent = bench.steps.filter(({ what }) => what.kind === 'output').map((step) => step.frame);
    expect(sent).toEqual(parts);
    expect(bench.steps.filter(({ what }) => what.kind === 'queued')).toHaveLength(1);
    expect(bench.vswitch.datapath.conntrack.connections()).toHaveLength(1);
  });

  it('records the tables visited with the flows that matched', () => {
    const bench = new Bench(
      [port('p1'), port('p2')],
      ['actions=set_field:1->reg0,resubmit(,3)', 'table=3 actions=drop'],
    );
    bench.receive('p1', frame('10.0.0.1', '10.0.0.2'));
    expect(bench.steps.map((step) => [step.what.kind, step.because.map((row) => row.kind).join()])).toEqual([
      ['table', 'openflow'],
      ['table', 'openflow'],
      ['dropped', ''],
    ]);
  });

  it('leaves a megaflow behind', () => {
    const bench = new Bench([port('p1'), port('p2')], ['in_port=1,ip,nw_dst=10.0.0.0/24 actions=output:2']);
    for (let i = 0; i < 3; i += 1) bench.receive('p1', frame('10.0.0.1', '10.0.0.2'));
    const rows = bench.vswitch.datapath.cache.list(0).map((flow) => formatMegaflow(flow, 0));
    expect(rows).toEqual([
      'recirc_id(0),in_port(1),eth(),eth_type(0x0800),ipv4(dst=10.0.0.0/255.255.255.0,frag=no), packets:2, bytes:100, used:0.000s, actions:2',
    ]);
    const [flow] = bench.vswitch.datapath.cache.list(0);
    expect(flow && formatMegaflow(flow, 0, { userspace: true })).toContain(
      'recirc_id(0),in_port(1),packet_type(ns=0,id=0),eth_type(0x0800),ipv4(dst=10.0.0.',
    );
  });

  it('does without ovs-vswitchd what the megaflows say, and loses what they send up to it', () => {
    const lost = (actions: string): readonly unknown[] => {
      const bench = new Bench([port('p1'), port('p2')], [`ip,nw_dst=10.0.0.0/24 actions=${actions}`]);
      bench.receive('p1', frame('10.0.0.1', '10.0.0.2'));
      bench.vswitch.end();
      bench.packetIns.length = 0;
      bench.steps.length = 0;
      const sent = bench.receive('p1', frame('10.0.0.1', '10.0.0.3'));
      const whys = bench.steps.map(({ what }) =>
        what.kind === 'dropped' && what.reason.kind === 'fault' ? what.reason.problem : what.kind,
      );
      return [sent, whys, bench.packetIns.length, bench.vswitch.datapath.cache.lost];
    };
    // The tables that the first packet visited are gone: this one visits none.
    expect(lost('output:2')).toEqual([['p2: 10.0.0.1>10.0.0.3 ttl 64'], ['output'], 0, 0]);
    const gone = 'its megaflow sends it to ovs-vswitchd, and there is none';
    expect(lost('debug_slow,output:2')).toEqual([[], [gone], 0, 1]);
    expect(lost('controller')).toEqual([[], [gone], 0, 1]);
  });

  it('hands tunnels their metadata', () => {
    const geneve = port('t', {}, 'geneve', { remote_ip: 'flow', key: 'flow' });
    const bench = new Bench(
      [port('p1'), geneve],
      [
        'in_port=1 actions=set_field:7->tun_id,set_field:192.0.2.9->tun_dst,set_field:0x10002->tun_metadata0,output:2',
      ],
    );
    bench.receive('p1', frame('10.0.0.1', '10.0.0.2'));
    expect(
      bench.tunnels.map(({ key, destination, options }) => [key, destination.ipv4, options[0]?.value]),
    ).toEqual([[7n, ip('192.0.2.9'), Uint8Array.of(0, 1, 0, 2)]]);
  });

  it('pauses for a controller and goes on with what that changed', () => {
    const bench = new Bench(
      [port('p1'), port('p2')],
      [
        'actions=controller(userdata=01.02,pause),resubmit(,4)',
        'table=4,reg0=1 actions=output:2',
        'table=4,priority=0 actions=drop',
      ],
    );
    expect(bench.receive('p1', frame('10.0.0.1', '10.0.0.2'))).toEqual([]);
    const packetIn = present(bench.packetIns[0]);
    expect([...packetIn.userdata]).toEqual([1, 2]);
    const metadata = copyFlow(packetIn.metadata);
    setField(metadata, FIELDS.reg0, 1);
    resume(present(packetIn.continuation ?? undefined), packetIn.octets, metadata, null, bench.sink);
    expect(bench.sent).toEqual(['p2: 10.0.0.1>10.0.0.2 ttl 64']);
  });
});

describe('packetOut', () => {
  it('sends a packet through actions as if it had come in', () => {
    const bench = new Bench([port('p1'), port('p2')], ['table=9,reg1=5 actions=output:1,output:2']);
    const actions = parseActions('set_field:5->reg1,resubmit(,9)');
    if (!actions.ok) throw new Error(actions.error);
    packetOut(
      bench.bridge,
      frame('10.0.0.1', '10.0.0.2'),
      OFPP.controller,
      actions.value.actions,
      null,
      bench.sink,
    );
    expect(bench.sent.map((line) => line.slice(0, 2))).toEqual(['p1', 'p2']);
  });
});
