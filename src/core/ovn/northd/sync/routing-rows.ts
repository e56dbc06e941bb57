/** ECMP_Nexthop, the next hops of symmetric routes that chassis watch, and ACL_ID, the numbers of persistent ACLs. */
import type { Uuid } from '../../../base/uuid.ts';
import { optionBool } from '../model/options.ts';
import type { Rows, Sync } from './rows.ts';

const MAX_ACL_ID = 65535;

export function syncNextHops(sync: Sync, rows: Rows): void {
  const { m } = sync;
  const { graph, sb } = m;
  const macs = sb.index('MAC_Binding', (row) => [`${row.logical_port} ${row.ip}`]);
  const hops = graph.query('symmetric next hops', (lr: Uuid): readonly string[] =>
    m.parsedRoutes(lr).flatMap((route) => {
      const port = route.port === undefined || !route.symmetricReply ? undefined : m.lrp(route.port);
      return port === undefined || route.nextHop === undefined ? [] : [`${port.name} ${route.nextHop.text}`];
    }),
  );
  sync
    .table('ECMP_Nexthop', {
      keyOf: (row) => {
        const port = sb.row('Port_Binding', row.port)?.logical_port;
        return port === undefined ? undefined : `${port} ${row.nexthop}`;
      },
    })
    .deriveAll(
      graph,
      () => (m.config().ecmpNexthopMonitor ? new Set(m.routers().flatMap(hops)) : []),
      (key: string) => {
        const space = key.lastIndexOf(' ');
        const port = key.slice(0, space);
        const lrp = m.lrpNamed(port);
        const router = lrp === undefined ? undefined : m.routerOfPort(lrp);
        if (router === undefined) return undefined;
        const mac = sb.row('MAC_Binding', macs(key)[0])?.mac;
        return {
          nexthop: key.slice(space + 1),
          port: rows.port(port),
          datapath: rows.datapath(router),
          ...(mac === undefined ? {} : { mac }),
        };
      },
    );
}

export function syncAclIds(sync: Sync): void {
  const { m } = sync;
  const { graph, nb, sb } = m;
  const persistent = nb.index('ACL', (row) =>
    row.action === 'allow-related' && optionBool(row.options, 'persist-established', false) ? [''] : [],
  );
  const held = new Map<Uuid, number>([...sb.now('ACL_ID')].map((row) => [row._uuid, row.id]));
  const numbers = graph.entries('acl ids', () => {
    const acls = persistent('');
    for (const uuid of held.keys()) if (!acls.includes(uuid)) held.delete(uuid);
    const taken = new Set(held.values());
    let next = 1;
    for (const uuid of acls) {
      if (held.has(uuid)) continue;
      while (taken.has(next)) next += 1;
      if (next > MAX_ACL_ID) break;
      held.set(uuid, next);
      next += 1;
    }
    return new Map(held);
  });
  sync.table('ACL_ID', { keyOf: (row) => row._uuid, uuidOf: (key) => key as Uuid }).deriveAll(
    graph,
    () => persistent(''),
    (uuid: Uuid) => {
      const id = numbers('', uuid);
      return id === undefined ? undefined : { id };
    },
  );
}
