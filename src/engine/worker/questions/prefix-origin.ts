/** Where a prefix comes from in OVN: the northbound row, the options that make it known, and its Advertised_Route rows. */
import { formatPrefix, network, parsePrefix, type Prefix } from '../../../core/frr/prefix.ts';
import type { NbDatabase, NbRow, SbDatabase, SbRow } from '../../../core/ovsdb/index.ts';
import type { Subject } from '../../protocol.ts';
import type { KnownPrefix } from '../../questions/prefix-road.ts';

/** A northbound row that stands for a prefix, and the word of `dynamic-routing-redistribute` that makes it known. */
export interface PrefixCause {
  readonly table: string;
  readonly row: string;
  readonly word: 'nat' | 'lb' | 'static' | 'connected' | 'connected-as-host';
  readonly router: NbRow<'Logical_Router'> | null;
  /** The router's port that has it. */
  readonly port?: string;
}

/** A router that makes a prefix known, or could. */
export interface AdvertisingRouter {
  readonly name: string;
  readonly datapath: SbRow<'Datapath_Binding'>;
  /** The kernel's table and VRF on its chassis. */
  readonly table: number;
  readonly vrf: string;
  readonly maintainsVrf: boolean;
  /** Chassis that serve one of its ports. */
  readonly chassis: ReadonlySet<string>;
  /** Its rows for the prefix. */
  readonly advertised: readonly SbRow<'Advertised_Route'>[];
  /** Settings as they are in the northbound database; null without that database. */
  readonly northbound: {
    readonly row: NbRow<'Logical_Router'>;
    readonly ports: readonly NbRow<'Logical_Router_Port'>[];
  } | null;
}

/** A prefix in one form: host bits cleared. Undefined for other text. */
export function readPrefix(text: string): Prefix | undefined {
  const prefix = parsePrefix(text.trim());
  return prefix && network(prefix);
}

/** As the kernel and OVN write it: without the length of a whole address. */
export const shortText = (prefix: Prefix): string =>
  prefix.length === (prefix.family === 4 ? 32 : 128)
    ? formatPrefix(prefix).replace(/\/\d+$/, '')
    : formatPrefix(prefix);

const isSame = (text: string, prefix: Prefix): boolean => {
  const other = readPrefix(text);
  return other !== undefined && formatPrefix(other) === formatPrefix(prefix);
};

/** `[2001:db8::1]:80` and `192.0.2.1:80`: the address. */
function vipAddress(vip: string): string {
  const bracket = /^\[([^\]]+)\]/.exec(vip)?.[1];
  if (bracket !== undefined) return bracket;
  return vip.split(':').length === 2 ? (vip.split(':')[0] ?? vip) : vip;
}

function* causes(nb: NbDatabase): Generator<PrefixCause & { readonly prefix: string }> {
  const routerOf = (holds: (row: NbRow<'Logical_Router'>) => boolean): NbRow<'Logical_Router'> | null => {
    for (const row of nb.rows('Logical_Router')) if (holds(row)) return row;
    return null;
  };
  for (const row of nb.rows('NAT'))
    yield {
      table: 'NAT',
      row: `${row.type} external_ip ${row.external_ip} logical_ip ${row.logical_ip}`,
      word: 'nat',
      prefix: row.external_ip,
      router: routerOf((router) => router.nat.includes(row._uuid)),
    };
  for (const row of nb.rows('Load_Balancer'))
    for (const vip of row.vips.keys())
      yield {
        table: 'Load_Balancer',
        row: `${row.name} vip ${vip}`,
        word: 'lb',
        prefix: vipAddress(vip),
        router: routerOf((router) => router.load_balancer.includes(row._uuid)),
      };
  for (const row of nb.rows('Logical_Router_Static_Route'))
    yield {
      table: 'Logical_Router_Static_Route',
      row: `${row.ip_prefix} via ${row.nexthop}`,
      word: 'static',
      prefix: row.ip_prefix,
      router: routerOf((router) => router.static_routes.includes(row._uuid)),
    };
  for (const row of nb.rows('Logical_Router_Port'))
    for (const text of row.networks)
      yield {
        table: 'Logical_Router_Port',
        row: `${row.name} network ${text}`,
        word: 'connected',
        port: row.name,
        prefix: text,
        router: routerOf((router) => router.ports.includes(row._uuid)),
      };
  for (const row of nb.rows('Logical_Switch_Port'))
    for (const text of row.addresses)
      for (const address of text.split(/\s+/).slice(1))
        yield {
          table: 'Logical_Switch_Port',
          row: `${row.name} address ${address}`,
          word: 'connected-as-host',
          prefix: address.replace(/\/\d+$/, ''),
          router: null,
        };
}

/** Northbound rows that stand for the prefix, the more particular first. */
export const causesOfPrefix = (nb: NbDatabase, prefix: Prefix): readonly PrefixCause[] =>
  [...causes(nb)].filter((cause) => isSame(cause.prefix, prefix));

/** Prefixes of rows that an operator thinks of as such, and of what northd has made known. */
export function databasePrefixes(
  nb: NbDatabase | undefined,
  sb: SbDatabase | undefined,
): readonly KnownPrefix[] {
  const found: KnownPrefix[] = [];
  for (const { prefix, table, word } of nb ? causes(nb) : []) {
    const read = word === 'connected-as-host' ? undefined : readPrefix(prefix);
    if (read) found.push({ prefix: shortText(read), source: table });
  }
  for (const row of sb?.rows('Advertised_Route') ?? []) {
    const read = readPrefix(row.ip_prefix);
    if (read) found.push({ prefix: shortText(read), source: 'Advertised_Route' });
  }
  return found;
}

/** Routers with rows for the prefix first, then others that take part in dynamic routing, once did, or have the causes themselves. */
export function advertisingRouters(
  nb: NbDatabase | undefined,
  sb: SbDatabase,
  prefix: Prefix,
  causesOfIt: readonly PrefixCause[],
): readonly AdvertisingRouter[] {
  const owners = new Set(
    causesOfIt.flatMap(({ word, router }) => (router !== null && word === 'connected' ? [router._uuid] : [])),
  );
  const rows = [...sb.rows('Advertised_Route')].filter((row) => isSame(row.ip_prefix, prefix));
  const found: AdvertisingRouter[] = [];
  for (const datapath of sb.rows('Datapath_Binding')) {
    const advertised = rows.filter((row) => row.datapath === datapath._uuid);
    const ports = [...sb.find('Port_Binding', 'datapath', datapath._uuid)];
    const taking = ports.filter(({ options }) => options.get('dynamic-routing') === 'true');
    const northbound = nb ? northboundOf(nb, datapath) : null;
    const tookPart = northbound !== null && hasSettings(northbound);
    const isOwner = northbound !== null && owners.has(northbound.row._uuid);
    if (advertised.length === 0 && taking.length === 0 && !tookPart && !isOwner) continue;
    const setting = 'dynamic-routing-vrf-id';
    const id = Number(datapath.external_ids.get(setting) ?? northbound?.row.options.get(setting) ?? '0');
    const table = id > 0 ? id : datapath.tunnel_key;
    const named = taking.map(({ options }) => options.get('dynamic-routing-vrf-name')).find((name) => name);
    const chassis = new Set(
      ports.flatMap((port) => {
        const redirect = port.options.get('chassis-redirect-port');
        const holder = redirect === undefined ? port : sb.find('Port_Binding', 'logical_port', redirect)[0];
        const row = holder?.chassis == null ? undefined : sb.get('Chassis', holder.chassis);
        return row ? [row.name] : [];
      }),
    );
    found.push({
      name: northbound?.row.name ?? datapath.external_ids.get('name') ?? datapath._uuid.slice(0, 8),
      datapath,
      table,
      vrf: named ?? `ovnvrf${table}`,
      maintainsVrf: taking.some(({ options }) => options.get('dynamic-routing-maintain-vrf') === 'true'),
      chassis,
      advertised,
      northbound,
    });
  }
  return found.toSorted((a, b) => b.advertised.length - a.advertised.length);
}

const hasSettings = ({ row, ports }: NonNullable<AdvertisingRouter['northbound']>): boolean =>
  [row, ...ports].some(({ options }) => [...options.keys()].some((key) => key.startsWith('dynamic-routing')));

function northboundOf(nb: NbDatabase, datapath: SbRow<'Datapath_Binding'>): AdvertisingRouter['northbound'] {
  const uuid = datapath.nb_uuid ?? datapath.external_ids.get('logical-router');
  for (const row of nb.rows('Logical_Router'))
    if (row._uuid === uuid)
      return { row, ports: row.ports.flatMap((port) => nb.get('Logical_Router_Port', port) ?? []) };
  return null;
}

export const routerSubject = ({ northbound }: AdvertisingRouter): Subject | null =>
  northbound ? { kind: 'logical-router', uuid: northbound.row._uuid } : null;
