/**
 * Which logical ports this chassis claims: interfaces with a matching iface-id, and ports that name this chassis as
 * gateway (`binding_run` of ovn-controller). Children follow their parent, virtual ports theirs.
 */
import type { Uuid } from '../../base/uuid.ts';
import type { OvsDatabase, OvsRow, SbDatabase, SbRow } from '../../ovsdb/index.ts';
import { isActiveChassis } from './ha-chassis.ts';
import { haChassis, portByName } from './southbound-index.ts';

export type ClaimKind = 'main' | 'additional';

export interface Bindings {
  /** Logical port name to the interface that it is here; children of a parent port share the parent's. */
  readonly interfaces: ReadonlyMap<string, OvsRow<'Interface'>>;
  /** Names of ports that have a conntrack zone here. */
  readonly bound: ReadonlySet<string>;
  /** Datapaths that these ports are of. */
  readonly datapaths: ReadonlySet<Uuid>;
  /** Ports to be claimed. */
  readonly claims: ReadonlyMap<Uuid, ClaimKind>;
}

/** Whether the chassis may claim the port: `requested_chassis`, else the option, else anybody. */
function mayBind(port: SbRow<'Port_Binding'>, chassis: SbRow<'Chassis'>): ClaimKind | 'no' {
  if (port.requested_chassis === chassis._uuid) return 'main';
  if (port.requested_additional_chassis.includes(chassis._uuid)) return 'additional';
  const requested = port.options.get('requested-chassis') ?? '';
  if (requested === '') return 'main';
  const at = requested
    .split(',')
    .filter((name) => name !== '')
    .findIndex((name) => name === chassis.name || name === chassis.hostname);
  if (at < 0) return 'no';
  return at === 0 ? 'main' : 'additional';
}

/** Interfaces of the bridge that name a logical port and have an OpenFlow port; of two that name the same one the first counts. */
function namedInterfaces(ovs: OvsDatabase, bridge: OvsRow<'Bridge'>): Map<string, OvsRow<'Interface'>> {
  const found = new Map<string, OvsRow<'Interface'>>();
  for (const portUuid of bridge.ports.toSorted())
    for (const uuid of ovs.get('Port', portUuid)?.interfaces ?? []) {
      const iface = ovs.get('Interface', uuid);
      const id = iface?.external_ids.get('iface-id');
      if (
        iface &&
        iface.name !== bridge.name &&
        id !== undefined &&
        (iface.ofport ?? 0) > 0 &&
        !found.has(id)
      )
        found.set(id, iface);
    }
  return found;
}

export const isVif = (port: SbRow<'Port_Binding'>): boolean => port.type === '' && !port.parent_port;

/** A port may ask for a certain plugging of its interface (`options:iface-id-ver`). */
function isSameVersion(port: SbRow<'Port_Binding'>, iface: OvsRow<'Interface'>): boolean {
  const wanted = port.options.get('iface-id-ver');
  return wanted === undefined || wanted === iface.external_ids.get('iface-id-ver');
}

class BindingSearch {
  readonly interfaces = new Map<string, OvsRow<'Interface'>>();
  readonly bound = new Set<string>();
  readonly datapaths = new Set<Uuid>();
  readonly claims = new Map<Uuid, ClaimKind>();
  readonly #sb: SbDatabase;
  readonly #chassis: SbRow<'Chassis'>;

  constructor(sb: SbDatabase, chassis: SbRow<'Chassis'>) {
    this.#sb = sb;
    this.#chassis = chassis;
  }

  #claim(port: SbRow<'Port_Binding'>, how: ClaimKind | 'no'): void {
    if (how !== 'no') this.claims.set(port._uuid, how);
    this.bound.add(port.logical_port);
    this.datapaths.add(port.datapath);
  }

  #bindChild(child: SbRow<'Port_Binding'>, how: ClaimKind, iface: OvsRow<'Interface'>): void {
    if (mayBind(child, this.#chassis) === 'no') return;
    this.interfaces.set(child.logical_port, iface);
    this.#claim(child, how);
  }

  /** The port that an interface names, with its children. */
  bindInterface(id: string, iface: OvsRow<'Interface'>): void {
    const port = portByName(this.#sb, id);
    if (port?.type === 'localport') {
      this.interfaces.set(id, iface);
      this.bound.add(id);
    }
    if (!port || !isVif(port) || !isSameVersion(port, iface)) return;
    const how = mayBind(port, this.#chassis);
    if (how === 'no') return;
    this.interfaces.set(id, iface);
    this.#claim(port, how);
    for (const child of this.#sb.find('Port_Binding', 'parent_port', id))
      if (child.type === '') this.#bindChild(child, how, iface);
    for (const mirror of this.#sb.find('Port_Binding', 'mirror_port', id))
      if (mirror.type === 'mirror') this.#bindChild(mirror, how, iface);
  }

  /** Gateway ports that name this chassis. */
  bindGateways(type: 'l3gateway' | 'l2gateway'): void {
    for (const port of this.#sb.find('Port_Binding', 'type', type))
      if (port.options.get(`${type}-chassis`) === this.#chassis.name)
        this.#claim(port, mayBind(port, this.#chassis));
  }

  /** Ports of an HA group: claimed by the chassis that serves now, known to all its members. */
  bindGroups(type: 'chassisredirect' | 'external', active: ReadonlySet<string>): void {
    for (const port of this.#sb.find('Port_Binding', 'type', type)) {
      const group = haChassis(this.#sb, port.ha_chassis_group);
      if (!group.some((one) => one.chassis === this.#chassis._uuid)) continue;
      this.datapaths.add(port.datapath);
      if (isActiveChassis(this.#sb, port.ha_chassis_group, this.#chassis, active))
        this.#claim(port, mayBind(port, this.#chassis));
    }
  }

  /** Virtual ports whose parent, of late, is here. */
  bindVirtual(): void {
    for (const port of this.#sb.find('Port_Binding', 'type', 'virtual')) {
      const parent = port.virtual_parent ? portByName(this.#sb, port.virtual_parent) : undefined;
      if (!parent || !isVif(parent) || !this.claims.has(parent._uuid)) continue;
      const { _uuid: here } = this.#chassis;
      if (parent.chassis === here || parent.additional_chassis.includes(here)) this.#claim(port, 'main');
    }
  }

  /** Ports of routers that have ACLs of their own need a zone. */
  zonePatchPorts(): void {
    for (const port of this.#sb.find('Port_Binding', 'type', 'patch'))
      if (port.options.get('enable_router_port_acl') === 'true') this.bound.add(port.logical_port);
  }
}

/** Decides by the databases as they are; `active` are the names of the other chassis that answer (BFD). */
export function findBindings(
  sb: SbDatabase,
  ovs: OvsDatabase,
  bridge: OvsRow<'Bridge'>,
  chassis: SbRow<'Chassis'>,
  active: ReadonlySet<string>,
): Bindings {
  const search = new BindingSearch(sb, chassis);
  for (const [id, iface] of namedInterfaces(ovs, bridge)) search.bindInterface(id, iface);
  search.bindGateways('l3gateway');
  search.bindGateways('l2gateway');
  search.bindGroups('chassisredirect', active);
  search.bindGroups('external', active);
  search.bindVirtual();
  search.zonePatchPorts();
  return search;
}
