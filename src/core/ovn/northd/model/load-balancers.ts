/** Load balancers: their virtual addresses and backends, and the datapaths that use them. */
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from '../../../base/address.ts';
import type { Uuid } from '../../../base/uuid.ts';
import { mapOrder, type NbRow } from '../../../ovsdb/index.ts';
import type { Base } from './base.ts';
import { sameList } from './config.ts';
import type { ConfigModel } from './config.ts';
import { optionBool, optionUint } from './options.ts';
import type { Options } from './options.ts';
import type { TopologyModel } from './topology.ts';

export interface Backend {
  readonly ip: string;
  /** 0 when there is none, or when it is a template. */
  readonly port: number;
  readonly portText: string | undefined;
  readonly isIpv6: boolean;
  /** From ip_port_mappings: what health checks and distributed load balancing know about the backend. */
  readonly mapping: BackendMapping | undefined;
}

interface BackendMapping {
  readonly healthCheck: boolean;
  readonly logicalPort: string;
  readonly sourceIp: string | undefined;
  /** The availability zone of a backend that is elsewhere. */
  readonly zone: string | undefined;
}

export interface Vip {
  readonly ip: string;
  readonly port: string | undefined;
  readonly family: 4 | 6;
  /** The address was read as an IPv4 address; false for IPv6 and for templates. */
  readonly isParsedIpv4: boolean;
  /** The address is a template variable. */
  readonly isTemplate: boolean;
  readonly backends: readonly Backend[];
  /** The backends as the user wrote them. */
  readonly backendsText: string;
  readonly healthCheck: NbRow<'Load_Balancer_Health_Check'> | undefined;
}

export interface LoadBalancer {
  readonly uuid: Uuid;
  readonly row: NbRow<'Load_Balancer'>;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  /** Number of the protocol, as flows have it. */
  readonly protocolNumber: string;
  readonly vips: readonly Vip[];
  /** The vips column of the southbound row: brackets are put where a template needs them. */
  readonly southboundVips: Options;
  readonly template: boolean;
  readonly event: boolean;
  readonly rejectsEmpty: boolean;
  readonly skipSnat: boolean;
  readonly routable: boolean;
  readonly neighbours: 'reachable' | 'all' | 'none';
  readonly affinityTimeout: number;
  readonly statelessNat: boolean;
  readonly hairpinSnatIp: string | undefined;
  readonly distributed: boolean;
  readonly selectionFields: string | undefined;
}

export interface LoadBalancerModel {
  readonly loadBalancers: () => readonly Uuid[];
  readonly loadBalancer: (uuid: Uuid) => LoadBalancer | undefined;
  /** Members of a load balancer group. */
  readonly groupMembers: (group: Uuid) => readonly Uuid[];
  readonly lbSwitches: (lb: Uuid) => readonly Uuid[];
  readonly lbRouters: (lb: Uuid) => readonly Uuid[];
  /** Switches that use it directly, not through a group or a router. */
  readonly lbOwnSwitches: (lb: Uuid) => readonly Uuid[];
  readonly hasVips: (lbs: readonly Uuid[], groups: readonly Uuid[]) => boolean;
}

interface HostPort {
  readonly ip: string;
  readonly port: number;
  readonly family: 4 | 6;
}

/** `ADDRESS`, `ADDRESS:PORT`, `[ADDRESS]:PORT`; an IPv6 address without a port needs no brackets. */
export function parseHostPort(text: string): HostPort | undefined {
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(text);
  const plain = /^([^:]*)(?::(\d+))?$/.exec(text);
  const [host, portText] =
    bracketed === null ? (plain === null ? [text] : plain.slice(1)) : bracketed.slice(1);
  const port = portText === undefined ? 0 : Number(portText);
  if (host === undefined || port > 65535) return undefined;
  const v4 = parseIpv4(host);
  if (v4 !== undefined) return { ip: formatIpv4(v4), port, family: 4 };
  const v6 = parseIpv6(host);
  return v6 === undefined || (plain !== null && bracketed === null)
    ? undefined
    : { ip: formatIpv6(v6), port, family: 6 };
}

function explicitBackend(text: string, family: 4 | 6, hasPort: boolean): Backend | undefined {
  const parsed = parseHostPort(text);
  if (parsed === undefined || parsed.family !== family || parsed.port > 0 !== hasPort) return undefined;
  return {
    ip: parsed.ip,
    port: parsed.port,
    portText: parsed.port === 0 ? undefined : String(parsed.port),
    isIpv6: parsed.family === 6,
    mapping: undefined,
  };
}

function templateParts(text: string): readonly [string, string | undefined] | undefined {
  const parts = text.split(':').filter((part) => part !== '');
  if (parts.length === 0 || parts.length > 2) return undefined;
  return [parts[0] ?? '', parts[1]];
}

function templateBackend(text: string): Backend | undefined {
  const parts = templateParts(text);
  return parts && { ip: parts[0], port: 0, portText: parts[1], isIpv6: true, mapping: undefined };
}

/** The entry of ip_port_mappings for a backend: `PORT:SOURCE_IP[:ZONE]`, or `PORT` alone where no health is checked. */
function readMapping(
  text: string | undefined,
  healthCheck: boolean,
  distributed: boolean,
): BackendMapping | undefined {
  if (text === undefined) return undefined;
  const colon = text.indexOf(':');
  if (colon < 0) {
    const alone = distributed && !healthCheck && text !== '';
    return alone ? { healthCheck, logicalPort: text, sourceIp: undefined, zone: undefined } : undefined;
  }
  const rest = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(text.slice(colon + 1));
  const source = rest?.[1] ?? rest?.[2];
  const zone = rest?.[3];
  if (source === undefined || zone === '') return undefined;
  const v4 = parseIpv4(source);
  const v6 = v4 === undefined ? parseIpv6(source) : undefined;
  if (v4 === undefined && v6 === undefined) return undefined;
  const sourceIp = v4 === undefined ? formatIpv6(v6 ?? 0n) : formatIpv4(v4);
  return { healthCheck, logicalPort: text.slice(0, colon), sourceIp, zone };
}

function readVip(
  key: string,
  value: string,
  row: NbRow<'Load_Balancer'>,
  checks: readonly NbRow<'Load_Balancer_Health_Check'>[],
): Vip | undefined {
  const template = optionBool(row.options, 'template', false);
  const distributed = optionBool(row.options, 'distributed', false);
  const explicit = template ? undefined : parseHostPort(key);
  const parts = template ? templateParts(key) : undefined;
  if (explicit === undefined && parts === undefined) return undefined;
  const family = explicit?.family ?? ((row.options.get('address-family') ?? 'ipv4') === 'ipv4' ? 4 : 6);
  const port = explicit === undefined ? parts?.[1] : explicit.port === 0 ? undefined : String(explicit.port);
  const healthCheck =
    template || row.protocol === 'sctp' ? undefined : checks.find((check) => check.vip === key);
  const backends: Backend[] = [];
  for (const text of value.split(',').filter((part) => part !== '')) {
    const backend =
      template && text.startsWith('^')
        ? templateBackend(text)
        : explicitBackend(text, family, port !== undefined);
    if (backend === undefined) {
      // One bad backend spoils the whole virtual address.
      return undefined;
    }
    const mappingKey = explicit?.family === 4 ? backend.ip : `[${backend.ip}]`;
    const mapping =
      healthCheck !== undefined || distributed
        ? readMapping(row.ip_port_mappings.get(mappingKey), healthCheck !== undefined, distributed)
        : undefined;
    backends.push({ ...backend, mapping });
  }
  return {
    ip: explicit?.ip ?? parts?.[0] ?? '',
    port,
    family,
    isParsedIpv4: explicit?.family === 4,
    isTemplate: template && (parts?.[0] ?? '').includes('^'),
    backends,
    backendsText: value,
    healthCheck,
  };
}

function neighbourMode(row: NbRow<'Load_Balancer'>, template: boolean): LoadBalancer['neighbours'] {
  const mode = row.options.get('neighbor_responder');
  if (mode === 'all' || mode === 'none') return mode;
  return template ? 'none' : 'reachable';
}

function selectionFields(row: NbRow<'Load_Balancer'>): string | undefined {
  if (row.selection_fields.length === 0) return undefined;
  const named = (field: string): string =>
    row.protocol !== null && (field === 'tp_src' || field === 'tp_dst')
      ? `${row.protocol}${field.slice(2)}`
      : field;
  return row.selection_fields.map(named).join(',');
}

function readLoadBalancer(
  row: NbRow<'Load_Balancer'>,
  checks: readonly NbRow<'Load_Balancer_Health_Check'>[],
): LoadBalancer {
  const template = optionBool(row.options, 'template', false);
  const protocol = row.protocol ?? 'tcp';
  const vips: Vip[] = [];
  const bracketed = new Map<string, string>();
  for (const [key, value] of mapOrder(row.vips)) {
    const vip = readVip(key, value, row, checks);
    if (vip === undefined) continue;
    vips.push(vip);
    if (template && vip.family === 6) {
      const ip = vip.ip.startsWith('^') ? `[${vip.ip}]` : vip.ip;
      bracketed.set(vip.port === undefined ? ip : `${ip}:${vip.port}`, value);
    }
  }
  const snatIp = row.options.get('hairpin_snat_ip');
  return {
    uuid: row._uuid,
    row,
    protocol,
    protocolNumber: { tcp: '6', udp: '17', sctp: '132' }[protocol],
    vips,
    southboundVips: bracketed.size > 0 ? bracketed : row.vips,
    template,
    event: optionBool(row.options, 'event', false),
    rejectsEmpty: optionBool(row.options, 'reject', false),
    skipSnat: optionBool(row.options, 'skip_snat', false),
    routable: !template && optionBool(row.options, 'add_route', false),
    neighbours: neighbourMode(row, template),
    affinityTimeout: Math.min(optionUint(row.options, 'affinity_timeout', 0), 65535),
    statelessNat: optionBool(row.options, 'use_stateless_nat', false),
    hairpinSnatIp: snatIp !== undefined && parseIpv4(snatIp) !== undefined ? snatIp : undefined,
    distributed: optionBool(row.options, 'distributed', false),
    selectionFields: selectionFields(row),
  };
}

export function defineLoadBalancers(base: Base, m: ConfigModel & TopologyModel): LoadBalancerModel {
  const { graph, nb } = base;
  const loadBalancers = nb.all('Load_Balancer');
  const switchesByLb = nb.index('Logical_Switch', (row) => row.load_balancer);
  const switchesByGroup = nb.index('Logical_Switch', (row) => row.load_balancer_group);
  const routersByLb = nb.index('Logical_Router', (row) => (row.enabled === false ? [] : row.load_balancer));
  const routersByGroup = nb.index('Logical_Router', (row) =>
    row.enabled === false ? [] : row.load_balancer_group,
  );
  const groupsByLb = nb.index('Load_Balancer_Group', (row) => row.load_balancer);

  const loadBalancer = graph.query('load balancer', (uuid: Uuid): LoadBalancer | undefined => {
    const row = nb.row('Load_Balancer', uuid);
    return row && readLoadBalancer(row, nb.rows('Load_Balancer_Health_Check', row.health_check));
  });
  const groupMembers = graph.query(
    'lb group',
    (uuid: Uuid) => nb.row('Load_Balancer_Group', uuid)?.load_balancer ?? [],
  );

  const lbRouters = graph.query(
    'lb routers',
    (lb: Uuid) =>
      [...new Set([...routersByLb(lb), ...groupsByLb(lb).flatMap((group) => routersByGroup(group))])].sort(),
    { equal: sameList },
  );
  const lbSwitches = graph.query(
    'lb switches',
    (lb: Uuid) => {
      const all = new Set([
        ...switchesByLb(lb),
        ...groupsByLb(lb).flatMap((group) => switchesByGroup(group)),
      ]);
      if (m.config().lbsFromRouter)
        for (const router of lbRouters(lb)) for (const ls of m.switchesOfRouter(router)) all.add(ls);
      return [...all].sort();
    },
    { equal: sameList },
  );
  const hasVip = graph.query('lb has vip', (lb: Uuid) => (nb.row('Load_Balancer', lb)?.vips.size ?? 0) > 0);

  return {
    loadBalancers,
    loadBalancer,
    groupMembers,
    lbSwitches,
    lbRouters,
    lbOwnSwitches: switchesByLb,
    hasVips: (lbs, groups) => lbs.some(hasVip) || groups.some((group) => groupMembers(group).some(hasVip)),
  };
}
