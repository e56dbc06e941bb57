/** A link of each kind as the kernel makes it: sizes, queueing discipline, first carrier. */
import type { Random } from '../base/random.ts';
import type { Bridge } from './bridge/state.ts';
import { BROADCAST_MAC } from './ether.ts';
import type { TunnelState } from './links/tunnel-state.ts';
import type { BondState } from './bond/state.ts';
import type { Link, LinkDriver, LinkKind, MacvlanMode, VlanState, VxlanState } from './link.ts';

interface KindDefaults {
  readonly mtu: number;
  readonly minMtu: number;
  readonly maxMtu: number;
  readonly queueLength: number;
  readonly qdisc: string;
  readonly queues: number;
  /** Null: no carrier is ever reported, so the state stays UNKNOWN. */
  readonly carrier: boolean | null;
  readonly ethernet: boolean;
}

const NIC: KindDefaults = {
  mtu: 1500,
  minMtu: 68,
  maxMtu: 65535,
  queueLength: 1000,
  qdisc: 'noqueue',
  queues: 1,
  carrier: null,
  ethernet: true,
};

const DEFAULTS: Readonly<Record<LinkKind, KindDefaults>> = {
  lo: { ...NIC, mtu: 65536, minMtu: 0, maxMtu: 0 },
  physical: { ...NIC, qdisc: 'fq_codel', carrier: false },
  internal: NIC,
  veth: { ...NIC, queues: 2, carrier: false },
  dummy: { ...NIC, minMtu: 0, maxMtu: 0 },
  bridge: NIC,
  vlan: { ...NIC, minMtu: 0, carrier: false },
  bond: { ...NIC, queues: 16, carrier: false },
  vxlan: NIC,
  geneve: { ...NIC, mtu: 65000, maxMtu: 65465 },
  gretap: { ...NIC, mtu: 1462, minMtu: 68, maxMtu: 0, qdisc: 'pfifo_fast' },
  gre: { ...NIC, mtu: 1476, maxMtu: 0, ethernet: false },
  // Says from the start that it is up, so that nobody wonders (`vrf_dev_init`).
  vrf: { ...NIC, mtu: 65575, minMtu: 1280, maxMtu: 65575, carrier: true },
  tun: { ...NIC, queueLength: 500, qdisc: 'pfifo_fast', carrier: false, ethernet: false },
  tap: { ...NIC, maxMtu: 65521, qdisc: 'pfifo_fast', carrier: false },
  macvlan: { ...NIC, carrier: false },
};

export interface NewLink {
  readonly kind: LinkKind;
  readonly name: string;
  readonly driver: LinkDriver;
  readonly mac?: bigint;
  readonly mtu?: number;
  readonly qdisc?: string;
  readonly lower?: Link;
  readonly bridge?: Bridge;
  readonly index?: number;
  readonly vlan?: VlanState;
  readonly macvlan?: { mode: MacvlanMode };
  readonly vxlan?: VxlanState;
  readonly genevePort?: number;
  readonly tunnel?: TunnelState;
  readonly bond?: BondState;
  readonly vrfTable?: number;
}

/** A locally administered unicast address, as `eth_random_addr`. */
function randomMac(random: Random): bigint {
  const high = BigInt(random.next32() & 0xffff);
  const low = BigInt(random.next32());
  return (((high << 32n) | low) & ~(1n << 40n)) | (1n << 41n);
}

/** A link that is not registered yet: no namespace, and `index` 0 unless it was asked for. */
export function newLink(made: NewLink, random: Random): Link {
  const defaults = DEFAULTS[made.kind];
  return {
    kind: made.kind,
    namespace: '',
    name: made.name,
    index: made.index ?? 0,
    alias: null,
    altNames: [],
    group: 0,
    mac: made.mac ?? (made.kind === 'lo' || !defaults.ethernet ? 0n : randomMac(random)),
    broadcast: made.kind === 'lo' ? 0n : BROADCAST_MAC,
    mtu: made.mtu ?? defaults.mtu,
    minMtu: defaults.minMtu,
    maxMtu: defaults.maxMtu,
    ethernet: defaults.ethernet,
    up: false,
    promiscFlag: false,
    allmultiFlag: false,
    noArp: made.kind === 'tun' || made.kind === 'gre' || made.kind === 'dummy' || made.kind === 'vrf',
    multicastFlag: made.kind !== 'gre',
    carrier: defaults.carrier ?? true,
    operReported: defaults.carrier !== null,
    operState: defaults.carrier === null ? 'UNKNOWN' : defaults.carrier ? 'UP' : 'DOWN',
    // A veth end is made with its carrier on, and loses it before it is registered.
    carrierChanges: made.kind === 'veth' ? 1 : 0,
    promiscuity: 0,
    allmulti: 0,
    macSource: made.mac === undefined ? 'random' : 'set',
    txQueueLength: defaults.queueLength,
    qdisc: 'noop',
    defaultQdisc: made.qdisc ?? defaults.qdisc,
    queues: defaults.queues,
    master: null,
    lower: made.lower ?? null,
    peer: null,
    driver: made.driver,
    receiver: null,
    carriesMacvlans: false,
    multicast: new Map(),
    counters: {
      rxPackets: 0,
      rxBytes: 0,
      rxErrors: 0,
      rxDropped: 0,
      rxMissed: 0,
      rxMulticast: 0,
      txPackets: 0,
      txBytes: 0,
      txErrors: 0,
      txDropped: 0,
    },
    addresses4: [],
    ipv6: {
      addresses: [],
      groups: new Map(),
      ready: false,
      routerSolicitations: 0,
      cancelRouterTimer: null,
      cancelReportTimer: null,
      reportsLeft: 0,
      hopLimit: 64,
      mtu: null,
    },
    groups4: new Map(),
    addrGenMode: 'eui64',
    bridge: made.bridge ?? null,
    vlan: made.vlan ?? null,
    macvlan: made.macvlan ?? null,
    vxlan: made.vxlan ?? null,
    genevePort: made.genevePort ?? null,
    tunnel: made.tunnel ?? null,
    bond: made.bond ?? null,
    vrfTable: made.vrfTable ?? null,
    port: null,
    deleted: false,
  };
}
