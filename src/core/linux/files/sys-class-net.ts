/** /sys/class/net: one directory a device. */
import { formatMac } from '../../base/address.ts';
import { err, ok } from '../../base/result.ts';
import { slaveOf } from '../bond/active.ts';
import { deviceFlags } from '../device-flags.ts';
import { operState, setMtu } from '../device.ts';
import type { Link, LinkKind } from '../link.ts';
import { linkSettings } from '../link-speed.ts';
import type { Namespace } from '../namespace.ts';
import { directory, entriesOf, linkTo, readOnly, refused, type Entries, type Node } from './node.ts';
import { bondEntries, slaveEntries } from './sys-bond.ts';
import { asErrno, bridgeEntries, numberFile, portEntries } from './sys-bridge.ts';

/** Where a device of the machine's bus lies; all others are virtual. */
const VIRTUAL = '../../devices/virtual/net';

const DEVICE_TYPES: Partial<Record<LinkKind, string>> = {
  bridge: 'bridge',
  vlan: 'vlan',
  bond: 'bond',
  vxlan: 'vxlan',
  geneve: 'geneve',
  macvlan: 'macvlan',
};

const TYPE = { ethernet: 1, loopback: 772, gre: 778, none: 65_534 } as const;

const typeOf = ({ kind, ethernet }: Link): number =>
  kind === 'lo' ? TYPE.loopback : kind === 'gre' ? TYPE.gre : ethernet ? TYPE.ethernet : TYPE.none;

const SOURCES = { permanent: 0, random: 1, stolen: 2, set: 3 } as const;
/** How the name came: given by the kernel for good, by the user, or changed from the kernel's own. */
const NAMED = { predictable: 2, user: 3, renamed: 4 } as const;

const isVirtual = ({ kind }: Link): boolean => kind !== 'physical';

/** The speed and the duplex that a device tells. */
function reportedSpeed(
  net: Namespace,
  link: Link,
): { readonly speed: number; readonly duplex: string } | null {
  if (['lo', 'dummy', 'macvlan', 'vrf', 'vxlan', 'geneve', 'gre', 'gretap'].includes(link.kind)) return null;
  const { speed, duplex } = linkSettings(net.machine, link);
  return { speed: speed ?? -1, duplex };
}

const value = (text: () => string | number) => (): Node => readOnly(() => `${text()}\n`);

/** What is known only while the device is up. */
const whileUp = (link: Link, text: () => string | number) => (): Node =>
  link.up ? value(text)() : refused('EINVAL');

/** Counters that the model has, by their file; the others are 0. */
const STATISTICS: Readonly<Record<string, (counters: Link['counters']) => number>> = {
  collisions: () => 0,
  multicast: (at) => at.rxMulticast,
  rx_bytes: (at) => at.rxBytes,
  rx_compressed: () => 0,
  rx_crc_errors: () => 0,
  rx_dropped: (at) => at.rxDropped,
  rx_errors: (at) => at.rxErrors,
  rx_fifo_errors: () => 0,
  rx_frame_errors: () => 0,
  rx_length_errors: () => 0,
  rx_missed_errors: (at) => at.rxMissed,
  rx_nohandler: () => 0,
  rx_over_errors: () => 0,
  rx_packets: (at) => at.rxPackets,
  tx_aborted_errors: () => 0,
  tx_bytes: (at) => at.txBytes,
  tx_carrier_errors: () => 0,
  tx_compressed: () => 0,
  tx_dropped: (at) => at.txDropped,
  tx_errors: (at) => at.txErrors,
  tx_fifo_errors: () => 0,
  tx_heartbeat_errors: () => 0,
  tx_packets: (at) => at.txPackets,
  tx_window_errors: () => 0,
};

function deviceEntries(net: Namespace, link: Link): Entries {
  const reported = link.up ? reportedSpeed(net, link) : null;
  const carrierHalf = (more: 0 | 1) => value(() => (link.carrierChanges + more) >> 1);
  const startsWithCarrier = link.carrier === (link.carrierChanges % 2 === 0);
  const changed = (): void => net.machine.notify({ kind: 'link', namespace: net.name, link, deleted: false });
  const below = link.lower ?? link.peer;
  const entries = entriesOf({
    addr_assign_type: value(() => (link.kind === 'lo' ? 0 : SOURCES[link.macSource])),
    addr_len: value(() => (link.ethernet || link.kind === 'lo' ? 6 : link.kind === 'gre' ? 4 : 0)),
    address: value(() => formatMac(link.mac)),
    broadcast: value(() => formatMac(link.kind === 'lo' ? 0n : link.broadcast)),
    carrier: whileUp(link, () => Number(link.carrier || !link.operReported)),
    carrier_changes: value(() => link.carrierChanges),
    carrier_down_count: carrierHalf(startsWithCarrier ? 1 : 0),
    carrier_up_count: carrierHalf(startsWithCarrier ? 0 : 1),
    dev_id: value(() => '0x0'),
    dev_port: value(() => 0),
    dormant: whileUp(link, () => 0),
    duplex: () => (reported === null ? refused('EINVAL') : value(() => reported.duplex)()),
    flags: value(() => `0x${deviceFlags(link).toString(16)}`),
    gro_flush_timeout: value(() => 0),
    ifalias: () => ({
      kind: 'file',
      read: () => ok(link.alias === null ? '' : `${link.alias}\n`),
      write: (text) => {
        const alias = text.replace(/\n$/, '');
        if (alias.length > 255) return err('EINVAL');
        link.alias = alias === '' ? null : alias;
        changed();
        return ok(undefined);
      },
    }),
    ifindex: value(() => link.index),
    iflink: value(() => (link.kind === 'vxlan' ? link.index : (below?.index ?? link.index))),
    link_mode: value(() => 0),
    mtu: () =>
      numberFile(
        () => link.mtu,
        (mtu) => asErrno(setMtu(net, link, mtu)),
      ),
    name_assign_type: value(() =>
      link.kind === 'lo' ? NAMED.predictable : isVirtual(link) ? NAMED.user : NAMED.renamed,
    ),
    napi_defer_hard_irqs: value(() => 0),
    netdev_group: () =>
      numberFile(
        () => link.group,
        (group) => {
          link.group = group;
          changed();
          return ok(undefined);
        },
      ),
    operstate: value(() => operState(link).toLowerCase()),
    proto_down: value(() => 0),
    speed: () => (reported === null ? refused('EINVAL') : value(() => reported.speed)()),
    statistics: () =>
      directory(() =>
        entriesOf(
          Object.fromEntries(
            Object.entries(STATISTICS).map(([name, count]) => [name, value(() => count(link.counters))]),
          ),
        ),
      ),
    subsystem: () => linkTo('../../../../class/net'),
    testing: whileUp(link, () => 0),
    threaded: value(() => 0),
    tx_queue_len: () =>
      numberFile(
        () => link.txQueueLength,
        (length) => {
          link.txQueueLength = length;
          changed();
          return ok(undefined);
        },
      ),
    type: value(() => typeOf(link)),
    uevent: value(() => {
      const type = DEVICE_TYPES[link.kind];
      return `${type === undefined ? '' : `DEVTYPE=${type}\n`}INTERFACE=${link.name}\nIFINDEX=${link.index}`;
    }),
  });
  addRelations(net, link, entries);
  addParts(net, link, entries);
  return entries;
}

/** Links to the master, and to the devices above and below. */
function addRelations(net: Namespace, link: Link, entries: Map<string, () => Node>): void {
  const uppers = [...net.links.values()].filter(
    (other) => other !== link && (other.lower === link || link.master === other) && other.kind !== 'vxlan',
  );
  const lowers = [...net.links.values()].filter(
    (other) => other !== link && (link.lower === other || other.master === link) && link.kind !== 'vxlan',
  );
  if (link.master !== null) {
    const { name } = link.master;
    entries.set('master', () => linkTo(`../${name}`));
  }
  for (const { name } of uppers) entries.set(`upper_${name}`, () => linkTo(`../${name}`));
  for (const { name } of lowers) entries.set(`lower_${name}`, () => linkTo(`../${name}`));
}

/** What bridges, bonds and their ports have besides. */
function addParts(net: Namespace, link: Link, entries: Map<string, () => Node>): void {
  const { bridge, bond, port, master } = link;
  if (bridge !== null) {
    entries.set('bridge', () => directory(() => bridgeEntries(net, link, bridge)));
    entries.set('brif', () =>
      directory(() => {
        const ports = bridge.ports.flatMap(({ ifindex }) => net.links.get(ifindex)?.name ?? []);
        return new Map(ports.map((name) => [name, () => linkTo(`../../${name}/brport`)]));
      }),
    );
  }
  if (port !== null && master?.bridge != null) {
    const { bridge: of } = master;
    entries.set('brport', () => directory(() => portEntries(net, master, of, port)));
  }
  if (bond !== null) entries.set('bonding', () => directory(() => bondEntries(net, link, bond)));
  const slave = master?.bond == null ? undefined : slaveOf(master.bond, link);
  if (slave !== undefined) entries.set('bonding_slave', () => directory(() => slaveEntries(slave)));
}

/** The devices as directories, under the names that the links of /sys/class/net lead to. */
export const devicesDirectory = (net: Namespace): Node =>
  directory(
    () =>
      new Map(
        [...net.links.values()].map((link) => [link.name, () => directory(() => deviceEntries(net, link))]),
      ),
  );

/** /sys/class/net itself: a link a device, and the list of bonds. */
export const classDirectory = (net: Namespace): Node =>
  directory((): Entries => {
    const links = [...net.links.values()];
    const entries = new Map<string, () => Node>(
      links.map(({ name }) => [name, () => linkTo(`${VIRTUAL}/${name}`)]),
    );
    if (net.machine.features.has('bond'))
      entries.set('bonding_masters', () =>
        readOnly(() => {
          const bonds = links.filter(({ bond }) => bond !== null).map(({ name }) => name);
          return bonds.length === 0 ? '\n' : `${bonds.join(' ')}\n`;
        }),
      );
    return entries;
  });
