/** What the bridges of one host share: datapath ports, patch links, tunnels, frozen packets, tracked connections. */
import type { Context } from '../../base/context.ts';
import { LogLevels } from '../../base/log-levels.ts';
import type { RowRef } from '../../base/step.ts';
import { WORD } from '../../flow/words.table.ts';
import { getField, type Flow } from '../../flow/flow.ts';
import { FIELDS } from '../../flow/fields.table.ts';
import { packetTypeOf, word } from '../../flow/packet-kind.ts';
import { Conntrack } from '../conntrack/conntrack.ts';
import type { OfpAct } from '../actions/ofpact.ts';
import { FlowCache } from '../datapath/flow-cache.ts';
import type { LookUps } from '../why/look-ups.ts';
import type { Bridge } from './bridge.ts';
import type { MeterSpec } from './meter.ts';
import type { FlowRule } from './flow-rule.ts';
import { DpMeter } from '../qos/dp-meter.ts';
import type { HtbQos } from '../qos/htb.ts';
import type { Policer } from '../qos/policer.ts';
import type { Lacp } from '../lacp/lacp.ts';
import { zeroCounters, type Port, type PortCounters } from './port.ts';
import { RecirculationPool } from './recirculation.ts';
import type { TunnelAddress } from './tunnel-config.ts';

/** A port of the datapath. Tunnels of one kind share one. */
export interface DpPort {
  readonly number: number;
  readonly name: string;
  readonly type: string;
  /** What came in and what left by it, octets as they went; tunnels, which share a device, count for themselves. */
  readonly counters: PortCounters;
  /** The queues of a kernel device, or the type of those that are not modelled; null without QoS. */
  /** Limits what comes in. */
  policer: Policer | null;
  qos: HtbQos | { readonly unmodelled: string } | null;
}

/** What the datapath can do, as `dpif/show-dp-features` tells. */
export interface DpFeatures {
  checkPktLen: boolean;
  clone: boolean;
  explicitDrop: boolean;
  ctClear: boolean;
  /** Open vSwitch before 3.0 cleared the connection even of packets that have none. */
  clearsUntracked: boolean;
  truncate: boolean;
  addMpls: boolean;
  ctTimeout: boolean;
  recirculation: boolean;
}

const defaultFeatures = (release: SwitchRelease): DpFeatures => ({
  checkPktLen: true,
  clone: true,
  explicitDrop: true,
  ctClear: true,
  clearsUntracked: release === '2.15',
  truncate: true,
  addMpls: true,
  ctTimeout: true,
  recirculation: true,
});

/** Releases of Open vSwitch that can be run; the texts of traces tell them apart. */
export type SwitchRelease = '2.15' | '3.7';

export class Datapath {
  /** Name of the machine, for steps. */
  readonly host: string;
  readonly context: Context;
  readonly bridges = new Map<string, Bridge>();
  readonly ports = new Map<number, DpPort>();
  readonly frozen = new RecirculationPool();
  readonly conntrack: Conntrack;
  /** In order of creation. */
  readonly lacps = new Set<Lacp>();
  readonly cache: FlowCache;
  features: DpFeatures;
  readonly release: SwitchRelease;
  /** What the type of internal ports is called, `dummy-internal` for a datapath without a kernel. */
  internalType = 'internal';
  /** Packets are forwarded by vswitchd itself: each of the bridges asks for it. */
  userspace = false;
  /** VLAN headers that packets are looked at for (`other_config:vlan-limit`). */
  vlanLimit = 1;
  /** Rises with every change of what the bridges are told, but for what their tables hold: ports, mirrors, fragments ... */
  settings = 0;
  /** Texts of flows that steps refer to, kept as long as the flows. */
  readonly rowTexts = new WeakMap<FlowRule, { readonly actions: readonly OfpAct[]; readonly row: RowRef }>();
  /** What recorded visits of tables asked, by their steps. */
  readonly lookUps: LookUps = new Map();
  /** What vswitchd logs. */
  logLevels = new LogLevels();
  /** By their numbers in datapath actions. */
  readonly meters = new Map<number, DpMeter>();

  constructor(host: string, context: Context, release: SwitchRelease = '3.7') {
    this.host = host;
    this.release = release;
    this.context = context;
    this.features = defaultFeatures(release);
    this.cache = new FlowCache(this.frozen);
    this.conntrack = new Conntrack(context.clock, context.random);
  }

  /**
   * What another vswitchd finds: the kernel's ports, its counts of packets and its connections. One in userspace ended with
   * the process.
   */
  begin(): void {
    const { cache } = this;
    cache.attended = true;
    cache.clear(this.context.clock.now());
    this.bridges.clear();
    this.lacps.clear();
    this.meters.clear();
    this.features = defaultFeatures(this.release);
    this.logLevels = new LogLevels();
    if (!this.userspace) return;
    this.conntrack.flush();
    cache.hits = 0;
    cache.misses = 0;
    cache.lost = 0;
  }

  /** Takes away the ports that no bridge has. */
  dropUnused(): void {
    const used = new Set<number | null>();
    for (const { ports } of this.bridges.values()) for (const { dpPort } of ports.values()) used.add(dpPort);
    for (const number of this.ports.keys()) if (!used.has(number)) this.ports.delete(number);
  }

  /** The other end of a patch port: both ends must name each other. */
  peerOf(port: Port): Port | undefined {
    if (port.peerName === null) return undefined;
    for (const bridge of this.bridges.values()) {
      const peer = bridge.portByName(port.peerName);
      if (peer) return peer.peerName === port.name ? peer : undefined;
    }
    return undefined;
  }

  /** The OpenFlow port that a packet with this datapath port and tunnel came in through. */
  receivingPort(dpPort: number, flow: Flow): Port | undefined {
    let best: { port: Port; rank: number } | undefined;
    for (const bridge of this.bridges.values())
      for (const port of bridge.ports.values()) {
        if (port.dpPort !== dpPort) continue;
        if (!port.tunnel) return port;
        const rank = tunnelRank(port, flow);
        if (rank >= 0 && (!best || rank < best.rank)) best = { port, rank };
      }
    return best?.port;
  }

  portNumber(name: string): number | undefined {
    for (const port of this.ports.values()) if (port.name === name) return port.number;
    return undefined;
  }

  /** Adds a datapath port. The number is taken from the name's digits when free, else it is the first free one. */
  addPort(name: string, type: string): DpPort {
    const digits = /\d+/.exec(name);
    let number = 0;
    if (digits) number = (name.startsWith('br') ? 100 : 0) + Number(digits[0]);
    if (number <= 0 || number >= 0xffffffff || this.ports.has(number)) {
      number = 1;
      while (this.ports.has(number)) number += 1;
    }
    const port = { number, name, type, counters: zeroCounters(), policer: null, qos: null };
    this.ports.set(number, port);
    return port;
  }

  /** Makes a meter, in place of the one with this number or under the first free one. */
  putMeter(spec: MeterSpec, number?: number): DpMeter {
    let free = number ?? 0;
    while (free !== number && this.meters.has(free)) free += 1;
    const meter = new DpMeter(free, spec, this.context.clock.now());
    this.meters.set(free, meter);
    return meter;
  }

  freeMeter(meter: number): void {
    this.meters.delete(meter);
  }
}

const sameAddress = (a: TunnelAddress, ipv4: number, ipv6: bigint): boolean =>
  a.ipv4 === ipv4 && a.ipv6 === ipv6;

/** How well a tunnel port fits a packet's outer header, lower being better; -1: not at all. */
function tunnelRank(port: Port, flow: Flow): number {
  const { tunnel } = port;
  if (!tunnel) return -1;
  const remote = { ipv4: word(flow, WORD.tunSrc), ipv6: getField(flow, FIELDS.tun_ipv6_src) };
  const local = { ipv4: word(flow, WORD.tunDst), ipv6: getField(flow, FIELDS.tun_ipv6_dst) };
  const key = getField(flow, FIELDS.tun_id);
  const hasEthernet = packetTypeOf(flow) === 0;
  if (tunnel.packetMode !== 'aware' && (tunnel.packetMode === 'l2') !== hasEthernet) return -1;
  let rank = tunnel.packetMode === 'aware' ? 0.5 : 0;
  if (tunnel.inKey === 'flow') rank += 6;
  else if ((tunnel.inKey ?? 0n) !== key) return -1;
  if (tunnel.remote === 'flow') rank += 3;
  else if (!sameAddress(tunnel.remote, remote.ipv4, remote.ipv6)) return -1;
  if (tunnel.local === 'flow') rank += 2;
  else if (tunnel.local.ipv4 === 0 && tunnel.local.ipv6 === 0n) rank += 1;
  else if (!sameAddress(tunnel.local, local.ipv4, local.ipv6)) return -1;
  return rank;
}
