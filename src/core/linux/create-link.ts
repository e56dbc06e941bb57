/** `ip link add` and `del`: links of every kind, with the refusals of a kernel that was built without one. */
import { ok } from '../base/result.ts';
import { enslave, release } from './bond/enslave.ts';
import { changeBond, type BondRequest } from './bond/settings.ts';
import { newBond } from './bond/state.ts';
import { bondDriver } from './bond/transmit.ts';
import { newBridge } from './bridge/new-bridge.ts';
import { addLocalFdb } from './bridge/fdb.ts';
import { bridgeDriver } from './bridge/forward.ts';
import { addPort, removePort } from './bridge/port.ts';
import { followOwnAddress } from './bridge/spanning-tree-settings.ts';
import { scopeOf } from './bridge/spanning-tree.ts';
import {
  attach,
  changed,
  detach,
  findLink,
  namespaceOf,
  setCarrier,
  setDown,
  standsOver,
  updateOperState,
} from './device.ts';
import { refuse, type NetlinkResult } from './errno.ts';
import type { Link, VxlanState, MacvlanMode } from './link.ts';
import { closedDriver, sinkDriver } from './links/simple.ts';
import { vethDriver } from './links/veth.ts';
import { geneveDriver, geneveMtu } from './links/geneve.ts';
import { greDriver, greMtu } from './links/gre.ts';
import type { TunnelState } from './links/tunnel-state.ts';
import { macvlanDriver, macvlanReceiver, uppersOf } from './links/macvlan.ts';
import { vlanDriver } from './links/vlan.ts';
import { moveRoutes, vrfDriver } from './links/vrf.ts';
import { largestVxlanMtu, setDefaultRemote, vxlanDriver } from './links/vxlan.ts';
import type { KernelFeature, Machine, Namespace } from './namespace.ts';
import { newLink, type NewLink } from './new-link.ts';
import { plainRule } from './new-namespace.ts';
import { changeNexthops } from './nexthop-object.ts';
import type { Stack } from './stack.ts';
import { TABLE } from './route.ts';

interface Common {
  readonly name: string;
  readonly mac?: bigint;
  readonly mtu?: number;
  /** The number that it is to have. */
  readonly index?: number;
}

/** What is to be made. Names of links below are those of the same namespace. */
export type LinkSpec =
  | ({ readonly kind: 'dummy' | 'bridge' } & Common)
  | ({ readonly kind: 'veth'; readonly peer: Common & { readonly namespace?: string } } & Common)
  | ({ readonly kind: 'vlan'; readonly lower: Link; readonly id: number; readonly protocol: number } & Common)
  | ({ readonly kind: 'vrf'; readonly table: number } & Common)
  | ({ readonly kind: 'bond'; readonly request: BondRequest } & Common)
  | ({
      readonly kind: 'vxlan';
      readonly state: Omit<VxlanState, 'fdb'>;
      readonly lower: Link | null;
    } & Common)
  | ({ readonly kind: 'macvlan'; readonly lower: Link; readonly mode: MacvlanMode } & Common)
  | ({ readonly kind: 'geneve' | 'gre' | 'gretap'; readonly state: TunnelState } & Common)
  | ({ readonly kind: 'tun' | 'tap' } & Common);

const NEEDS: Partial<Record<LinkSpec['kind'], KernelFeature>> = {
  dummy: 'dummy',
  vlan: 'vlan',
  vrf: 'vrf',
  bond: 'bond',
  macvlan: 'macvlan',
  geneve: 'geneve',
  gre: 'gre',
  gretap: 'gre',
};

const UNKNOWN_TYPE = 'Unknown device type';

export interface Maker {
  readonly machine: Machine;
  readonly stack: Stack;
}

export function addLink(maker: Maker, net: Namespace, spec: LinkSpec): NetlinkResult<Link> {
  const { machine } = maker;
  const needs = NEEDS[spec.kind];
  if (needs !== undefined && !machine.features.has(needs)) return refuse('EOPNOTSUPP', UNKNOWN_TYPE);
  if (findLink(net, spec.name) !== undefined) return refuse('EEXIST');
  if (spec.index !== undefined && net.links.has(spec.index)) return refuse('EEXIST');
  const common = {
    name: spec.name,
    ...(spec.mac === undefined ? {} : { mac: spec.mac }),
    ...(spec.mtu === undefined ? {} : { mtu: spec.mtu }),
    ...(spec.index === undefined ? {} : { index: spec.index }),
  };
  const { random } = machine.context;
  const make = (made: Omit<NewLink, 'name'>): Link => {
    const link = newLink({ ...made, ...common }, random);
    attach(net, link);
    return link;
  };
  switch (spec.kind) {
    case 'dummy':
      return ok(make({ kind: 'dummy', driver: sinkDriver }));
    case 'tun':
    case 'tap':
      return ok(make({ kind: spec.kind, driver: closedDriver }));
    case 'bridge': {
      const bridge = newBridge();
      const link = make({ kind: 'bridge', driver: bridgeDriver(machine), bridge });
      const scope = spec.mac === undefined ? undefined : scopeOf(net, link);
      if (scope !== undefined) followOwnAddress(scope);
      addLocalFdb(net, link, bridge, null, link.mac, 0);
      if (machine.features.has('vlan-filtering')) bridge.vlans.set(1, { id: 1, untagged: true, pvid: true });
      return ok(link);
    }
    case 'veth':
      return addPair(maker, net, spec);
    case 'vlan': {
      const { lower, id, protocol } = spec;
      if (lower.kind === 'lo') return refuse('EOPNOTSUPP', 'VLAN device not supported on this device');
      const twin = [...net.links.values()].some(
        (link) =>
          link.vlan !== null &&
          link.lower === lower &&
          link.vlan.id === id &&
          link.vlan.protocol === protocol,
      );
      if (twin) return refuse('EEXIST', 'VLAN device already exists');
      const link = make({
        kind: 'vlan',
        driver: vlanDriver(machine),
        lower,
        vlan: { id, protocol },
        mtu: spec.mtu ?? lower.mtu,
        mac: spec.mac ?? lower.mac,
      });
      if (spec.mac === undefined) link.macSource = 'stolen';
      return ok(link);
    }
    case 'macvlan': {
      const { mode } = spec;
      // On top of another one it shares the device below that.
      const lower = spec.lower.macvlan !== null && spec.lower.lower !== null ? spec.lower.lower : spec.lower;
      if (lower.kind === 'lo' || !lower.ethernet) return refuse('EINVAL');
      const others = uppersOf(machine, lower);
      if (
        others.length > 0 &&
        (mode === 'passthru' || others.some((each) => each.macvlan?.mode === 'passthru'))
      )
        return refuse('EINVAL');
      if (lower.receiver !== null && !lower.carriesMacvlans) return refuse('EBUSY');
      lower.receiver = macvlanReceiver(machine);
      lower.carriesMacvlans = true;
      const link = make({
        kind: 'macvlan',
        driver: macvlanDriver(machine),
        lower,
        macvlan: { mode },
        mtu: spec.mtu ?? lower.mtu,
        ...(mode === 'passthru' ? { mac: lower.mac } : {}),
      });
      if (mode === 'passthru') link.mac = lower.mac;
      setCarrier(net, link, lower.up && (lower.carrier || !lower.operReported));
      return ok(link);
    }
    case 'geneve': {
      const { state } = spec;
      if (isTwin(net, ['geneve'], state)) return refuse('EBUSY');
      const driver = geneveDriver(machine, () => maker.stack);
      const mtu = spec.mtu ?? geneveMtu(net, state) ?? 1500;
      return ok(make({ kind: 'geneve', driver, tunnel: state, mtu }));
    }
    case 'gre':
    case 'gretap': {
      const { state, kind } = spec;
      if (isTwin(net, [kind], state)) return refuse('EEXIST');
      const driver = greDriver(machine, () => maker.stack);
      return ok(make({ kind, driver, tunnel: state, mtu: spec.mtu ?? greMtu(net, kind, state) }));
    }
    case 'vrf': {
      const link = make({ kind: 'vrf', driver: vrfDriver(machine), vrfTable: spec.table });
      net.hasOwnRules = true;
      for (const family of [4, 6] as const)
        if (!net.rules[family].some((rule) => rule.l3mdev))
          net.rules[family].splice(1, 0, { ...plainRule(family, 1000, TABLE.unspec), l3mdev: true });
      return ok(link);
    }
    case 'bond': {
      const link = make({ kind: 'bond', driver: bondDriver(machine), bond: newBond() });
      const result = changeBond(machine, net, link, spec.request);
      if (result.ok) return ok(link);
      forget(machine, net, link);
      return result;
    }
    case 'vxlan': {
      const state: VxlanState = { ...spec.state, fdb: new Map() };
      const taken = [...net.links.values()].some(
        (link) => link.vxlan !== null && link.vxlan.vni === state.vni && link.vxlan.port === state.port,
      );
      if (taken) return refuse('EEXIST', 'A VXLAN device with the specified VNI already exists');
      const link = make({
        kind: 'vxlan',
        driver: vxlanDriver(machine, () => maker.stack),
        vxlan: state,
        mtu: spec.mtu ?? largestVxlanMtu(state, spec.lower) ?? 1500,
        ...(spec.lower === null ? {} : { lower: spec.lower }),
      });
      setDefaultRemote(net, link, state);
      return ok(link);
    }
  }
}

/** Whether there is a tunnel already that could not be told from one of `state`. */
const isTwin = (net: Namespace, kinds: readonly Link['kind'][], state: TunnelState): boolean =>
  [...net.links.values()].some(
    ({ kind, tunnel }) =>
      tunnel !== null &&
      kinds.includes(kind) &&
      tunnel.vni === state.vni &&
      tunnel.port === state.port &&
      tunnel.inputKey === state.inputKey &&
      tunnel.remote?.address === state.remote?.address &&
      tunnel.local?.address === state.local?.address,
  );

function addPair(
  maker: Maker,
  net: Namespace,
  spec: Extract<LinkSpec, { kind: 'veth' }>,
): NetlinkResult<Link> {
  const { machine } = maker;
  const other = machine.namespaces.get(spec.peer.namespace ?? net.name);
  if (other === undefined) return refuse('EINVAL');
  if (findLink(other, spec.peer.name) !== undefined || (other === net && spec.peer.name === spec.name))
    return refuse('EEXIST');
  const driver = vethDriver(machine);
  const end = (common: Common): Link =>
    newLink(
      {
        kind: 'veth',
        driver,
        name: common.name,
        ...(common.mac === undefined ? {} : { mac: common.mac }),
        ...(common.mtu === undefined ? {} : { mtu: common.mtu }),
      },
      machine.context.random,
    );
  const peer = end(spec.peer);
  const link = end(spec);
  // The kernel registers the peer first.
  link.peer = peer;
  peer.peer = link;
  attach(other, peer);
  attach(net, link);
  updateOperState(other, peer);
  updateOperState(net, link);
  return ok(link);
}

/** `ip link del`: with a veth its peer goes, with a bridge or bond its ports are set free, with a link those on top of it. */
export function deleteLink(machine: Machine, net: Namespace, link: Link): NetlinkResult {
  if (link.kind === 'lo' || link.kind === 'physical') return refuse('EOPNOTSUPP');
  forget(machine, net, link);
  return ok(undefined);
}

export function forget(machine: Machine, net: Namespace, link: Link): void {
  if (link.deleted) return;
  for (const other of machine.namespaces.values())
    for (const upper of [...other.links.values()])
      if (upper.lower === link && upper !== link) forget(machine, other, upper);
  for (const slave of net.links.values()) if (slave.master === link) setMaster(machine, net, slave, null);
  setMaster(machine, net, link, null);
  setDown(net, link);
  detach(net, link);
  link.deleted = true;
  if (link.kind === 'macvlan' && link.lower !== null) releaseLower(machine, link.lower);
  const { peer } = link;
  link.peer = null;
  if (peer !== null) {
    peer.peer = null;
    forget(machine, namespaceOf(machine, peer), peer);
  }
}

/** The last MACVLAN device gives the device below back. */
function releaseLower(machine: Machine, lower: Link): void {
  for (const net of machine.namespaces.values())
    for (const link of net.links.values()) if (link.kind === 'macvlan' && link.lower === lower) return;
  lower.receiver = null;
  lower.carriesMacvlans = false;
}

/** `ip link set LINK master MASTER` and `nomaster`. */
export function setMaster(machine: Machine, net: Namespace, link: Link, master: Link | null): NetlinkResult {
  if (link.master === master) return ok(undefined);
  const old = link.master;
  if (old !== null) {
    if (old.bridge !== null) removePort(net, link);
    else if (old.bond !== null) release(machine, net, link);
    else {
      link.master = null;
      if (old.vrfTable !== null) {
        // Linux takes a link that leaves a VRF or enters one down for a moment.
        changeNexthops(net, link, 'down');
        moveRoutes(net, link, null);
        changed(net, link, 'name');
        net.machine.notify({ kind: 'link', namespace: net.name, link, deleted: false });
      }
    }
  }
  if (master === null) return ok(undefined);
  if (master.bridge !== null) return addPort(machine, net, master, link);
  if (master.bond !== null) {
    return enslave(machine, net, master, link);
  }
  if (master.vrfTable !== null) {
    if (link.vrfTable !== null) return refuse('EINVAL', 'Can not enslave an L3 master device to a VRF');
    if (standsOver(machine, link, master)) return refuse('EBUSY');
    link.master = master;
    changeNexthops(net, link, 'down');
    moveRoutes(net, link, master.vrfTable);
    net.machine.notify({ kind: 'link', namespace: net.name, link, deleted: false });
    return ok(undefined);
  }
  return refuse('EOPNOTSUPP');
}
