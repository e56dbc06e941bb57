/** The columns of a Port_Binding row, by the kind of port that it stands for. */
import type { Uuid } from '../../../base/uuid.ts';
import type { Router } from '../model/datapaths.ts';
import type { Port } from '../model/keys.ts';
import type { Model } from '../model/model.ts';
import { optionBool, splitList } from '../model/options.ts';
import type { Options } from '../model/options.ts';
import type { RouterPort, SwitchPort } from '../model/ports.ts';
import { natAddressesOf } from './nat-addresses.ts';
import { routerPortOptions } from './port-options.ts';
import type { Rows } from './rows.ts';
import type { Wanted } from './table-sync.ts';

type Columns = Wanted<'Port_Binding'>;

/** Uuids of rows that a Port_Binding refers to. */
export type PortReferences = Omit<Rows, 'port'>;

const KNOWN_TYPES = [
  '',
  'l2gateway',
  'localnet',
  'localport',
  'router',
  'vtep',
  'external',
  'virtual',
  'remote',
];
/** Options that a chassis writes and northd keeps. */
const KEPT_OF_VIRTUAL = ['vport-last-claim', 'vport-backoff'];

/** The columns of one port; undefined when it has no tunnel key and so no row. */
export function portColumns(m: Model, rows: PortReferences, datapath: Uuid, port: Port): Columns | undefined {
  const key = m.portKey(datapath, port.name);
  const common: Columns = {
    logical_port: port.name,
    datapath: rows.datapath(datapath),
    tunnel_key: key ?? 0,
    up: false,
  };
  const specific = specificColumns(m, rows, datapath, port);
  return key === undefined || specific === undefined ? undefined : { ...common, ...specific };
}

function specificColumns(m: Model, rows: PortReferences, datapath: Uuid, port: Port): Columns | undefined {
  const kept = m.chassisOptions(port.name);
  if (port.kind === 'mirror') return { type: 'mirror', mirror_port: port.sink };
  if (port.kind === 'router' || port.kind === 'router-redirect') {
    const router = m.router(datapath);
    const lrp = m.lrp(port.row);
    if (router === undefined || lrp === undefined) return undefined;
    return routerColumns(m, rows, router, lrp, port.kind === 'router-redirect', kept);
  }
  const lsp = m.lsp(port.row);
  if (lsp === undefined) return undefined;
  const ids = lsp.row.external_ids;
  const name = ids.get('neutron:port_name') ?? '';
  return {
    parent_port: lsp.row.parent_name,
    tag: lsp.row.tag,
    mac: lsp.row.addresses,
    port_security: lsp.row.port_security,
    external_ids: name === '' ? ids : new Map(ids).set('name', name),
    mirror_rules: m.nb.rows('Mirror', lsp.row.mirror_rules).map((mirror) => mirror._uuid),
    ...(lsp.type === 'router'
      ? towardsRouterColumns(m, rows, lsp, port.name, port.kind === 'switch-redirect')
      : hostColumns(m, rows, datapath, lsp, kept)),
  };
}

function routerColumns(
  m: Model,
  rows: PortReferences,
  router: Router,
  port: RouterPort,
  isRedirect: boolean,
  kept: Options,
): Columns {
  const requested =
    isRedirect || router.gatewayChassis !== undefined ? undefined : port.options.get('requested-chassis');
  const chassis = requested === undefined ? undefined : m.chassisByNameOrHost(requested);
  const remote = chassis !== undefined && m.chassis(chassis)?.remote === true ? chassis : null;
  const { networks } = port;
  // The last IPv6 address is the one made from the MAC.
  const addresses = [...networks.v4, ...networks.v6.slice(0, -1)].map((net) => ` ${net.text}/${net.prefix}`);
  return {
    type: isRedirect
      ? 'chassisredirect'
      : router.gatewayChassis !== undefined
        ? 'l3gateway'
        : remote === null
          ? 'patch'
          : 'remote',
    requested_chassis: remote,
    ...(remote === null ? {} : { chassis: remote }),
    ...(isRedirect ? { ha_chassis_group: rows.redirectGroup(port), gateway_chassis: [] } : {}),
    parent_port: null,
    tag: null,
    mac: [networks.mac + addresses.join('')],
    options: routerPortOptions(m, router, port, isRedirect, kept),
    external_ids: port.row.external_ids,
  };
}

/** A switch port of type router, or its chassisredirect port. */
function towardsRouterColumns(
  m: Model,
  rows: PortReferences,
  port: SwitchPort,
  name: string,
  isRedirect: boolean,
): Columns {
  const peer = isRedirect ? undefined : m.lspPeer(port.uuid);
  const router = peer === undefined ? undefined : m.routerOfPort(peer);
  const chassis = router === undefined ? undefined : m.router(router)?.gatewayChassis;
  const options = new Map<string, string>();
  const named = port.options.get('router-port');
  if (isRedirect) options.set('distributed-port', port.name);
  else if (named !== undefined) options.set('peer', named);
  if (!isRedirect && named !== undefined && m.hasRouterPortAcl(port.uuid))
    options.set('enable_router_port_acl', 'true');
  if (chassis !== undefined) options.set('l3gateway-chassis', chassis);
  const lrp = isRedirect ? m.lspPeer(port.uuid) : undefined;
  const facts = lrp === undefined ? undefined : m.lrp(lrp);
  return {
    type: chassis !== undefined ? 'l3gateway' : isRedirect ? 'chassisredirect' : 'patch',
    ...(m.isBoundRemotely(name) ? { chassis: null } : {}),
    ...(isRedirect && facts !== undefined ? { ha_chassis_group: rows.redirectGroup(facts) } : {}),
    options,
    nat_addresses: isRedirect ? [] : natAddressesOf(m, port),
  };
}

/** Any other switch port. */
function hostColumns(
  m: Model,
  rows: PortReferences,
  ls: Uuid,
  port: SwitchPort,
  chassisOptions: Options,
): Columns {
  const found = splitList(port.options.get('requested-chassis'))
    .map((name) => m.chassisByNameOrHost(name))
    .filter((uuid) => uuid !== undefined);
  const [requested = null, ...additional] = found;
  const options = new Map(port.options);
  addQueue(m, ls, port, options);
  if (m.switch(ls)?.vlanPassthru === true) options.set('vlan-passthru', 'true');
  const keep = (key: string): void => {
    const value = chassisOptions.get(key);
    if (value !== undefined) options.set(key, value);
  };
  if (additional.length > 0) keep('additional-chassis-activated');
  if (port.type === 'virtual') KEPT_OF_VIRTUAL.forEach(keep);
  const chassis = remoteChassis(m, port, requested, additional.length > 0, chassisOptions, options);
  const peer = m.lspSwitchPeer(port.uuid);
  const peerName = peer === undefined ? undefined : m.lsp(peer)?.name;
  if (peerName !== undefined) options.set('peer', peerName);
  const type = port.type === 'switch' ? 'patch' : KNOWN_TYPES.includes(port.type) ? port.type : undefined;
  const group =
    port.type === 'external' ? m.nb.row('HA_Chassis_Group', port.row.ha_chassis_group) : undefined;
  return {
    ...(type === undefined ? {} : { type }),
    ...(chassis === undefined ? {} : { chassis }),
    requested_chassis: requested,
    requested_additional_chassis: additional,
    options,
    nat_addresses: [],
    ha_chassis_group: group === undefined ? null : rows.haGroup(group.name),
  };
}

function addQueue(m: Model, ls: Uuid, port: SwitchPort, options: Map<string, string>): void {
  const queue = m.queueOf(port.uuid);
  if (queue === 0) return;
  const localnet = m.localnets(ls)[0];
  const network = localnet === undefined ? undefined : m.lsp(localnet)?.options.get('network_name');
  if (network !== undefined) options.set('qos_physical_network', network);
  options.set('qdisc_queue_id', String(queue));
}

/** The chassis column of a port that may be in another availability zone; undefined to leave it to the chassis. */
function remoteChassis(
  m: Model,
  port: SwitchPort,
  requested: Uuid | null,
  hasAdditional: boolean,
  chassisOptions: Options,
  options: Map<string, string>,
): Uuid | null | undefined {
  if (port.type === 'remote' || hasAdditional) {
    if (requested !== null && m.chassis(requested)?.remote === true) {
      options.set('is-remote-nb-bound', 'true');
      return requested;
    }
    if (!optionBool(chassisOptions, 'is-remote-nb-bound', false)) return undefined;
    options.set('is-remote-nb-bound', 'false');
    return null;
  }
  return m.isBoundRemotely(port.name) ? null : undefined;
}
