/** Advertised_Route and Advertised_MAC_Binding: what dynamic routing makes known outside, and the port on which each depends. */
import type { Uuid } from '../../../base/uuid.ts';
import { isLinkLocal } from '../model/addresses.ts';
import type { Addresses } from '../model/addresses.ts';
import type { Model } from '../model/model.ts';
import { splitList } from '../model/options.ts';
import type { RouterPort } from '../model/ports.ts';
import { normalizedPrefix } from '../model/routes.ts';
import type { Route } from '../model/routes.ts';
import type { Rows, Sync } from './rows.ts';

interface Advertised {
  /** Names of ports. */
  readonly port: string;
  readonly prefix: string;
  readonly tracked: string | undefined;
}

type Kind = 'connected' | 'connected-as-host' | 'static' | 'nat' | 'lb';

/** What a port of a router redistributes: its own setting or the router's. */
function redistributes(m: Model, lr: Uuid, port: RouterPort): ReadonlySet<string> {
  const key = 'dynamic-routing-redistribute';
  const words = new Set(splitList(port.options.get(key) ?? m.router(lr)?.options.get(key)));
  if (words.has('connected-as-host')) words.add('connected');
  return words;
}

/** 169.254.0.0/16 and fe80::/10. */
function isLocalPrefix({ prefix }: Route): boolean {
  if (prefix.family === 4) return prefix.prefix >= 16 && prefix.address >>> 16 === 0xa9fe;
  return prefix.prefix >= 10 && prefix.address >> 118n === 0x3fan;
}

/** Gathers the advertised routes of one router, each once. */
class Gatherer {
  readonly found = new Map<string, Advertised>();
  private readonly prefixes = new Set<string>();

  /** Without a tracked port, a route that is there already will do, whatever it tracks. */
  add(port: string, prefix: string, tracked: string | undefined): void {
    const place = `${port}\n${prefix}`;
    if (tracked === undefined && this.prefixes.has(place)) return;
    this.prefixes.add(place);
    this.found.set(`${place}\n${tracked ?? ''}`, { port, prefix, tracked });
  }

  addAddresses(port: string, addresses: Addresses, tracked: string): void {
    for (const net of addresses.v4) this.add(port, net.text, tracked);
    for (const net of addresses.v6)
      if (!isLinkLocal(net.address & net.mask)) this.add(port, net.text, tracked);
  }
}

/** The router ports at the other end of a port: one, or all on the same switch. */
function others(m: Model, port: RouterPort): readonly Uuid[] {
  const peer = m.lrpPeer(port.uuid);
  if (peer === undefined) return [];
  if (peer.kind === 'router') return [peer.port];
  const ls = m.switchOfPort(peer.port);
  const towards = ls === undefined ? [] : m.routerPortsOf(ls);
  return towards.flatMap((lsp) => m.lspPeer(lsp) ?? []).filter((lrp) => lrp !== port.uuid);
}

function addHosts(m: Model, port: RouterPort, gathered: Gatherer): void {
  const peer = m.lrpPeer(port.uuid);
  if (peer?.kind === 'router') {
    const lrp = m.lrp(peer.port);
    if (lrp !== undefined) gathered.addAddresses(port.name, lrp.networks, lrp.name);
    return;
  }
  const ls = peer === undefined ? undefined : m.switchOfPort(peer.port);
  for (const uuid of ls === undefined ? [] : m.switchPortRows(ls)) {
    const lsp = m.lsp(uuid);
    const lrp = m.lspPeer(uuid);
    const router = lrp === undefined ? undefined : m.lrp(lrp);
    if (lsp === undefined) continue;
    if (router !== undefined) {
      gathered.addAddresses(port.name, router.networks, router.name);
      continue;
    }
    const parent = lsp.type === 'virtual' ? (m.binding(lsp.name)?.virtualParent ?? undefined) : undefined;
    if (lsp.type === 'virtual' && (parent === undefined || m.lspNamed(parent) === undefined)) continue;
    for (const own of m.lspAddresses(uuid)) gathered.addAddresses(port.name, own, parent ?? lsp.name);
  }
}

function addNats(m: Model, port: RouterPort, lr: Uuid, gathered: Gatherer): void {
  for (const nat of m.routerNat(lr).nats) {
    const lsp =
      nat.distributed && nat.row.logical_port !== null ? m.lspNamed(nat.row.logical_port) : undefined;
    const gateway =
      nat.distributed || nat.gatewayPort === undefined ? undefined : m.lrp(nat.gatewayPort)?.name;
    gathered.add(port.name, nat.row.external_ip, lsp === undefined ? gateway : m.lsp(lsp)?.name);
  }
}

function addVips(
  m: Model,
  port: RouterPort,
  lr: Uuid,
  tracked: string | undefined,
  gathered: Gatherer,
): void {
  const { v4, v6 } = m.routerState(lr).vips;
  for (const ip of [...v4, ...v6]) gathered.add(port.name, ip, tracked);
}

function advertisedBy(m: Model, lr: Uuid): readonly Advertised[] {
  const gathered = new Gatherer();
  const wants = (port: RouterPort, kind: Kind): boolean => redistributes(m, lr, port).has(kind);
  const ports = m.routerPorts(lr).flatMap((uuid) => m.lrp(uuid) ?? []);
  for (const port of ports) if (wants(port, 'connected-as-host')) addHosts(m, port, gathered);
  for (const route of m.parsedRoutes(lr)) {
    const port = route.port === undefined ? undefined : m.lrp(route.port);
    if (route.discard || port === undefined || isLocalPrefix(route)) continue;
    const own = m.routerOfPort(port.uuid) ?? lr;
    const words = redistributes(m, own, port);
    const wanted =
      route.source === 'connected'
        ? words.has('connected') && !words.has('connected-as-host')
        : words.has('static');
    if (wanted) gathered.add(port.name, normalizedPrefix(route.prefix), undefined);
  }
  for (const port of ports) {
    const beyond = others(m, port);
    if (wants(port, 'nat')) {
      addNats(m, port, lr, gathered);
      for (const lrp of beyond) addNats(m, port, m.routerOfPort(lrp) ?? lr, gathered);
    }
    if (!wants(port, 'lb')) continue;
    if (m.router(lr)?.gatewayChassis !== undefined) addVips(m, port, lr, undefined, gathered);
    for (const gateway of m.gatewayPorts(lr)) addVips(m, port, lr, m.lrp(gateway)?.name, gathered);
    for (const lrp of beyond) addVips(m, port, m.routerOfPort(lrp) ?? lr, m.lrp(lrp)?.name, gathered);
  }
  return [...gathered.found.values()];
}

export function syncAdvertised(sync: Sync, rows: Rows): void {
  const { m } = sync;
  const { graph } = m;
  const portName = (row: Uuid | null): string => m.sb.row('Port_Binding', row)?.logical_port ?? '';
  const routes = sync.table('Advertised_Route', {
    keyOf: (row) => {
      const lr = rows.datapathOf(row.datapath);
      return lr && [lr, portName(row.logical_port), row.ip_prefix, portName(row.tracked_port)].join('\n');
    },
  });
  const ofRouter = graph.query('advertised routes', (lr: Uuid) => advertisedBy(m, lr));
  routes.deriveAll(
    graph,
    () =>
      m
        .routers()
        .filter((lr) => m.router(lr)?.dynamicRouting === true && m.datapathKey(lr) !== undefined)
        .flatMap((lr) =>
          ofRouter(lr).map(({ port, prefix, tracked }) => [lr, port, prefix, tracked ?? ''].join('\n')),
        ),
    (key: string) => {
      const [lr, port, prefix, tracked] = key.split('\n') as [Uuid, string, string, string];
      return {
        datapath: rows.datapath(lr),
        logical_port: rows.port(port),
        ip_prefix: prefix,
        tracked_port: tracked === '' ? null : rows.port(tracked),
      };
    },
  );

  const macs = sync.table('Advertised_MAC_Binding', {
    keyOf: (row) => {
      const ls = rows.datapathOf(row.datapath);
      return ls && [ls, portName(row.logical_port), row.ip, row.mac].join('\n');
    },
  });
  const ofSwitch = graph.query('advertised macs', (ls: Uuid): readonly string[] => {
    const keys = new Set<string>();
    for (const uuid of m.switchPortRows(ls)) {
      const port = m.lsp(uuid);
      const lrp = m.lspPeer(uuid);
      const own =
        port?.type === '' ? m.lspAddresses(uuid)[0] : lrp === undefined ? undefined : m.lrp(lrp)?.networks;
      if (port === undefined || own === undefined) continue;
      const v6 = own.v6.filter((net) => net.address >> 118n !== 0x3fan);
      for (const net of [...own.v4, ...v6]) keys.add([ls, port.name, net.text, own.mac].join('\n'));
    }
    return [...keys];
  });
  macs.deriveAll(
    graph,
    () =>
      m
        .switches()
        .filter((ls) => {
          const facts = m.switch(ls);
          return (
            facts?.evpn === true && splitList(facts.config.get('dynamic-routing-redistribute')).includes('ip')
          );
        })
        .flatMap(ofSwitch),
    (key: string) => {
      const [ls, port, ip, mac] = key.split('\n') as [Uuid, string, string, string];
      return { datapath: rows.datapath(ls), logical_port: rows.port(port), ip, mac };
    },
  );
}
