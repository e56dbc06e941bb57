/** Health checks: which services are watched, from where, and whether they answer. */
import type { Uuid } from '../../../base/uuid.ts';
import type { Base } from './base.ts';
import type { BindingModel } from './bindings.ts';
import type { DatapathModel } from './datapaths.ts';
import type { Backend, LoadBalancer, LoadBalancerModel } from './load-balancers.ts';
import { memberAddress } from './addresses.ts';
import type { ConfigModel } from './config.ts';
import type { PortModel } from './ports.ts';
import type { TopologyModel } from './topology.ts';

export interface ServiceModel {
  /** Whether a backend may be given connections as far as health checks tell. */
  readonly isAvailable: (lb: LoadBalancer, backend: Backend) => boolean;
  /** The router port whose address the checks of a backend carry, when its router uses the load balancer. */
  readonly monitorPort: (lb: LoadBalancer, backend: Backend) => Uuid | undefined;
  /** The status that a chassis reports for a watched service. */
  readonly monitorStatus: (
    port: string,
    ip: string,
    tcpPort: number,
    protocol: string,
  ) => string | null | undefined;
  /** The network function that a group uses now: the one it used if that is healthy, else the first healthy one. */
  readonly activeFunction: (group: Uuid) => Uuid | undefined;
  /** Services that another availability zone has made known. */
  readonly learnedMonitors: () => readonly Uuid[];
}

export const monitorKey = (port: string, ip: string, tcpPort: number, protocol: string): string =>
  `${port} ${ip} ${tcpPort} ${protocol}`;

export function defineServices(
  base: Base,
  m: ConfigModel & DatapathModel & PortModel & TopologyModel & BindingModel & LoadBalancerModel,
): ServiceModel {
  const { graph, nb, sb } = base;
  const byKey = sb.index('Service_Monitor', (row) => [
    monitorKey(row.logical_port, row.ip, row.port, row.protocol ?? ''),
  ]);
  const learned = sb.index('Service_Monitor', (row) => (row.ic_learned ? [''] : []));
  const status = graph.query(
    'service status',
    (key: string) => {
      const row = sb.row('Service_Monitor', byKey(key)[0]);
      return row === undefined ? undefined : { status: row.status, learned: row.ic_learned };
    },
    { equal: (a, b) => a?.status === b?.status && a?.learned === b?.learned },
  );

  const activeFunction = graph.query('active function', (uuid: Uuid): Uuid | undefined => {
    const group = nb.row('Network_Function_Group', uuid);
    const healthy = nb.rows('Network_Function', group?.network_function ?? []).filter((row) => {
      if (row.health_check === null) return true;
      const port = m.lsp(row.outport)?.name ?? '';
      return (
        status(monitorKey(port, m.serviceIp('svc_monitor_ip_dst') ?? '', 0, 'icmp'))?.status === 'online'
      );
    });
    const before = healthy.find((row) => row._uuid === group?.network_function_active);
    return (before ?? healthy[0])?._uuid;
  });

  return {
    activeFunction,
    isAvailable: (lb, backend) => {
      const mapping = backend.mapping;
      if (mapping === undefined) return false;
      const found = status(monitorKey(mapping.logicalPort, backend.ip, backend.port, lb.protocol));
      const lsp = m.lspNamed(mapping.logicalPort);
      const watched = mapping.zone !== undefined || (lsp !== undefined && m.lsp(lsp)?.enabled === true);
      if (!watched && found?.learned !== true) return false;
      return found?.status === undefined || found.status === null || found.status === 'online';
    },
    monitorPort: (lb, backend) => {
      const source = backend.mapping?.sourceIp;
      const lsp = backend.mapping === undefined ? undefined : m.lspNamed(backend.mapping.logicalPort);
      const ls = lsp === undefined ? undefined : m.switchOfPort(lsp);
      if (source === undefined || ls === undefined || backend.mapping?.zone !== undefined) return undefined;
      const routers = m.lbRouters(lb.uuid);
      for (const towards of m.routerPortsOf(ls)) {
        const lrp = m.lspPeer(towards);
        const router = lrp === undefined ? undefined : m.routerOfPort(lrp);
        const networks = lrp === undefined ? undefined : m.lrp(lrp)?.networks;
        if (router === undefined || networks === undefined || !routers.includes(router)) continue;
        if (memberAddress(networks, source) === source) return lrp;
      }
      return undefined;
    },
    monitorStatus: (port, ip, tcpPort, protocol) => status(monitorKey(port, ip, tcpPort, protocol))?.status,
    learnedMonitors: () => learned(''),
  };
}
