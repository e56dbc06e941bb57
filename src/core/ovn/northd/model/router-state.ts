/** What a router answers for besides its own addresses: virtual addresses of load balancers, and NAT addresses towards its switches. */
import { parseMac, formatMac } from '../../../base/address.ts';
import type { Uuid } from '../../../base/uuid.ts';
import type { NbRow } from '../../../ovsdb/index.ts';
import { inSetOrder } from '../incremental/ovs-order.ts';
import { parseMasked } from './addresses.ts';
import type { Base } from './base.ts';
import type { BindingModel } from './bindings.ts';
import type { DatapathModel } from './datapaths.ts';
import type { LoadBalancer, LoadBalancerModel } from './load-balancers.ts';
import { isReachable } from './nat.ts';
import type { NatModel } from './nat.ts';
import { optionBool } from './options.ts';
import type { PortModel } from './ports.ts';
import type { RedirectPort, TopologyModel } from './topology.ts';

/** Virtual addresses, each list in the order in which flows and lists have them. */
interface VipSet {
  readonly v4: readonly string[];
  readonly v6: readonly string[];
}

/** The address set with the addresses of a router for which it answers on behalf of load balancers. */
export const vipSetName = (datapathKey: number, family: 4 | 6): string =>
  `_rtr_lb_${datapathKey}_ip${family}`;

interface RouterState {
  readonly hasVip: boolean;
  readonly vips: VipSet;
  /** Those of load balancers with add_route. */
  readonly routable: VipSet;
  /** Those for which the router answers ARP and ND. */
  readonly reachable: VipSet;
  /** Some load balancer of the router is distributed, so ARP is answered on every chassis. */
  readonly distributed: boolean;
}

export interface RouterStateModel {
  readonly routerLbs: (lr: Uuid) => readonly LoadBalancer[];
  readonly routerState: (lr: Uuid) => RouterState;
  readonly isDistributed: (lr: Uuid) => boolean;
  /**
   * What a flow towards a router port must ask of the chassis when the switch has a provider network and the router a
   * gateway: a condition to append, empty when there is nothing to ask; undefined elsewhere.
   */
  readonly residence: (lrp: Uuid, ls: Uuid) => string | undefined;
  /** The chassisredirect port of a gateway port through which all traffic must go: undefined where some need not. */
  readonly centralRedirect: (lrp: Uuid) => RedirectPort | undefined;
  /** The switch of a gateway port has a VTEP gateway. */
  readonly isBehindVtep: (lrp: Uuid) => boolean;
  /** A port of the router is in another availability zone. */
  readonly isTransit: (lr: Uuid) => boolean;
  /** Whether a NAT rule works at a gateway port. */
  readonly worksAt: (nat: NbRow<'NAT'>, lrp: Uuid) => boolean;
  /** What a router port announces: `MAC ADDRESS... [is_chassis_resident("PORT")]`. */
  readonly natAddresses: (lrp: Uuid, routableOnly: boolean, withVips: boolean) => readonly string[];
}

class VipCollector {
  private readonly v4 = new Set<string>();
  private readonly v6 = new Set<string>();

  add(lb: LoadBalancer, wanted: (ip: string) => boolean = () => true): void {
    const put = (own: Set<string>, isIpv4: boolean): void => {
      const ips = lb.vips.filter((vip) => vip.isParsedIpv4 === isIpv4).map(({ ip }) => ip);
      // A load balancer has a table of its own, which is then walked.
      for (const ip of inSetOrder(ips)) if (wanted(ip)) own.add(ip);
    };
    put(this.v4, true);
    put(this.v6, false);
  }

  get set(): VipSet {
    return { v4: inSetOrder(this.v4), v6: inSetOrder(this.v6) };
  }
}

const sameVips = (a: VipSet, b: VipSet): boolean =>
  a.v4.join() === b.v4.join() && a.v6.join() === b.v6.join();

export function defineRouterState(
  base: Base,
  m: DatapathModel & PortModel & TopologyModel & BindingModel & LoadBalancerModel & NatModel,
): RouterStateModel {
  const { graph } = base;
  const routerLbs = graph.query('router lbs', (lr: Uuid): readonly LoadBalancer[] => {
    const router = m.router(lr);
    if (router === undefined) return [];
    const uuids = new Set([
      ...router.loadBalancerGroups.flatMap((g) => m.groupMembers(g)),
      ...router.loadBalancers,
    ]);
    return [...uuids]
      .map((uuid) => m.loadBalancer(uuid))
      .filter((lb): lb is LoadBalancer => lb !== undefined);
  });

  const isDistributed = graph.query('distributed router', (lr: Uuid): boolean =>
    (m.router(lr)?.loadBalancers ?? []).some((lb) => m.loadBalancer(lb)?.distributed === true),
  );

  const routerState = graph.query(
    'router state',
    (lr: Uuid): RouterState => {
      const router = m.router(lr);
      const vips = new VipCollector();
      const routable = new VipCollector();
      const reachable = new VipCollector();
      for (const lb of routerLbs(lr)) {
        vips.add(lb);
        if (lb.routable) routable.add(lb);
        if (lb.neighbours === 'all') reachable.add(lb);
        if (lb.neighbours === 'reachable') reachable.add(lb, (ip) => reaches(lr, ip));
      }
      return {
        hasVip: router !== undefined && m.hasVips(router.loadBalancers, router.loadBalancerGroups),
        vips: vips.set,
        routable: routable.set,
        reachable: reachable.set,
        distributed: isDistributed(lr),
      };
    },
    {
      equal: (a, b) =>
        sameVips(a.vips, b.vips) &&
        sameVips(a.routable, b.routable) &&
        sameVips(a.reachable, b.reachable) &&
        a.hasVip === b.hasVip &&
        a.distributed === b.distributed,
    },
  );
  const reaches = (lr: Uuid, ip: string): boolean =>
    m.routerPorts(lr).some((uuid) => {
      const networks = m.lrp(uuid)?.networks;
      return networks !== undefined && isReachable(networks, ip);
    });

  const worksAt = (nat: NbRow<'NAT'>, lrp: Uuid): boolean => {
    const lr = m.routerOfPort(lrp);
    if (lr === undefined || m.gatewayPorts(lr).length <= 1) return true;
    if (nat.gateway_port !== null) return nat.gateway_port === lrp;
    const networks = m.lrp(lrp)?.networks;
    return networks !== undefined && isReachable(networks, nat.external_ip);
  };

  const natAddresses = (lrp: Uuid, routableOnly: boolean, withVips: boolean): readonly string[] => {
    const port = m.lrp(lrp);
    const lr = m.routerOfPort(lrp);
    const router = lr === undefined ? undefined : m.router(lr);
    if (port === undefined || lr === undefined || router === undefined) return [];
    const state = withVips ? routerState(lr) : undefined;
    const hasVip = state !== undefined && (state.vips.v4.length > 0 || state.vips.v6.length > 0);
    if (router.nats.length === 0 && !hasVip) return [];
    const gateways = m.gatewayPorts(lr);
    const own = new Set([...port.networks.v4, ...port.networks.v6].map((net) => net.text));
    const lines: string[] = [];
    const central: string[] = [];
    for (const row of base.nb.rows('NAT', router.nats)) {
      if (routableOnly && (row.type === 'snat' || !optionBool(row.options, 'add_route', false))) continue;
      const external = parseMasked(row.external_ip);
      if (external?.family !== 4 || external.prefix !== 32) continue;
      if (!worksAt(row, lrp)) continue;
      const distributed =
        gateways.length > 0 &&
        row.logical_port !== null &&
        row.external_mac !== null &&
        row.type === 'dnat_and_snat';
      if (distributed) {
        const mac = parseMac(row.external_mac);
        if (mac !== undefined)
          lines.push(`${formatMac(mac)} ${row.external_ip} is_chassis_resident("${row.logical_port}")`);
      } else if (!own.has(row.external_ip)) {
        central.push(row.external_ip);
      }
    }
    const vips = state === undefined ? undefined : routableOnly ? state.routable : state.vips;
    if (vips !== undefined) central.push(...vips.v4, ...vips.v6);
    if (central.length > 0) {
      const redirect = m.redirectOf(lrp);
      const resident = redirect === undefined ? '' : ` is_chassis_resident(${redirect.quoted})`;
      lines.push(`${port.networks.mac} ${central.join(' ')}${resident}`);
    }
    return lines;
  };

  const residence = (lrp: Uuid, ls: Uuid): string | undefined => {
    const lr = m.routerOfPort(lrp);
    const gateways = lr === undefined ? [] : m.gatewayPorts(lr);
    const first = gateways[0];
    if (lr === undefined || first === undefined || isDistributed(lr) || !m.hasLocalnet(ls)) return undefined;
    const own = m.redirectOf(lrp);
    if (own !== undefined) return ` && is_chassis_resident(${own.quoted})`;
    const options = m.lrp(lrp)?.options;
    const centralized = options !== undefined && optionBool(options, 'reside-on-redirect-chassis', false);
    const only = gateways.length === 1 && centralized ? m.redirectOf(first) : undefined;
    return only === undefined ? '' : ` && is_chassis_resident(${only.quoted})`;
  };

  const isBehindVtep = (lrp: Uuid): boolean => {
    const peer = m.lrpPeer(lrp);
    const ls = peer?.kind === 'switch' ? m.switchOfPort(peer.port) : undefined;
    return ls !== undefined && m.hasVtep(ls);
  };
  const centralRedirect = (lrp: Uuid): RedirectPort | undefined => {
    const redirect = m.redirectOf(lrp);
    const lr = m.routerOfPort(lrp);
    if (redirect === undefined || lr === undefined || isDistributed(lr)) return undefined;
    return isBehindVtep(lrp) ? undefined : redirect;
  };
  const isTransit = graph.query('transit router', (lr: Uuid): boolean =>
    m.routerPorts(lr).some((uuid) => {
      const names = [m.lrp(uuid)?.name, m.redirectOf(uuid)?.name];
      return names.some((name) => name !== undefined && m.isBoundRemotely(name));
    }),
  );

  return {
    residence,
    worksAt,
    centralRedirect,
    isBehindVtep,
    isTransit,
    routerLbs,
    routerState,
    isDistributed,
    natAddresses,
  };
}
