/** A frame in a bridge: learned from, forwarded, flooded, handed to the host (`br_input.c`, `br_forward.c`, `br_device.c`). */
import { formatMac } from '../../base/address.ts';
import type { RowRef, StepId } from '../../base/step.ts';
import { fits, namespaceOf, receive, transmit } from '../device.ts';
import { BROADCAST_MAC, destinationOf, isGroupMac, sourceOf } from '../ether.ts';
import type { FrameReceiver, Link, LinkDriver } from '../link.ts';
import type { Machine, Namespace } from '../namespace.ts';
import { record, recordDrop } from '../recording.ts';
import { readBpdu } from './bpdu.ts';
import { findFdb, learnFdb } from './fdb.ts';
import { membersOf, snoop } from './multicast.ts';
import { followSnoopers } from './snoopers.ts';
import {
  disableBridge,
  disablePort,
  enableBridge,
  receivedConfig,
  receivedTcn,
  scopeOf,
} from './spanning-tree.ts';
import type { Bridge, BridgePort, FdbEntry } from './state.ts';
import { egress, ingress, type VlanFrame } from './vlan.ts';

/** Addresses that a bridge does not forward by itself (802.1Q, table 8-1): 01:80:c2:00:00:00 to 0f. */
const isReserved = (mac: bigint): boolean => mac >> 4n === 0x0180c2000000n >> 4n;

type Kind = 'unicast' | 'multicast' | 'broadcast';

const kindOf = (mac: bigint): Kind =>
  mac === BROADCAST_MAC ? 'broadcast' : isGroupMac(mac) ? 'multicast' : 'unicast';

interface Passing {
  readonly net: Namespace;
  readonly master: Link;
  readonly bridge: Bridge;
  readonly frame: VlanFrame;
  /** The port that it came in by; null when the host itself sent it. */
  readonly from: BridgePort | null;
  readonly parent: StepId | null;
}

/** What an enslaved link does with its frames. */
export function bridgeReceiver(machine: Machine): FrameReceiver {
  return (link, octets, parent) => {
    const { master, port } = link;
    const bridge = master?.bridge;
    if (master === null || bridge == null || port === null) return 'pass';
    const net = namespaceOf(machine, link);
    const destination = destinationOf(octets);
    if (isGroupMac(sourceOf(octets)) || sourceOf(octets) === 0n) {
      recordDrop(net, link.name, { kind: 'malformed', problem: 'source address is a group' }, octets, parent);
      return 'consumed';
    }
    if (isReserved(destination)) {
      const last = Number(destination & 0xfn);
      const mask = (last === 1 ? 0 : bridge.groupForwardMask) | port.groupForwardMask;
      const forwarded = (mask & (1 << last)) !== 0 || (last === 0 && !bridge.stp);
      if (last === 1) {
        recordDrop(
          net,
          link.name,
          { kind: 'blocked', problem: 'pause frames are not forwarded' },
          octets,
          parent,
        );
        return 'consumed';
      }
      if (!forwarded) {
        return reserved(net, master, bridge, link, port, octets, parent) ? 'consumed' : 'pass';
      }
    }
    if (port.state !== 'forwarding' && port.state !== 'learning') {
      recordDrop(net, link.name, { kind: 'blocked', problem: `port is ${port.state}` }, octets, parent);
      return 'consumed';
    }
    pass(net, master, bridge, link, port, octets, parent);
    return 'consumed';
  };
}

/** A frame for the bridge's own protocols: it teaches where its sender is, and a BPDU is read (true). */
function reserved(
  net: Namespace,
  master: Link,
  bridge: Bridge,
  link: Link,
  port: BridgePort,
  octets: Uint8Array,
  parent: StepId | null,
): boolean {
  if (
    port.learning &&
    (port.state === 'learning' || port.state === 'forwarding') &&
    !bridge.noLinkLocalLearn
  ) {
    const entered = ingress(bridge, port.vlans, octets);
    if (entered !== undefined) learn(net, master, bridge, port, sourceOf(octets), entered.vlan, parent);
  }
  const bpdu = destinationOf(octets) === bridge.groupAddress ? readBpdu(octets) : undefined;
  if (bpdu === undefined || !bridge.stp || !master.up || port.state === 'disabled') return bpdu !== undefined;
  const step = record(net, link.name, { kind: 'delivered', to: 'spanning tree' }, octets, parent);
  const scope = scopeOf(net, master, step);
  if (scope === undefined) return true;
  if (port.guard) {
    disablePort(scope, port);
    return true;
  }
  if (bpdu.kind === 'tcn') receivedTcn(scope, port);
  else if (bpdu.config.messageAge <= bpdu.config.maxAge) receivedConfig(scope, port, bpdu.config);
  return true;
}

function learn(
  net: Namespace,
  master: Link,
  bridge: Bridge,
  port: BridgePort,
  mac: bigint,
  vlan: number,
  parent: StepId | null,
): StepId | null {
  const outcome = learnFdb(net, master, bridge, port, mac, vlan);
  const name = net.links.get(port.ifindex)?.name ?? '';
  if (outcome === 'new' || outcome === 'moved')
    return record(
      net,
      master.name,
      { kind: 'learned', text: `${formatMac(mac)} is at ${name}${vlan === 0 ? '' : ` in VLAN ${vlan}`}` },
      null,
      parent,
    );
  return parent;
}

function pass(
  net: Namespace,
  master: Link,
  bridge: Bridge,
  link: Link,
  port: BridgePort,
  octets: Uint8Array,
  parent: StepId | null,
): void {
  const frame = ingress(bridge, port.vlans, octets);
  if (frame === undefined) {
    recordDrop(
      net,
      link.name,
      { kind: 'blocked', problem: 'the port is not a member of the VLAN' },
      octets,
      parent,
    );
    return;
  }
  const source = sourceOf(octets);
  if (port.locked) {
    const known = findFdb(bridge, source, frame.vlan);
    if (known === undefined || known.port !== port.ifindex || known.isLocal) {
      recordDrop(net, link.name, { kind: 'blocked', problem: 'the port is locked' }, octets, parent);
      return;
    }
  }
  const step = port.learning ? learn(net, master, bridge, port, source, frame.vlan, parent) : parent;
  const destination = destinationOf(octets);
  const kind = kindOf(destination);
  if (port.state === 'learning') {
    recordDrop(net, link.name, { kind: 'blocked', problem: 'port is learning' }, octets, step);
    return;
  }
  const passing: Passing = { net, master, bridge, frame, from: port, parent: step };
  const promiscuous = master.promiscuity > 0 || master.promiscFlag;
  if (kind === 'unicast') {
    const entry = findFdb(bridge, destination, frame.vlan);
    if (entry !== undefined && entry.isLocal) {
      toHost(passing, [fdbRow(passing, entry)]);
      return;
    }
    if (entry !== undefined) forward(passing, entry);
    else flood(passing, kind);
    if (promiscuous) toHost(passing, []);
    return;
  }
  if (kind === 'multicast') {
    master.counters.rxMulticast += 1;
    const members = membersOf(bridge, snoop({ net, bridge, port, vlan: frame.vlan }, octets), frame.vlan);
    flood(passing, kind, members?.ports);
    if (members === null || members.host || promiscuous) toHost(passing, []);
    return;
  }
  flood(passing, kind);
  toHost(passing, []);
}

function fdbRow(passing: Passing, entry: FdbEntry): RowRef {
  const device = entry.port === null ? passing.master.name : (passing.net.links.get(entry.port)?.name ?? '');
  const state = entry.isLocal ? ' permanent' : entry.isStatic ? ' static' : '';
  return {
    kind: 'fdb',
    host: passing.net.machine.host,
    bridge: passing.master.name,
    text: `${formatMac(entry.mac)} dev ${device}${entry.vlan === 0 ? '' : ` vlan ${entry.vlan}`} master ${passing.master.name}${state}`,
  };
}

/** To the port where the destination was learned, unless it came from there. */
function forward(passing: Passing, entry: FdbEntry): void {
  const { net, bridge, master, frame, parent } = passing;
  entry.used = net.machine.context.clock.now();
  const port = bridge.ports.find((each) => each.ifindex === entry.port);
  const link = port === undefined ? undefined : net.links.get(port.ifindex);
  if (port === undefined || link === undefined) return;
  const because = [fdbRow(passing, entry)];
  const refusal = refusalOf(passing, port);
  if (refusal !== undefined) {
    recordDrop(net, master.name, { kind: 'blocked', problem: refusal }, frame.octets, parent, because);
    return;
  }
  const step = record(net, master.name, { kind: 'bridged', port: link.name }, frame.octets, parent, because);
  push(passing, port, link, step);
}

/** Why a frame may not leave by a port; undefined when it may. */
function refusalOf(passing: Passing, port: BridgePort): string | undefined {
  const { from, bridge, frame } = passing;
  if (port === from && !port.hairpin) return 'destination is on the port that the frame came from';
  if (port.state !== 'forwarding') return `port is ${port.state}`;
  if (from !== null && from.isolated && port.isolated) return 'both ports are isolated';
  if (egress(bridge, port.vlans, frame) === undefined)
    return `the port is not a member of VLAN ${frame.vlan}`;
  return undefined;
}

/** To all ports that may have it, or to the members of a group alone, the most recently added one first. */
function flood(passing: Passing, kind: Kind, members?: ReadonlySet<number>): void {
  const { net, bridge, master, frame, from, parent } = passing;
  const ports = bridge.ports.filter((port) => {
    if (kind === 'unicast' && !port.flood) return false;
    if (kind === 'multicast' && !port.multicastFlood && from !== null) return false;
    if (kind === 'broadcast' && !port.broadcastFlood && from !== null) return false;
    if (port.proxyArp || members?.has(port.ifindex) === false) return false;
    return refusalOf(passing, port) === undefined;
  });
  const links = ports.flatMap((port) => {
    const link = net.links.get(port.ifindex);
    return link === undefined ? [] : [{ port, link }];
  });
  const step = record(
    net,
    master.name,
    { kind: 'flooded', ports: links.map(({ link }) => link.name) },
    frame.octets,
    parent,
  );
  for (const { port, link } of links) push(passing, port, link, step);
}

function push(passing: Passing, port: BridgePort, link: Link, parent: StepId | null): void {
  const { net, bridge, frame } = passing;
  const octets = egress(bridge, port.vlans, frame);
  if (octets === undefined) return;
  if (!fits(link, octets)) {
    recordDrop(net, link.name, { kind: 'mtu', size: octets.length - 14, mtu: link.mtu }, octets, parent);
    return;
  }
  transmit(net, link, octets, parent);
}

/** Up to the bridge device, as if it had received the frame. */
function toHost(passing: Passing, because: readonly RowRef[]): void {
  const { net, master, bridge, frame, parent } = passing;
  const octets = bridge.vlanFiltering ? egress(bridge, bridge.vlans, frame) : frame.octets;
  if (octets === undefined) return;
  const step =
    because.length === 0
      ? parent
      : record(net, master.name, { kind: 'bridged', port: master.name }, octets, parent, because);
  receive(net, master, octets, step);
}

/** The bridge device as a network device: what the host sends through it. */
export function bridgeDriver(machine: Machine): LinkDriver {
  return {
    transmit(master, octets, parent) {
      const { bridge } = master;
      const net = namespaceOf(machine, master);
      if (bridge === null) return false;
      const frame = ingress(bridge, bridge.vlans, octets);
      if (frame === undefined) {
        recordDrop(
          net,
          master.name,
          { kind: 'blocked', problem: 'the bridge is not a member of the VLAN' },
          octets,
          parent,
        );
        return false;
      }
      const passing: Passing = { net, master, bridge, frame, from: null, parent };
      const destination = destinationOf(octets);
      const kind = kindOf(destination);
      const entry = kind === 'unicast' ? findFdb(bridge, destination, frame.vlan) : undefined;
      if (kind === 'multicast') {
        const heard = snoop({ net, bridge, port: null, vlan: frame.vlan }, octets);
        flood(passing, kind, membersOf(bridge, heard, frame.vlan)?.ports);
      } else if (entry === undefined) flood(passing, kind);
      else forward(passing, entry);
      return true;
    },
    changed(master) {
      const net = namespaceOf(machine, master);
      const scope = scopeOf(net, master);
      if (scope === undefined) return;
      if (master.up) {
        enableBridge(scope);
        if (scope.bridge.multicastSnooping) followSnoopers(net, master, true);
      } else {
        disableBridge(scope);
        if (scope.bridge.multicastSnooping) followSnoopers(net, master, false);
      }
    },
  };
}
