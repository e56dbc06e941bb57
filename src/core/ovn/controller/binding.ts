/**
 * Which logical ports this chassis claims: interfaces with a matching iface-id, and ports that name this chassis as
 * gateway. Writes Port_Binding.chassis, encap and up, and Interface.external_ids:ovn-installed.
 */
import type { Context } from '../../base/context.ts';
import type { Uuid } from '../../base/uuid.ts';
import type { OvsDatabase, OvsRow, SbDatabase, SbRow } from '../../ovsdb/index.ts';
import { isActiveChassis } from './ha-chassis.ts';
import { haChassis } from './southbound-index.ts';

export interface Bindings {
  /** Logical port name to the interface that it is here; children of a parent port share the parent's. */
  readonly interfaces: ReadonlyMap<string, OvsRow<'Interface'>>;
  /** Names of ports that have a conntrack zone here. */
  readonly bound: ReadonlySet<string>;
  /** Datapaths that these ports are of. */
  readonly datapaths: ReadonlySet<Uuid>;
  /** Ports to be claimed: null claims as an additional chassis. */
  readonly claims: ReadonlyMap<Uuid, 'main' | 'additional'>;
}

/** Whether the chassis may claim the port: `requested_chassis`, else the option, else anybody. */
function mayBind(port: SbRow<'Port_Binding'>, chassis: SbRow<'Chassis'>): 'main' | 'additional' | 'no' {
  if (port.requested_chassis === chassis._uuid) return 'main';
  if (port.requested_additional_chassis.includes(chassis._uuid)) return 'additional';
  const requested = port.options.get('requested-chassis') ?? '';
  if (requested === '') return 'main';
  const at = requested.split(',').findIndex((name) => name === chassis.name || name === chassis.hostname);
  if (at < 0) return 'no';
  return at === 0 ? 'main' : 'additional';
}

/** Interfaces of the bridge that name a logical port and have an OpenFlow port. */
function namedInterfaces(ovs: OvsDatabase, bridge: OvsRow<'Bridge'>): Map<string, OvsRow<'Interface'>> {
  const found = new Map<string, OvsRow<'Interface'>>();
  for (const portUuid of bridge.ports)
    for (const uuid of ovs.get('Port', portUuid)?.interfaces ?? []) {
      const iface = ovs.get('Interface', uuid);
      const id = iface?.external_ids.get('iface-id');
      if (iface && id !== undefined && (iface.ofport ?? 0) > 0) found.set(id, iface);
    }
  return found;
}

/** Decides by the databases as they are; `active` are the names of the other chassis that answer (BFD). */
export function findBindings(
  sb: SbDatabase,
  ovs: OvsDatabase,
  bridge: OvsRow<'Bridge'>,
  chassis: SbRow<'Chassis'>,
  active: ReadonlySet<string>,
): Bindings {
  const named = namedInterfaces(ovs, bridge);
  const interfaces = new Map<string, OvsRow<'Interface'>>();
  const bound = new Set<string>();
  const datapaths = new Set<Uuid>();
  const claims = new Map<Uuid, 'main' | 'additional'>();
  const claim = (port: SbRow<'Port_Binding'>): boolean => {
    const may = mayBind(port, chassis);
    if (may === 'no') return false;
    claims.set(port._uuid, may);
    bound.add(port.logical_port);
    datapaths.add(port.datapath);
    return true;
  };
  const bindInterface = (port: SbRow<'Port_Binding'>, iface: OvsRow<'Interface'>): void => {
    if (port.type === 'localport') {
      interfaces.set(port.logical_port, iface);
      bound.add(port.logical_port);
      return;
    }
    if ((port.type === '' || port.type === 'remote') && claim(port)) interfaces.set(port.logical_port, iface);
  };

  for (const [id, iface] of named) {
    const port = sb.find('Port_Binding', 'logical_port', id)[0];
    if (port) bindInterface(port, iface);
    for (const child of sb.find('Port_Binding', 'parent_port', id)) bindInterface(child, iface);
  }
  for (const type of ['l3gateway', 'l2gateway'] as const)
    for (const port of sb.find('Port_Binding', 'type', type))
      if (port.options.get(`${type}-chassis`) === chassis.name) claim(port);
  for (const type of ['chassisredirect', 'external'] as const)
    for (const port of sb.find('Port_Binding', 'type', type)) {
      const group = haChassis(sb, port.ha_chassis_group);
      if (!group.some((one) => one.chassis === chassis._uuid)) continue;
      datapaths.add(port.datapath);
      if (isActiveChassis(sb, port.ha_chassis_group, chassis, active)) claim(port);
    }
  for (const port of sb.find('Port_Binding', 'type', 'virtual'))
    if (port.chassis === chassis._uuid && port.virtual_parent !== null && interfaces.has(port.virtual_parent))
      claim(port);
  return { interfaces, bound, datapaths, claims };
}

function encapOf(
  sb: SbDatabase,
  chassis: SbRow<'Chassis'>,
  iface: OvsRow<'Interface'> | undefined,
): Uuid | null {
  const ip = iface?.external_ids.get('encap-ip');
  if (ip === undefined) return null;
  return chassis.encaps.find((uuid) => sb.get('Encap', uuid)?.ip === ip) ?? null;
}

/** Two chassis that both want a port take turns no faster than this. */
const CLAIM_INTERVAL_MS = 2000;

/** When this chassis claimed which port, so that a disputed one is not fought over. */
export class ClaimTimes {
  private readonly last = new Map<string, number>();

  /** Whether a claim of the port, which another chassis has, has to wait; `now` in milliseconds. */
  postpones(sb: SbDatabase, port: SbRow<'Port_Binding'>, chassis: SbRow<'Chassis'>, now: number): boolean {
    if (port.chassis === null || port.chassis === chassis._uuid) return false;
    if (haChassis(sb, port.ha_chassis_group)[0]?.chassis === chassis._uuid) return false;
    const last = this.last.get(port.logical_port);
    return last !== undefined && now - last < CLAIM_INTERVAL_MS;
  }

  note(name: string, now: number): void {
    this.last.set(name, now);
  }
}

/**
 * Writes the claims into the southbound database, and takes back what this chassis holds without a claim. Gives the
 * milliseconds after which claims that had to wait are due; undefined when none had to.
 */
export function writeClaims(
  sb: SbDatabase,
  chassis: SbRow<'Chassis'>,
  bindings: Bindings,
  times: ClaimTimes,
  now: number,
): number | undefined {
  let isPostponed = false;
  const toClaim: { port: SbRow<'Port_Binding'>; how: 'main' | 'additional'; encap: Uuid | null }[] = [];
  for (const [uuid, how] of bindings.claims) {
    const port = sb.get('Port_Binding', uuid);
    if (!port) continue;
    const encap = encapOf(sb, chassis, bindings.interfaces.get(port.logical_port));
    const right =
      how === 'main'
        ? port.chassis === chassis._uuid && port.encap === encap && port.up === true
        : port.additional_chassis.includes(chassis._uuid);
    if (right) continue;
    if (how === 'main' && times.postpones(sb, port, chassis, now)) isPostponed = true;
    else toClaim.push({ port, how, encap });
  }
  const toRelease = [
    ...sb
      .find('Port_Binding', 'chassis', chassis._uuid)
      .filter((port) => bindings.claims.get(port._uuid) !== 'main'),
    ...sb
      .find('Port_Binding', 'additional_chassis', chassis._uuid)
      .filter((port) => bindings.claims.get(port._uuid) !== 'additional'),
  ];
  const retry = isPostponed ? CLAIM_INTERVAL_MS : undefined;
  if (toClaim.length === 0 && toRelease.length === 0) return retry;
  for (const { port } of toClaim) if (port.chassis !== chassis._uuid) times.note(port.logical_port, now);
  sb.transact((txn) => {
    txn.comment('ovn-controller');
    for (const port of toRelease)
      txn.update('Port_Binding', port._uuid, {
        additional_chassis: port.additional_chassis.filter((uuid) => uuid !== chassis._uuid),
        ...(port.chassis === chassis._uuid ? { chassis: null, encap: null, up: false } : {}),
        ...(port.type === 'virtual' ? { virtual_parent: null } : {}),
      });
    for (const { port, how, encap } of toClaim)
      txn.update(
        'Port_Binding',
        port._uuid,
        how === 'main'
          ? { chassis: chassis._uuid, encap, up: true }
          : { additional_chassis: [...port.additional_chassis, chassis._uuid] },
      );
  });
  return retry;
}

/** Marks interfaces whose flows are in place; takes the mark from those that lost their port. */
export function markInstalled(ovs: OvsDatabase, bindings: Bindings, context: Context): void {
  const holders = new Set([...bindings.interfaces.values()].map((iface) => iface._uuid));
  const changed = [...ovs.rows('Interface')].filter(
    (iface) => holders.has(iface._uuid) !== iface.external_ids.has('ovn-installed'),
  );
  if (changed.length === 0) return;
  ovs.transact((txn) => {
    txn.comment('ovn-controller');
    for (const iface of changed) {
      const ids = new Map(iface.external_ids);
      if (holders.has(iface._uuid)) {
        ids.set('ovn-installed', 'true');
        ids.set('ovn-installed-ts', String(context.clock.wallMs()));
      } else {
        ids.delete('ovn-installed');
        ids.delete('ovn-installed-ts');
      }
      txn.update('Interface', iface._uuid, { external_ids: ids });
    }
  });
}
