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
  // A group may name a chassis more than once: each has a row of its own.
  const memberKeys = (group: string, chassis: readonly string[]): string[] => {
    const seen = new Map<string, number>();
    return chassis.map((name) => {
      const nth = seen.get(name) ?? 0;
      seen.set(name, nth + 1);
      return `${group}\n${name}\n${nth}`;
    });
  };
  const keysOf = (group: string): string[] =>
    memberKeys(
      group,
      m.haMembers(group).map(({ chassis }) => chassis),
    );
  const keyOfMember = new Map(
    [...m.sb.now('HA_Chassis_Group')].flatMap((group) => {
      const rows = [...m.sb.now('HA_Chassis')].filter((row) => group.ha_chassis.includes(row._uuid));
      const keys = memberKeys(
        group.name,
        rows.map((row) => row.external_ids.get('chassis-name') ?? ''),
      );
      return rows.map((row, at) => [row._uuid, keys[at]] as const);
    }),
  );
  const members = sync.table('HA_Chassis', {
    keyOf: (row) => keyOfMember.get(row._uuid),
    keepStrays: true,
  });
  members.deriveAll(
    m.graph,
    () => m.haGroups().flatMap(keysOf),
    (key) => {
      const [group = '', chassis = '', nth] = key.split('\n');
      const same = m.haMembers(group).filter((member) => member.chassis === chassis);
      const priority = same[Number(nth)]?.priority ?? 0;
      return {
        chassis: m.chassisByName(chassis) ?? null,
        priority,
        external_ids: new Map([['chassis-name', chassis]]),
      };
    },
  );
  groups.deriveAll(m.graph, m.haGroups, (name) => ({
    name,
    ha_chassis: keysOf(name).map((key) => members.id(key)),
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
