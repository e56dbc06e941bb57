/** Look-ups in the southbound database that several parts of ovn-controller share. */
import type { Uuid } from '../../base/uuid.ts';
import type { Rows, SbRow, SbSchema } from '../../ovsdb/index.ts';

/** The southbound database to be read: itself, or as a unit of work sees it. */
export type SouthboundRows = Rows<SbSchema>;

export const portByName = (sb: SouthboundRows, name: string): SbRow<'Port_Binding'> | undefined =>
  sb.find('Port_Binding', 'logical_port', name)[0];

export const portsOf = (sb: SouthboundRows, datapath: Uuid): readonly SbRow<'Port_Binding'>[] =>
  sb.find('Port_Binding', 'datapath', datapath);

/** The other end of a patch or l3gateway port. */
export function peerOf(sb: SouthboundRows, port: SbRow<'Port_Binding'>): SbRow<'Port_Binding'> | undefined {
  const peer = port.options.get('peer');
  return peer === undefined ? undefined : portByName(sb, peer);
}

export const isSwitch = (datapath: SbRow<'Datapath_Binding'>): boolean =>
  datapath.type === 'logical-switch' || datapath.external_ids.has('logical-switch');

/** Chassis of an HA chassis group, highest priority first, of equal ones the last by name. */
export function haChassis(
  sb: SouthboundRows,
  group: Uuid | null,
): readonly { readonly chassis: Uuid; readonly priority: number }[] {
  const row = group === null ? undefined : sb.get('HA_Chassis_Group', group);
  const found = (row?.ha_chassis ?? []).flatMap((uuid) => {
    const one = sb.get('HA_Chassis', uuid);
    const chassis = one && one.chassis !== null ? sb.get('Chassis', one.chassis) : undefined;
    return one && chassis ? [{ chassis: chassis._uuid, priority: one.priority, name: chassis.name }] : [];
  });
  return found.toSorted((a, b) => b.priority - a.priority || (a.name < b.name ? 1 : -1));
}
