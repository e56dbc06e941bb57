/** Address_Set and Port_Group: those of users, and those that northd makes of port groups, load balancers and health checks. */
import type { Uuid } from '../../../base/uuid.ts';
import { isDynamicAddress, parsePortAddresses } from '../model/addresses.ts';
import type { Addresses } from '../model/addresses.ts';
import { sameList } from '../model/config.ts';
import { vipSetName } from '../model/router-state.ts';
import type { Sync } from './rows.ts';

const SERVICE_MACS = 'svc_monitor_mac';

const readFixed = (text: string): Addresses | undefined =>
  isDynamicAddress(text) ? undefined : parsePortAddresses(text);

export function syncAddressSets(sync: Sync): void {
  const { m } = sync;
  const { nb, graph } = m;
  const sets = nb.all('Address_Set');
  const groups = nb.all('Port_Group');
  const setsByName = nb.index('Address_Set', (row) => [row.name]);
  const groupsByName = nb.index('Port_Group', (row) => [row.name]);

  /** Addresses of one port as texts, IPv4 and IPv6. */
  const portAddresses = graph.query(
    'set addresses',
    (uuid: Uuid) => {
      const row = nb.row('Logical_Switch_Port', uuid);
      // A port that is hidden by a router's has its addresses in the set all the same.
      const own = m.lsp(uuid)?.addresses ?? (row?.addresses ?? []).map(readFixed);
      const dynamic = row?.dynamic_addresses ?? null;
      const all = dynamic === null ? own : [...own, parsePortAddresses(dynamic)];
      return {
        v4: all.flatMap((found) => found?.v4.map((net) => net.text) ?? []),
        v6: all.flatMap((found) => found?.v6.map((net) => net.text) ?? []),
      };
    },
    { equal: (a, b) => sameList(a.v4, b.v4) && sameList(a.v6, b.v6) },
  );
  const groupAddresses = (group: string, family: 'v4' | 'v6'): readonly string[] =>
    (nb.row('Port_Group', groupsByName(group)[0])?.ports ?? []).flatMap(
      (port) => portAddresses(port)[family],
    );
  const vips = (router: Uuid, family: 'v4' | 'v6'): readonly string[] =>
    m.routerState(router).reachable[family];

  // Where a set comes from is in its key, since several may have one name; the last one wins.
  sync.table('Address_Set', { keyOf: (row) => row.name }).deriveAll(
    graph,
    () => {
      const subjects = new Map([[SERVICE_MACS, 'macs']]);
      for (const row of nb.rows('Port_Group', groups())) {
        subjects.set(`${row.name}_ip4`, `v4 ${row.name}`);
        subjects.set(`${row.name}_ip6`, `v6 ${row.name}`);
      }
      for (const router of m.routers()) {
        const key = m.datapathKey(router);
        if (key === undefined) continue;
        if (vips(router, 'v4').length > 0) subjects.set(vipSetName(key, 4), `router4 ${router}`);
        if (vips(router, 'v6').length > 0) subjects.set(vipSetName(key, 6), `router6 ${router}`);
      }
      for (const row of nb.rows('Address_Set', sets())) subjects.set(row.name, 'set');
      return [...subjects].map(([name, subject]) => `${name}\n${subject}`);
    },
    (code: string) => {
      const [name = '', subject = ''] = code.split('\n');
      const space = subject.indexOf(' ');
      const kind = space < 0 ? subject : subject.slice(0, space);
      const rest = subject.slice(space + 1);
      switch (kind) {
        case 'macs':
          return { name, addresses: [m.serviceMac(), m.serviceMacDestination()] };
        case 'v4':
        case 'v6':
          return { name, addresses: groupAddresses(rest, kind) };
        case 'router4':
          return { name, addresses: vips(rest as Uuid, 'v4') };
        case 'router6':
          return { name, addresses: vips(rest as Uuid, 'v6') };
        default:
          return { name, addresses: nb.row('Address_Set', setsByName(name)[0])?.addresses ?? [] };
      }
    },
    (code) => code.split('\n')[0] ?? '',
  );

  // On each switch, a group has the ports that are there.
  const portsByDatapath = graph.query(
    'port group parts',
    (group: Uuid): ReadonlyMap<Uuid, readonly string[]> => {
      const parts = new Map<Uuid, string[]>();
      for (const uuid of nb.row('Port_Group', group)?.ports ?? []) {
        const ls = m.switchOfPort(uuid);
        const name = m.lsp(uuid)?.name;
        if (ls === undefined || name === undefined) continue;
        const part = parts.get(ls);
        if (part === undefined) parts.set(ls, [name]);
        else part.push(name);
      }
      return parts;
    },
  );
  sync.table('Port_Group', { keyOf: (row) => row.name }).deriveAll(
    graph,
    () =>
      groups().flatMap((group) =>
        [...portsByDatapath(group).keys()].map((ls) => {
          const name = `${m.datapathKey(ls) ?? 0}_${nb.row('Port_Group', group)?.name ?? ''}`;
          return `${name}\n${group}\n${ls}`;
        }),
      ),
    (code: string) => {
      const [name, group, ls] = code.split('\n') as [string, Uuid, Uuid];
      const ports = portsByDatapath(group).get(ls);
      return ports && { name, ports };
    },
    (code) => code.split('\n')[0] ?? '',
  );
}
