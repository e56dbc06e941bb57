/** Which chassis of an HA group serves now (ovn-architecture(7), "High Availability for Distributed Gateways"). */
import type { Uuid } from '../../base/uuid.ts';
import type { SbRow } from '../../ovsdb/index.ts';
import { haChassis, type SouthboundRows } from './southbound-index.ts';

/**
 * Whether `self` is the one: the first in priority among itself and those that answer. Alone among several it serves
 * only while some chassis that uses the group answers, else it is the one that is cut off.
 */
export function isActiveChassis(
  sb: SouthboundRows,
  group: Uuid | null,
  self: SbRow<'Chassis'>,
  active: ReadonlySet<string>,
): boolean {
  const row = group === null ? undefined : sb.get('HA_Chassis_Group', group);
  const members = haChassis(sb, group);
  if (!row || members.length === 0) return false;
  if (row.ha_chassis.length === 1 || members.length === 1) return members[0]?.chassis === self._uuid;
  if (active.size === 0) return false;
  const nameOf = (uuid: Uuid): string => sb.get('Chassis', uuid)?.name ?? '';
  const candidates = members.filter(({ chassis }) => chassis === self._uuid || active.has(nameOf(chassis)));
  if (candidates.length === 1 && !row.ref_chassis.some((uuid) => active.has(nameOf(uuid)))) return false;
  return candidates[0]?.chassis === self._uuid;
}
