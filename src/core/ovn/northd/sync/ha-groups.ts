/** HA_Chassis_Group and HA_Chassis: the chassis that can take a gateway or an external port. */
import type { Uuid } from '../../../base/uuid.ts';
import type { RouterPort } from '../model/ports.ts';
import type { Sync } from './rows.ts';

/** Keeps both tables. */
export function syncHaGroups(sync: Sync): {
  readonly haGroup: (name: string) => Uuid;
  readonly redirectGroup: (port: RouterPort) => Uuid | null;
} {
  const { m } = sync;
  const groups = sync.table('HA_Chassis_Group', { keyOf: (row) => row.name });
  const memberKey = (group: string, chassis: string): string => `${group}\n${chassis}`;
  const groupOfMember = new Map(
    [...m.sb.now('HA_Chassis_Group')].flatMap((row) =>
      row.ha_chassis.map((uuid) => [uuid, row.name] as const),
    ),
  );
  const members = sync.table('HA_Chassis', {
    keyOf: (row) => {
      const group = groupOfMember.get(row._uuid);
      const chassis = row.external_ids.get('chassis-name');
      return group === undefined || chassis === undefined ? undefined : memberKey(group, chassis);
    },
    keepStrays: true,
  });
  members.deriveAll(
    m.graph,
    () => m.haGroups().flatMap((group) => m.haMembers(group).map(({ chassis }) => memberKey(group, chassis))),
    (key) => {
      const [group = '', chassis = ''] = key.split('\n');
      const priority = m.haMembers(group).find((member) => member.chassis === chassis)?.priority ?? 0;
      return {
        chassis: m.chassisByName(chassis) ?? null,
        priority,
        external_ids: new Map([['chassis-name', chassis]]),
      };
    },
  );
  groups.deriveAll(m.graph, m.haGroups, (name) => ({
    name,
    ha_chassis: m.haMembers(name).map(({ chassis }) => members.id(memberKey(name, chassis))),
    ref_chassis: m.dependentChassis(name),
  }));
  const haGroup = (name: string): Uuid => groups.id(name);
  return {
    haGroup,
    redirectGroup: (port) => {
      const name = m.groupOf(port);
      return name === undefined ? null : haGroup(name);
    },
  };
}
