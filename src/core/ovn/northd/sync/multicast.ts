/** Multicast_Group and IP_Multicast; reports of groups that nobody stands behind any more are removed. */
import type { Uuid } from '../../../base/uuid.ts';
import type { Switch } from '../model/datapaths.ts';
import { optionBool, optionLong } from '../model/options.ts';
import type { Rows, Sync } from './rows.ts';
import type { Wanted } from './table-sync.ts';

const IDLE = { default: 300, lowest: 15, highest: 3600 };
const INTERVAL = { lowest: 1, highest: 3600 };
const clamp = (value: number, { lowest, highest }: { lowest: number; highest: number }): number =>
  Math.max(lowest, Math.min(highest, value));

function multicastConfig(ls: Switch): Wanted<'IP_Multicast'> {
  const { config } = ls;
  const idle = clamp(optionLong(config, 'mcast_idle_timeout', IDLE.default), IDLE);
  return {
    enabled: ls.snooping,
    querier: optionBool(config, 'mcast_querier', true),
    table_size: ls.multicastTableSize,
    idle_timeout: idle,
    query_interval: clamp(optionLong(config, 'mcast_query_interval', Math.floor(idle / 2)), INTERVAL),
    query_max_resp: optionLong(config, 'mcast_query_max_response', 1),
    eth_src: config.get('mcast_eth_src') ?? '',
    ip4_src: config.get('mcast_ip4_src') ?? '',
    ip6_src: config.get('mcast_ip6_src') ?? '',
  };
}

export function syncMulticast(sync: Sync, rows: Rows): void {
  const { m } = sync;
  const groups = sync.table('Multicast_Group', {
    keyOf: (row) => {
      const datapath = rows.datapathOf(row.datapath);
      return datapath === undefined ? undefined : `${datapath}\n${row.name}\n${row.tunnel_key}`;
    },
  });
  const row = groups.derive(m.graph, (key: string) => {
    const [datapath, name, tunnel] = key.split('\n') as [Uuid, string, string];
    const group = m.multicastGroups(datapath).find((one) => one.name === name);
    return (
      group && {
        datapath: rows.datapath(datapath),
        name,
        tunnel_key: Number(tunnel),
        ports: group.ports.map((port) => rows.port(port)),
      }
    );
  });
  const ofDatapath = m.graph.query('multicast rows of datapath', (datapath: Uuid) => {
    for (const { name, key } of m.multicastGroups(datapath)) row.keep(`${datapath}\n${name}\n${key}`);
  });
  m.graph
    .query('multicast rows', () => {
      for (const { uuid } of m.datapaths()) if (m.datapathKey(uuid) !== undefined) ofDatapath.keep(uuid);
    })
    .pin('');

  sync
    .table('IP_Multicast', { keyOf: (config) => rows.datapathOf(config.datapath) })
    .deriveAll(m.graph, m.switches, (uuid: Uuid) => {
      const ls = m.switch(uuid);
      return ls && { datapath: rows.datapath(uuid), ...multicastConfig(ls) };
    });
}
