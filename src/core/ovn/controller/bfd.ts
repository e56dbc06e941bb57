/** BFD between the chassis of HA groups: asked for on tunnels, and read back as the chassis that answer. */
import type { Uuid } from '../../base/uuid.ts';
import type { OvsDatabase, OvsRow, SbDatabase, SbRow } from '../../ovsdb/index.ts';
import { TUNNEL_ID } from './encaps.ts';

/** Options of SB_Global with the key of `Interface.bfd` that each becomes. */
const OPTIONS = [
  ['bfd-min-rx', 'min_rx'],
  ['bfd-decay-min-rx', 'decay_min_rx'],
  ['bfd-min-tx', 'min_tx'],
  ['bfd-mult', 'mult'],
] as const;

/** The chassis name of a tunnel's id. */
const chassisOf = (id: string): string => id.split('@', 1)[0] ?? '';

function* tunnels(
  ovs: OvsDatabase,
  bridge: OvsRow<'Bridge'>,
): Generator<{ readonly chassis: string; readonly iface: OvsRow<'Interface'> }> {
  for (const uuid of bridge.ports) {
    const port = ovs.get('Port', uuid);
    const id = port?.external_ids.get(TUNNEL_ID);
    for (const one of id === undefined ? [] : (port?.interfaces ?? [])) {
      const iface = ovs.get('Interface', one);
      if (iface) yield { chassis: chassisOf(id ?? ''), iface };
    }
  }
}

/** Names of chassis whose tunnel's BFD session is up. */
export function activeTunnels(ovs: OvsDatabase, bridge: OvsRow<'Bridge'>): ReadonlySet<string> {
  const active = new Set<string>();
  for (const { chassis, iface } of tunnels(ovs, bridge))
    if (iface.bfd.get('enable') === 'true' && iface.bfd_status.get('state') === 'up') active.add(chassis);
  return active;
}

/** Names of chassis that this one has to watch: those of its HA groups, and those that use them. */
function watchedChassis(sb: SbDatabase, self: SbRow<'Chassis'>): ReadonlySet<string> {
  const watched = new Set<string>();
  for (const group of sb.rows('HA_Chassis_Group')) {
    if (group.ha_chassis.length < 2) continue;
    const members = group.ha_chassis.flatMap((uuid) => chassisRow(sb, sb.get('HA_Chassis', uuid)?.chassis));
    const users = group.ref_chassis.flatMap((uuid) => chassisRow(sb, uuid));
    const isMember = members.some((one) => one._uuid === self._uuid);
    const isUser = users.some((one) => one._uuid === self._uuid);
    if (isMember)
      for (const user of users) if (user.other_config.get('is-remote') !== 'true') watched.add(user.name);
    if (isMember || isUser) for (const member of members) watched.add(member.name);
  }
  return watched;
}

const chassisRow = (sb: SbDatabase, uuid: Uuid | null | undefined): SbRow<'Chassis'>[] => {
  const row = uuid === null || uuid === undefined ? undefined : sb.get('Chassis', uuid);
  return row ? [row] : [];
};

const sameMap = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean =>
  a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);

/** Brings `Interface.bfd` of the tunnels in line. */
export function updateBfd(
  sb: SbDatabase,
  ovs: OvsDatabase,
  bridge: OvsRow<'Bridge'>,
  self: SbRow<'Chassis'>,
): void {
  const watched = watchedChassis(sb, self);
  const enabled = new Map([['enable', 'true']]);
  for (const global of sb.rows('SB_Global')) {
    for (const [option, key] of OPTIONS) {
      const value = global.options.get(option);
      if (value !== undefined) enabled.set(key, value);
    }
    // Messages of logical ports do not count.
    enabled.set('check_tnl_key', 'true');
  }
  const wrong = [...tunnels(ovs, bridge)].filter(({ chassis, iface }) =>
    watched.has(chassis) ? !sameMap(iface.bfd, enabled) : iface.bfd.size > 0,
  );
  if (wrong.length === 0) return;
  ovs.transact((txn) => {
    txn.comment('ovn-controller');
    for (const { chassis, iface } of wrong)
      txn.update('Interface', iface._uuid, { bfd: watched.has(chassis) ? enabled : new Map() });
  });
}
