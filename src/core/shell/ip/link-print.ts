/** One link as `ip link` and `ip addr` print it (`print_linkinfo`). */
import { formatMac } from '../../base/address.ts';
import { operState } from '../../linux/device.ts';
import { hasBroadcast, hasMulticast, isMaster, isPointToPoint } from '../../linux/device-flags.ts';
import { formatIp } from '../../linux/family.ts';
import type { Link } from '../../linux/link.ts';
import { printLinkInfo } from './link-detail.ts';
import { groupName } from './names.ts';
import { namespaceIds } from './netns-id.ts';
import type { IpRun } from './run.ts';
import type { Writer } from './writer.ts';

/** Flags in the order of iproute2's list; `NO-CARRIER` when up but not running. */
export function linkFlags(link: Link): string[] {
  const state = operState(link);
  const running = link.up && (state === 'UP' || state === 'UNKNOWN');
  const flags: string[] = [];
  const add = (name: string, on: boolean): void => {
    if (on) flags.push(name);
  };
  add('NO-CARRIER', link.up && !running);
  add('LOOPBACK', link.kind === 'lo');
  add('BROADCAST', hasBroadcast(link));
  add('POINTOPOINT', isPointToPoint(link));
  add('MULTICAST', hasMulticast(link));
  add('NOARP', link.noArp);
  add('ALLMULTI', link.allmultiFlag);
  add('PROMISC', link.promiscFlag);
  add('MASTER', isMaster(link));
  add('SLAVE', link.master?.bond != null);
  add('UP', link.up);
  add('LOWER_UP', link.up && (link.carrier || !link.operReported));
  return flags;
}

interface NamedLink {
  readonly name: string;
  readonly down: boolean;
}

/**
 * The name where the kernel gives the other device's index without its namespace (bridge ports, `ip -6 addr`): an
 * equal index says nothing, another is looked up here, wherever that device is.
 */
export function nameAndIndex(run: IpRun, writer: Writer, link: Link): NamedLink {
  const below = link.peer ?? link.lower;
  if (below === null || link.kind === 'vxlan' || below.index === link.index)
    return { name: link.name, down: false };
  const here = run.net.links.get(below.index);
  const other = here?.name ?? `if${below.index}`;
  writer.json('link', other);
  return {
    name: writer.isJson ? link.name : `${link.name}@${other}`,
    down: here !== undefined && !here.up,
  };
}

/** Name with `@` and the device below or at the other end, and whether that one is down. */
function nameAndLink(writer: Writer, link: Link): NamedLink {
  // The kernel does not tell what a VXLAN device sends through.
  const below = link.kind === 'vxlan' ? null : (link.peer ?? link.lower);
  if (below === null) {
    if (link.kind !== 'veth' && link.kind !== 'gretap' && link.kind !== 'gre')
      return { name: link.name, down: false };
    writer.json('link', null);
    return { name: writer.isJson ? link.name : `${link.name}@NONE`, down: false };
  }
  if (below.namespace !== link.namespace) {
    writer.json('link_index', below.index);
    return { name: writer.isJson ? link.name : `${link.name}@if${below.index}`, down: false };
  }
  writer.json('link', below.name);
  return { name: writer.isJson ? link.name : `${link.name}@${below.name}`, down: !below.up };
}

function printFlags(writer: Writer, link: Link, down: boolean): void {
  const flags = linkFlags(link);
  writer.openArray('flags', '<');
  flags.forEach((flag, index) => writer.field(null, flag, `${flag}${index < flags.length - 1 ? ',' : ''}`));
  if (down) writer.field(null, 'M-DOWN', ',M-DOWN');
  writer.closeArray('> ');
}

/** How `ip` was asked: about links (`ip link`) or addresses, and of which family. */
export interface LinkView {
  readonly link: boolean;
  readonly showLinkLayer: boolean;
  /** Only what a dump of one family (`ip -6 addr`) says of a link. */
  readonly isSparse?: boolean;
}

export function printLinkBrief(writer: Writer, link: Link, view: LinkView): void {
  const { name, down } = nameAndLink(writer, link);
  writer.field('ifname', name, `${name.padEnd(16)} `);
  const state = operState(link);
  writer.field('operstate', state, `${state.padEnd(14)} `);
  if (!view.link) return;
  if (link.kind === 'gre') {
    const local = formatIp(4, link.tunnel?.local?.address ?? 0n);
    writer.field('address', local, `${local.padEnd(17)} `);
  } else if (link.ethernet) writer.field('address', formatMac(link.mac), `${formatMac(link.mac)} `);
  printFlags(writer, link, down);
  writer.text('\n');
}

export function printLink(run: IpRun, writer: Writer, link: Link, view: LinkView): void {
  const { options } = run;
  writer.field('ifindex', link.index, `${link.index}: `);
  const isSparse = view.isSparse === true;
  const { name, down } = isSparse ? nameAndIndex(run, writer, link) : nameAndLink(writer, link);
  writer.field('ifname', name, `${name}: `);
  printFlags(writer, link, down);
  writer.field('mtu', link.mtu, `mtu ${link.mtu} `);
  if (!isSparse) writer.field('qdisc', link.qdisc, `qdisc ${link.qdisc} `);
  if (link.master !== null && !isSparse)
    writer.field('master', link.master.name, `master ${link.master.name} `);
  const state = operState(link);
  writer.field('operstate', state, `state ${state} `);
  if (view.link) writer.field('linkmode', 'DEFAULT', 'mode DEFAULT ');
  const group = groupName(link.group, options.numeric);
  if (!isSparse) writer.field('group', group, `group ${group} `);
  if (link.txQueueLength !== 0) writer.field('txqlen', link.txQueueLength, `qlen ${link.txQueueLength}`);
  if (view.showLinkLayer || options.details) printLinkLayer(writer, link);
  if (!isSparse) printPeerNamespace(run, writer, link);
  if (options.details) printDetails(run, writer, link, view);
  if ((view.link || options.details) && link.alias !== null) {
    writer.text(`${writer.lineEnd}    `);
    writer.field('ifalias', link.alias, `alias ${link.alias}`);
  }
  if (view.link && options.statistics > 0) {
    writer.newLine();
    printStatistics(run, writer, link);
  }
  if (link.altNames.length > 0 && (run.family === null || options.details)) {
    writer.openArray('altnames');
    for (const alternative of link.altNames) {
      writer.text(`${writer.lineEnd}    altname `);
      writer.field(null, alternative, alternative);
    }
    writer.closeArray();
  }
  writer.text('\n');
}

function printLinkLayer(writer: Writer, link: Link): void {
  writer.newLine();
  const type =
    link.kind === 'lo' ? 'loopback' : link.kind === 'gre' ? 'gre' : link.ethernet ? 'ether' : 'none';
  writer.field('link_type', type, `    link/${type} `);
  if (link.kind === 'gre') {
    // The ends stand where others have their link-layer addresses.
    const local = formatIp(4, link.tunnel?.local?.address ?? 0n);
    const remote = formatIp(4, link.tunnel?.remote?.address ?? 0n);
    const isPair = link.tunnel?.remote != null;
    writer.field('address', local, local);
    if (isPair) writer.json('link_pointtopoint', true);
    writer.text(isPair ? ' peer ' : ' brd ');
    writer.field('broadcast', remote, remote);
  }
  if (!link.ethernet) return;
  writer.field('address', formatMac(link.mac), formatMac(link.mac));
  writer.text(' brd ');
  writer.field('broadcast', formatMac(link.broadcast), formatMac(link.broadcast));
}

function printPeerNamespace(run: IpRun, writer: Writer, link: Link): void {
  const below = link.peer ?? link.lower;
  if (below === null || link.kind === 'vxlan' || below.namespace === link.namespace) return;
  const id = namespaceIds(run).get(below.namespace) ?? 0;
  writer.json('link_netnsid', id);
  writer.text(below.namespace === '' ? ` link-netnsid ${id}` : ` link-netns ${below.namespace}`);
}

/** Largest segments that a kind of device takes in one go. */
const TSO_SIZE: Partial<Record<Link['kind'], number>> = { lo: 524280, veth: 524280, dummy: 524280 };

/** A bridge has the least of its ports'. */
function tsoSize(run: IpRun, link: Link): number {
  // MACVLAN and VXLAN devices pass on what the one below takes.
  if ((link.macvlan !== null || link.vxlan !== null) && link.lower !== null) return tsoSize(run, link.lower);
  const ports = link.bridge?.ports ?? [];
  const sizes = ports.map((port) => TSO_SIZE[run.net.links.get(port.ifindex)?.kind ?? 'lo'] ?? 65536);
  return sizes.length > 0 ? Math.min(...sizes) : (TSO_SIZE[link.kind] ?? 65536);
}

function printDetails(run: IpRun, writer: Writer, link: Link, view: LinkView): void {
  writer.field('promiscuity', link.promiscuity, ` promiscuity ${link.promiscuity} `);
  writer.field('allmulti', link.allmulti, ` allmulti ${link.allmulti} `);
  writer.field('min_mtu', link.minMtu, `minmtu ${link.minMtu} `);
  writer.field('max_mtu', link.maxMtu, `maxmtu ${link.maxMtu} `);
  printLinkInfo(run, writer, link);
  if (view.link) writer.field('inet6_addr_gen_mode', link.addrGenMode, `addrgenmode ${link.addrGenMode} `);
  const numbers: readonly (readonly [string, string, number])[] = [
    ['num_tx_queues', 'numtxqueues', link.queues],
    ['num_rx_queues', 'numrxqueues', link.queues],
    ['gso_max_size', 'gso_max_size', 65536],
    ['gso_max_segs', 'gso_max_segs', 65535],
    ['tso_max_size', 'tso_max_size', tsoSize(run, link)],
    ['tso_max_segs', 'tso_max_segs', 65535],
    ['gro_max_size', 'gro_max_size', 65536],
  ];
  for (const [name, word, value] of numbers) writer.field(name, value, `${word} ${value} `);
}

/** Fixed widths of the columns, widened by what they hold. */
const COLUMNS = [
  '*X errors:',
  'packets',
  'errors',
  'dropped',
  'heartbt',
  'overrun',
  'compressed',
  'otherhost',
];

export function printStatistics(run: IpRun, writer: Writer, link: Link): void {
  const { counters } = link;
  if (writer.isJson) {
    writer.openObject('stats64');
    writer.openObject('rx');
    writer.json('bytes', counters.rxBytes);
    writer.json('packets', counters.rxPackets);
    writer.json('errors', counters.rxErrors);
    writer.json('dropped', counters.rxDropped);
    writer.json('over_errors', 0);
    writer.json('multicast', counters.rxMulticast);
    writer.closeObject();
    writer.openObject('tx');
    writer.json('bytes', counters.txBytes);
    writer.json('packets', counters.txPackets);
    writer.json('errors', counters.txErrors);
    writer.json('dropped', counters.txDropped);
    writer.json('carrier_errors', 0);
    writer.json('collisions', 0);
    writer.closeObject();
    writer.closeObject();
    return;
  }
  const received = [
    counters.rxBytes,
    counters.rxPackets,
    counters.rxErrors,
    counters.rxDropped,
    counters.rxMissed,
    counters.rxMulticast,
  ];
  const sent = [counters.txBytes, counters.txPackets, counters.txErrors, counters.txDropped, 0, 0];
  const extra = run.options.statistics > 1;
  const widths = COLUMNS.map((name, index) =>
    Math.max(
      name.length,
      run.options.human ? 0 : String(received[index] ?? 0).length,
      run.options.human ? 0 : String(sent[index] ?? 0).length,
    ),
  );
  const width = (index: number): number => widths[index] ?? 0;
  const cells = (values: readonly number[]): string =>
    values.map((value, index) => `${amount(run, value).padStart(width(index))} `).join('');
  const heads = (direction: string, names: readonly string[]): string =>
    `    ${direction}: ${'bytes'.padStart(width(0) - 4)} ${names.map((name, index) => name.padStart(width(index + 1))).join(' ')} ${' '.repeat(width(6))}${writer.lineEnd}`;
  let text = heads('RX', ['packets', 'errors', 'dropped', 'missed', 'mcast']);
  text += `    ${cells(received)}`;
  const errors = (
    title: string,
    names: readonly string[],
    values: readonly number[],
    tail: string,
  ): string => {
    const line = `${writer.lineEnd}    ${title}:${''.padStart(width(0) - 10)} ${names.map((name, index) => name.padStart(width(index + 1))).join(' ')}${tail}${writer.lineEnd}`;
    return `${line}${''.padStart(width(0) + 5)}${values.map((value, index) => `${amount(run, value).padStart(width(index + 1))} `).join('')}`;
  };
  if (extra) text += errors('RX errors', ['length', 'crc', 'frame', 'fifo', 'overrun'], [0, 0, 0, 0, 0], '');
  text += writer.lineEnd;
  text += heads('TX', ['packets', 'errors', 'dropped', 'carrier', 'collsns']);
  text += `    ${cells(sent)}`;
  if (extra)
    text += errors(
      'TX errors',
      ['aborted', 'fifo', 'window', 'heartbt', 'transns'],
      [0, 0, 0, 0, link.carrierChanges],
      '',
    );
  writer.text(text);
}

/** A count, or with `-h` the same in three digits and a unit. */
function amount(run: IpRun, count: number): string {
  const base = run.options.iec ? 1024 : 1000;
  if (!run.options.human || count < base) return String(count);
  let power = 1;
  let unit = -1;
  for (;;) {
    power *= base;
    unit += 1;
    if (count / base < power) break;
  }
  let precision = 2;
  for (let ten = 10; precision > 0 && count / power >= ten; ten *= 10) precision -= 1;
  return `${(count / power).toFixed(precision)}${'kMGTPE'[unit] ?? ''}${run.options.iec ? 'i' : ''}`;
}
