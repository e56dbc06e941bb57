/** Service_Monitor: the services that chassis are to watch, for load balancers, network functions and single ports. */
import type { Uuid } from '../../../base/uuid.ts';
import type { SbRow } from '../../../ovsdb/index.ts';
import type { LoadBalancer } from '../model/load-balancers.ts';
import type { Model } from '../model/model.ts';
import type { Options } from '../model/options.ts';
import { monitorKey } from '../model/services.ts';
import { ownsAddress } from '../switch/arp-nd.ts';
import type { Sync } from './rows.ts';
import type { Wanted } from './table-sync.ts';

interface Watch {
  readonly type: SbRow<'Service_Monitor'>['type'];
  readonly ip: string;
  readonly port: number;
  readonly protocol: NonNullable<SbRow<'Service_Monitor'>['protocol']>;
  readonly logicalPort: string;
  readonly inputPort: string;
  readonly options: Options;
  readonly sourceMac: string;
  readonly sourceIp: string;
  readonly mac: string | undefined;
  readonly remote: boolean;
  /** Ports that must be up for the service to be. */
  readonly through: readonly string[];
}

function ofLoadBalancer(m: Model, lb: LoadBalancer): readonly Watch[] {
  if (lb.template || lb.protocol === 'sctp') return [];
  const watches: Watch[] = [];
  for (const vip of lb.vips) {
    for (const backend of vip.backends) {
      const { mapping } = backend;
      if (mapping?.healthCheck !== true || mapping.sourceIp === undefined) continue;
      const lsp = m.lspNamed(mapping.logicalPort);
      const remote = mapping.zone !== undefined;
      if (!remote && (lsp === undefined || m.lsp(lsp)?.enabled !== true)) continue;
      const lrp = m.monitorPort(lb, backend);
      const options = new Map(vip.healthCheck?.options ?? []);
      if (mapping.zone !== undefined) options.set('az-name', mapping.zone);
      watches.push({
        type: 'load-balancer',
        ip: backend.ip,
        port: backend.port,
        protocol: lb.protocol,
        logicalPort: mapping.logicalPort,
        inputPort: '',
        options,
        sourceMac: (lrp === undefined ? undefined : m.lrp(lrp)?.networks.mac) ?? m.serviceMac(),
        sourceIp: mapping.sourceIp,
        mac: undefined,
        remote,
        through: remote ? [] : [mapping.logicalPort],
      });
    }
  }
  return watches;
}

function ofFunction(m: Model, uuid: Uuid): readonly Watch[] {
  const row = m.nb.row('Network_Function', uuid);
  const check = m.nb.row('Network_Function_Health_Check', row?.health_check);
  const source = m.serviceIp('svc_monitor_ip');
  const destination = m.serviceIp('svc_monitor_ip_dst');
  if (row === undefined || check === undefined || source === undefined || destination === undefined)
    return [];
  const output = m.lsp(row.outport);
  const input = m.lsp(row.inport);
  if (output === undefined || input === undefined) return [];
  if (m.switchOfPort(output.uuid) === undefined || m.switchOfPort(input.uuid) === undefined) return [];
  return [
    {
      type: 'network-function',
      ip: destination,
      port: 0,
      protocol: 'icmp',
      logicalPort: output.name,
      inputPort: input.name,
      options: check.options,
      sourceMac: m.serviceMac(),
      sourceIp: source,
      mac: m.serviceMacDestination(),
      remote: false,
      through: [output.name, input.name],
    },
  ];
}

function ofPort(m: Model, uuid: Uuid): readonly Watch[] {
  const port = m.lsp(uuid);
  if (port === undefined || !port.enabled || m.switchOfPort(uuid) === undefined) return [];
  return m.nb
    .rows('Logical_Switch_Port_Health_Check', port.row.health_checks)
    .filter((check) => ownsAddress(m, uuid, check.address))
    .map((check) => ({
      type: 'logical-switch-port',
      ip: check.address,
      port: check.port,
      protocol: check.protocol,
      logicalPort: port.name,
      inputPort: '',
      options: check.options,
      sourceMac: m.serviceMac(),
      sourceIp: check.src_ip,
      mac: undefined,
      remote: false,
      through: [port.name],
    }));
}

function columns(m: Model, watch: Watch): Wanted<'Service_Monitor'> {
  const chassis = watch.through.map((port) => m.boundChassis(port)?.name).find((name) => name !== undefined);
  const isDown = watch.through.some((port) => !m.isUp(port));
  const status = m.monitorStatus(watch.logicalPort, watch.ip, watch.port, watch.protocol);
  return {
    type: watch.type,
    ip: watch.ip,
    port: watch.port,
    protocol: watch.protocol,
    logical_port: watch.logicalPort,
    logical_input_port: watch.inputPort,
    options: watch.options,
    src_mac: watch.sourceMac,
    src_ip: watch.sourceIp,
    remote: watch.remote,
    ic_learned: false,
    ...(watch.mac === undefined ? {} : { mac: watch.mac }),
    ...(chassis === undefined ? {} : { chassis_name: chassis }),
    ...(isDown && status === 'online' ? { status: 'offline' as const } : {}),
  };
}

export function syncServiceMonitors(sync: Sync): void {
  const { m } = sync;
  const { nb, graph } = m;
  const functions = nb.all('Network_Function');
  const watchedPorts = nb.index('Logical_Switch_Port', (row) => (row.health_checks.length > 0 ? [''] : []));
  const checkedBalancers = nb.index('Load_Balancer', (row) => (row.health_check.length > 0 ? [''] : []));
  const watches = graph.query('watches', (): ReadonlyMap<string, Watch> => {
    const all = new Map<string, Watch>();
    const balancers = checkedBalancers('').flatMap((uuid) => m.loadBalancer(uuid) ?? []);
    for (const watch of [
      ...balancers.flatMap((lb) => ofLoadBalancer(m, lb)),
      ...functions().flatMap((uuid) => ofFunction(m, uuid)),
      ...watchedPorts('').flatMap((uuid) => ofPort(m, uuid)),
    ])
      all.set(monitorKey(watch.logicalPort, watch.ip, watch.port, watch.protocol), watch);
    return all;
  });
  sync
    .table('Service_Monitor', {
      keyOf: (row) => monitorKey(row.logical_port, row.ip, row.port, row.protocol ?? ''),
      isForeign: (row) => row.ic_learned,
    })
    .deriveAll(
      graph,
      () => watches('').keys(),
      (key) => {
        const watch = watches('').get(key);
        return watch && columns(m, watch);
      },
    );
}
