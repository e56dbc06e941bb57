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

  const freeMac = (lsp: Uuid, ip: number, given: ReadonlySet<string>): bigint => {
    const prefix = parseMac(`${m.nbOptions().get('mac_prefix') ?? '00:00:00'}:00:00:00`) ?? 0n;
    const space = 0xffffff;
    const start = ip & space;
    for (let i = 0; i < space - 1; i += 1) {
      const mac = prefix | BigInt(((start + i) % (space - 1)) + 1);
      const text = formatMac(mac);
      if (!given.has(text) && !usedBy(text, lsp)) return mac;
    }
    return 0n;
  };

  /** What the ports of a switch get. Addresses that are still good stay. */
  const assign = (ls: Uuid): Options => {
    const config = m.switch(ls)?.config ?? NO_ADDRESSES;
    const pool = readPool(config);
    const prefix = readPrefix(config);
    const macOnly = pool === undefined && prefix === undefined && optionBool(config, 'mac_only', false);
    if (pool === undefined && prefix === undefined && !macOnly) return NO_ADDRESSES;
    const ports = m.switchPortRows(ls).map((uuid) => m.lsp(uuid));
    const found = ports.filter((port): port is SwitchPort => port !== undefined);
    for (const port of found) {
      const peer = m.lspPeer(port.uuid);
      const networks = peer === undefined ? undefined : m.lrp(peer)?.networks;
      for (const own of [...port.addresses, ...(networks === undefined ? [] : [networks])])
        for (const ip of own.v4) pool?.taken.add(ip.address);
    }
    return settlePorts(
      inHashOrder(found, (port) => hashString(port.name)),
      pool,
      prefix,
    );
  };

  const settlePorts = (
    ports: readonly SwitchPort[],
    pool: Pool | undefined,
    prefix: bigint | undefined,
  ): Options => {
    const given = new Map<string, string>();
    const macs = new Set<string>();
    const waiting: {
      port: SwitchPort;
      request: Request;
      old: Addresses | undefined;
      keep: number | undefined;
    }[] = [];
    for (const port of ports) {
      if (port.dynamic === undefined) continue;
      const request = readRequest(port.dynamic);
      const text = current(port.uuid);
      const old = text === undefined ? undefined : parsePortAddresses(text);
      const oldIp = old?.v4[0]?.address;
      const holds = pool !== undefined && oldIp !== undefined && isFree(pool, oldIp, request.v4);
      if (holds) pool.taken.add(oldIp);
      const keep = holds ? oldIp : undefined;
      if (old !== undefined) macs.add(old.mac);
      if (text !== undefined && old !== undefined && stillGood(old, request, pool, prefix, keep))
        given.set(port.uuid, text);
      else waiting.push({ port, request, old, keep });
    }
    for (const { port, request, old, keep } of waiting) {
      const ip = pool === undefined ? undefined : (request.v4 ?? keep ?? firstFree(pool));
      if (ip !== undefined) pool?.taken.add(ip);
      const oldMac = old === undefined ? undefined : parseMac(old.mac);
      const mac = request.mac ?? oldMac ?? freeMac(port.uuid, ip ?? 0, macs);
      macs.add(formatMac(mac));
      const v6 = prefix === undefined ? request.v6 : (request.v6 ?? eui64(mac, prefix));
      const parts = [
        formatMac(mac),
        ip === undefined ? undefined : formatIpv4(ip),
        v6 === undefined ? undefined : formatIpv6(v6),
      ];
      given.set(port.uuid, parts.filter((part) => part !== undefined).join(' '));
    }
    return given;
  };

  const stillGood = (
    old: Addresses,
    request: Request,
    pool: Pool | undefined,
    prefix: bigint | undefined,
    keep: number | undefined,
  ): boolean => {
    const wantedPrefix = m.nbOptions().get('mac_prefix') ?? '';
    const macGood =
      request.mac === undefined ? old.mac.startsWith(wantedPrefix) : formatMac(request.mac) === old.mac;
    const v4Good = pool === undefined ? old.v4.length === 0 : keep !== undefined;
    const oldV6 = old.v6[0]?.address;
    if (prefix === undefined) return macGood && v4Good && oldV6 === undefined;
    const mac = parseMac(old.mac) ?? 0n;
    return macGood && v4Good && oldV6 === (request.v6 ?? eui64(mac, prefix));
  };

  const assignment = graph.entries('ipam', assign);
  const dynamicAddresses = graph.query('dynamic addresses', (lsp: Uuid): string | undefined => {
    const ls = m.switchOfPort(lsp);
    return ls === undefined ? undefined : assignment(ls, lsp);
  });

  const lspAddresses = graph.query('lsp addresses', (uuid: Uuid): readonly Addresses[] => {
    const port = m.lsp(uuid);
    if (port === undefined) return [];
    const all = [...port.addresses];
    const peer = port.routerAddress ? m.lspPeer(uuid) : undefined;
    const networks = peer === undefined ? undefined : m.lrp(peer)?.networks;
    if (networks !== undefined) all.push(networks);
    const dynamic = port.dynamic === undefined ? undefined : dynamicAddresses(uuid);
    const parsed = dynamic === undefined ? undefined : parsePortAddresses(dynamic);
    if (parsed !== undefined) all.push(parsed);
    return all;
  });
  return { dynamicAddresses, lspAddresses };
}

/** Whether a port may keep `ip`: in the pool, nobody else's, and the one it asks for if it asks for one. */
function isFree(pool: Pool, ip: number, wanted: number | undefined): boolean {
  if (ip < pool.first || ip - pool.first >= pool.total - 1 || pool.taken.has(ip)) return false;
  return wanted === undefined || wanted === ip;
}

function firstFree(pool: Pool): number | undefined {
  for (let ip = pool.first; ip < pool.first + pool.total - 1; ip += 1) if (!pool.taken.has(ip)) return ip;
  return undefined;
}
