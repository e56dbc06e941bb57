/**
 * What a chassis writes about its claims: Port_Binding.chassis, encap and up in the southbound database, and
 * Interface.external_ids:ovn-installed in its own.
 */
import type { Context } from '../../base/context.ts';
import type { Uuid } from '../../base/uuid.ts';
import type { OvsDatabase, OvsRow, SbDatabase, SbRow } from '../../ovsdb/index.ts';
import type { Bindings, ClaimKind } from './binding.ts';
import { haChassis } from './southbound-index.ts';

/**
 * The encapsulation that a port is reached by: none while the chassis has one only, else the `encap-ip` of its interface
 * (of a virtual port: of the parent's), else the default one (`ovn-encap-ip-default`). The real program never chooses one of type vxlan.
 */
function encapOf(
  sb: SbDatabase,
  chassis: SbRow<'Chassis'>,
  iface: OvsRow<'Interface'> | undefined,
): Uuid | null {
  if (chassis.encaps.length < 2) return null;
  const ip = iface?.external_ids.get('encap-ip');
  const chosen = chassis.encaps.find((uuid) => {
    const encap = sb.get('Encap', uuid);
    if (encap?.type !== 'geneve') return false;
    return ip === undefined ? encap.options.get('is_default') === 'true' : encap.ip === ip;
  });
  return chosen ?? null;
}

/** `up` as the chassis writes it: a port for which northd has not set it at all is left so. */
const whether = ({ up }: SbRow<'Port_Binding'>, value: boolean): { readonly up?: boolean } =>
  up === null ? {} : { up: value };

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
  const toClaim: { port: SbRow<'Port_Binding'>; how: ClaimKind; encap: Uuid | null }[] = [];
  for (const [uuid, how] of bindings.claims) {
    const port = sb.get('Port_Binding', uuid);
    if (!port) continue;
    const holder = port.type === 'virtual' ? (port.virtual_parent ?? '') : port.logical_port;
    const encap = encapOf(sb, chassis, bindings.interfaces.get(holder));
    const right =
      how === 'main'
        ? port.chassis === chassis._uuid && port.encap === encap && port.up !== false
        : port.additional_chassis.includes(chassis._uuid) &&
          (encap === null || port.additional_encap.includes(encap));
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
        additional_encap: port.additional_encap.filter(
          (uuid) => sb.get('Encap', uuid)?.chassis_name !== chassis.name,
        ),
        ...(port.chassis === chassis._uuid ? { chassis: null, encap: null, ...whether(port, false) } : {}),
        ...(port.type === 'virtual' ? { virtual_parent: null } : {}),
      });
    for (const { port, how, encap } of toClaim)
      txn.update(
        'Port_Binding',
        port._uuid,
        how === 'main'
          ? { chassis: chassis._uuid, encap, ...whether(port, true) }
          : {
              additional_chassis: [...new Set([...port.additional_chassis, chassis._uuid])],
              additional_encap: [...new Set([...port.additional_encap, ...(encap === null ? [] : [encap])])],
            },
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
