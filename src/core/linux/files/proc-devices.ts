/** The files of /proc/net about devices: `dev`, `dev_mcast`, `if_inet6`, `igmp`, `igmp6`, and those of VLAN devices. */
import { isLinkLocalIp6 } from '../family.ts';
import type { Ipv6Address } from '../ip6/device.ts';
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';

const byIndex = (net: Namespace): Link[] => [...net.links.values()].sort((a, b) => a.index - b.index);

const columns = (values: readonly (readonly [number, number])[]): string =>
  values.map(([value, width]) => String(value).padStart(width)).join(' ');

/** `/proc/net/dev`. */
export function devText(net: Namespace): string {
  const rows = byIndex(net).map(({ name, counters: at }) => {
    const received = columns([
      [at.rxBytes, 7],
      [at.rxPackets, 7],
      [at.rxErrors, 4],
      [at.rxDropped + at.rxMissed, 4],
      [0, 4],
      [0, 5],
      [0, 10],
      [at.rxMulticast, 9],
    ]);
    const sent = columns([
      [at.txBytes, 8],
      [at.txPackets, 7],
      [at.txErrors, 4],
      [at.txDropped, 4],
      [0, 4],
      [0, 5],
      [0, 7],
      [0, 10],
    ]);
    return `${name.padStart(6)}: ${received} ${sent}\n`;
  });
  return [
    'Inter-|   Receive                                                |  Transmit\n',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n',
    ...rows,
  ].join('');
}

const hex = (value: bigint | number, digits: number): string => value.toString(16).padStart(digits, '0');

const numbered = (value: number | string, width: number): string => String(value).padEnd(width);

/** `/proc/net/dev_mcast`. */
export const deviceGroupsText = (net: Namespace): string =>
  byIndex(net)
    .flatMap((link) =>
      [...link.multicast].map(
        ([mac, users]) =>
          `${numbered(link.index, 4)} ${numbered(link.name, 15)} ${numbered(users, 5)} ${numbered(0, 5)} ${hex(mac, 12)}\n`,
      ),
    )
    .join('');

const SCOPE_HOST = 0x10;
const SCOPE_LINK = 0x20;

const scopeOf = (address: bigint): number =>
  address === 1n ? SCOPE_HOST : isLinkLocalIp6(address) ? SCOPE_LINK : 0;

function addressFlags(address: Ipv6Address): number {
  return (
    (address.validLifetime === null ? 0x80 : 0) |
    (address.tentative ? 0x40 : 0) |
    (address.deprecated ? 0x20 : 0) |
    (address.dadFailed ? 0x08 : 0) |
    (address.optimistic ? 0x04 : 0) |
    (address.noDad ? 0x02 : 0)
  );
}

/** `/proc/net/if_inet6`; the kernel's order is that of a hash, here it is the devices'. */
export const addresses6Text = (net: Namespace): string =>
  byIndex(net)
    .flatMap((link) =>
      link.ipv6.addresses.map(
        (each) =>
          `${hex(each.address, 32)} ${hex(link.index, 2)} ${hex(each.length, 2)} ${hex(scopeOf(each.address), 2)} ${hex(addressFlags(each), 2)} ${link.name.padStart(8)}\n`,
      ),
    )
    .join('');

/** Octets in the order of a little-endian machine's memory. */
export const reversed32 = (value: number): string =>
  [24, 16, 8, 0]
    .map((shift) => hex((value >>> shift) & 0xff, 2))
    .reverse()
    .join('')
    .toUpperCase();

/** `/proc/net/igmp`. */
export function groups4Text(net: Namespace): string {
  const rows = byIndex(net)
    .filter((link) => link.groups4.size > 0)
    .map((link) => {
      const groups = [...link.groups4]
        .reverse()
        .map(
          ([group, { users }]) =>
            `\t\t\t\t${reversed32(group)} ${String(users).padStart(5)} 0:00000000\t\t0\n`,
        );
      const count = String(groups.length).padStart(5);
      return `${link.index}\t${numbered(link.name, 10)}: ${count} ${'V3'.padStart(7)}\n${groups.join('')}`;
    });
  return `Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n${rows.join('')}`;
}

/** Groups that nobody reports: all nodes, and those within the device. */
const NO_REPORT = 0x8;
const LOADED = 0x4;

/** `/proc/net/igmp6`. */
export const groups6Text = (net: Namespace): string =>
  byIndex(net)
    .flatMap((link) =>
      [...link.ipv6.groups].reverse().map(([group, { users }]) => {
        const scope = (group >> 112n) & 15n;
        const isAllNodes = group === (((0xff00n | scope) << 112n) | 1n) && scope <= 2n;
        const flags = (isAllNodes ? NO_REPORT : 0) | (scope > 1n ? LOADED : 0);
        return `${numbered(link.index, 4)} ${numbered(link.name, 15)} ${hex(group, 32)} ${String(users).padStart(5)} ${hex(flags, 8).toUpperCase()} 0\n`;
      }),
    )
    .join('');

/** `/proc/net/vlan/config`. */
export function vlansText(net: Namespace): string {
  const rows = byIndex(net).flatMap(({ name, vlan, lower }) =>
    vlan === null ? [] : [`${numbered(name, 15)}| ${numbered(vlan.id, 4)}| ${lower?.name ?? ''}\n`],
  );
  return `VLAN Dev name\t | VLAN ID\nName-Type: VLAN_NAME_TYPE_RAW_PLUS_VID_NO_PAD\n${rows.join('')}`;
}

/** `/proc/net/vlan/DEVICE`. */
export function vlanText(link: Link, id: number): string {
  const { counters } = link;
  const count = (words: string, value: number): string =>
    `${words.padStart(30)} ${String(value).padStart(12)}\n`;
  return [
    `${link.name}  VID: ${id}\t REORDER_HDR: 1  dev->priv_flags: 1021\n`,
    count('total frames received', counters.rxPackets),
    count('total bytes received', counters.rxBytes),
    count('Broadcast/Multicast Rcvd', counters.rxMulticast),
    '\n',
    count('total frames transmitted', counters.txPackets),
    count('total bytes transmitted', counters.txBytes),
    `Device: ${link.lower?.name ?? ''}`,
    '\nINGRESS priority mappings: 0:0  1:0  2:0  3:0  4:0  5:0  6:0 7:0\n',
    ' EGRESS priority mappings: \n',
  ].join('');
}
