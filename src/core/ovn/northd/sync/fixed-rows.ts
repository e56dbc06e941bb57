/** Writes the southbound rows that never change. */
import type { SbRow } from '../../../ovsdb/index.ts';
import { DHCP_OPTIONS, DHCPV6_OPTIONS, PERMISSIONS } from './fixed-rows.table.ts';
import type { Sync } from './rows.ts';

const ROLE = 'ovn-controller';

export function syncFixedRows(sync: Sync): void {
  const v4 = sync.table('DHCP_Options', { keyOf: (row) => row.name });
  for (const [name, code, type] of DHCP_OPTIONS)
    v4.want(name, { name, code, type: type as SbRow<'DHCP_Options'>['type'] });
  const v6 = sync.table('DHCPv6_Options', { keyOf: (row) => row.name });
  for (const [name, code, type] of DHCPV6_OPTIONS)
    v6.want(name, { name, code, type: type as SbRow<'DHCPv6_Options'>['type'] });

  const permissions = sync.table('RBAC_Permission', { keyOf: (row) => row.table });
  for (const { table, authorization, insertDelete, update } of PERMISSIONS)
    permissions.want(table, { table, authorization: [authorization], insert_delete: insertDelete, update });
  sync.table('RBAC_Role', { keyOf: (row) => row.name }).want(ROLE, {
    name: ROLE,
    permissions: new Map(PERMISSIONS.map(({ table }) => [table, permissions.id(table)])),
  });
}
