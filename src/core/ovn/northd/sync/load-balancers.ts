/** Load_Balancer: one row for each load balancer that some switch or router uses, with the group of its datapaths. */
import type { Uuid } from '../../../base/uuid.ts';
import type { Rows, Sync } from './rows.ts';

export function syncLoadBalancers(sync: Sync, rows: Rows): void {
  const { m } = sync;
  const { graph } = m;
  // Load balancers with the same datapaths share a group; flows have groups of their own.
  const groups = sync.table('Logical_DP_Group', { keyOf: () => undefined, keepStrays: true });
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
