/** Switches, routers and their ports as the diagram needs them, from the northbound and southbound databases. */
import type { Uuid } from '../../core/base/uuid.ts';
import type { NbDatabase, NbRow, SbDatabase } from '../../core/ovsdb/index.ts';
import type { Databases } from './because.ts';
import type {
  LogicalPortSnapshot,
  LogicalRouterSnapshot,
  LogicalSnapshot,
  LogicalSwitchSnapshot,
} from '../snapshot.ts';

/** 24 bits, as northd takes it; null where it says nothing else. */
function vniOf(config: ReadonlyMap<string, string>): number | null {
  const vni = Number(config.get('dynamic-routing-vni') ?? Number.NaN);
  return Number.isInteger(vni) && vni >= 0 && vni < 2 ** 24 ? vni : null;
}

const present = <T>(value: T | undefined): value is T => value !== undefined;

class LogicalView {
  readonly #nb: NbDatabase;
  readonly #sb: SbDatabase | undefined;

  constructor(nb: NbDatabase, sb: SbDatabase | undefined) {
    this.#nb = nb;
    this.#sb = sb;
  }

  #binding(name: string) {
    return this.#sb?.find('Port_Binding', 'logical_port', name)[0];
  }

  #chassis(uuid: Uuid | null | undefined): string | null {
    return uuid === null || uuid === undefined ? null : (this.#sb?.get('Chassis', uuid)?.name ?? null);
  }

  #datapathKey(kind: 'logical-switch' | 'logical-router', uuid: string): number | null {
    for (const datapath of this.#sb?.rows('Datapath_Binding') ?? [])
      if (datapath.external_ids.get(kind) === uuid) return datapath.tunnel_key;
    return null;
  }

  #port(row: NbRow<'Logical_Switch_Port'>): LogicalPortSnapshot {
    const binding = this.#binding(row.name);
    return {
      uuid: row._uuid,
      name: row.name,
      alias: row.external_ids.get('neutron:port_name') ?? '',
      type: row.type,
      addresses: row.addresses,
      tunnelKey: binding?.tunnel_key ?? null,
      up: row.up ?? false,
      enabled: row.enabled ?? true,
      chassis: this.#chassis(binding?.chassis),
      routerPort: row.type === 'router' ? (row.options.get('router-port') ?? null) : null,
      tag: row.tag ?? row.tag_request,
      networkName: row.options.get('network_name') ?? null,
    };
  }

  #balancers(uuids: readonly string[]): string[] {
    return [...this.#nb.rows('Load_Balancer')]
      .filter((row) => uuids.includes(row._uuid))
      .map((row) => row.name || row._uuid.slice(0, 8));
  }

  switches(): LogicalSwitchSnapshot[] {
    return [...this.#nb.rows('Logical_Switch')].map((row) => ({
      uuid: row._uuid,
      name: row.name,
      alias: row.external_ids.get('neutron:network_name') ?? '',
      tunnelKey: this.#datapathKey('logical-switch', row._uuid),
      ports: row.ports
        .map((uuid) => this.#nb.get('Logical_Switch_Port', uuid))
        .filter(present)
        .map((port) => this.#port(port)),
      aclCount: row.acls.length,
      loadBalancers: this.#balancers(row.load_balancer),
      evpnVni: vniOf(row.other_config),
    }));
  }

  #routerPort(row: NbRow<'Logical_Router_Port'>): LogicalRouterSnapshot['ports'][number] {
    const redirect = this.#binding(`cr-${row.name}`);
    const gatewayChassis = row.gateway_chassis
      .map((uuid) => this.#nb.get('Gateway_Chassis', uuid))
      .filter(present)
      .map((gateway) => ({ chassis: gateway.chassis_name, priority: gateway.priority }))
      .toSorted((a, b) => b.priority - a.priority);
    return {
      uuid: row._uuid,
      name: row.name,
      mac: row.mac,
      networks: row.networks,
      tunnelKey: this.#binding(row.name)?.tunnel_key ?? null,
      gatewayChassis,
      heldBy: this.#chassis(redirect?.chassis),
      peer: row.peer,
    };
  }

  routers(): LogicalRouterSnapshot[] {
    return [...this.#nb.rows('Logical_Router')].map((row) => ({
      uuid: row._uuid,
      name: row.name,
      alias: row.external_ids.get('neutron:router_name') ?? '',
      tunnelKey: this.#datapathKey('logical-router', row._uuid),
      ports: row.ports
        .map((uuid) => this.#nb.get('Logical_Router_Port', uuid))
        .filter(present)
        .map((port) => this.#routerPort(port)),
      nat: row.nat
        .map((uuid) => this.#nb.get('NAT', uuid))
        .filter(present)
        .map((nat) => ({
          uuid: nat._uuid,
          type: nat.type,
          external: nat.external_ip,
          logical: nat.logical_ip,
        })),
      routes: row.static_routes
        .map((uuid) => this.#nb.get('Logical_Router_Static_Route', uuid))
        .filter(present)
        .map((route) => ({ uuid: route._uuid, prefix: route.ip_prefix, nexthop: route.nexthop })),
      loadBalancers: this.#balancers(row.load_balancer),
    }));
  }
}

/** A southbound database alone still tells switches, routers and ports. */
function fromSouthbound(sb: SbDatabase): LogicalSnapshot {
  const switches: LogicalSwitchSnapshot[] = [];
  const routers: LogicalRouterSnapshot[] = [];
  for (const datapath of sb.rows('Datapath_Binding')) {
    const ports = sb.find('Port_Binding', 'datapath', datapath._uuid);
    const name = datapath.external_ids.get('name') ?? datapath._uuid.slice(0, 8);
    const common = {
      uuid: datapath._uuid as string,
      name,
      alias: datapath.external_ids.get('name2') ?? '',
      tunnelKey: datapath.tunnel_key,
      loadBalancers: [],
    };
    const chassis = (uuid: (typeof ports)[number]['chassis']): string | null =>
      uuid === null ? null : (sb.get('Chassis', uuid)?.name ?? null);
    if (datapath.external_ids.has('logical-router'))
      routers.push({
        ...common,
        nat: [],
        routes: [],
        ports: ports
          .filter((port) => port.type !== 'chassisredirect')
          .map((port) => ({
            uuid: port._uuid,
            name: port.logical_port,
            mac: port.mac[0]?.split(' ')[0] ?? '',
            networks: port.mac[0]?.split(' ').slice(1) ?? [],
            tunnelKey: port.tunnel_key,
            gatewayChassis: [],
            heldBy: chassis(
              sb.find('Port_Binding', 'logical_port', `cr-${port.logical_port}`)[0]?.chassis ?? null,
            ),
            peer: null,
          })),
      });
    else
      switches.push({
        ...common,
        aclCount: 0,
        evpnVni: vniOf(datapath.external_ids),
        ports: ports.map((port) => ({
          uuid: port._uuid,
          name: port.logical_port,
          alias: port.external_ids.get('neutron:port_name') ?? '',
          type: port.type === 'patch' || port.type === 'l3gateway' ? 'router' : port.type,
          addresses: port.mac,
          tunnelKey: port.tunnel_key,
          up: port.up ?? false,
          enabled: true,
          chassis: chassis(port.chassis),
          routerPort: port.options.get('peer') ?? null,
          tag: port.tag,
          networkName: port.options.get('network_name') ?? null,
        })),
      });
  }
  return { switches, routers };
}

/** As a person reads names: `node2` before `node10`. Rows of a database come in no order of their own. */
const inOrder = new Intl.Collator('en', { numeric: true });

function byName<T extends { readonly name: string }>(rows: readonly T[]): T[] {
  return rows.toSorted((a, b) => inOrder.compare(a.name, b.name));
}

const sorted = ({ switches, routers }: LogicalSnapshot): LogicalSnapshot => ({
  switches: byName(switches.map((one) => ({ ...one, ports: byName(one.ports) }))),
  routers: byName(routers.map((one) => ({ ...one, ports: byName(one.ports) }))),
});

/** A southbound file that came without its northbound one is all that is known: the central node's own is empty then. */
const isAlone = (nb: NbDatabase, sb: SbDatabase | undefined): sb is SbDatabase =>
  sb !== undefined &&
  sb.count('Datapath_Binding') > 0 &&
  nb.count('Logical_Switch') === 0 &&
  nb.count('Logical_Router') === 0;

export function logicalSnapshot({ nb, sb }: Databases): LogicalSnapshot | null {
  if (nb && !isAlone(nb, sb)) {
    const view = new LogicalView(nb, sb);
    return sorted({ switches: view.switches(), routers: view.routers() });
  }
  return sb ? sorted(fromSouthbound(sb)) : null;
}
