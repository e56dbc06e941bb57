/** The forwarding database: learning, ageing, local and static entries (`br_fdb.c`). */
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';
import type { Bridge, BridgePort, FdbEntry, VlanId } from './state.ts';
import { startTimer } from './timer.ts';

const keyOf = (mac: bigint, vlan: VlanId): string => `${mac.toString(16)}/${vlan}`;

export const findFdb = (bridge: Bridge, mac: bigint, vlan: VlanId): FdbEntry | undefined =>
  bridge.fdb.get(keyOf(mac, vlan));

/** All entries, most recently made first. */
export const fdbEntries = (bridge: Bridge): FdbEntry[] => [...bridge.fdb.values()].reverse();

/** How long an entry lives: shorter while the topology changes. */
const holdTime = (bridge: Bridge): number =>
  bridge.topologyChange ? bridge.forwardDelay : bridge.ageingTime;

export const hasExpired = (bridge: Bridge, entry: FdbEntry, now: number): boolean =>
  !entry.isStatic && !entry.isLocal && !entry.externLearn && now >= entry.updated + holdTime(bridge);

function notify(net: Namespace, master: Link, entry: FdbEntry, deleted: boolean): void {
  const link = entry.port === null ? master : net.links.get(entry.port);
  if (link !== undefined)
    net.machine.notify({
      kind: 'fdb',
      namespace: net.name,
      bridge: master,
      link,
      mac: entry.mac,
      vlan: entry.vlan,
      deleted,
    });
}

function create(
  net: Namespace,
  master: Link,
  bridge: Bridge,
  mac: bigint,
  vlan: VlanId,
  port: number | null,
  flags: Partial<FdbEntry>,
): FdbEntry {
  const now = net.machine.context.clock.now();
  const entry: FdbEntry = {
    mac,
    vlan,
    port,
    isLocal: false,
    isStatic: false,
    isSticky: false,
    addedByUser: false,
    externLearn: false,
    updated: now,
    used: now,
    ...flags,
  };
  bridge.fdb.set(keyOf(mac, vlan), entry);
  notify(net, master, entry, false);
  return entry;
}

export function deleteFdb(net: Namespace, master: Link, bridge: Bridge, entry: FdbEntry): void {
  bridge.fdb.delete(keyOf(entry.mac, entry.vlan));
  notify(net, master, entry, true);
}

/** Learns from the source of a frame. True when the entry is new or moved. */
export function learnFdb(
  net: Namespace,
  master: Link,
  bridge: Bridge,
  port: BridgePort,
  mac: bigint,
  vlan: VlanId,
): 'new' | 'moved' | 'known' | 'own' | 'off' {
  if (holdTime(bridge) === 0) return 'off';
  const entry = findFdb(bridge, mac, vlan);
  if (entry === undefined) {
    create(net, master, bridge, mac, vlan, port.ifindex, {});
    return 'new';
  }
  if (entry.isLocal) return 'own';
  entry.updated = net.machine.context.clock.now();
  if (entry.port === port.ifindex || entry.isSticky) return 'known';
  entry.port = port.ifindex;
  entry.externLearn = false;
  notify(net, master, entry, false);
  return 'moved';
}

/** An address of the host. The first owner keeps it; a learned entry gives way. */
export function addLocalFdb(
  net: Namespace,
  master: Link,
  bridge: Bridge,
  port: number | null,
  mac: bigint,
  vlan: VlanId,
): void {
  if (mac === 0n) return;
  const entry = findFdb(bridge, mac, vlan);
  if (entry !== undefined) {
    if (entry.isLocal) return;
    deleteFdb(net, master, bridge, entry);
  }
  create(net, master, bridge, mac, vlan, port, { isLocal: true, isStatic: true });
}

/** The VLANs that an entry of the user's is for: without one, untagged and all those of the port. */
export const userFdbVlans = (bridge: Bridge, port: number | null, vlan: VlanId): readonly VlanId[] =>
  vlan !== 0 ? [vlan] : [0, ...(bridge.ports.find((one) => one.ifindex === port)?.vlans.keys() ?? [])];

/** What `bridge fdb add ... master` asks for, for one VLAN. */
export function addUserFdb(
  net: Namespace,
  master: Link,
  bridge: Bridge,
  port: number | null,
  mac: bigint,
  vlan: VlanId,
  kind: 'permanent' | 'static' | 'dynamic',
  { sticky, externLearn }: { readonly sticky: boolean; readonly externLearn: boolean },
): FdbEntry {
  const known = findFdb(bridge, mac, vlan);
  if (known !== undefined) bridge.fdb.delete(keyOf(mac, vlan));
  return create(net, master, bridge, mac, vlan, port, {
    isLocal: kind === 'permanent',
    isStatic: kind !== 'dynamic',
    isSticky: sticky,
    externLearn,
    addedByUser: !externLearn,
  });
}

/** A port gave up an address that the host keeps elsewhere: the entry moves there, else it goes. */
function deleteLocalFdb(net: Namespace, master: Link, bridge: Bridge, entry: FdbEntry): void {
  for (const port of bridge.ports) {
    const link = net.links.get(port.ifindex);
    if (port.ifindex !== entry.port && link?.mac === entry.mac) {
      entry.port = port.ifindex;
      entry.addedByUser = false;
      return;
    }
  }
  if (entry.port !== null && master.mac === entry.mac) {
    entry.port = null;
    entry.addedByUser = false;
    return;
  }
  deleteFdb(net, master, bridge, entry);
}

/** A port's own address changed. */
export function changePortMac(
  net: Namespace,
  master: Link,
  bridge: Bridge,
  port: BridgePort,
  mac: bigint,
): void {
  for (const entry of fdbEntries(bridge))
    if (entry.port === port.ifindex && entry.isLocal && !entry.addedByUser)
      deleteLocalFdb(net, master, bridge, entry);
  addLocalFdb(net, master, bridge, port.ifindex, mac, 0);
  for (const vlan of port.vlans.keys()) addLocalFdb(net, master, bridge, port.ifindex, mac, vlan);
}

/** The bridge's own address becomes `mac`. */
export function changeBridgeMac(net: Namespace, master: Link, bridge: Bridge, mac: bigint): void {
  for (const entry of fdbEntries(bridge))
    if (entry.port === null && entry.isLocal && !entry.addedByUser)
      deleteLocalFdb(net, master, bridge, entry);
  addLocalFdb(net, master, bridge, null, mac, 0);
  for (const vlan of bridge.vlans.keys()) addLocalFdb(net, master, bridge, null, mac, vlan);
}

/** Forgets what was learned on a port; with `all` its static and local entries too. */
export function flushPort(
  net: Namespace,
  master: Link,
  bridge: Bridge,
  port: BridgePort,
  all: boolean,
): void {
  for (const entry of fdbEntries(bridge)) {
    if (entry.port !== port.ifindex) continue;
    if (!all && (entry.isStatic || (entry.externLearn && !entry.isLocal))) continue;
    if (entry.isLocal) deleteLocalFdb(net, master, bridge, entry);
    else deleteFdb(net, master, bridge, entry);
  }
}

/** Removes what has expired, and comes again when the next entry can. */
export function collectGarbage(net: Namespace, master: Link, bridge: Bridge): void {
  const { clock } = net.machine.context;
  const now = clock.now();
  let wait = holdTime(bridge);
  for (const entry of fdbEntries(bridge)) {
    if (entry.isStatic || entry.isLocal || entry.externLearn) continue;
    const end = entry.updated + holdTime(bridge);
    if (end > now) wait = Math.min(wait, end - now);
    else deleteFdb(net, master, bridge, entry);
  }
  const least = 10e6;
  startTimer(clock, bridge.gcTimer, Math.max(wait, least), () => collectGarbage(net, master, bridge));
}
