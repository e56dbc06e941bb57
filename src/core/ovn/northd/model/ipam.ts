/** Addresses that a switch gives to its ports out of its subnet: who has which, and what a port that asks for one gets. */
import { formatIpv4, formatIpv6, formatMac, parseIpv4, parseIpv6, parseMac } from '../../../base/address.ts';
import type { Uuid } from '../../../base/uuid.ts';
import { hashString } from '../../../ovsdb/index.ts';
import { inHashOrder } from '../incremental/ovs-order.ts';
import { parseMasked, parsePortAddresses } from './addresses.ts';
import type { Addresses } from './addresses.ts';
import type { Base } from './base.ts';
import type { ConfigModel } from './config.ts';
import type { DatapathModel } from './datapaths.ts';
import { uuidHash } from './keys.ts';
import { optionBool } from './options.ts';
import type { Options } from './options.ts';
import type { PortModel, SwitchPort } from './ports.ts';
import type { TopologyModel } from './topology.ts';

export interface IpamModel {
  /** The dynamic_addresses that a port should have; undefined for none. */
  readonly dynamicAddresses: (lsp: Uuid) => string | undefined;
  /** All addresses of a switch port: its own, those of its router port, and the dynamic ones. */
  readonly lspAddresses: (lsp: Uuid) => readonly Addresses[];
}

/** The pool of one switch. `first` is the lowest address that can be given out, as a number. */
interface Pool {
  readonly first: number;
  readonly total: number;
  readonly taken: Set<number>;
}

const NO_ADDRESSES: Options = new Map();

function readPool(config: Options): Pool | undefined {
  const subnet = parseMasked(config.get('subnet') ?? '');
  if (subnet?.family !== 4 || subnet.prefix === undefined || subnet.prefix === 32) return undefined;
  const first = ((subnet.address & subnet.mask) >>> 0) + 1;
  const pool: Pool = { first, total: ~subnet.mask >>> 0, taken: new Set([first]) };
  for (const range of (config.get('exclude_ips') ?? '').split(/\s+/)) {
    const [from, to] = range.split('..');
    const start = parseIpv4(from ?? '');
    if (start === undefined) break;
    const end = to === undefined ? start : parseIpv4(to);
    if (end === undefined) break;
    for (let ip = Math.max(start, first); ip <= Math.min(end, first + pool.total - 1); ip += 1)
      pool.taken.add(ip);
  }
  return pool;
}

function readPrefix(config: Options): bigint | undefined {
  const prefix = parseMasked(config.get('ipv6_prefix') ?? '');
  if (prefix?.family !== 6) return undefined;
  if ((config.get('ipv6_prefix') ?? '').includes('/') && prefix.prefix !== 64) return undefined;
  return (prefix.address >> 64n) << 64n;
}

const eui64 = (mac: bigint, prefix: bigint): bigint => {
  const flipped = mac ^ (1n << 41n);
  return prefix | ((flipped >> 24n) << 40n) | (0xfffen << 24n) | (flipped & 0xffffffn);
};

/** What an `addresses` element with the word `dynamic` fixes. */
interface Request {
  readonly mac: bigint | undefined;
  readonly v4: number | undefined;
  readonly v6: bigint | undefined;
}

function readRequest(text: string): Request {
  const words = text.split(/\s+/);
  return {
    mac: parseMac(words[0] ?? ''),
    v4: words.map(parseIpv4).find((ip) => ip !== undefined),
    v6: words
      .slice(1)
      .map(parseIpv6)
      .find((ip) => ip !== undefined),
  };
}

/** A port that is to be given something. */
interface Waiting {
  readonly port: SwitchPort;
  readonly mac: bigint | undefined;
  readonly ip: number | undefined;
  readonly v6: bigint | undefined;
  readonly wantsIp: boolean;
  readonly wantsV6: boolean;
}

const isMacOnly = (config: Options): boolean =>
  !config.has('subnet') && !config.has('ipv6_prefix') && optionBool(config, 'mac_only', false);

export function defineIpam(
  base: Base,
  m: ConfigModel & DatapathModel & PortModel & TopologyModel,
): IpamModel {
  const { graph, nb } = base;
  const macsOf = (texts: readonly string[]): string[] =>
    texts.map((text) => parsePortAddresses(text)?.mac).filter((mac): mac is string => mac !== undefined);
  const lspsWithMac = nb.index('Logical_Switch_Port', (row) =>
    macsOf(row.dynamic_addresses === null ? row.addresses : [...row.addresses, row.dynamic_addresses]),
  );
  const lrpsWithMac = nb.index('Logical_Router_Port', (row) => {
    const mac = parseMac(row.mac);
    return mac === undefined ? [] : [formatMac(mac)];
  });
  const current = graph.query(
    'dynamic addresses now',
    (lsp: Uuid) => nb.row('Logical_Switch_Port', lsp)?.dynamic_addresses ?? undefined,
  );

  const usedBy = (mac: string, lsp: Uuid): boolean =>
    lrpsWithMac(mac).length > 0 || lspsWithMac(mac).some((other) => other !== lsp);

  const macPrefix = (): string => m.nbOptions().get('mac_prefix') ?? '00:00:00';
  // MACs that have been chosen and are not in the database yet.
  const owners = new Map<string, Uuid>();
  const newMacs = new Map<Uuid, string[]>();
  const freeMac = (ls: Uuid, lsp: Uuid, ip: number): bigint => {
    const prefix = parseMac(`${macPrefix()}:00:00:00`) ?? 0n;
    const space = 0xffffff;
    const start = ip & space;
    for (let i = 0; i < space - 1; i += 1) {
      const mac = prefix | BigInt(((start + i) % (space - 1)) + 1);
      const text = formatMac(mac);
      if (owners.has(text) || usedBy(text, lsp)) continue;
      owners.set(text, lsp);
      newMacs.set(ls, [...(newMacs.get(ls) ?? []), text]);
      return mac;
    }
    return 0n;
  };

  /** What the ports of a switch get. Addresses that are still good stay. */
  const assign = (ls: Uuid): Options => {
    for (const mac of newMacs.get(ls) ?? []) owners.delete(mac);
    newMacs.delete(ls);
    const config = m.switch(ls)?.config ?? NO_ADDRESSES;
    const pool = readPool(config);
    const prefix = readPrefix(config);
    if (pool === undefined && prefix === undefined && !isMacOnly(config)) return NO_ADDRESSES;
    const found = m.switchPortRows(ls).flatMap((uuid) => m.lsp(uuid) ?? []);
    for (const port of found) {
      const peer = m.lspPeer(port.uuid);
      const networks = peer === undefined ? undefined : m.lrp(peer)?.networks;
      for (const own of [...port.addresses, ...(networks === undefined ? [] : [networks])])
        for (const ip of own.v4) pool?.taken.add(ip.address);
    }
    return settlePorts(
      ls,
      inHashOrder(found, (port) => hashString(port.name)),
      pool,
      prefix,
    );
  };

  const settlePorts = (
    ls: Uuid,
    ports: readonly SwitchPort[],
    pool: Pool | undefined,
    prefix: bigint | undefined,
  ): Options => {
    const given = new Map<string, string>();
    const waiting: Waiting[] = [];
    for (const port of ports) {
      if (port.dynamic === undefined) continue;
      const request = readRequest(port.dynamic);
      const text = current(port.uuid);
      const old = text === undefined ? undefined : parsePortAddresses(text);
      const next = decide(port, request, old, pool, prefix);
      if (next.ip !== undefined && next.ip === old?.v4[0]?.address) pool?.taken.add(next.ip);
      if (text !== undefined && old !== undefined && isUnchanged(old, next)) given.set(port.uuid, text);
      else waiting.push(next);
    }
    for (const { port, mac: fixed, ip: kept, v6, wantsIp, wantsV6 } of waiting) {
      const ip = kept ?? (wantsIp && pool !== undefined ? firstFree(pool) : undefined);
      if (ip !== undefined) pool?.taken.add(ip);
      const mac = fixed ?? freeMac(ls, port.uuid, ip ?? 0);
      const ip6 = wantsV6 && prefix !== undefined ? eui64(mac, prefix) : v6;
      const parts = [formatMac(mac)];
      if (ip !== undefined) parts.push(formatIpv4(ip));
      if (ip6 !== undefined) parts.push(formatIpv6(ip6));
      given.set(port.uuid, parts.join(' '));
    }
    return given;
  };

  /** What a port keeps, what it asks for and can have, and what it is to be given. */
  const decide = (
    port: SwitchPort,
    request: Request,
    old: Addresses | undefined,
    pool: Pool | undefined,
    prefix: bigint | undefined,
  ): Waiting => {
    const oldMac = old !== undefined && old.mac.startsWith(macPrefix()) ? parseMac(old.mac) : undefined;
    const mac = request.mac ?? oldMac;
    const oldIp = old?.v4[0]?.address;
    const asked =
      request.v4 !== undefined && pool !== undefined && isFree(pool, request.v4) ? request.v4 : undefined;
    const kept =
      request.v4 === undefined && pool !== undefined && oldIp !== undefined && isFree(pool, oldIp)
        ? oldIp
        : undefined;
    const ip = asked ?? kept;
    // Prefixes are compared as the real program does: all bits of the prefix have to be set in the address.
    const asked6 =
      prefix !== undefined && request.v6 !== undefined && (request.v6 & prefix) === prefix
        ? request.v6
        : undefined;
    const oldV6 = prefix === undefined || request.v6 !== undefined ? undefined : old?.v6[0]?.address;
    const keeps6 = oldV6 !== undefined && request.mac === undefined && oldMac !== undefined;
    const v6 = asked6 ?? (keeps6 ? oldV6 : undefined);
    return {
      port,
      mac,
      ip,
      v6,
      wantsIp: pool !== undefined && ip === undefined,
      wantsV6: prefix !== undefined && v6 === undefined,
    };
  };

  const isUnchanged = (old: Addresses, next: Waiting): boolean =>
    next.mac !== undefined &&
    old.mac === formatMac(next.mac) &&
    !next.wantsIp &&
    !next.wantsV6 &&
    old.v4[0]?.address === next.ip &&
    old.v6[0]?.address === next.v6;

  const givesAddresses = (ls: Uuid): boolean => {
    const config = m.switch(ls)?.config;
    return config !== undefined && (config.has('subnet') || config.has('ipv6_prefix') || isMacOnly(config));
  };
  const assignment = graph.entries('ipam', assign);
  // MACs are unique everywhere, so the order in which switches are served shows.
  graph
    .query('ipam in order', () => {
      for (const ls of inHashOrder(m.switches(), uuidHash)) if (givesAddresses(ls)) assignment(ls, '');
    })
    .pin('');
  const dynamicAddresses = (lsp: Uuid): string | undefined => {
    const ls = m.lsp(lsp)?.dynamic === undefined ? undefined : m.switchOfPort(lsp);
    return ls === undefined ? undefined : assignment(ls, lsp);
  };

  const gathered = graph.query('lsp addresses', (uuid: Uuid): readonly Addresses[] => {
    const port = m.lsp(uuid);
    if (port === undefined) return [];
    const all = [...port.addresses];
    const peer = port.routerAddress ? m.lspPeer(uuid) : undefined;
    const networks = peer === undefined ? undefined : m.lrp(peer)?.networks;
    if (networks !== undefined) all.push(networks);
    const dynamic = dynamicAddresses(uuid);
    const parsed = dynamic === undefined ? undefined : parsePortAddresses(dynamic);
    if (parsed !== undefined) all.push(parsed);
    return all;
  });
  const lspAddresses = (uuid: Uuid): readonly Addresses[] => {
    const port = m.lsp(uuid);
    return port !== undefined && !port.routerAddress && port.dynamic === undefined
      ? port.addresses
      : gathered(uuid);
  };
  return { dynamicAddresses, lspAddresses };
}

/** Whether `ip` is in the pool and nobody's. */
function isFree(pool: Pool, ip: number): boolean {
  return ip >= pool.first && ip - pool.first < pool.total - 1 && !pool.taken.has(ip);
}

function firstFree(pool: Pool): number | undefined {
  for (let ip = pool.first; ip < pool.first + pool.total - 1; ip += 1) if (!pool.taken.has(ip)) return ip;
  return undefined;
}
