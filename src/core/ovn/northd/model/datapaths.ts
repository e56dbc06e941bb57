/** Logical switches and routers: the facts of their rows, and which of them have a datapath. */
import type { Uuid } from '../../../base/uuid.ts';
import type { NbRow } from '../../../ovsdb/index.ts';
import type { Base } from './base.ts';
import { sameFields } from './config.ts';
import { optionBool, optionInt, optionLong, optionUint } from './options.ts';
import type { Options } from './options.ts';

export type DatapathKind = 'switch' | 'router';

/** A logical switch without its list of ports. */
export interface Switch {
  readonly uuid: Uuid;
  readonly name: string;
  readonly config: Options;
  readonly externalIds: Options;
  readonly copp: Uuid | null;
  readonly acls: readonly Uuid[];
  readonly qosRules: readonly Uuid[];
  readonly loadBalancers: readonly Uuid[];
  readonly loadBalancerGroups: readonly Uuid[];
  readonly dnsRecords: readonly Uuid[];
  readonly forwardingGroups: readonly Uuid[];
  /** It has a VNI, so that MACs are learned from an EVPN too. */
  readonly evpn: boolean;
  readonly vlanPassthru: boolean;
  readonly statelessAclWithLb: boolean;
  readonly snooping: boolean;
  readonly floodUnregistered: boolean;
  /** The most multicast groups of one family that get a flow. */
  readonly multicastTableSize: number;
  readonly dhcpRelayPort: string | undefined;
}

/** A logical router without its list of ports. */
export interface Router {
  readonly uuid: Uuid;
  readonly name: string;
  readonly options: Options;
  readonly externalIds: Options;
  readonly copp: Uuid | null;
  readonly nats: readonly Uuid[];
  readonly loadBalancers: readonly Uuid[];
  readonly loadBalancerGroups: readonly Uuid[];
  readonly policies: readonly Uuid[];
  readonly staticRoutes: readonly Uuid[];
  /** The chassis that a gateway router is bound to; undefined for a distributed router. */
  readonly gatewayChassis: string | undefined;
  readonly multicastRelay: boolean;
  readonly dynamicRouting: boolean;
}

export interface DatapathModel {
  readonly switches: () => readonly Uuid[];
  /** Routers that are enabled. */
  readonly routers: () => readonly Uuid[];
  readonly switch: (uuid: Uuid) => Switch | undefined;
  readonly router: (uuid: Uuid) => Router | undefined;
  /** The ports column, sorted by uuid. */
  readonly switchPortRows: (uuid: Uuid) => readonly Uuid[];
  readonly routerPortRows: (uuid: Uuid) => readonly Uuid[];
  /** The key that options ask for; 0 when none. */
  readonly requestedDatapathKey: (kind: DatapathKind, uuid: Uuid) => number;
}

const NO_PORTS: readonly Uuid[] = [];
const MAX_VNI = 2 ** 24 - 1;

function readSwitch(row: NbRow<'Logical_Switch'>): Switch {
  const config = row.other_config;
  const vni = optionLong(config, 'dynamic-routing-vni', -1);
  return {
    uuid: row._uuid,
    name: row.name,
    config,
    externalIds: row.external_ids,
    copp: row.copp,
    acls: row.acls,
    qosRules: row.qos_rules,
    loadBalancers: row.load_balancer,
    loadBalancerGroups: row.load_balancer_group,
    dnsRecords: row.dns_records,
    forwardingGroups: row.forwarding_groups,
    evpn: vni >= 0 && vni <= MAX_VNI,
    vlanPassthru: optionBool(config, 'vlan-passthru', false),
    statelessAclWithLb: optionBool(config, 'enable-stateless-acl-with-lb', false),
    snooping: optionBool(config, 'mcast_snoop', false),
    floodUnregistered: optionBool(config, 'mcast_flood_unregistered', false),
    multicastTableSize: optionUint(config, 'mcast_table_size', 2048),
    dhcpRelayPort: config.get('dhcp_relay_port'),
  };
}

function readRouter(row: NbRow<'Logical_Router'>): Router {
  return {
    uuid: row._uuid,
    name: row.name,
    options: row.options,
    externalIds: row.external_ids,
    copp: row.copp,
    nats: row.nat,
    loadBalancers: row.load_balancer,
    loadBalancerGroups: row.load_balancer_group,
    policies: row.policies,
    staticRoutes: row.static_routes,
    gatewayChassis: row.options.get('chassis'),
    multicastRelay: optionBool(row.options, 'mcast_relay', false),
    dynamicRouting: optionBool(row.options, 'dynamic-routing', false),
  };
}

export function defineDatapaths(base: Base): DatapathModel {
  const { graph, nb } = base;
  const switches = nb.all('Logical_Switch');
  const enabledRouters = nb.index('Logical_Router', (row) => (row.enabled === false ? [] : ['']));

  const switchFacts = graph.query(
    'switch',
    (uuid: Uuid): Switch | undefined => {
      const row = nb.row('Logical_Switch', uuid);
      return row && readSwitch(row);
    },
    { equal: sameFields },
  );
  const routerFacts = graph.query(
    'router',
    (uuid: Uuid): Router | undefined => {
      const row = nb.row('Logical_Router', uuid);
      return row === undefined || row.enabled === false ? undefined : readRouter(row);
    },
    { equal: sameFields },
  );
  const switchPortRows = graph.query(
    'switch ports',
    (uuid: Uuid) => nb.row('Logical_Switch', uuid)?.ports ?? NO_PORTS,
  );
  const routerPortRows = graph.query(
    'router ports',
    (uuid: Uuid) => nb.row('Logical_Router', uuid)?.ports ?? NO_PORTS,
  );

  return {
    switches,
    routers: () => enabledRouters(''),
    switch: switchFacts,
    router: routerFacts,
    switchPortRows,
    routerPortRows,
    requestedDatapathKey: (kind, uuid) =>
      kind === 'switch'
        ? optionInt(switchFacts(uuid)?.config ?? NONE, 'requested-tnl-key', 0)
        : optionInt(routerFacts(uuid)?.options ?? NONE, 'requested-tnl-key', 0),
  };
}

const NONE: Options = new Map();
