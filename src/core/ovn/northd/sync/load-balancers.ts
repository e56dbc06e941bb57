/** Load_Balancer: one row for each load balancer that some switch or router uses, with the group of its datapaths. */
import type { Uuid } from '../../../base/uuid.ts';
import type { Rows, Sync } from './rows.ts';

export function syncLoadBalancers(sync: Sync, rows: Rows): void {
  const { m } = sync;
  const { graph } = m;
  // Load balancers with the same datapaths share a group; flows have groups of their own.
  // Those that the rows have already are taken over.
  const kinds = new Map<Uuid, string>();
  for (const row of m.sb.now('Load_Balancer')) {
    const switches = row.ls_datapath_group ?? row.datapath_group;
    if (switches !== null) kinds.set(switches, 'switches');
    if (row.lr_datapath_group !== null) kinds.set(row.lr_datapath_group, 'routers');
  }
  const groups = sync.table('Logical_DP_Group', {
    keyOf: ({ _uuid, datapaths }) => {
      const kind = kinds.get(_uuid);
      const members = datapaths.map(rows.datapathOf).filter((uuid) => uuid !== undefined);
      return kind === undefined ? undefined : [kind, ...members.sort()].join(' ');
    },
    keepStrays: true,
  });
  const group = groups.derive(graph, (key: string) => ({
    datapaths: key
      .split(' ')
      .slice(1)
      .map((uuid) => rows.datapath(uuid as Uuid)),
  }));
  const groupOf = (kind: string, datapaths: readonly Uuid[]): Uuid | null => {
    if (datapaths.length === 0) return null;
    const key = [kind, ...datapaths].join(' ');
    group.keep(key);
    return groups.id(key);
  };
  sync
    .table('Load_Balancer', { keyOf: (row) => row._uuid, uuidOf: (key) => key as Uuid })
    .deriveAll(graph, m.loadBalancers, (uuid: Uuid) => {
      const lb = m.loadBalancer(uuid);
      const switches = groupOf('switches', m.lbSwitches(uuid));
      const routers = groupOf('routers', m.lbRouters(uuid));
      if (lb === undefined || (switches === null && routers === null)) return undefined;
      const own = m.features().lsDpgColumn;
      return {
        name: lb.row.name,
        vips: lb.southboundVips,
        protocol: lb.row.protocol,
        options: lb.row.options,
        datapaths: [],
        datapath_group: own ? null : switches,
        ls_datapath_group: own ? switches : null,
        lr_datapath_group: routers,
      };
    });
}
