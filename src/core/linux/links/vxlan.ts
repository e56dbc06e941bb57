/** A VXLAN device of the kernel: an Ethernet network over UDP with a learning database (RFC 7348, `vxlan_core.c`). */
import type { StepId } from '../../base/step.ts';
import { formatIp } from '../family.ts';
import { readU16, readU24, writeU24 } from '../../wire/octets.ts';
import { namespaceOf, receive } from '../device.ts';
import {
  destinationOf,
  ETHERTYPE,
  ethertypeOf,
  frameOf,
  HEADER_SIZE,
  isGroupMac,
  sourceOf,
} from '../ether.ts';
import { tunnelSourcePort } from '../flow-hash.ts';
import { joinGroup4, leaveGroup4 } from '../ip4/igmp.ts';
import { joinGroup6, leaveGroup6 } from '../ip6/mld.ts';
import { buildIcmp } from '../ip4/icmp.ts';
import { buildIpv4, IPPROTO, readIpv4 } from '../ip4/packet.ts';
import { routeOutput } from '../ip4/route-output.ts';
import type { Link, LinkDriver, VxlanFdbEntry, VxlanState } from '../link.ts';
import type { Machine, Namespace } from '../namespace.ts';
import { record, recordDrop } from '../recording.ts';
import type { Datagram } from '../socket.ts';
import type { Stack } from '../stack.ts';
import { HOP, SECOND } from '../timing.ts';
import { sendUdp } from '../udp.ts';

const VXLAN_HEADER = 8;
/** IPv4, UDP and VXLAN headers and the inner Ethernet header. */
const HEADROOM = 50;
const LONGER_IPV6 = 20;
const VNI_FLAG = 0x08;

type Remote = VxlanFdbEntry['remotes'][number];

const clockOf = (net: Namespace): number => net.machine.context.clock.now();

/** The database as `bridge fdb` lists it; what aged out is removed first. */
export function vxlanEntries(net: Namespace, state: VxlanState): VxlanFdbEntry[] {
  const now = clockOf(net);
  for (const [mac, entry] of state.fdb)
    if (
      entry.state === 'reachable' &&
      !entry.externLearn &&
      state.ageing > 0 &&
      now > entry.updated + state.ageing * SECOND
    )
      state.fdb.delete(mac);
  return [...state.fdb.values()].reverse();
}

const sameRemote = (a: Remote, b: Remote): boolean =>
  a.family === b.family && a.address === b.address && a.port === b.port && a.vni === b.vni;

/** `bridge fdb add ... self`: an address has this VTEP; with `append` it keeps those that it has. */
export function addVxlanEntry(
  net: Namespace,
  link: Link,
  entry: Pick<VxlanFdbEntry, 'mac' | 'state' | 'noArp' | 'externLearn'>,
  remote: Remote,
  append: boolean,
): void {
  const state = link.vxlan;
  if (state === null) return;
  const now = clockOf(net);
  const known = state.fdb.get(entry.mac);
  if (append && known !== undefined) {
    if (known.remotes.some((each) => sameRemote(each, remote))) return;
    known.remotes.push(remote);
  } else {
    const { mac, state: kind, noArp, externLearn } = entry;
    state.fdb.set(mac, { mac, state: kind, noArp, externLearn, remotes: [remote], updated: now, used: now });
  }
  net.machine.notify({ kind: 'vxlan-fdb', namespace: net.name, link, mac: entry.mac, deleted: false });
}

/** `bridge fdb del ... self`; without an address of a VTEP all of them go. False: there is no such entry. */
export function deleteVxlanEntry(net: Namespace, link: Link, mac: bigint, vtep: bigint | null): boolean {
  const entry = link.vxlan?.fdb.get(mac);
  if (entry === undefined) return false;
  entry.remotes = entry.remotes.filter((each) => vtep !== null && each.address !== vtep);
  if (entry.remotes.length === 0) link.vxlan?.fdb.delete(mac);
  net.machine.notify({ kind: 'vxlan-fdb', namespace: net.name, link, mac, deleted: true });
  return true;
}

/** What the device below leaves for the inner packet; undefined when there is none below. */
export const largestVxlanMtu = (
  { remote, local }: Pick<VxlanState, 'remote' | 'local'>,
  lower: Link | null,
): number | undefined =>
  lower === null
    ? undefined
    : lower.mtu - ((remote ?? local)?.family === 6 ? HEADROOM + LONGER_IPV6 : HEADROOM);

/** The entry of the all-zeros address: where frames go whose receiver is not known. */
export function setDefaultRemote(net: Namespace, link: Link, state: VxlanState): void {
  const now = clockOf(net);
  state.fdb.delete(0n);
  if (state.remote === null) return;
  const remotes = [{ ...state.remote, port: state.port, vni: state.vni, ifindex: link.lower?.index ?? 0 }];
  state.fdb.set(0n, {
    mac: 0n,
    state: 'permanent',
    noArp: false,
    externLearn: false,
    remotes,
    updated: now,
    used: now,
  });
}

/** `vxlan_changelink`: the device goes on with other options. */
export function changeVxlan(net: Namespace, link: Link, changes: Partial<VxlanState>): void {
  if (link.vxlan === null) return;
  const before = link.vxlan;
  if (link.up) followGroup(net, link, before, false);
  link.vxlan = { ...before, ...changes };
  if (changes.remote !== undefined) setDefaultRemote(net, link, link.vxlan);
  if (link.up) followGroup(net, link, link.vxlan, true);
}

/** A device whose default destination is a group hears it through the device below. */
function followGroup(net: Namespace, { lower }: Link, { remote }: VxlanState, join: boolean): void {
  if (lower === null || remote === null) return;
  if (remote.family === 4 && remote.address >> 28n === 0xen)
    (join ? joinGroup4 : leaveGroup4)(net, lower, Number(remote.address));
  if (remote.family === 6 && remote.address >> 120n === 0xffn)
    (join ? joinGroup6 : leaveGroup6)(net, lower, remote.address);
}

export function vxlanDriver(machine: Machine, stack: () => Stack): LinkDriver {
  const closers = new Map<Link, () => void>();
  return {
    transmit(link, octets, parent) {
      const net = namespaceOf(machine, link);
      const state = link.vxlan;
      if (state === null) return false;
      const destination = destinationOf(octets);
      const known = isGroupMac(destination)
        ? undefined
        : vxlanEntries(net, state).find((entry) => entry.mac === destination);
      if (known !== undefined) known.used = clockOf(net);
      const remotes = known?.remotes ?? state.fdb.get(0n)?.remotes ?? [];
      if (remotes.length === 0) {
        recordDrop(
          net,
          link.name,
          { kind: 'no-tunnel', problem: 'no remote for this address' },
          octets,
          parent,
        );
        return false;
      }
      for (const remote of remotes) encapsulate(stack(), net, link, state, remote, octets, parent);
      return true;
    },
    changed(link) {
      const state = link.vxlan;
      if (state === null) return;
      const net = namespaceOf(machine, link);
      if (!link.up) {
        if (closers.has(link)) followGroup(net, link, state, false);
        closers.get(link)?.();
        closers.delete(link);
        return;
      }
      if (closers.has(link)) return;
      followGroup(net, link, state, true);
      const family = state.local?.family ?? state.remote?.family ?? 4;
      closers.set(
        link,
        net.sockets.open({
          protocol: 'udp',
          family,
          port: state.port,
          local: null,
          remote: null,
          remotePort: null,
          ifindex: null,
          receive: (datagram) => decapsulate(net, state.port, datagram),
        }),
      );
    },
  };
}

function encapsulate(
  stack: Stack,
  net: Namespace,
  link: Link,
  state: VxlanState,
  remote: Remote,
  octets: Uint8Array,
  parent: StepId | null,
): void {
  if (remote.family === 4) {
    const route = routeOutput(net, {
      destination: Number(remote.address),
      source: Number(state.local?.family === 4 ? state.local.address : 0n),
      tos: 0,
      mark: 0,
      oif: remote.ifindex,
    });
    const mtu = (route.ok ? route.value.mtu : 1500) - HEADROOM;
    if (route.ok && octets.length - HEADER_SIZE > mtu && tooBigForTunnel(net, link, octets, mtu, parent))
      return;
  }
  const payload = new Uint8Array(VXLAN_HEADER + octets.length);
  payload[0] = VNI_FLAG;
  writeU24(payload, 4, remote.vni);
  payload.set(octets, VXLAN_HEADER);
  const local = state.local?.address ?? 0n;
  const step = record(
    net,
    link.name,
    {
      kind: 'encapsulated',
      protocol: 'vxlan',
      vni: remote.vni,
      local: formatIp(remote.family, local),
      remote: formatIp(remote.family, remote.address),
      metadata: '',
    },
    octets,
    parent,
  );
  const { first, last } = state.sourcePorts;
  sendUdp(
    stack,
    net,
    {
      family: remote.family,
      local,
      remote: remote.address,
      sourcePort: last > first ? tunnelSourcePort(octets, first, last) : tunnelSourcePort(octets),
      destinationPort: remote.port,
      payload,
      tos: state.tos,
      dontFragment: state.dontFragment === 'set',
      oif: remote.ifindex,
      checksum: state.udpChecksum,
      ...(state.ttl === 0 ? {} : { ttl: state.ttl }),
    },
    step,
  );
}

/** On a bridge, an IPv4 datagram that may not be fragmented is answered as if its receiver had refused it. */
function tooBigForTunnel(
  net: Namespace,
  link: Link,
  octets: Uint8Array,
  mtu: number,
  parent: StepId | null,
): boolean {
  if (link.port === null || ethertypeOf(octets) !== ETHERTYPE.ipv4) return false;
  const datagram = octets.subarray(HEADER_SIZE);
  const header = readIpv4(datagram);
  if (typeof header === 'string' || readU16(datagram, 6) !== 0x4000 || mtu < 576) return false;
  const step = recordDrop(net, link.name, { kind: 'mtu', size: datagram.length, mtu }, octets, parent);
  const message = buildIcmp(3, 4, mtu, datagram.subarray(0, 576 - 28));
  const answer = buildIpv4(
    {
      source: header.destination,
      destination: header.source,
      protocol: IPPROTO.icmp,
      id: 0,
      dontFragment: false,
      ttl: 64,
    },
    message,
  );
  const frame = frameOf(sourceOf(octets), destinationOf(octets), ETHERTYPE.ipv4, answer);
  net.machine.context.clock.after(HOP / 2, () => {
    if (!link.deleted) receive(net, link, frame, step);
  });
  return true;
}

function decapsulate(net: Namespace, port: number, datagram: Datagram): void {
  const { payload, parent } = datagram;
  if (payload.length < VXLAN_HEADER + HEADER_SIZE || ((payload[0] as number) & VNI_FLAG) === 0) {
    recordDrop(net, null, { kind: 'malformed', problem: 'VXLAN header' }, null, parent);
    return;
  }
  const vni = readU24(payload, 4);
  const link = [...net.links.values()].find(
    (each) => each.up && each.vxlan !== null && each.vxlan.port === port && each.vxlan.vni === vni,
  );
  if (link?.vxlan == null) {
    recordDrop(net, null, { kind: 'no-tunnel', problem: `no VXLAN device for VNI ${vni}` }, null, parent);
    return;
  }
  const frame = payload.slice(VXLAN_HEADER);
  const { vxlan } = link;
  const source = sourceOf(frame);
  if (source === link.mac) {
    recordDrop(net, link.name, { kind: 'loop', problem: 'our own frame came back' }, frame, parent);
    return;
  }
  if (vxlan.learning && !isGroupMac(source)) learn(net, vxlan, source, datagram, port);
  const step = record(
    net,
    link.name,
    {
      kind: 'decapsulated',
      protocol: 'vxlan',
      vni,
      local: formatIp(datagram.family, datagram.destination),
      remote: formatIp(datagram.family, datagram.source),
      metadata: '',
    },
    frame,
    parent,
  );
  receive(net, link, frame, step);
}

function learn(net: Namespace, state: VxlanState, mac: bigint, datagram: Datagram, port: number): void {
  const now = clockOf(net);
  const entry = state.fdb.get(mac);
  const remote: Remote = {
    family: datagram.family,
    address: datagram.source,
    port,
    vni: state.vni,
    ifindex: 0,
  };
  const learned = [...state.fdb.values()].filter((each) => each.state === 'reachable').length;
  if (entry === undefined && state.maxAddresses > 0 && learned >= state.maxAddresses) return;
  if (entry === undefined)
    state.fdb.set(mac, {
      mac,
      state: 'reachable',
      noArp: false,
      externLearn: false,
      remotes: [remote],
      updated: now,
      used: now,
    });
  else if (entry.state === 'reachable' && !entry.externLearn) {
    entry.remotes = [remote];
    entry.updated = now;
  }
}
